// Finds the segments of a source: one parallel read of the segment columns, each once, whatever it is crossed with.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "engine/chunk/plan.hpp"
#include "engine/chunk/row_groups.hpp"
#include "engine/chunk/segment_value.hpp"
#include "engine/chunk/value_ids.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65536;
constexpr std::int32_t kMissing = 0;  // the id of missing values while a row group is read

// Values of a definition are counted exactly up to here, so that the message can say how many there are.
std::int64_t count_limit(std::int64_t max_segments) { return std::max<std::int64_t>(100000, max_segments); }

// What occurs of one definition.
struct Occurring {
  std::set<std::string> values;  // bytewise
  bool missing = false;
  bool too_many = false;  // counting was given up

  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(values.size()) + (missing ? 1 : 0); }
};

// All definitions' values, filled by row groups in any order: a union does not depend on it.
struct Found {
  std::mutex mutex;
  std::vector<Occurring> by_definition;
};

// The definitions, and the columns they use, each once.
struct Layout {
  std::vector<std::string> columns;
  std::vector<std::vector<std::size_t>> definitions;  // indices into `columns`
};

Layout layout_of(const std::vector<SegmentDefinition>& definitions) {
  Layout out;
  for (const SegmentDefinition& definition : definitions) {
    out.definitions.emplace_back();
    for (const std::string& column : definition) {
      const auto at = std::find(out.columns.begin(), out.columns.end(), column) - out.columns.begin();
      if (at == static_cast<std::ptrdiff_t>(out.columns.size())) out.columns.push_back(column);
      out.definitions.back().push_back(static_cast<std::size_t>(at));
    }
  }
  return out;
}

// Reads one row group.
class GroupScan {
 public:
  GroupScan(const Layout& layout, std::int64_t count_up_to)
      : layout_(layout), count_up_to_(count_up_to), ids_(layout.columns.size()) {
    for (std::size_t c = 0; c < layout.columns.size(); ++c) values_.emplace_back(true).add_missing(kMissing);
    for (const auto& columns : layout.definitions) {
      seen_.emplace_back();
      joins_.emplace_back(columns.size() - 1);
    }
  }

  Result<void> read(const Source& source, const RowGroup& group) {
    std::vector<std::unique_ptr<ColumnReader>> readers;
    for (const std::string& column : layout_.columns) {
      readers.emplace_back();
      LW_TRY(readers.back(), source.read(group, column, ReadAs::category));
    }
    for (std::int64_t left = group.rows; left > 0;) {
      const std::int64_t rows = std::min(left, kSlabRows);
      for (std::size_t c = 0; c < readers.size(); ++c) {
        LW_TRY(const ColumnView view, readers[c]->next(rows));
        if (view.length != rows || view.type != ValueType::code32) return misread(group, c);
        ids_[c].resize(static_cast<std::size_t>(rows));
        values_[c].translate(view, rows, ids_[c].data());
        if (*std::min_element(ids_[c].begin(), ids_[c].end()) < 0) return misread(group, c);
      }
      for (std::size_t d = 0; d < layout_.definitions.size(); ++d) mark(d, static_cast<std::size_t>(rows));
      left -= rows;
    }
    return {};
  }

  /// Adds what was seen.
  void add_to(Found& found) const {
    for (std::size_t d = 0; d < layout_.definitions.size(); ++d) {
      const bool too_many = distinct(d) > count_up_to_;
      const auto seen = too_many ? std::vector<std::vector<std::int32_t>>() : seen_values(d);
      const std::lock_guard lock(found.mutex);
      Occurring& out = found.by_definition[d];
      out.too_many |= too_many;
      for (const std::vector<std::int32_t>& ids : seen) {
        if (out.too_many) break;
        add(d, ids, out);
        out.too_many = out.count() > count_up_to_;
      }
    }
  }

 private:
  using Joins = std::vector<PairMap>;

  [[nodiscard]] Error misread(const RowGroup& group, std::size_t column) const {
    Location where;
    where.row_group = group.index;
    where.column = layout_.columns[column];
    return {ErrorCode::internal, "the reader did not deliver the categories it was asked for", where, ""};
  }

  // Records the combinations of a definition in the current slab.
  void mark(std::size_t d, std::size_t rows) {
    const std::vector<std::size_t>& columns = layout_.definitions[d];
    prefix_ = ids_[columns[0]];
    if (columns.size() == 1) {
      seen_[d].resize(static_cast<std::size_t>(values_[columns[0]].next()));
      for (std::size_t i = 0; i < rows; ++i) seen_[d][static_cast<std::size_t>(prefix_[i])] = 1;
      return;
    }
    for (std::size_t j = 1; j < columns.size(); ++j) {
      PairMap& join = joins_[d][j - 1];
      const std::vector<std::int32_t>& ids = ids_[columns[j]];
      for (std::size_t i = 0; i < rows; ++i) {
        prefix_[i] = join.find_or_insert(prefix_[i], ids[i], static_cast<std::int32_t>(join.size()));
      }
    }
  }

  // How many values of a definition occur.
  [[nodiscard]] std::int64_t distinct(std::size_t d) const {
    if (!joins_[d].empty()) return static_cast<std::int64_t>(joins_[d].back().size());
    return std::count(seen_[d].begin(), seen_[d].end(), 1);
  }

  // The combinations of a definition that occur, as ids by column.
  [[nodiscard]] std::vector<std::vector<std::int32_t>> seen_values(std::size_t d) const {
    std::vector<std::vector<std::int32_t>> out;
    if (layout_.definitions[d].size() == 1) {
      for (std::size_t id = 0; id < seen_[d].size(); ++id) {
        if (seen_[d][id] != 0) out.push_back({static_cast<std::int32_t>(id)});
      }
      return out;
    }
    for (const PairMap& join : joins_[d]) {
      std::vector<std::vector<std::int32_t>> longer(join.size());
      join.for_each([&](std::int32_t prefix, std::int32_t id, std::int32_t value) {
        std::vector<std::int32_t>& ids = longer[static_cast<std::size_t>(value)];
        ids = &join == joins_[d].data() ? std::vector<std::int32_t>{prefix} : out[static_cast<std::size_t>(prefix)];
        ids.push_back(id);
      });
      out = std::move(longer);
    }
    return out;
  }

  void add(std::size_t d, const std::vector<std::int32_t>& ids, Occurring& out) const {
    if (ids.size() == 1 && ids[0] == kMissing) {
      out.missing = true;
      return;
    }
    std::vector<SegmentPart> parts;
    for (std::size_t j = 0; j < ids.size(); ++j) {
      const ValueIds& values = values_[layout_.definitions[d][j]];
      parts.emplace_back(ids[j] == kMissing ? SegmentPart() : values.text(static_cast<std::size_t>(ids[j]) - 1));
    }
    out.values.insert(join_parts(parts));
  }

  const Layout& layout_;
  std::int64_t count_up_to_;
  std::vector<ValueIds> values_;                // by column
  std::vector<std::vector<std::int32_t>> ids_;  // by column: of the slab's rows
  std::vector<std::vector<char>> seen_;         // by definition of one column, by id
  std::vector<Joins> joins_;                    // by definition: pairs to running numbers, column by column
  std::vector<std::int32_t> prefix_;
};

std::string columns_text(const SegmentDefinition& definition) {
  const std::vector<SegmentPart> parts(definition.begin(), definition.end());
  return join_parts(parts);
}

Result<void> check(const std::vector<SegmentDefinition>& definitions, const SegmentPlan* known) {
  for (const SegmentDefinition& definition : definitions) {
    if (definition.empty()) return Error{ErrorCode::configuration, "a segment needs a column", {}, "name one or more"};
  }
  if (known != nullptr && known->definitions != definitions) {
    return Error{ErrorCode::configuration,
                 "the segments asked for are not those of the reference profile",
                 {},
                 "fit again, or ask for the profile's segments"};
  }
  return {};
}

// `values`: how many there are, `known` of them from the reference; or more than so many.
Error too_many_values(const SegmentDefinition& definition, bool more_than, std::int64_t values, std::int64_t known,
                      std::int64_t limit) {
  std::string what =
      fmt::format("{}{} values make segments, but max_segments is {}", more_than ? "more than " : "", values, limit);
  if (known > 0) what += fmt::format(" ({} are the reference's)", known);
  Location where;
  where.column = columns_text(definition);
  return {ErrorCode::configuration, std::move(what), where, "raise max_segments, or choose columns with fewer values"};
}

// Appends a definition's new segments, in bytewise order, missing last.
Result<void> append(SegmentPlan& plan, int d, Occurring& occurring, std::int64_t max_segments) {
  std::int64_t known = 0;
  for (const Segment& segment : plan.segments) {
    if (segment.definition != d) continue;
    ++known;
    if (segment.missing) {
      occurring.missing = false;
    } else {
      occurring.values.erase(segment.value);
    }
  }
  const SegmentDefinition& definition = plan.definitions[static_cast<std::size_t>(d)];
  if (occurring.too_many) return too_many_values(definition, true, count_limit(max_segments), known, max_segments);
  if (const std::int64_t values = known + occurring.count(); values > max_segments) {
    return too_many_values(definition, false, values, known, max_segments);
  }
  for (const std::string& value : occurring.values)
    plan.segments.push_back({d, columns_text(definition), value, false});
  if (occurring.missing) plan.segments.push_back({d, columns_text(definition), "", true});
  return {};
}

Result<SegmentPlan> plan(const Source& source, const std::vector<SegmentDefinition>& definitions,
                         std::int64_t max_segments, const SegmentPlan* known) {
  LW_CHECK(check(definitions, known));
  SegmentPlan out;
  if (known != nullptr) out = *known;
  out.definitions = definitions;
  if (out.segments.empty()) out.segments.emplace_back();
  if (definitions.empty()) return out;

  const Layout layout = layout_of(definitions);
  const std::vector<RowGroup>& groups = source.row_groups();
  Found found;
  found.by_definition.resize(definitions.size());
  const auto scan_group = [&](std::size_t g) {
    GroupScan scan(layout, count_limit(max_segments));
    Result<void> done = scan.read(source, groups[g]);
    if (done) scan.add_to(found);
    return done;
  };
  LW_CHECK(for_each_group(groups.size(), scan_group));
  for (std::size_t d = 0; d < definitions.size(); ++d) {
    LW_CHECK(append(out, static_cast<int>(d), found.by_definition[d], max_segments));
  }
  return out;
}

}  // namespace

Result<SegmentPlan> plan_segments(const Source& source, const std::vector<SegmentDefinition>& definitions,
                                  std::int64_t max_segments, const SegmentPlan* known) {
  return without_exceptions("finding segments", [&] { return plan(source, definitions, max_segments, known); });
}

}  // namespace longwatch

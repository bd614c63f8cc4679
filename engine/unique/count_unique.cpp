// Reads a column once: codes to hashes, a record a value and run of rows.
#include "engine/unique/count_unique.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include "engine/chunk/row_groups.hpp"
#include "engine/unique/partitions.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65536;

// Missing rows by slot, added up by all row groups.
struct Missing {
  std::mutex mutex;
  std::vector<UniqueCounts>& slots;
};

// Reads one row group.
class GroupScan {
 public:
  GroupScan(const ColumnInfo& column, std::int32_t no_chunk, UniquePartitions& partitions, const Control& control)
      : column_(column),
        // A number that is NaN is missing, the text "nan" is not.
        nan_is_missing_(column.type == FileType::floating),
        no_chunk_(no_chunk),
        partitions_(partitions),
        control_(control) {}

  Result<void> read(const Source& source, const RowGroup& group, const std::vector<ChunkRun>& runs) {
    LW_TRY(const auto reader, source.read(group, column_.name, ReadAs::category));
    std::size_t run = 0;
    std::int64_t used = 0;  // rows of that run
    for (std::int64_t left = group.rows; left > 0;) {
      if (control_.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
      const std::int64_t rows = std::min(left, kSlabRows);
      LW_TRY(const ColumnView view, reader->next(rows));
      if (view.length != rows || view.type != ValueType::code32) return misread(group);
      if (view.nulls < rows) use(*view.dictionary);
      for (std::int64_t row = 0; row < rows;) {
        if (run >= runs.size()) return misread(group);
        const std::int64_t taken = std::min(rows - row, runs[run].rows - used);
        add_run(view, row, taken, runs[run].chunk < 0 ? no_chunk_ : runs[run].chunk);
        row += taken;
        used += taken;
        if (used < runs[run].rows) continue;
        ++run;
        used = 0;
      }
      LW_CHECK(partitions_.add(records_));
      left -= rows;
    }
    return {};
  }

  void add_to(Missing& missing) const {
    const std::lock_guard lock(missing.mutex);
    for (const auto& [slot, rows] : missing_) missing.slots[static_cast<std::size_t>(slot)].missing += rows;
  }

 private:
  [[nodiscard]] Error misread(const RowGroup& group) const {
    Location where;
    where.row_group = group.index;
    where.column = column_.name;
    return {ErrorCode::internal, "the reader did not deliver the categories it was asked for", where, ""};
  }

  void use(const CategoryDictionary& dictionary) {
    dictionary_ = &dictionary;
    if (serial_ == dictionary.serial && hashed_.size() == dictionary.texts.size()) return;
    serial_ = dictionary.serial;
    hashed_.assign(dictionary.texts.size(), 0);
    hashes_.resize(dictionary.texts.size());
    counts_.assign(dictionary.texts.size(), 0);
  }

  // Rows of one slab and one slot.
  void add_run(const ColumnView& view, std::int64_t first, std::int64_t rows, std::int32_t slot) {
    const auto* codes = static_cast<const std::int32_t*>(view.values);
    std::int64_t missing = 0;
    for (std::int64_t row = first; row < first + rows; ++row) {
      if (!view.valid(row)) {
        ++missing;
      } else if (counts_[static_cast<std::size_t>(codes[row])]++ == 0) {
        touched_.push_back(codes[row]);
      }
    }
    for (const std::int32_t code : touched_) {
      const auto at = static_cast<std::size_t>(code);
      if (nan_is_missing_ && dictionary_->texts[at] == "nan") {
        missing += counts_[at];
      } else {
        records_.push_back({hash_of(at), slot, counts_[at]});
      }
      counts_[at] = 0;
    }
    touched_.clear();
    if (missing == 0) return;
    if (missing_.empty() || missing_.back().first != slot) missing_.emplace_back(slot, 0);
    missing_.back().second += missing;
  }

  const Hash128& hash_of(std::size_t code) {
    if (hashed_[code] == 0) hashes_[code] = sip_hash128(dictionary_->texts[code]);
    hashed_[code] = 1;
    return hashes_[code];
  }

  const ColumnInfo& column_;
  bool nan_is_missing_;
  std::int32_t no_chunk_;
  UniquePartitions& partitions_;
  const Control& control_;
  const CategoryDictionary* dictionary_ = nullptr;
  std::uint64_t serial_ = 0;
  std::vector<std::uint8_t> hashed_;   // by code: whether its hash is known
  std::vector<Hash128> hashes_;        // by code
  std::vector<std::uint32_t> counts_;  // by code, of the current run
  std::vector<std::int32_t> touched_;  // codes of the current run
  std::vector<UniqueRecord> records_;
  std::vector<std::pair<std::int32_t, std::int64_t>> missing_;  // slot, rows
};

Result<UniqueColumn> count(const Source& source, const ChunkPlan& plan, const std::string& column,
                           const UniqueOptions& options, const Control& control) {
  UniqueColumn out;
  out.column = column;
  const ColumnInfo* info = source.find(column);
  if (info == nullptr) {
    out.status = "undefined: the data lacks the column";
  } else if (info->type == FileType::nested || info->type == FileType::other) {
    out.status = "undefined: a column of type " + info->type_text + " cannot be read";
  }
  if (!out.status.empty()) return out;
  std::int64_t chunked = 0;
  for (const Chunk& chunk : plan.chunks) {
    out.slots.push_back({chunk.rows, 0, 0, 0});
    chunked += chunk.rows;
  }
  out.slots.push_back({source.rows() - chunked, 0, 0, 0});
  UniquePartitions partitions(options);
  Missing missing{{}, out.slots};
  const std::vector<RowGroup>& groups = source.row_groups();
  const auto scan_group = [&](std::size_t g) -> Result<void> {
    GroupScan scan(*info, static_cast<std::int32_t>(plan.chunks.size()), partitions, control);
    LW_CHECK(scan.read(source, groups[g], plan.runs[g]));
    scan.add_to(missing);
    return {};
  };
  LW_CHECK(for_each_group(groups.size(), scan_group));
  LW_CHECK(partitions.count(out.slots));
  return out;
}

}  // namespace

Result<UniqueColumn> count_unique(const Source& source, const ChunkPlan& plan, const std::string& column,
                                  const UniqueOptions& options, const Control& control) {
  return without_exceptions("checking uniqueness", [&] { return count(source, plan, column, options, control); });
}

}  // namespace longwatch

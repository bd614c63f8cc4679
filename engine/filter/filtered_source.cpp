// Masks all row groups when it is opened, and reads through the masks from then on.
#include "engine/filter/filtered_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/chunk/row_groups.hpp"
#include "engine/filter/dropping_reader.hpp"
#include "engine/filter/group_mask.hpp"

namespace longwatch {
namespace {

class FilteredSource final : public Source {
 public:
  /// `masks`: by row group of `inner`.
  FilteredSource(std::shared_ptr<Source> inner, std::vector<GroupMask> masks)
      : inner_(std::move(inner)), masks_(std::move(masks)) {
    for (std::size_t g = 0; g < masks_.size(); ++g) {
      if (masks_[g].kept == 0) continue;
      const RowGroup& group = inner_->row_groups()[g];
      inner_group_.emplace(std::pair(group.file, group.index), g);
      groups_.push_back({group.file, group.index, masks_[g].kept, rows_});
      rows_ += masks_[g].kept;
    }
  }

  [[nodiscard]] const std::vector<SourceFile>& files() const override { return inner_->files(); }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return groups_; }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return inner_->columns(); }
  [[nodiscard]] std::int64_t rows() const override { return rows_; }
  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override { return inner_->find(name); }

  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                           ReadAs as) const override {
    const auto found = inner_group_.find({group.file, group.index});
    if (found == inner_group_.end())
      return Error{ErrorCode::internal, "the filtered table has no such row group", {}, ""};
    const GroupMask& mask = masks_[found->second];
    LW_TRY(auto reader, inner_->read(inner_->row_groups()[found->second], column, as));
    if (mask.kept == mask.rows) return reader;
    return dropping_reader(std::move(reader), mask, as);
  }

 private:
  std::shared_ptr<Source> inner_;
  std::vector<GroupMask> masks_;
  std::map<std::pair<int, int>, std::size_t> inner_group_;  // by file and index in it
  std::vector<RowGroup> groups_;
  std::int64_t rows_ = 0;
};

struct Totals {
  RowCounts counts;
  std::int64_t kept = 0;
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
};

Totals totals_of(const std::vector<GroupMask>& masks) {
  Totals out;
  for (const GroupMask& mask : masks) {
    out.counts.read += mask.rows;
    out.counts.filtered += mask.filtered;
    out.counts.outside += mask.outside;
    out.counts.without_timestamp += mask.without_timestamp;
    out.kept += mask.kept;
    out.first = std::min(out.first, mask.first);
    out.last = std::max(out.last, mask.last);
  }
  return out;
}

Error nothing_left(const ModelConfig& model, const Totals& totals, const char* period, const TimeWindow& window) {
  const RowCounts& counts = totals.counts;
  if (counts.filtered == counts.read) {
    return {ErrorCode::data, fmt::format("the filter leaves none of the {} rows of the {}", counts.read, period),
            place_of(model, "filter"), "check the values of its conditions"};
  }
  Location where;
  where.model = model.name;
  where.column = model.timestamp;
  if (counts.without_timestamp == counts.outside) {
    return {ErrorCode::data,
            fmt::format("none of the {} rows of the {} has a usable timestamp", counts.outside, period), where,
            "check that timestamp: names the right column"};
  }
  return {ErrorCode::data, fmt::format("the {} has no row {}", period, window.text()), where,
          fmt::format("its timestamps run from {} to {}", format_utc(totals.first), format_utc(totals.last))};
}

Result<RowFilter> make_filter(const ModelConfig& model, const Source& source, const char* period,
                              const TimeWindow& window) {
  RowFilter out;
  out.timestamp = model.timestamp;
  if (window.limited() && model.timestamp.empty()) {
    return Error{ErrorCode::configuration, "--from and --to need a timestamp column", place_of(model, ""),
                 "add timestamp: COLUMN to the model"};
  }
  if (window.limited() || filter_needs_zone(model, source)) {
    auto zone = TimeZone::find(model.time_zone);
    if (!zone.ok()) {
      zone.error().where = place_of(model, "time_zone");
      return std::move(zone.error());
    }
    out.zone = std::move(zone.value());
  }
  LW_TRY(out.tests, compile_filter(model, source, out.zone, period));
  if (!window.limited()) return out;
  LW_TRY(out.window, place_window(window, out.zone));
  return out;
}

Result<FilteredRows> filter(std::shared_ptr<Source> source, const ModelConfig& model, const char* period,
                            const TimeWindow& window) {
  FilteredRows out;
  out.counts.read = source->rows();
  out.source = std::move(source);
  if (model.filter.empty() && !window.limited()) return out;
  LW_TRY(const RowFilter filter, make_filter(model, *out.source, period, window));
  if (out.counts.read == 0) return out;  // the caller says what is wrong with a table without rows
  const std::vector<RowGroup>& groups = out.source->row_groups();
  std::vector<GroupMask> masks(groups.size());
  LW_CHECK(for_each_group(groups.size(), [&](std::size_t g) -> Result<void> {
    LW_TRY(masks[g], mask_group(*out.source, groups[g], filter));
    return {};
  }));
  const Totals totals = totals_of(masks);
  if (totals.kept == 0) return nothing_left(model, totals, period, window);
  out.counts = totals.counts;
  out.source = std::make_shared<FilteredSource>(std::move(out.source), std::move(masks));
  return out;
}

}  // namespace

Result<FilteredRows> filter_rows(std::shared_ptr<Source> source, const ModelConfig& model, const char* period,
                                 const TimeWindow& window) {
  return without_exceptions("filtering rows", [&] { return filter(std::move(source), model, period, window); });
}

}  // namespace longwatch

// One parallel read; the runs of every row group are cut where the group changes.
#include "engine/chunk/blocks.hpp"

#include <algorithm>

#include "engine/base/sip_hash.hpp"
#include "engine/base/text.hpp"
#include "engine/chunk/civil.hpp"
#include "engine/chunk/row_groups.hpp"
#include "engine/chunk/timestamps.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65'536;
constexpr std::int64_t kMissing = 0;  // the group of what has no day or value

// Runs by chunk, cut row by row into runs by chunk and group.
class RunCutter {
 public:
  explicit RunCutter(const std::vector<ChunkRun>& runs) : runs_(runs) {}
  void add(std::int64_t group) {
    while (used_ == runs_[at_].rows) {
      ++at_;
      used_ = 0;
    }
    ++used_;
    const std::int32_t chunk = runs_[at_].chunk;
    add_run(out_, chunk < 0 ? -1 : static_cast<std::int32_t>(chunk * kBlockGroups + group), 1);
  }
  std::vector<ChunkRun> take() { return std::move(out_); }

 private:
  const std::vector<ChunkRun>& runs_;
  std::vector<ChunkRun> out_;
  std::size_t at_ = 0;
  std::int64_t used_ = 0;
};

struct Zones {
  TimeZone of_times;  ///< of timestamps without a zone
  TimeZone calendar;
};

Result<void> cut_by_day(const Source& source, const RowGroup& group, const std::string& timestamp, const Zones& zones,
                        RunCutter& cutter) {
  ZonePiece piece;
  return for_each_time(source, group, timestamp, zones.of_times, [&](std::int64_t utc, bool usable) {
    if (!usable) return cutter.add(kMissing);
    if (utc < piece.begin || utc >= piece.end) piece = zones.calendar.piece_at_utc(utc);
    const std::int64_t day = floor_divide(add_saturated(utc, piece.offset), kMicrosPerDay);
    cutter.add(day - floor_divide(day, kBlockGroups) * kBlockGroups);
  });
}

Result<void> cut_by_value(const Source& source, const RowGroup& group, const std::string& column, RunCutter& cutter) {
  LW_TRY(const auto reader, source.read(group, column, ReadAs::category));
  std::vector<std::int64_t> group_of;  // by code of the dictionary `serial`
  std::uint64_t serial = 0;
  for (std::int64_t done = 0; done < group.rows;) {
    LW_TRY(const ColumnView view, reader->next(std::min(kSlabRows, group.rows - done)));
    if (view.length == 0) break;
    const CategoryDictionary& dictionary = *view.dictionary;
    if (dictionary.serial != serial || group_of.size() != dictionary.texts.size()) {
      group_of.clear();
      for (const std::string_view text : dictionary.texts)
        group_of.push_back(static_cast<std::int64_t>(sip_hash128(text).low % kBlockGroups));
      serial = dictionary.serial;
    }
    const auto* codes = static_cast<const std::int32_t*>(view.values);
    for (std::int64_t i = 0; i < view.length; ++i)
      cutter.add(view.valid(i) ? group_of[static_cast<std::size_t>(codes[i])] : kMissing);
    done += view.length;
  }
  return {};
}

Result<ChunkPlan> split(const Source& source, const ModelConfig& model, const ChunkRule& rule, const ChunkPlan& plan) {
  LW_CHECK(check_blocks(source, model));
  const bool by_day = model.intervals.resample == ResampleUnit::day;
  Zones zones;
  if (by_day) {
    LW_TRY(zones.of_times, TimeZone::find(model.time_zone));
    LW_TRY(zones.calendar, TimeZone::find(rule.kind == ChunkKind::period ? rule.time_zone : model.time_zone));
  }
  ChunkPlan out;
  out.groups = kBlockGroups;
  out.rows = plan.rows;
  out.chunks.resize(plan.chunks.size() * static_cast<std::size_t>(kBlockGroups));
  out.runs.resize(plan.runs.size());
  const auto cut = [&](std::size_t g) -> Result<void> {
    const RowGroup& group = source.row_groups()[g];
    RunCutter cutter(plan.runs[g]);
    LW_CHECK(by_day ? cut_by_day(source, group, model.timestamp, zones, cutter)
                    : cut_by_value(source, group, model.intervals.block_column, cutter));
    out.runs[g] = cutter.take();
    return {};
  };
  LW_CHECK(for_each_group(plan.runs.size(), cut));
  return out;
}

}  // namespace

Result<void> check_blocks(const Source& source, const ModelConfig& model) {
  const std::string& column = model.intervals.block_column;
  if (column.empty() || source.find(column) != nullptr) return {};
  std::vector<std::string> names;
  for (const ColumnInfo& info : source.columns()) names.push_back(info.name);
  return Error{ErrorCode::configuration, "the data has no column '" + column + "' to resample by",
               place_of(model, "intervals.resample"), known_names_hint(column, names)};
}

Result<std::optional<ChunkPlan>> split_by_block(const Source& source, const ModelConfig& model, const ChunkRule& rule,
                                                const ChunkPlan& plan) {
  if (model.intervals.resample == ResampleUnit::rows) return std::optional<ChunkPlan>();
  LW_TRY(ChunkPlan out, without_exceptions("finding blocks", [&] { return split(source, model, rule, plan); }));
  return std::optional<ChunkPlan>(std::move(out));
}

}  // namespace longwatch

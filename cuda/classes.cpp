// Class items as jobs of the module, and what it counts as partials. The kernels are in classes.cu.

#include <bit>
#include <vector>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

/// What the module reads of an item and writes for it.
struct Room {
  std::vector<Column> scores;
  std::vector<Map> maps;
  ClassCounts counts;
  std::vector<std::int64_t> labels, scored, sums, products, unpredicted;
  std::vector<std::vector<ClassEntry>> entries;  ///< by class

  /// Called by the module: nothing may be thrown into it.
  static void take(void* room, std::int32_t of, const ClassRun* runs, std::int64_t count) noexcept {
    std::vector<ClassEntry>& out = static_cast<Room*>(room)->entries[static_cast<std::size_t>(of)];
    for (std::int64_t i = 0; i < count; ++i) {
      for (int predicted = 0; predicted < 2; ++predicted) {
        if (runs[i].rows[predicted] == 0) continue;
        const int code = static_cast<int>(runs[i].key & 3) + 3 * predicted;
        out.push_back({ScoreEntry::of(std::bit_cast<double>(runs[i].key >> 2), code, runs[i].rows[predicted]),
                       runs[i].sums[predicted]});
      }
    }
  }
};

/// Makes room as the item's partial has it.
ClassJob job_of(const ClassItem& item, Room& room, Pins& pins) {
  const ClassPartial& partial = *item.out;
  for (const ColumnView& column : item.scores) room.scores.push_back(pins.column_of(column));
  for (const CalibrationMap& map : item.plan->maps) room.maps.push_back({map.scores, map.probabilities, map.knots});
  room.labels.resize(partial.labels.size());
  room.scored.resize(partial.scored.size());
  room.sums.resize(partial.sums.size());
  room.products.resize(partial.products.size());
  room.unpredicted.resize(partial.unpredicted.size());
  room.entries.resize(partial.entries.size());
  return {room.scores.data(),
          item.plan->scored.data(),
          room.maps.empty() ? nullptr : room.maps.data(),
          static_cast<std::int64_t>(room.scores.size()),
          static_cast<std::int64_t>(item.plan->classes),
          classes_of(item.prediction, pins),
          classes_of(item.label, pins),
          rows_of(item.rows),
          &room.counts,
          room.labels.data(),
          room.scored.data(),
          room.sums.data(),
          room.products.data(),
          room.unpredicted.data(),
          &room,
          Room::take};
}

void add(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

void add(const Room& room, const ClassItem& item) {
  ClassPartial& out = *item.out;
  out.counts.rows += item.rows.count;
  out.counts.missing_scores += room.counts.missing_scores;
  out.counts.invalid_scores += room.counts.invalid_scores;
  out.counts.unnormalised_scores += room.counts.unnormalised_scores;
  out.counts.unmapped_predictions += room.counts.unmapped_predictions;
  out.counts.unmapped_labels += room.counts.unmapped_labels;
  add(out.labels, room.labels);
  add(out.scored, room.scored);
  add(out.sums, room.sums);
  add(out.products, room.products);
  add(out.unpredicted, room.unpredicted);
  for (std::size_t c = 0; c < room.entries.size(); ++c)
    out.entries[c].insert(out.entries[c].end(), room.entries[c].begin(), room.entries[c].end());
}

}  // namespace

Result<void> run_classes(const Session& session, std::span<const ClassItem> items, Status& status) {
  Pins pins(session);
  std::vector<Room> rooms(items.size());
  std::vector<ClassJob> jobs;
  for (const ClassItem& item : items) {
    if (item.scores.size() != item.plan->scored.size() || item.out->counts.classes != item.plan->classes) {
      status.code = kOutOfRange;  // the CPU says it
      return {};
    }
    jobs.push_back(job_of(item, rooms[jobs.size()], pins));
  }
  session.module().classes(session.context(), jobs.data(), static_cast<std::int64_t>(jobs.size()), &status);
  if (status.code != kDone) return {};
  for (std::size_t i = 0; i < items.size(); ++i) add(rooms[i], items[i]);
  return {};
}

}  // namespace longwatch::cuda

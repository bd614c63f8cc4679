// Runs of equal keys and the sums of their values: a sort, marks where runs begin, their prefix sums, and additions.

#include "cuda/class_runs.hpp"

#include "cuda/atomics.hpp"
#include "cuda/pieces.hpp"

namespace longwatch::cuda {
namespace {

constexpr std::int64_t kTogether = 8;  // neighbours that a thread adds up before it adds them to their run

struct RunLaunch {
  const std::int64_t* begins;  ///< of the segments
  Pieces pieces;               ///< of the segments
  const std::uint64_t* keys;
  const std::uint64_t* values;
  std::uint32_t* heads;  ///< 1 where a run begins; then their prefix sums
  ClassRun* runs;        ///< all zero at first
};

LW_KERNEL(class_heads_kernel, RunLaunch) {
  LW_THREAD(t);
  const std::int64_t last = first_piece(job.pieces, t.block() + 1, t.blocks());
  Strip strip{};
  for (std::int64_t piece = first_piece(job.pieces, t.block(), t.blocks()); piece < last; piece = strip.next) {
    strip = strip_at(job.pieces, piece, last);
    const std::int64_t first = job.begins[strip.item];
    for (std::int64_t at = first + strip.begin + t.rank(); at < first + strip.end; at += t.size())
      job.heads[at] = at == first || job.keys[at] != job.keys[at - 1] ? 1 : 0;
  }
  LW_END;
}

/// Adds keys [from, to), which may be of several runs.
LW_DEVICE void add_runs(const RunLaunch& job, std::int64_t from, std::int64_t to) {
  while (from < to) {
    const std::uint32_t number = job.heads[from];
    ClassRun& run = job.runs[number - 1];
    std::int64_t rows[2] = {};
    std::int64_t sums[2] = {};
    run.key = job.keys[from];  // the same from every thread
    for (; from < to && job.heads[from] == number; ++from) {
      const std::uint64_t value = job.values[from];
      const bool predicted = (value & 1) != 0;
      rows[0] += predicted ? 0 : 1;
      rows[1] += predicted ? 1 : 0;
      sums[0] += predicted ? 0 : static_cast<std::int64_t>(value >> 1);
      sums[1] += predicted ? static_cast<std::int64_t>(value >> 1) : 0;
    }
    for (int i = 0; i < 2; ++i) {
      if (rows[i] == 0) continue;
      atomic_add(&run.rows[i], rows[i]);
      atomic_add(&run.sums[i], sums[i]);
    }
  }
}

LW_KERNEL(class_runs_kernel, RunLaunch) {
  LW_THREAD(t);
  const std::int64_t last = first_piece(job.pieces, t.block() + 1, t.blocks());
  Strip strip{};
  for (std::int64_t piece = first_piece(job.pieces, t.block(), t.blocks()); piece < last; piece = strip.next) {
    strip = strip_at(job.pieces, piece, last);
    const std::int64_t first = job.begins[strip.item];
    const std::int64_t end = first + strip.end;
    for (std::int64_t at = first + strip.begin + t.rank() * kTogether; at < end; at += t.size() * kTogether)
      add_runs(job, at, at + kTogether < end ? at + kTogether : end);
  }
  LW_END;
}

struct LastLaunch {
  const std::int64_t* begins;  ///< of the segments
  const std::int64_t* ends;
  std::int64_t segments;
  const std::uint32_t* heads;
  std::uint32_t* last;  ///< by segment: the prefix sum at its last key, 0 where it is empty
};

LW_KERNEL(last_runs_kernel, LastLaunch) {
  LW_THREAD(t);
  for (std::int64_t s = std::int64_t{t.block()} * t.size() + t.rank(); s < job.segments;
       s += std::int64_t{t.blocks()} * t.size())
    job.last[s] = job.ends[s] > job.begins[s] ? job.heads[job.ends[s] - 1] : 0;
  LW_END;
}

/// Where the runs of each segment begin, and how many there are of all. Waits.
std::vector<std::int64_t> first_runs(Run& run, const RunLaunch& job, const Segments& segments) {
  const auto number = static_cast<std::int64_t>(segments.size());
  auto* const found = run.room<std::uint32_t>(number);
  run.launch(last_runs_kernel, (number + run.tuning().threads - 1) / run.tuning().threads, 0,
             LastLaunch{job.begins, run.upload(segments.ends.data(), number), number, job.heads, found});
  std::vector<std::uint32_t> last(segments.size());
  run.download(last.data(), found, number);
  if (!run.wait()) return {};
  std::vector<std::int64_t> first{0};
  for (const std::uint32_t end : last) first.push_back(end == 0 ? first.back() : std::int64_t{end});
  return first;
}

}  // namespace

ClassRuns find_class_runs(Run& run, const std::uint64_t* keys, const std::uint64_t* values, std::int64_t places,
                          const Segments& segments) {
  std::vector<std::int64_t> counts;
  for (std::size_t s = 0; s < segments.size(); ++s) counts.push_back(segments.ends[s] - segments.begins[s]);
  RunLaunch job{};
  auto* const sorted = run.room<std::uint64_t>(places);
  auto* const sorted_values = run.room<std::uint64_t>(places);
  sort_segments(run, keys, sorted, values, sorted_values, places, segments);
  job.begins = run.upload(segments.begins.data(), static_cast<std::int64_t>(segments.size()));
  std::vector<std::int64_t> first;
  job.pieces = cut(run, counts, first);
  job.keys = sorted;
  job.values = sorted_values;
  job.heads = run.zeros<std::uint32_t>(places);
  run.launch(class_heads_kernel, job.pieces.pieces, 0, job);
  prefix_sums(run, job.heads, places);
  ClassRuns out;
  out.first = first_runs(run, job, segments);
  if (!run.ok()) return {};
  job.runs = run.zeros<ClassRun>(out.first.back());
  run.launch(class_runs_kernel, job.pieces.pieces, 0, job);
  out.runs.resize(static_cast<std::size_t>(out.first.back()));
  run.download(out.runs.data(), job.runs, out.first.back());
  (void)run.wait();
  return out;
}

}  // namespace longwatch::cuda

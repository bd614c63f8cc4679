// Runs of equal keys: a sort (sort.cu), marks where runs begin, and their prefix sums.

#include "cuda/key_runs.hpp"

namespace longwatch::cuda {
namespace {

LW_KERNEL(heads_kernel, KeyRuns) {
  LW_THREAD(t);
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const std::int64_t first = job.begins[strip.item];
    for (std::int64_t at = first + strip.begin + t.rank(); at < first + strip.end; at += t.size())
      job.numbers[at] = begins_run(job, first, at) ? 1 : 0;
  }
  LW_END;
}

struct LastLaunch {
  const std::int64_t* begins;  ///< of the segments
  const std::int64_t* ends;
  std::int64_t segments;
  const std::uint32_t* numbers;
  std::uint32_t* last;  ///< by segment: the number of its last run, 0 where it is empty
};

LW_KERNEL(last_runs_kernel, LastLaunch) {
  LW_THREAD(t);
  for (std::int64_t s = std::int64_t{t.block()} * t.size() + t.rank(); s < job.segments;
       s += std::int64_t{t.blocks()} * t.size())
    job.last[s] = job.ends[s] > job.begins[s] ? job.numbers[job.ends[s] - 1] : 0;
  LW_END;
}

/// Sorts, and numbers the runs. `counts` and `first` must stay until the next wait.
KeyRuns number_runs(Run& run, const std::uint64_t* keys, const std::uint64_t* values, std::int64_t places,
                    const Segments& segments, const std::vector<std::int64_t>& counts,
                    std::vector<std::int64_t>& first) {
  KeyRuns runs{};
  auto* const sorted = run.room<std::uint64_t>(places);
  if (values == nullptr) {
    sort_segments(run, keys, sorted, places, segments);
  } else {
    auto* const sorted_values = run.room<std::uint64_t>(places);
    sort_segments(run, keys, sorted, values, sorted_values, places, segments);
    runs.values = sorted_values;
  }
  runs.begins = run.upload(segments.begins.data(), static_cast<std::int64_t>(segments.size()));
  runs.pieces = cut(run, counts, first);
  runs.keys = sorted;
  runs.numbers = run.zeros<std::uint32_t>(places);
  run.launch(heads_kernel, runs.pieces.pieces, 0, runs);
  prefix_sums(run, runs.numbers, places);
  return runs;
}

}  // namespace

FoundRuns find_key_runs(Run& run, const std::uint64_t* keys, const std::uint64_t* values, std::int64_t places,
                        const Segments& segments) {
  const auto count = static_cast<std::int64_t>(segments.size());
  std::vector<std::int64_t> counts;
  for (std::size_t s = 0; s < segments.size(); ++s) counts.push_back(segments.ends[s] - segments.begins[s]);
  std::vector<std::int64_t> first_pieces;
  FoundRuns found{number_runs(run, keys, values, places, segments, counts, first_pieces), {0}};
  auto* const ends = run.room<std::uint32_t>(count);
  run.launch(last_runs_kernel, (count + run.tuning().threads - 1) / run.tuning().threads, 0,
             LastLaunch{found.runs.begins, run.upload(segments.ends.data(), count), count, found.runs.numbers, ends});
  std::vector<std::uint32_t> last(segments.size());
  run.download(last.data(), ends, count);
  if (!run.wait()) return found;
  for (const std::uint32_t end : last) found.first.push_back(end == 0 ? found.first.back() : std::int64_t{end});
  return found;
}

}  // namespace longwatch::cuda

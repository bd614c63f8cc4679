// Sums of the values of equal keys: each thread adds up some neighbours before it adds them to their run.

#include "cuda/class_runs.hpp"

#include <utility>

#include "cuda/atomics.hpp"
#include "cuda/key_runs.hpp"

namespace longwatch::cuda {
namespace {

constexpr std::int64_t kTogether = 8;  // neighbours that a thread adds up before it adds them to their run

struct SumLaunch {
  KeyRuns of;
  ClassRun* runs;  ///< all zero at first
};

/// Adds keys [from, to), which may be of several runs.
LW_DEVICE void add_runs(const SumLaunch& job, std::int64_t from, std::int64_t to) {
  while (from < to) {
    const std::uint32_t number = job.of.numbers[from];
    ClassRun& run = job.runs[number - 1];
    std::int64_t rows[2] = {};
    std::int64_t sums[2] = {};
    run.key = job.of.keys[from];  // the same from every thread
    for (; from < to && job.of.numbers[from] == number; ++from) {
      const std::uint64_t value = job.of.values[from];
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

LW_KERNEL_BLOCKS(class_runs_kernel, SumLaunch, 6) {  // left to itself nvcc spills to reach eight
  LW_THREAD(t);
  for (Strips strips(job.of.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const std::int64_t first = job.of.begins[strip.item];
    const std::int64_t end = first + strip.end;
    for (std::int64_t at = first + strip.begin + t.rank() * kTogether; at < end; at += t.size() * kTogether)
      add_runs(job, at, at + kTogether < end ? at + kTogether : end);
  }
  LW_END;
}

}  // namespace

ClassRuns find_class_runs(Run& run, const std::uint64_t* keys, const std::uint64_t* values, std::int64_t places,
                          const Segments& segments) {
  FoundRuns found = find_key_runs(run, keys, values, places, segments);
  if (!run.ok()) return {};
  ClassRuns out{{}, std::move(found.first)};
  const SumLaunch job{found.runs, run.zeros<ClassRun>(out.first.back())};
  run.launch(class_runs_kernel, job.of.pieces.pieces, 0, job);
  out.runs.resize(static_cast<std::size_t>(out.first.back()));
  run.download(out.runs.data(), job.runs, out.first.back());
  (void)run.wait();
  return out;
}

}  // namespace longwatch::cuda

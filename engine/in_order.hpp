#pragma once
// Work on a list side by side, with its results taken in order.

#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace longwatch {

/// Calls take(i, make(i)) for i in [0, count): `make` on the threads of the calling arena, as many at a time as it has
/// threads; `take` in the order of i, one at a time. Where `take` returns false nothing more is made or taken.
template <class Make, class Take>
void run_in_order(std::size_t count, const Make& make, const Take& take) {
  struct Made {
    std::size_t index;
    decltype(make(std::size_t{0})) result;
  };
  std::size_t next = 0;
  std::atomic<bool> stopped{false};
  tbb::parallel_pipeline(
      static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()),
      tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) {
        if (next >= count || stopped) flow.stop();
        return next++;
      }) & tbb::make_filter<std::size_t, Made*>(tbb::filter_mode::parallel, [&](std::size_t index) {
        return stopped ? nullptr : new Made{index, make(index)};
      }) & tbb::make_filter<Made*, void>(tbb::filter_mode::serial_in_order, [&](Made* made) {
        const std::unique_ptr<Made> owner(made);
        if (owner == nullptr || stopped) return;
        if (!take(owner->index, std::move(owner->result))) stopped = true;
      }));
}

}  // namespace longwatch

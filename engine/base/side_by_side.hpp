#pragma once
// Many small pieces of one piece of work, on the threads of the calling arena.

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <cstddef>

namespace longwatch {

/// Calls work(i) for i in [0, count), in any order. A thread that runs out of pieces takes up nothing else before the
/// last one is done, so a caller's buffers of this thread stay its own, and no second caller's fill up beside them.
template <class Work>
void side_by_side(std::size_t count, const Work& work) {
  tbb::this_task_arena::isolate([&] { tbb::parallel_for(std::size_t{0}, count, work); });
}

}  // namespace longwatch

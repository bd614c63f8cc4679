#pragma once
// Work on all row groups of a source in parallel, whose outcome does not depend on the threads.

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <atomic>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

/// Runs `work(group)`, a Result<void>, for every group in [0, groups) on the threads of the calling task arena. Returns
/// the error of the first group in order that has one; groups after it may be left out.
template <class Work>
Result<void> for_each_group(std::size_t groups, const Work& work) {
  std::vector<std::optional<Error>> errors(groups);
  std::atomic<std::size_t> first_failed{groups};
  const auto run = [&](std::size_t group) {
    if (group > first_failed.load(std::memory_order_relaxed)) return;
    Result<void> done = work(group);
    if (done.ok()) return;
    errors[group] = std::move(done.error());
    std::size_t first = first_failed.load();
    while (group < first && !first_failed.compare_exchange_weak(first, group)) {
    }
  };
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, groups, 1), [&](const tbb::blocked_range<std::size_t>& range) {
    for (std::size_t group = range.begin(); group != range.end(); ++group) run(group);
  });
  if (first_failed < groups) return std::move(*errors[first_failed]);
  return {};
}

/// Calls `work`, which returns a Result, and turns exceptions of libraries into errors.
template <class Work>
auto without_exceptions(const char* doing, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::memory, std::string("not enough memory while ") + doing, {}, ""};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::internal, std::string(doing) + " failed: " + exception.what(), {}, ""};
  }
}

}  // namespace longwatch

#pragma once
// The few oneTBB calls that Longwatch makes, over std::thread, for the thread sanitizer only: the system's libtbb is
// not instrumented, so the sanitizer cannot see how it hands work over and reports races that are none.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace tbb {
namespace plain {

inline int& concurrency() {
  static thread_local int value = 2;
  return value;
}

/// A number that no other thread ever has. std::thread::id is given again once a thread has ended, and the sanitizer
/// then rightly sees two threads in one value with nothing to order them.
inline std::uint64_t thread_number() {
  static std::atomic<std::uint64_t> next{0};
  static thread_local const std::uint64_t mine = next++;
  return mine;
}

/// Runs work(i) for i in [0, count) on as many threads as the arena has. The first exception is thrown again.
template <class F>
void each(std::size_t count, const F& work) {
  if (count == 1) return work(0);
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex lock;
  const int threads = static_cast<int>(std::min<std::size_t>(count, static_cast<std::size_t>(concurrency())));
  const auto loop = [&] {
    concurrency() = std::min(2, threads);
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard guard(lock);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) workers.emplace_back(loop);
  for (std::thread& worker : workers) worker.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace plain

class task_arena {
 public:
  static constexpr int automatic = -1;
  explicit task_arena(int threads = automatic) : threads_(threads > 0 ? threads : 2) {}
  template <class F>
  auto execute(F&& work) {
    struct Restore {
      int before = plain::concurrency();
      ~Restore() { plain::concurrency() = before; }
    } restore;
    plain::concurrency() = threads_;
    return work();
  }

 private:
  int threads_;
};

namespace this_task_arena {
inline int max_concurrency() { return plain::concurrency(); }
template <class F>
auto isolate(F&& work) {
  return work();
}
}  // namespace this_task_arena

struct global_control {
  enum parameter { max_allowed_parallelism };
  global_control(parameter, std::size_t) {}
  ~global_control() {}
};

struct simple_partitioner {};

template <class T>
class blocked_range {
 public:
  blocked_range(T begin, T end, std::size_t grain = 1) : begin_(begin), end_(end), grain_(grain) {}
  T begin() const { return begin_; }
  T end() const { return end_; }
  std::size_t grainsize() const { return grain_; }

 private:
  T begin_, end_;
  std::size_t grain_;
};

template <class Index, class F>
void parallel_for(Index first, Index last, const F& work, simple_partitioner = {}) {
  if (last > first)
    plain::each(static_cast<std::size_t>(last - first),
                [&](std::size_t i) { work(static_cast<Index>(first + static_cast<Index>(i))); });
}

template <class T, class F>
void parallel_for(const blocked_range<T>& range, const F& work, simple_partitioner = {}) {
  const auto size = static_cast<std::size_t>(range.end() - range.begin());
  const std::size_t grain = std::max<std::size_t>(1, range.grainsize());
  plain::each((size + grain - 1) / grain, [&](std::size_t i) {
    const T begin = range.begin() + static_cast<T>(i * grain);
    work(blocked_range<T>(begin, std::min<T>(range.end(), begin + static_cast<T>(grain)), grain));
  });
}

template <class Iterator, class Less = std::less<>>
void parallel_sort(Iterator begin, Iterator end, Less less = {}) {
  std::sort(begin, end, less);
}

template <class T>
class enumerable_thread_specific {
 public:
  enumerable_thread_specific() = default;
  /// Every thread's value starts as a copy of `first`.
  explicit enumerable_thread_specific(T first)
      : add_([first = std::move(first)](std::deque<T>& values) { values.push_back(first); }) {}
  T& local() {
    const std::lock_guard guard(lock_);
    const auto [found, fresh] = places_.try_emplace(plain::thread_number(), values_.size());
    if (fresh) add_(values_);
    return values_[found->second];
  }
  auto begin() { return values_.begin(); }
  auto end() { return values_.end(); }

 private:
  std::mutex lock_;
  std::function<void(std::deque<T>&)> add_ = [](std::deque<T>& values) { values.emplace_back(); };  // T may not be copied
  std::deque<T> values_;  // which do not move
  std::map<std::uint64_t, std::size_t> places_;
};

class flow_control {
 public:
  void stop() { stopped = true; }
  bool stopped = false;
};

enum class filter_mode { parallel, serial_in_order };

template <class In, class Out, class F>
struct filter {
  F work;
};

template <class In, class Out, class F>
filter<In, Out, F> make_filter(filter_mode, F work) {
  return {std::move(work)};
}

template <class Item, class Source, class Sink>
struct two_filters {
  Source source;
  Sink sink;
};

template <class Item, class Source, class Sink>
two_filters<Item, Source, Sink> operator&(filter<void, Item, Source> source, filter<Item, void, Sink> sink) {
  return {std::move(source.work), std::move(sink.work)};
}

template <class Item, class Source, class Sink>
void parallel_pipeline(std::size_t tokens, two_filters<Item, Source, Sink> chain) {
  flow_control flow;
  std::mutex lock;
  plain::each(tokens, [&](std::size_t) {
    for (;;) {
      Item item;
      {
        const std::lock_guard guard(lock);
        if (flow.stopped) return;
        item = chain.source(flow);
        if (flow.stopped) return;
      }
      chain.sink(item);
    }
  });
}

template <class Item, class Made, class Source, class Work>
struct source_and_work {
  Source source;
  Work work;
};

template <class Item, class Made, class Source, class Work>
requires(!std::is_void_v<Made>) source_and_work<Item, Made, Source, Work>
operator&(filter<void, Item, Source> source, filter<Item, Made, Work> work) {
  return {std::move(source.work), std::move(work.work)};
}

template <class Item, class Made, class Source, class Work, class Sink>
struct three_filters {
  Source source;
  Work work;
  Sink sink;
};

template <class Item, class Made, class Source, class Work, class Sink>
three_filters<Item, Made, Source, Work, Sink> operator&(source_and_work<Item, Made, Source, Work> first,
                                                        filter<Made, void, Sink> sink) {
  return {std::move(first.source), std::move(first.work), std::move(sink.work)};
}

/// The last filter takes what was made in the order of the first.
template <class Item, class Made, class Source, class Work, class Sink>
void parallel_pipeline(std::size_t tokens, three_filters<Item, Made, Source, Work, Sink> chain) {
  flow_control flow;
  std::mutex lock;
  std::size_t begun = 0;
  std::size_t taken = 0;
  std::map<std::size_t, Made> made;
  plain::each(tokens, [&](std::size_t) {
    for (;;) {
      std::unique_lock guard(lock);
      if (flow.stopped) return;
      const Item item = chain.source(flow);
      if (flow.stopped) return;
      const std::size_t ticket = begun++;
      guard.unlock();
      Made result = chain.work(item);
      guard.lock();
      made.emplace(ticket, std::move(result));
      for (auto first = made.begin(); first != made.end() && first->first == taken; first = made.begin()) {
        chain.sink(std::move(first->second));
        made.erase(first);
        ++taken;
      }
    }
  });
}

}  // namespace tbb

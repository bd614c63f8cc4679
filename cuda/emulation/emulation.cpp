// The scheduler of emulated threads. Not part of the engine: built into the emulation that the tests use.
#include "cuda/emulation/emulation.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace longwatch::cuda {
namespace {

constexpr int kWarp = 32;

/// 0 ... count - 1 as `order` has it. Shuffles differ from call to call of one launch, not from run to run.
class Shuffler {
 public:
  explicit Shuffler(Order order) : order_(order) {}
  std::vector<int> next(int count) {
    std::vector<int> places(static_cast<std::size_t>(count));
    std::iota(places.begin(), places.end(), 0);
    if (order_ == Order::reversed) std::reverse(places.begin(), places.end());
    if (order_ != Order::shuffled) return places;
    for (std::size_t i = places.size(); i > 1; --i) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      std::swap(places[i - 1], places[(state_ >> 33) % i]);
    }
    return places;
  }

 private:
  Order order_;
  std::uint64_t state_ = 88172645463325252ULL;
};

/// The threads of one block.
class Block {
 public:
  Block(const Grid& grid, int block, unsigned char* shared, const std::function<Fiber(Slot&)>& begin)
      : slots_(static_cast<std::size_t>(grid.threads)) {
    for (int rank = 0; rank < grid.threads; ++rank) {
      Slot& slot = slots_[static_cast<std::size_t>(rank)];
      slot.rank = rank;
      slot.size = grid.threads;
      slot.block = block;
      slot.blocks = grid.blocks;
      slot.shared = shared;
      fibers_.push_back(begin(slot));
    }
  }

  std::string run(Shuffler& shuffler) {
    while (true) {
      for (const int warp : shuffler.next(static_cast<int>(slots_.size()) / kWarp))
        run_warp(static_cast<std::size_t>(warp) * kWarp, shuffler);
      const auto ended = std::count_if(fibers_.begin(), fibers_.end(), [](const Fiber& fiber) { return fiber.done(); });
      if (ended == static_cast<std::ptrdiff_t>(fibers_.size())) return {};
      if (!release()) return stuck(ended);
    }
  }

 private:
  /// Lets the warp from `first` on run ahead of the others, as far as it gets without them.
  void run_warp(std::size_t first, Shuffler& shuffler) {
    do {
      for (const int lane : shuffler.next(kWarp)) {
        const std::size_t at = first + static_cast<std::size_t>(lane);
        if (!fibers_[at].done() && slots_[at].waits == Waits::no) fibers_[at].resume();
      }
    } while (exchange(first));
  }

  /// Lets the warp from `first` on go on where all of it waits for the same shuffle.
  bool exchange(std::size_t first) {
    for (std::size_t i = first; i < first + kWarp; ++i) {
      const Slot& slot = slots_[i];
      if (fibers_[i].done() || slot.waits != Waits::shuffle || slot.line != slots_[first].line) return false;
    }
    for (std::size_t i = first; i < first + kWarp; ++i) {
      slots_[i].received = slots_[first + ((i - first) ^ static_cast<std::size_t>(slots_[i].mask))].sent;
      slots_[i].waits = Waits::no;
    }
    return true;
  }

  /// Lets all threads go on where all of them wait at the same barrier.
  bool release() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (fibers_[i].done() || slots_[i].waits != Waits::barrier || slots_[i].line != slots_[0].line) return false;
    }
    for (Slot& slot : slots_) slot.waits = Waits::no;
    return true;
  }

  [[nodiscard]] std::string stuck(std::ptrdiff_t ended) const {
    int low = 0;
    int high = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (fibers_[i].done()) continue;
      low = low == 0 ? slots_[i].line : std::min(low, slots_[i].line);
      high = std::max(high, slots_[i].line);
    }
    return "the threads of a block wait for each other at lines " + std::to_string(low) + " to " +
           std::to_string(high) + ", and " + std::to_string(ended) + " of them have ended";
  }

  std::vector<Slot> slots_;
  std::vector<Fiber> fibers_;
};

}  // namespace

std::string emulate(const Grid& grid, Order order, const std::function<Fiber(Slot&)>& begin) {
  Shuffler shuffler(order);
  std::vector<std::uint64_t> shared(grid.shared / sizeof(std::uint64_t) + 1);
  for (const int block : shuffler.next(grid.blocks)) {
    std::fill(shared.begin(), shared.end(), 0xa5a5a5a5a5a5a5a5ULL);
    std::string failure = Block(grid, block, reinterpret_cast<unsigned char*>(shared.data()), begin).run(shuffler);
    if (!failure.empty()) return failure;
  }
  return {};
}

}  // namespace longwatch::cuda

// The emulation of threads: it shows races, and barriers that not all threads reach.
#include "cuda/emulation/emulation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/launch.hpp"

namespace longwatch::cuda {
namespace {

constexpr Order kOrders[] = {Order::forward, Order::reversed, Order::shuffled};

struct Job {
  std::uint32_t* out;
  bool barrier;
};

/// Every thread takes what its neighbour wrote to shared memory.
LW_KERNEL(rotate_kernel, Job) {
  LW_THREAD(t);
  auto* const shared = reinterpret_cast<std::uint32_t*>(t.shared());
  shared[t.rank()] = static_cast<std::uint32_t>(t.rank());
  if (job.barrier) LW_SYNC(t);
  job.out[t.block() * t.size() + t.rank()] = shared[(t.rank() + 1) % t.size()];
  LW_END;
}

std::vector<std::uint32_t> rotate(Order order, bool barrier) {
  const Grid grid{2, 64, 64 * sizeof(std::uint32_t)};
  std::vector<std::uint32_t> out(128);
  const Job job{out.data(), barrier};
  EXPECT_EQ(emulate(grid, order, [&](Slot& slot) { return rotate_kernel(slot, job); }), "");
  return out;
}

TEST(Emulation, BarriersMakeEveryOrderTheSame) {
  for (const Order order : kOrders) {
    const auto out = rotate(order, true);
    for (std::uint32_t i = 0; i < 128; ++i) EXPECT_EQ(out[i], (i % 64 + 1) % 64);
  }
}

TEST(Emulation, WithoutThemSomeOrderShowsIt) {
  const auto right = rotate(Order::forward, true);
  for (const Order order : kOrders) EXPECT_NE(rotate(order, false), right);
}

LW_KERNEL(sum_kernel, Job) {
  LW_THREAD(t);
  auto sum = static_cast<std::int64_t>(t.rank()) << 33;
  for (int mask = 16; mask > 0; mask /= 2) sum += LW_SHUFFLE_XOR(t, sum, mask);
  if (t.lane() == 0) (void)atomic_add(job.out + t.rank() / 32, static_cast<std::uint32_t>(sum >> 33));
  LW_END;
}

TEST(Emulation, ShufflesStayWithinTheWarp) {
  for (const Order order : kOrders) {
    std::vector<std::uint32_t> out(2);
    const Job job{out.data(), true};
    EXPECT_EQ(emulate({3, 64, 0}, order, [&](Slot& slot) { return sum_kernel(slot, job); }), "");
    EXPECT_THAT(out, testing::ElementsAre(3 * 496, 3 * (496 + 32 * 32)));
  }
}

LW_KERNEL(divergent_kernel, Job) {
  LW_THREAD(t);
  if (t.rank() != 5) LW_SYNC(t);
  LW_END;
}

LW_KERNEL(two_barriers_kernel, Job) {
  LW_THREAD(t);
  if (t.rank() < 32) {
    LW_SYNC(t);
  } else {
    LW_SYNC(t);
  }
  LW_END;
}

TEST(Emulation, ABarrierThatNotAllReachIsAFailure) {
  const Job job{nullptr, true};
  for (const Order order : kOrders) {
    EXPECT_THAT(emulate({1, 64, 0}, order, [&](Slot& slot) { return divergent_kernel(slot, job); }),
                testing::HasSubstr("1 of them have ended"));
    EXPECT_THAT(emulate({1, 64, 0}, order, [&](Slot& slot) { return two_barriers_kernel(slot, job); }),
                testing::HasSubstr("wait for each other"));
  }
}

TEST(Atomics, CarriesReachTheLastWord) {
  std::uint32_t words[4] = {0xffffffffU, 0xffffffffU, 0xffffffffU, 0};
  atomic_add(words, uint128{1});
  EXPECT_THAT(words, testing::ElementsAre(0, 0, 0, 1));
  atomic_add(words, 0 - uint128{1});  // minus one
  EXPECT_THAT(words, testing::ElementsAre(0xffffffffU, 0xffffffffU, 0xffffffffU, 0));
  std::uint32_t low = 0xfffffff0U;
  std::uint32_t high = 7;
  atomic_add(&low, &high, (std::uint64_t{3} << 32) + 0x20);
  EXPECT_EQ(low, 0x10U);
  EXPECT_EQ(high, 11U);
}

}  // namespace
}  // namespace longwatch::cuda

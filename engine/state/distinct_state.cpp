// HyperLogLog: a sketch of the number of distinct values.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "engine/state/number_state.hpp"
#include "engine/state/row.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kRegisters = row::kDistinctRegisters;
constexpr int kHashBits = 64 - row::kDistinctBits;
constexpr int kLargestRank = kHashBits + 1;
constexpr const char* kWhat = "distinct state";

std::size_t occupied(const std::uint8_t* ranks) {
  return kRegisters - static_cast<std::size_t>(std::count(ranks, ranks + kRegisters, std::uint8_t{0}));
}

// register << 8 | rank of the occupied registers, or only of the first ones, more than `most`. Looks at eight at a
// time.
std::vector<std::uint32_t> entries_of(const std::uint8_t* ranks, std::size_t most) {
  std::vector<std::uint32_t> entries;
  for (std::uint32_t i = 0; i < kRegisters && entries.size() <= most; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, ranks + i, sizeof(eight));
    for (std::uint32_t j = i; eight != 0 && j < i + 8; ++j) {
      if (ranks[j] != 0) entries.push_back(j << 8 | ranks[j]);
    }
  }
  return entries;
}

void raise_ranks(std::uint8_t* ranks, const std::uint8_t* by) {
  for (std::size_t i = 0; i < kRegisters; ++i) ranks[i] = std::max(ranks[i], by[i]);
}

// x + sum over k of x^(2^k) 2^(k - 1): what the empty registers stand for. Ertl (2017), algorithm 6.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double sum = x;
  double weight = 1;
  for (double before = -1; before != sum; weight += weight) {
    x *= x;
    before = sum;
    sum += x * weight;
  }
  return sum;
}

// (1 - x - sum over k of (1 - x^(2^-k))^2 2^-k) / 3: what the registers at the largest rank stand for. Ertl (2017).
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double sum = 1 - x;
  double weight = 1;
  for (double before = -1; before != sum;) {
    x = std::sqrt(x);
    before = sum;
    weight /= 2;
    sum -= (1 - x) * (1 - x) * weight;
  }
  return sum / 3;
}

}  // namespace

void DistinctState::add(const std::uint8_t* registers) {
  if (dense_.empty()) {
    const std::vector<std::uint32_t> entries = entries_of(registers, kMostSparse);
    if (entries.size() <= kMostSparse) {
      merge_sparse(entries);
      return;
    }
    become_dense();
  }
  raise_ranks(dense_.data(), registers);
}

void DistinctState::add_hash(std::uint64_t hash) {
  const std::uint32_t at = row::distinct_register(hash);
  const std::uint8_t rank = row::distinct_rank(hash);
  if (!dense_.empty()) {
    dense_[at] = std::max(dense_[at], rank);
    return;
  }
  const auto place = std::lower_bound(sparse_.begin(), sparse_.end(), at << 8);
  if (place != sparse_.end() && *place >> 8 == at) {
    *place = std::max(*place, at << 8 | rank);
  } else {
    sparse_.insert(place, at << 8 | rank);
    if (sparse_.size() > kMostSparse) become_dense();
  }
}

void DistinctState::merge(const DistinctState& other) {
  if (!other.dense_.empty()) {
    add(other.dense_.data());
  } else if (dense_.empty()) {
    merge_sparse(other.sparse_);
  } else {
    for (const std::uint32_t entry : other.sparse_) {
      dense_[entry >> 8] = std::max(dense_[entry >> 8], static_cast<std::uint8_t>(entry));
    }
  }
}

// The form follows from the content alone, so that equal states are equal member by member.
void DistinctState::merge_sparse(const std::vector<std::uint32_t>& added) {
  if (added.empty()) return;
  std::vector<std::uint32_t> merged(sparse_.size() + added.size());
  std::merge(sparse_.begin(), sparse_.end(), added.begin(), added.end(), merged.begin());
  std::size_t last = 0;  // of two entries of a register the second has the larger rank
  for (std::size_t i = 1; i < merged.size(); ++i) {
    if (merged[i] >> 8 != merged[last] >> 8) ++last;
    merged[last] = merged[i];
  }
  merged.resize(last + 1);
  sparse_ = std::move(merged);
  if (sparse_.size() > kMostSparse) become_dense();
}

void DistinctState::become_dense() {
  dense_.assign(kRegisters, 0);
  for (const std::uint32_t entry : sparse_) dense_[entry >> 8] = static_cast<std::uint8_t>(entry);
  sparse_ = std::vector<std::uint32_t>();
}

double DistinctState::estimate() const {
  constexpr double kM = kRegisters;
  constexpr double kAlpha = 0.7213475204444817;  // 1 / (2 ln 2)
  int by_rank[kLargestRank + 1] = {};
  for (const std::uint8_t rank : dense_) ++by_rank[rank];
  for (const std::uint32_t entry : sparse_) ++by_rank[entry & 0xff];
  if (dense_.empty()) by_rank[0] = static_cast<int>(kRegisters - sparse_.size());
  double z = kM * tau(1 - by_rank[kLargestRank] / kM);
  for (int rank = kLargestRank - 1; rank >= 1; --rank) z = (z + by_rank[rank]) / 2;
  z += kM * sigma(by_rank[0] / kM);
  return kAlpha * kM * kM / z;
}

bool DistinctState::operator==(const DistinctState& other) const {
  return sparse_ == other.sparse_ && dense_ == other.dense_;
}

// The number of occupied registers, then either (step, rank) of each, or all ranks.
void DistinctState::serialize(ByteWriter& out) const {
  if (!dense_.empty()) {
    out.u64(occupied(dense_.data()));
    out.raw(dense_.data(), dense_.size());
    return;
  }
  out.u64(sparse_.size());
  std::uint32_t next = 0;
  for (const std::uint32_t entry : sparse_) {
    out.u64((entry >> 8) - next);
    out.u64(entry & 0xff);
    next = (entry >> 8) + 1;
  }
}

Result<DistinctState> DistinctState::deserialize(ByteReader& in) {
  DistinctState state;
  std::array<std::uint8_t, kRegisters> ranks{};
  const std::uint64_t count = in.u64();
  if (count > kMostSparse) {
    const std::string_view bytes = in.raw(kRegisters);
    LW_CHECK(in.finish(kWhat));
    std::memcpy(ranks.data(), bytes.data(), kRegisters);
  }
  for (std::uint64_t i = 0, next = 0; count <= kMostSparse && i < count; ++i) {
    const std::uint64_t step = in.u64();
    const std::uint64_t rank = in.u64();
    LW_CHECK(in.finish(kWhat));
    if (next >= kRegisters || step >= kRegisters - next) return malformed(kWhat, "a register beyond the last");
    if (rank == 0 || rank > kLargestRank) return malformed(kWhat, "a rank out of range");
    ranks[next + step] = static_cast<std::uint8_t>(rank);
    next += step + 1;
  }
  LW_CHECK(in.finish(kWhat));
  if (*std::max_element(ranks.begin(), ranks.end()) > kLargestRank) return malformed(kWhat, "a rank out of range");
  if (occupied(ranks.data()) != count) return malformed(kWhat, "another number of registers than announced");
  state.add(ranks.data());
  return state;
}

}  // namespace longwatch

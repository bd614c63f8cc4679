// The body of the number kernel: included once per vector level, with LW_NUMBER_BLOCK and LW_NUMBER_PARTS naming the
// level's functions. Plain loops that the compiler turns into the level's vector code. Everything else here is local to
// the including file.

#include <cstdint>

#include "cpu/number_block.hpp"
#include "engine/base/hash.hpp"
#include "engine/state/row.hpp"

#if !defined(LW_NUMBER_BLOCK) || !defined(LW_NUMBER_PARTS)
#error "numbers_kernel.hpp is for numbers_*.cpp"
#endif

namespace longwatch::cpu {
namespace {

constexpr double kLargest = 1.7976931348623157e308;
constexpr double kMagic = 6755399441055744.0;  // 1.5 * 2^52, see row::round_small

inline std::uint64_t bits_of(double x) {
  std::uint64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline double double_of(std::uint64_t bits) {
  double x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}

/// row::power_term plus a constant that the caller takes off once a block: the sums stay integer additions.
inline std::uint64_t raw_term(double power, double unit) { return bits_of(power * unit + kMagic); }

inline void add_hash(std::uint64_t hash, std::uint8_t* registers) {
  std::uint8_t& reg = registers[row::distinct_register(hash)];
  const std::uint8_t rank = row::distinct_rank(hash);
  reg = rank > reg ? rank : reg;
}

/// A value that is there but not finite.
inline void add_special(double x, NumberTarget& target) {
  if (x != x) {
    target.nans += 1;
    return;
  }
  (x > 0 ? target.positive_inf : target.negative_inf) += 1;
  add_hash(hash_number(x), target.registers);
}

/// Consecutive values without nulls. Returns false, with `x` spoilt, where one of them is not finite.
template <class T>
inline bool load_finite(const T* values, int count, double* x) {
  std::uint64_t special = 0;
  for (int i = 0; i < count; ++i) {
    const double value = static_cast<double>(values[i]) + 0.0;
    x[i] = value;
    special |= __builtin_fabs(value) <= kLargest ? std::uint64_t{0} : std::uint64_t{1};
  }
  return special == 0;
}

/// Any rows: keeps the finite values, counts the rest. Returns how many it kept.
template <class T, bool kListed, bool kNullable>
inline int load_each(const NumberBlock& block, NumberTarget& target, double* x) {
  const T* values = static_cast<const T*>(block.values);
  int kept = 0;
  int nulls = 0;
  for (int i = 0; i < block.count; ++i) {
    const std::int64_t at = kListed ? block.rows[i] : block.begin + i;
    const double value = static_cast<double>(values[at]) + 0.0;
    bool valid = true;
    if constexpr (kNullable) {
      const std::int64_t bit = block.bit_offset + at;
      valid = ((block.validity[bit >> 3] >> (bit & 7)) & 1) != 0;
    }
    const bool finite = __builtin_fabs(value) <= kLargest;
    x[kept] = value;
    kept += static_cast<int>(valid & finite);
    nulls += static_cast<int>(!valid);
    if (__builtin_expect(static_cast<long>(valid & !finite), 0)) add_special(value, target);
  }
  target.nulls += nulls;
  return kept;
}

template <class T>
inline int load(const NumberBlock& block, NumberTarget& target, double* x) {
  if (block.rows != nullptr) {
    return block.validity != nullptr ? load_each<T, true, true>(block, target, x)
                                     : load_each<T, true, false>(block, target, x);
  }
  if (block.validity != nullptr) return load_each<T, false, true>(block, target, x);
  if (load_finite(static_cast<const T*>(block.values) + block.begin, block.count, x)) return block.count;
  return load_each<T, false, false>(block, target, x);
}

/// Lanes of their own let the comparisons run as vectors.
inline void add_extremes(const double* x, int n, NumberTarget& target) {
  constexpr int kLanes = 16;
  double low[kLanes];
  double high[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    low[lane] = target.minimum;
    high[lane] = target.maximum;
  }
  int i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const double value = x[i + lane];
      low[lane] = value < low[lane] ? value : low[lane];
      high[lane] = value > high[lane] ? value : high[lane];
    }
  }
  for (; i < n; ++i) {
    low[0] = x[i] < low[0] ? x[i] : low[0];
    high[0] = x[i] > high[0] ? x[i] : high[0];
  }
  for (int lane = 0; lane < kLanes; ++lane) {
    target.minimum = low[lane] < target.minimum ? low[lane] : target.minimum;
    target.maximum = high[lane] > target.maximum ? high[lane] : target.maximum;
  }
}

/// Sums of the powers of y. A value outside the gate counts as y = 0, which adds nothing, and is handed back.
inline void add_moments(const double* x, int n, NumberTarget& target) {
  constexpr double kUnits[4] = {
      static_cast<double>(1LL << row::kPowerBits[0]), static_cast<double>(1LL << row::kPowerBits[1]),
      static_cast<double>(1LL << row::kPowerBits[2]), static_cast<double>(1LL << row::kPowerBits[3])};
  const double centre = target.centre;
  const double scale = target.scale;
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t third = 0;
  std::uint64_t fourth = 0;
  std::uint64_t inside = 0;
  for (int i = 0; i < n; ++i) {
    const double score = row::standard_score(x[i], centre, scale);
    const std::uint64_t in = __builtin_fabs(score) <= row::kGate ? 1 : 0;  // row::in_gate, in one comparison
    const double y = double_of(bits_of(score) & (0 - in));                 // without a branch
    const double y2 = y * y;
    first += raw_term(y, kUnits[0]);
    second += raw_term(y2, kUnits[1]);
    third += raw_term(y2 * y, kUnits[2]);
    fourth += raw_term(y2 * y2, kUnits[3]);
    inside += in;
  }
  const std::uint64_t extra = static_cast<std::uint64_t>(n) * bits_of(kMagic);
  target.powers[0] = static_cast<std::int64_t>(first - extra);
  target.powers[1] = static_cast<std::int64_t>(second - extra);
  target.powers[2] = static_cast<std::int64_t>(third - extra);
  target.powers[3] = static_cast<std::int64_t>(fourth - extra);
  target.inside += static_cast<std::int64_t>(inside);
  if (inside == static_cast<std::uint64_t>(n)) return;
  int outside = 0;
  for (int i = 0; i < n; ++i) {
    const double score = row::standard_score(x[i], centre, scale);
    target.outside_scores[outside] = score;
    outside += static_cast<int>(!row::in_gate(score));
  }
  target.outside = outside;
}

/// Keys of the values, from the first edge's on; vector code. Returns whether all values lie within the edges.
inline bool make_keys(const CellView& cells, const double* x, int n, std::uint64_t* keys) {
  std::uint64_t beyond = 0;
  for (int i = 0; i < n; ++i) {
    const double from = x[i] - cells.origin;
    const double above = from < cells.low ? cells.low : from;
    const double between = above > cells.high ? cells.high : above;
    beyond |= between == from ? std::uint64_t{0} : std::uint64_t{1};
    keys[i] = ordered_key(between) - cells.first_key;
  }
  return beyond == 0;
}

/// Turns keys into open cells, the numbers of edges at or below each x: two table look-ups bring it within `2 kStep -
/// 1` edges. One value at a time: gathers are slower than as many loads.
template <std::uint64_t kStep, class Start>
inline void find_cells(const CellView& cells, const Start* starts, const double* x, int n, std::uint64_t* found) {
  const CellBucket* const buckets = cells.buckets;
  const double* const left = cells.left;
  const std::uint32_t shift = cells.shift;
  const std::uint64_t mask = (std::uint64_t{1} << shift) - 1;
  for (int i = 0; i < n; ++i) {
    std::uint64_t key = found[i];
    asm volatile("" : "+r"(key));  // not to be vectorised
    const CellBucket bucket = buckets[key >> shift];
    std::uint64_t at = starts[(bucket >> 6) + ((key & mask) >> (bucket & 63))];
    for (std::uint64_t step = kStep != 0 ? kStep : cells.step; step != 0; step >>= 1)
      at += (0 - static_cast<std::uint64_t>(left[at + step] <= x[i])) & step;  // without a branch
    found[i] = at;
  }
}

template <class Start>
inline void find_cells(const CellView& cells, const Start* starts, const double* x, int n, std::uint64_t* found) {
  if (cells.step == 1) return find_cells<1>(cells, starts, x, n, found);  // the usual cases, without inner loops
  if (cells.step == 2) return find_cells<2>(cells, starts, x, n, found);
  find_cells<0>(cells, starts, x, n, found);
}

/// Counts the values of cells found before: in a loop of its own, whose stores do not hold up the look-ups.
template <bool kTouched, bool kBeyond>
inline void count_cells(const double* x, const std::uint64_t* found, int n, NumberTarget& target) {
  const double* const lefts = target.cells.left;
  const std::uint16_t* const units = target.cells.units;
  const std::uint64_t edges = target.cells.edges;
  std::int64_t* const counts = target.counts;
  std::int64_t* const sums = target.sums;
  int below = 0;
  int above = 0;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t open = found[i];
    const double left = lefts[open];
    const bool atom = left == x[i];
    const std::uint64_t cell = 2 * open - static_cast<std::uint64_t>(atom);
    counts[cell] += 1;
    if constexpr (kTouched) target.touched[cell / 64] = 1;
    if constexpr (kBeyond) {
      if ((open == 0) | ((open == edges) & !atom)) {
        (open == 0 ? target.below_values[below++] : target.above_values[above++]) = x[i];
        continue;
      }
    }
    const double unit = double_of(static_cast<std::uint64_t>(units[open]) << 52);
    sums[open] += row::offset_term(x[i], left, unit);  // 0 for an atom
  }
  target.below = below;
  target.above = above;
}

inline void add_cells(const double* x, int n, NumberTarget& target) {
  alignas(64) std::uint64_t found[kBlockRows];
  const bool within = make_keys(target.cells, x, n, found);
  if (target.cells.starts != nullptr) {
    find_cells(target.cells, target.cells.starts, x, n, found);
  } else {
    find_cells(target.cells, target.cells.wide_starts, x, n, found);
  }
  // Without an index, or edges, `low` and `high` are both 0, and zeros are within them wherever the edges lie.
  if (!within || target.cells.low == target.cells.high) return count_cells<true, true>(x, found, n, target);
  if (target.all_touched) return count_cells<false, false>(x, found, n, target);
  count_cells<true, false>(x, found, n, target);
}

inline void add_distinct(const double* x, int n, std::uint8_t* registers) {
  std::uint64_t hashes[kBlockRows];
  for (int i = 0; i < n; ++i)
    hashes[i] = mix64(bits_of(x[i]) ^ 0x9e3779b97f4a7c15ULL);  // hash_number of a finite value
  for (int i = 0; i < n; ++i) add_hash(hashes[i], registers);
}

inline void add_both_moments(const double* x, int n, NumberTarget& target) {
  add_extremes(x, n, target);
  add_moments(x, n, target);
}

}  // namespace

const NumberParts& LW_NUMBER_PARTS() {
  static constexpr NumberParts kParts{add_cells, add_both_moments, [](const double* x, int n, NumberTarget& target) {
                                        add_distinct(x, n, target.registers);
                                      }};
  return kParts;
}

void LW_NUMBER_BLOCK(const NumberBlock& block, NumberTarget& target) {
  alignas(64) double x[kBlockRows];
  const int n = block.float32 ? load<float>(block, target, x) : load<double>(block, target, x);
  target.outside = 0;
  add_both_moments(x, n, target);
  add_cells(x, n, target);
  add_distinct(x, n, target.registers);
}

}  // namespace longwatch::cpu

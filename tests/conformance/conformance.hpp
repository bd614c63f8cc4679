#pragma once
// The backends under test and the columns they are tested on.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"

namespace longwatch::test {

/// A backend of this program. `make` fails where the machine lacks what it needs; its tests are then skipped.
struct NamedBackend {
  std::string name;
  std::function<Result<std::unique_ptr<Backend>>()> make;
};

/// Every backend: a new one joins here, in backends.cpp, by one line.
const std::vector<NamedBackend>& backends();

/// The backends this machine can run, made once.
const std::vector<std::unique_ptr<Backend>>& usable_backends();

/// How the nulls of a column lie.
enum class Nulls : std::uint8_t { none, all, alternating, tenth, last };
/// Which rows an item takes of its column: a range, or a list of rows in no order.
enum class Rows : std::uint8_t { range, listed };

inline constexpr Nulls kAllNulls[] = {Nulls::none, Nulls::all, Nulls::alternating, Nulls::tenth, Nulls::last};
inline constexpr std::int64_t kRowCounts[] = {0, 1, 31, 32, 33, 255, 256, 257};
inline constexpr std::int64_t kManyRows = 65'537;
inline constexpr std::int64_t kOffsets[] = {0, 1, 5, 64};

/// A seeded stream of 64-bit numbers (splitmix64), the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }  ///< [0, 1)
  double normal();

 private:
  std::uint64_t state_;
};

/// What a numeric column holds.
enum class Values : std::uint8_t {
  normal,
  constant,
  mostly_zero,
  five_values,
  integers,
  lognormal,
  all_nan,
  infinities,
  denormals,
  zeros_of_both_signs,
  shifted,
  at_the_gate,
  enormous
};
inline constexpr Values kAllValues[] = {
    Values::normal,    Values::constant,    Values::mostly_zero, Values::five_values, Values::integers,
    Values::lognormal, Values::all_nan,     Values::infinities,  Values::denormals,   Values::zeros_of_both_signs,
    Values::shifted,   Values::at_the_gate, Values::enormous};

/// Values of one kind, as doubles. About half of at_the_gate lie just outside the gate of centre 0 and scale 1.
std::vector<double> make_values(Values values, std::size_t count, std::uint64_t seed);

/// A column that owns its memory: `offset` rows, then the rows of the item, then three more. Null rows hold junk.
struct TestColumn {
  ColumnView view;
  RowSelection selection;
  std::vector<std::int64_t> rows;  ///< the rows of the selection, in its order
  std::vector<double> doubles;     ///< the values as the type holds them (codes too), by row

  std::vector<float> float_memory;
  std::vector<std::int32_t> code_memory;
  std::vector<std::uint8_t> bits;
  std::vector<std::int32_t> listed;
};

/// `type` is float32, float64 or code32 (values are then small integers >= 0).
std::unique_ptr<TestColumn> make_column(ValueType type, const std::vector<double>& values, Nulls nulls,
                                        std::int64_t offset, Rows rows, std::uint64_t seed);

/// Every integer of two partials.
inline bool equal(const NumberPartial& a, const NumberPartial& b) {
  return a.counts == b.counts && a.moments == b.moments && a.registers == b.registers &&
         a.histogram.counts == b.histogram.counts && a.histogram.sums == b.histogram.sums &&
         a.histogram.below == b.histogram.below && a.histogram.above == b.histogram.above;
}

}  // namespace longwatch::test

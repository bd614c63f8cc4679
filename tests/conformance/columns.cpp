// Makes the columns that backends are tested on.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tests/conformance/conformance.hpp"

namespace longwatch::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double one_value(Values values, Random& random) {
  const auto pick = [&](std::initializer_list<double> list) { return list.begin()[random.below(list.size())]; };
  switch (values) {
    case Values::normal:
      return random.normal();
    case Values::constant:
      return 3.25;
    case Values::mostly_zero:
      return random.below(10) != 0 ? 0.0 : random.normal();
    case Values::five_values:
      return pick({-2.5, 0, 1, 1e-3, 7});
    case Values::integers:
      return static_cast<double>(random.below(2001)) - 1000;
    case Values::lognormal:
      return std::exp(3 * random.normal());
    case Values::all_nan:
      return kNaN;
    case Values::infinities:
      return random.below(3) == 0 ? pick({kInfinity, -kInfinity, kNaN}) : random.normal();
    case Values::denormals:
      return pick({5e-324, -5e-324, 1e-310, 2.2250738585072014e-308, 1e-40, -1e-45, 0, -0.0, 1});
    case Values::zeros_of_both_signs:
      return pick({0.0, -0.0});
    case Values::shifted:
      return 1000 + random.normal();
    case Values::at_the_gate: {
      const double gate = pick({-8, 8});
      return pick({gate, std::nextafter(gate, 0), std::nextafter(gate, 2 * gate), gate * (1 + 0x1p-22),
                   gate * (1 - 0x1p-22), gate / 2});
    }
    case Values::enormous:
      return pick({1.7976931348623157e308, -1.7976931348623157e308, 3.4e38, -3.4e38, 1e200, -1e100, 2.5});
  }
  return 0;
}

bool is_null(Nulls nulls, std::int64_t at, std::int64_t rows, Random& random) {
  switch (nulls) {
    case Nulls::none:
      return false;
    case Nulls::all:
      return true;
    case Nulls::alternating:
      return at % 2 == 0;
    case Nulls::tenth:
      return random.below(10) == 0;
    case Nulls::last:
      return at + 1 == rows;
  }
  return false;
}

void fill_memory(TestColumn& column, ValueType type, Random& random) {
  if (type == ValueType::float32) {
    for (double& value : column.doubles) {
      column.float_memory.push_back(static_cast<float>(value));
      value = static_cast<double>(column.float_memory.back());
    }
    column.view.values = column.float_memory.data();
  } else if (type == ValueType::code32) {
    for (std::size_t i = 0; i < column.doubles.size(); ++i) {
      const bool valid = column.view.valid(static_cast<std::int64_t>(i));
      column.code_memory.push_back(valid ? static_cast<std::int32_t>(column.doubles[i])
                                         : static_cast<std::int32_t>(random.next()));
    }
    column.view.values = column.code_memory.data();
  } else {
    column.view.values = column.doubles.data();
  }
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

std::vector<double> make_values(Values values, std::size_t count, std::uint64_t seed) {
  Random random(seed + static_cast<std::uint64_t>(values) * 1000);
  std::vector<double> out(count);
  for (double& value : out) value = one_value(values, random);
  return out;
}

std::unique_ptr<TestColumn> make_column(ValueType type, const std::vector<double>& values, Nulls nulls,
                                        std::int64_t offset, Rows rows, std::uint64_t seed) {
  auto column = std::make_unique<TestColumn>();
  Random random(seed);
  const auto count = static_cast<std::int64_t>(values.size());
  const std::int64_t length = offset + count + 3;
  column->doubles.assign(static_cast<std::size_t>(length), 1);
  std::copy(values.begin(), values.end(), column->doubles.begin() + offset);
  column->view.type = type;
  column->view.length = length;
  if (nulls != Nulls::none) {
    column->view.bit_offset = offset;
    column->bits.assign(static_cast<std::size_t>((offset + length) / 8 + 1), 0);
    for (std::int64_t i = 0; i < length; ++i) {
      if (is_null(nulls, i - offset, count, random)) continue;
      column->bits[static_cast<std::size_t>((offset + i) / 8)] |= static_cast<std::uint8_t>(1 << ((offset + i) % 8));
    }
    column->view.validity = column->bits.data();
    for (std::int64_t i = 0; i < length; ++i) column->view.nulls += column->view.valid(i) ? 0 : 1;
  }
  fill_memory(*column, type, random);
  column->selection = {offset, count, nullptr};
  for (std::int64_t i = 0; i < count; ++i) column->rows.push_back(offset + i);
  if (rows == Rows::range) return column;
  for (std::size_t i = column->rows.size(); i > 1; --i) std::swap(column->rows[i - 1], column->rows[random.below(i)]);
  column->rows.resize(column->rows.size() - column->rows.size() / 3);
  for (const std::int64_t row : column->rows) column->listed.push_back(static_cast<std::int32_t>(row));
  column->selection = {0, static_cast<std::int64_t>(column->listed.size()), column->listed.data()};
  return column;
}

}  // namespace longwatch::test

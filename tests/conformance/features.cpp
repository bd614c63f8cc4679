// Makes standardised rows.

#include "tests/conformance/features.hpp"

#include <cmath>
#include <limits>

#include "engine/state/row.hpp"

namespace longwatch::test {
namespace {

constexpr std::size_t kCodes = 20;

double one_number(Random& random, bool wide) {
  const std::uint64_t kind = random.below(wide ? 40 : 60);
  if (kind == 0) return std::numeric_limits<double>::quiet_NaN();
  if (kind == 1) return std::numeric_limits<double>::infinity();
  if (wide && kind == 2) return 10 + 2 * (random.below(2) == 0 ? 16.0 : -16.0);
  if (wide && kind == 3) return 10 + 2 * 16 * (1 - 0x1p-13);
  if (wide && kind == 4) return std::ldexp(random.normal(), static_cast<int>(random.below(60)));
  return 10 + 2 * random.normal();
}

}  // namespace

FeatureRows::FeatureRows(std::size_t features, std::size_t rows, bool wide, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t code = 0; code < kCodes; ++code) z_by_code.push_back(2 * random.normal());
  if (wide) z_by_code[3] = 21.5;
  constexpr ValueType kTypes[] = {ValueType::float64, ValueType::float32, ValueType::code32};
  for (std::size_t feature = 0; feature < features; ++feature) {
    const ValueType type = kTypes[feature % 3];
    std::vector<double> values(rows);
    for (double& value : values)
      value = type == ValueType::code32 ? static_cast<double>(random.below(kCodes))
                                        : one_number(random, wide && feature < 6);
    const Nulls nulls = feature % 4 == 3 ? Nulls::tenth : Nulls::none;
    columns.push_back(make_column(type, values, nulls, 0, Rows::range, seed + feature));
    views.push_back(columns.back()->view);
    encoders.push_back(
        {10, 0.5, 0.125 * static_cast<double>(feature % 5), type == ValueType::code32 ? z_by_code.data() : nullptr});
  }
}

std::vector<double> FeatureRows::z(std::int64_t row) const {
  std::vector<double> out;
  for (std::size_t feature = 0; feature < columns.size(); ++feature) {
    const FeatureEncoder& encoder = encoders[feature];
    const double value = columns[feature]->doubles[static_cast<std::size_t>(row)];
    const bool missing = !columns[feature]->view.valid(row) || !std::isfinite(value);
    if (missing) {
      out.push_back(encoder.missing);
    } else if (encoder.by_code != nullptr) {
      out.push_back(encoder.by_code[static_cast<std::size_t>(value)]);
    } else {
      out.push_back(row::encode_z(value, encoder.mean, encoder.inverse, encoder.missing));
    }
  }
  return out;
}

}  // namespace longwatch::test

// Encoded rows as the module takes them.
#include <algorithm>

#include "cuda/session.hpp"

namespace longwatch::cuda {
namespace {

/// How many entries of by_code the rows can ask for. O(rows) without a dictionary.
std::int64_t codes_of(const ColumnView& view, const RowSelection& rows) {
  if (view.dictionary != nullptr) return static_cast<std::int64_t>(view.dictionary->texts.size());
  std::int64_t codes = 0;
  const auto* const values = static_cast<const std::int32_t*>(view.values);
  for (std::int64_t row = rows.begin; row < rows.begin + rows.count; ++row) {
    if (view.valid(row)) codes = std::max(codes, std::int64_t{values[row]} + 1);
  }
  return codes;
}

}  // namespace

std::vector<Feature> features_of(const EncodedRows& rows, Pins& pins) {
  std::vector<Feature> out;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    const ColumnView& view = rows.columns[i];
    const FeatureEncoder& encoder = rows.encoders[i];
    const bool coded = view.type == ValueType::code32;
    out.push_back({pins.column_of(view), encoder.mean, encoder.inverse, encoder.missing,
                   coded ? encoder.by_code : nullptr, coded ? codes_of(view, {rows.begin, rows.count, nullptr}) : 0});
  }
  return out;
}

}  // namespace longwatch::cuda

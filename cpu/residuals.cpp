// Adds the rows of a residual item.

#include <cmath>

#include "cpu/kernels.hpp"

namespace longwatch::cpu {
namespace {

// NaN where the row has no value.
double value_at(const ColumnView& view, std::int64_t row) {
  if (view.values == nullptr || !view.valid(row)) return std::nan("");
  return view.type == ValueType::float32 ? static_cast<double>(static_cast<const float*>(view.values)[row])
                                         : static_cast<const double*>(view.values)[row];
}

}  // namespace

Result<void> add_residuals(const ResidualItem& item) {
  ResidualState& out = *item.out;
  for (std::int64_t i = 0; i < item.rows.count; ++i) {
    const std::int64_t at = item.rows.rows != nullptr ? item.rows.rows[i] : item.rows.begin + i;
    const double prediction = value_at(item.prediction, at);
    const double label = value_at(item.label, at);
    if (std::isfinite(prediction) && std::isfinite(label)) {
      out.add(prediction, label, item.centre);
      continue;
    }
    out.rows += 1;
    if (std::isfinite(prediction)) {
      out.unlabelled += 1;
    } else {
      out.unpredicted += 1;
      out.labels_alone += std::isfinite(label) ? 1 : 0;
    }
  }
  return {};
}

}  // namespace longwatch::cpu

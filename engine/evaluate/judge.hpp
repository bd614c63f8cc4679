#pragma once
// Thresholds of one segment and column (or of the model's metrics), learned from the reference's chunks and applied.

#include <map>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/alert/threshold.hpp"
#include "engine/evaluate/evaluate.hpp"

namespace longwatch {

class Judge {
 public:
  /// `column`: its name, empty for the model. `deviation`: the column's standard deviation in the reference, for minimum
  /// effects in the column's unit; NaN where there is none. Both borrowed.
  Judge(const ModelConfig& model, const std::string& column, double deviation)
      : model_(model), column_(column), deviation_(deviation) {}

  /// Learns from values of reference chunks (others are passed over), metrics side by side. To be called once.
  void learn(std::span<const Judged> values);

  /// Fills in the threshold, `outside`, and for a threshold `null` the p-value, the minimum detectable change and the
  /// statuses "insufficient_data" (fewer rows or events than the model's minimum: no threshold) and
  /// "reference_too_short". A value that belongs to no chunk has no threshold; one of a constraint keeps its own. Safe
  /// for any number of threads, a value each.
  void judge(Judged& judged) const;

 private:
  struct Fixed {
    FittedThreshold threshold;
  };
  struct Null {
    NullThreshold threshold;
    ThresholdRule rule;
    double centre = kNaN;
  };
  using Fitted = std::variant<std::monostate, Fixed, Null>;
  using Key = std::pair<const Metric*, std::int32_t>;

  [[nodiscard]] Fitted fit(const Metric& metric, std::int32_t variant, const std::vector<const Judged*>& values) const;
  [[nodiscard]] NullChunk chunk_of(const Judged& judged) const;
  [[nodiscard]] bool enough(const Judged& judged) const;
  void judge_null(const Null& null, Judged& judged) const;

  const ModelConfig& model_;
  const std::string& column_;
  double deviation_;
  double reference_rows_ = 0;
  std::map<Key, Fitted> fitted_;
};

/// Sets q_value and alert. q is Benjamini and Hochberg's over the p-values that thresholds `null` gave to the metrics and
/// columns of one segment and chunk; such a value alerts where it is outside by at least its minimum effect and
/// q <= 5 %. Everything else alerts where it is outside. O(n log n).
void decide_alerts(std::vector<Judged>& judged);

}  // namespace longwatch

// The table of metrics as Markdown.
#include "engine/metrics/markdown.hpp"

#include <cmath>

#include "engine/base/text.hpp"
#include "engine/metrics/metric.hpp"

namespace longwatch {

namespace {

const char* applies_to_text(AppliesTo applies_to) {
  switch (applies_to) {
    case AppliesTo::continuous:
      return "continuous";
    case AppliesTo::categorical:
      return "categorical";
    case AppliesTo::both:
      return "both";
    case AppliesTo::model:
      return "model";
    case AppliesTo::unique:
      return "id, `unique`";
    case AppliesTo::binary:
      return "binary classifier";
    case AppliesTo::multiclass:
      return "multiclass classifier";
    case AppliesTo::classifier:
      return "classifier";
    case AppliesTo::regression:
      return "regression";
    case AppliesTo::all_rows:
      return "model, all rows";
  }
  return "";
}

const char* threshold_text(DefaultThreshold threshold) {
  switch (threshold) {
    case DefaultThreshold::null_both:
      return "null";
    case DefaultThreshold::null_upper:
      return "null, above";
    case DefaultThreshold::upper_zero:
      return "above 0";
    case DefaultThreshold::none:
      return "none";
  }
  return "";
}

std::string range_text(const Metric& metric) {
  const bool open_below = std::isinf(metric.least);
  const bool open_above = std::isinf(metric.greatest);
  if (open_below && open_above) return "any";
  if (open_above) return "from " + shortest(metric.least);
  return shortest(metric.least) + " to " + shortest(metric.greatest);
}

}  // namespace

std::string metrics_markdown() {
  std::string out =
      "| metric | family | columns | range | default threshold | what it says | follows "
      "|\n|---|---|---|---|---|---|---|\n";
  for (const Metric* metric : all_metrics()) {
    out += "| `" + std::string(metric->name) + "` | " + family_name(metric->family) + " | ";
    out += std::string(applies_to_text(metric->applies_to)) + " | " + range_text(*metric) + " | ";
    out += std::string(threshold_text(metric->threshold)) + " | " + std::string(metric->summary) + " | ";
    out += std::string(metric->source) + " |\n";
  }
  return out;
}

}  // namespace longwatch

// How thresholds are written: a map of "metric" or "metric@column" to a rule.

#include <limits>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kLeastRate = 1e-7;  // as far as tails are known
constexpr double kMostRate = 0.5;
const char* const kNumber = R"({"type": ["number", "null"]})";

Result<void> read_lower(const Field& field, ThresholdRule& rule) {
  LW_TRY(rule.lower, field.number(-kMost, kMost));
  return {};
}

Result<void> read_upper(const Field& field, ThresholdRule& rule) {
  LW_TRY(rule.upper, field.number(-kMost, kMost));
  return {};
}

// {lower, upper}, at least one of them, each within [least, greatest].
Result<void> read_sides(const Field& field, ThresholdDraft& draft, ThresholdKind kind, double least, double greatest) {
  ++draft.kinds;
  draft.rule = ThresholdRule{kind, std::nullopt, std::nullopt};
  LW_CHECK(read_map(field, side_keys(), draft.rule));
  if (!draft.rule.lower && !draft.rule.upper) {
    return field.error("'" + field.path() + "' needs 'lower', 'upper' or both",
                       "write none instead of a rule for a metric that is never outside");
  }
  for (const auto& side : {draft.rule.lower, draft.rule.upper}) {
    if (side && (*side < least || *side > greatest)) {
      return field.error("'" + field.path() + "' must be " + field.key().type + ", not " + shortest(*side));
    }
  }
  const bool ordered = kind == ThresholdKind::standard_deviation || !draft.rule.lower || !draft.rule.upper ||
                       *draft.rule.lower <= *draft.rule.upper;
  if (!ordered)
    return field.error(
        "'lower' (" + shortest(*draft.rule.lower) + ") is above 'upper' (" + shortest(*draft.rule.upper) + ")",
        "exchange them");
  return {};
}

Result<void> read_constant(const Field& field, ThresholdDraft& draft) {
  return read_sides(field, draft, ThresholdKind::constant, -kMost, kMost);
}

Result<void> read_deviation(const Field& field, ThresholdDraft& draft) {
  if (!field.is(NodeKind::scalar)) return read_sides(field, draft, ThresholdKind::standard_deviation, 0, kMost);
  ++draft.kinds;
  LW_TRY(const double multiplier, field.number(0, kMost));
  draft.rule = ThresholdRule{ThresholdKind::standard_deviation, multiplier, multiplier};
  return {};
}

Result<void> read_quantile(const Field& field, ThresholdDraft& draft) {
  return read_sides(field, draft, ThresholdKind::quantile, 0, 1);
}

Result<void> read_rate(const Field& field, ThresholdRule& rule) {
  LW_TRY(rule.rate, field.number(0, 1));
  if (rule.rate < kLeastRate || rule.rate > kMostRate) return field.wrong_type();
  return {};
}

Result<void> read_minimum_effect(const Field& field, ThresholdRule& rule) {
  LW_TRY(rule.minimum_effect, field.number(0, kMost));
  return {};
}

Result<void> read_null(const Field& field, ThresholdDraft& draft) {
  ++draft.kinds;
  draft.rule = ThresholdRule{ThresholdKind::null, std::nullopt, std::nullopt};
  if (field.is(NodeKind::scalar)) return read_rate(field, draft.rule);
  if (!field.is(NodeKind::map) || field.node().items.empty()) return field.wrong_type();
  return read_map(field, null_keys(), draft.rule);
}

Result<ThresholdRule> read_rule(const Field& field) {
  if (field.is(NodeKind::scalar) && field.node().text == "none")
    return ThresholdRule{ThresholdKind::constant, std::nullopt, std::nullopt};
  if (!field.is(NodeKind::map)) {
    return field.error(
        "'" + field.path() + "' must be none, or a map with one of null, constant, standard_deviation and quantile",
        "for example {constant: {upper: 0.1}}");
  }
  ThresholdDraft draft;
  LW_CHECK(read_map(field, threshold_keys(), draft));
  if (draft.kinds != 1) {
    return field.error("'" + field.path() + "' needs exactly one of null, constant, standard_deviation and quantile",
                       "for example {constant: {upper: 0.1}}");
  }
  return draft.rule;
}

}  // namespace

const std::vector<Key<ThresholdRule>>& side_keys() {
  static const std::vector<Key<ThresholdRule>> kKeys = {
      {{"lower", "a number", "Lower limit, multiplier or level.", "no limit", "0.65", kNumber}, read_lower},
      {{"upper", "a number", "Upper limit, multiplier or level.", "no limit", "0.9", kNumber}, read_upper},
  };
  return kKeys;
}

const std::vector<Key<ThresholdRule>>& null_keys() {
  static const std::vector<Key<ThresholdRule>> kKeys = {
      {{"rate", "a number from 1e-7 to 0.5", "Share of chunks without change that are outside.", "0.01", "0.001",
        R"({"type": "number", "minimum": 1e-7, "maximum": 0.5})"},
       read_rate},
      {{"minimum_effect", "a number of at least 0",
        "Smaller changes, in the metric's own unit, are no alerts, however sure they are.",
        "the metric's own, see [metrics](metrics.md#thresholds)", "0.02", R"({"type": "number", "minimum": 0})"},
       read_minimum_effect},
  };
  return kKeys;
}

const std::vector<Key<ThresholdDraft>>& threshold_keys() {
  static const std::vector<Key<ThresholdDraft>> kKeys = {
      {{"null", "a number from 1e-7 to 0.5, or a map with rate, minimum_effect or both",
        "What a chunk of this size does when nothing has changed, at this rate of false alarms.", "0.01", "0.001",
        R"({"anyOf": [{"type": "number", "minimum": 1e-7, "maximum": 0.5}, {"$ref": "#/$defs/null_threshold"}]})"},
       read_null},
      {{"constant", "a map with lower, upper or both", "The limits themselves; a value on a limit is inside.", "",
        "{lower: 0.65}", R"({"$ref": "#/$defs/sides"})"},
       read_constant},
      {{"standard_deviation", "a number of at least 0, or a map of such with lower, upper or both",
        "So many standard deviations from the mean of the reference's chunks.", "", "3",
        R"({"anyOf": [{"type": "number", "minimum": 0}, {"$ref": "#/$defs/sides"}]})"},
       read_deviation},
      {{"quantile", "a map with lower, upper or both, from 0 to 1", "Quantiles of the reference's chunks.", "",
        "{lower: 0.05, upper: 0.95}", R"({"$ref": "#/$defs/sides"})"},
       read_quantile},
  };
  return kKeys;
}

Result<void> read_thresholds(const Field& field, ModelConfig& model) {
  if (!field.is(NodeKind::map) || field.node().items.empty()) return field.wrong_type();
  for (std::size_t i = 0; i < field.node().keys.size(); ++i) {
    const Node& key = *field.node().keys[i];
    const Field entry = field.part(*field.node().items[i], "." + key.text);
    field.part(key, "." + key.text).mark();
    const std::size_t at = key.text.find('@');
    ThresholdEntry threshold{key.text.substr(0, at), at == std::string::npos ? "" : key.text.substr(at + 1), {}};
    if (threshold.metric.empty() || (at != std::string::npos && threshold.column.empty())) {
      return field.part(key, "").error("'" + key.text + "' must be a metric or metric@column",
                                       "for example jensen_shannon@distance");
    }
    LW_TRY(threshold.rule, read_rule(entry));
    model.thresholds.push_back(std::move(threshold));
  }
  return {};
}

}  // namespace longwatch

// Labels compared as values, not as texts.
#include "engine/model/class_labels.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace longwatch {
namespace {

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

// At most four of them, in quotes.
std::string listed(const std::set<std::string>& labels) {
  std::string out;
  std::size_t shown = 0;
  for (const std::string& label : labels) {
    if (shown == 4) return out + ", ...";
    out += (shown++ == 0 ? "'" : ", '") + label + "'";
  }
  return out;
}

}  // namespace

std::string canonical_label(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  if (equals_ignoring_case(text, "true")) return "1";
  if (equals_ignoring_case(text, "false")) return "0";
  double number = 0;
  const std::string_view digits = text.front() == '+' ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(number)) return std::string(text);
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, number == 0 ? 0.0 : number);
  return {buffer, written.ptr};
}

LabelRule::LabelRule(const ModelConfig& model) {
  for (const auto& [label, meant] : model.label_map) map_.emplace(canonical_label(label), canonical_label(meant));
  positive_ = model.positive.empty() ? "1" : of(model.positive);
}

std::string LabelRule::of(std::string_view text) const {
  std::string label = canonical_label(text);
  const auto found = map_.find(label);
  return found == map_.end() ? std::move(label) : found->second;
}

BinaryClasses binary_classes(const LabelRule& rule, const std::set<std::string>& target,
                             const std::set<std::string>& prediction) {
  const std::string& positive = rule.positive();
  const auto others = [&](std::set<std::string> labels) {
    labels.erase(positive);
    labels.erase("");
    return labels;
  };
  const std::set<std::string> negative = others(target);
  if (negative.size() > 1) {
    const std::size_t count = negative.size() + target.count(positive);
    const std::string labels = "undefined: the target has " + std::to_string(count) + " labels (" + listed(target) + "), ";
    if (target.contains(positive))
      return {{}, labels + "a binary model has two (say task: multiclass, or label_map)"};
    return {{}, labels + "none of which is the positive '" + positive + "' (say positive: LABEL, or label_map)"};
  }
  if (!negative.empty()) return {{*negative.begin(), positive}, ""};
  const std::set<std::string> predicted = others(prediction);
  if (predicted.size() == 1) return {{*predicted.begin(), positive}, ""};
  return {{positive == "1" ? "0" : "", positive}, ""};
}

}  // namespace longwatch

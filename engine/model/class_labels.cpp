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

}  // namespace longwatch

// Texts in a table, then their meanings by the model's rule.
#include "engine/labels/label_texts.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

namespace longwatch {

std::optional<std::uint16_t> LabelTexts::code(std::string_view text) {
  const std::lock_guard guard(lock_);
  bool added = false;
  const auto code = static_cast<std::size_t>(texts_.code(text, added));
  if (code >= kMost) return std::nullopt;
  return static_cast<std::uint16_t>(code);
}

void LabelTexts::finish(const LabelRule& rule) {
  const std::vector<std::string_view>& texts = texts_.keys();
  std::vector<std::uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
  std::map<std::string, std::uint32_t> meanings;
  meanings_.resize(texts.size());
  ranks_.resize(texts.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const std::size_t code = order[rank];
    ranks_[code] = static_cast<std::uint32_t>(rank);
    const auto next = static_cast<std::uint32_t>(meanings.size());
    meanings_[code] = meanings.emplace(rule.of(texts[code]), next).first->second;
  }
  dictionary_.serial = reading::next_serial();
  dictionary_.texts = texts;
}

}  // namespace longwatch

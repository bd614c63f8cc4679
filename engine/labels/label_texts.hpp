#pragma once
// The distinct labels of a classifier, each with a small code.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/model/class_labels.hpp"
#include "engine/source/column.hpp"
#include "engine/source/text_pool.hpp"

namespace longwatch {

/// A label's text as it stands in a file, to a code of 16 bits. Thread-safe until `finish`.
class LabelTexts {
 public:
  static constexpr std::size_t kMost = 65'535;  ///< codes are below it

  /// The text's code; none where there are too many texts.
  std::optional<std::uint16_t> code(std::string_view text);
  /// All texts are there: works out which stand for the same label, and their order.
  void finish(const LabelRule& rule);
  /// Equal for texts that stand for the same label.
  [[nodiscard]] std::uint32_t meaning(std::uint64_t code) const { return meanings_[code]; }
  /// The place of a text among all, bytewise: of two texts the lower one is the same whatever the order they came in.
  [[nodiscard]] std::uint32_t rank(std::uint64_t code) const { return ranks_[code]; }
  /// The dictionary of all codes; to be called once `finish` was.
  [[nodiscard]] const CategoryDictionary& dictionary() const { return dictionary_; }

 private:
  std::mutex lock_;
  reading::ByteTable texts_;
  std::vector<std::uint32_t> meanings_;
  std::vector<std::uint32_t> ranks_;
  CategoryDictionary dictionary_;
};

}  // namespace longwatch

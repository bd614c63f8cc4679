#pragma once
// The labels of all rows of a table, in memory: 2 bytes a row for a classifier, 8 for a regression.

#include <bit>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engine/labels/label_reader.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

class LabelColumn {
 public:
  /// No label is known. `numbers`: of a regression.
  LabelColumn(bool numbers, std::int64_t rows) {
    const auto size = static_cast<std::size_t>(rows);
    if (numbers) numbers_.assign(size, std::numeric_limits<double>::quiet_NaN());
    if (!numbers) codes_.assign(size, kNoCode);
    if (!numbers) texts_ = std::make_unique<LabelTexts>();
  }

  /// Null for numbers.
  [[nodiscard]] LabelTexts* texts() const { return texts_.get(); }
  /// Distinct rows may be set from distinct threads.
  void set(std::int64_t row, std::uint64_t label) {
    const auto at = static_cast<std::size_t>(row);
    if (texts_ == nullptr) {
      numbers_[at] = std::bit_cast<double>(label);
    } else {
      codes_[at] = label == kNoLabel ? kNoCode : static_cast<std::uint16_t>(label);
    }
  }
  [[nodiscard]] std::uint64_t get(std::int64_t row) const {
    const auto at = static_cast<std::size_t>(row);
    if (texts_ == nullptr) return numbers_[at] != numbers_[at] ? kNoLabel : std::bit_cast<std::uint64_t>(numbers_[at]);
    return codes_[at] == kNoCode ? kNoLabel : codes_[at];
  }
  /// Whether two known labels are the same one.
  [[nodiscard]] bool same(std::uint64_t a, std::uint64_t b) const {
    if (texts_ == nullptr) return std::bit_cast<double>(a) == std::bit_cast<double>(b);
    return texts_->meaning(a) == texts_->meaning(b);
  }
  /// Of two labels that are the same, the one to keep, whatever their order.
  [[nodiscard]] std::uint64_t preferred(std::uint64_t a, std::uint64_t b) const {
    if (texts_ == nullptr) return a < b ? a : b;
    return texts_->rank(a) < texts_->rank(b) ? a : b;
  }

 private:
  static constexpr std::uint16_t kNoCode = LabelTexts::kMost;
  std::vector<double> numbers_;
  std::vector<std::uint16_t> codes_;
  std::unique_ptr<LabelTexts> texts_;
};

/// A reader of rows [first, first + rows); `column` is kept alive. Texts cannot be read as numbers, labels not as times.
Result<std::unique_ptr<ColumnReader>> labels_reader(std::shared_ptr<const LabelColumn> column, std::int64_t first,
                                                  std::int64_t rows, ReadAs as);

}  // namespace longwatch

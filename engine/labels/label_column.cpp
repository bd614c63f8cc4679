// Readers of labels in memory.
#include "engine/labels/label_column.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

// What readers of all kinds share: where they are, and which of their rows have no label.
class LabelsReader : public ColumnReader {
 public:
  LabelsReader(std::shared_ptr<const LabelColumn> column, std::int64_t first, std::int64_t rows)
      : column_(std::move(column)), at_(first), end_(first + rows) {}

 protected:
  // Calls use(i, label) for the next rows with a label; the view has validity and length.
  template <class Use>
  ColumnView next_rows(std::int64_t max_rows, const Use& use) {
    ColumnView view;
    view.length = std::clamp<std::int64_t>(max_rows, 0, end_ - at_);
    validity_.assign(static_cast<std::size_t>(view.length + 7) / 8, 0xFF);
    for (std::int64_t i = 0; i < view.length; ++i) {
      const std::uint64_t label = column_->get(at_ + i);
      if (label != kNoLabel) {
        use(static_cast<std::size_t>(i), label);
        continue;
      }
      validity_[static_cast<std::size_t>(i >> 3)] &= static_cast<std::uint8_t>(~(1U << static_cast<unsigned>(i & 7)));
      ++view.nulls;
    }
    if (view.nulls > 0) view.validity = validity_.data();
    at_ += view.length;
    return view;
  }
  [[nodiscard]] const LabelColumn& column() const { return *column_; }
  [[nodiscard]] static std::size_t size_of(std::int64_t rows) { return static_cast<std::size_t>(std::max<std::int64_t>(rows, 0)); }
  [[nodiscard]] std::size_t slab(std::int64_t max_rows) const { return size_of(std::min(max_rows, end_ - at_)); }

 private:
  std::shared_ptr<const LabelColumn> column_;
  std::int64_t at_;
  std::int64_t end_;
  std::vector<std::uint8_t> validity_;
};

class NumberLabels final : public LabelsReader {
 public:
  using LabelsReader::LabelsReader;
  Result<ColumnView> next(std::int64_t max_rows) override {
    values_.assign(slab(max_rows), 0);
    ColumnView view = next_rows(
        max_rows, [&](std::size_t i, std::uint64_t label) { values_[i] = std::bit_cast<double>(label); });
    view.type = ValueType::float64;
    view.values = values_.data();
    return view;
  }

 private:
  std::vector<double> values_;
};

class TextLabels final : public LabelsReader {
 public:
  using LabelsReader::LabelsReader;
  Result<ColumnView> next(std::int64_t max_rows) override {
    codes_.assign(slab(max_rows), 0);
    ColumnView view = next_rows(
        max_rows, [&](std::size_t i, std::uint64_t label) { codes_[i] = static_cast<std::int32_t>(label); });
    view.type = ValueType::code32;
    view.values = codes_.data();
    view.dictionary = &column().texts()->dictionary();
    return view;
  }

 private:
  std::vector<std::int32_t> codes_;
};

// Numbers where categories are asked for, as a file's numbers would be written.
class NumberTexts final : public LabelsReader {
 public:
  using LabelsReader::LabelsReader;
  Result<ColumnView> next(std::int64_t max_rows) override {
    codes_.assign(slab(max_rows), 0);
    pool_.trim();
    ColumnView view = next_rows(max_rows, [&](std::size_t i, std::uint64_t label) {
      codes_[i] = pool_.code(shortest(std::bit_cast<double>(label)));
    });
    view.type = ValueType::code32;
    view.values = codes_.data();
    view.dictionary = pool_.dictionary();
    return view;
  }

 private:
  std::vector<std::int32_t> codes_;
  reading::TextPool pool_;
};

}  // namespace

Result<std::unique_ptr<ColumnReader>> labels_reader(std::shared_ptr<const LabelColumn> column, std::int64_t first,
                                                  std::int64_t rows, ReadAs as) {
  using Reader = std::unique_ptr<ColumnReader>;
  const bool texts = column->texts() != nullptr;
  if (as == ReadAs::category) {
    if (texts) return Reader(std::make_unique<TextLabels>(std::move(column), first, rows));
    return Reader(std::make_unique<NumberTexts>(std::move(column), first, rows));
  }
  if (as == ReadAs::number && !texts) return Reader(std::make_unique<NumberLabels>(std::move(column), first, rows));
  return Error{ErrorCode::data, "labels of their own cannot be read as numbers or times", {}, ""};
}

}  // namespace longwatch

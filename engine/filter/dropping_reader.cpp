// Compacts slabs: values, validity, and codes into a dictionary of its own, as one delivered slab may span several of
// the inner reader's dictionaries.
#include "engine/filter/dropping_reader.hpp"

#include <algorithm>
#include <vector>

#include "engine/chunk/row_groups.hpp"
#include "engine/source/text_pool.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kInnerRows = 65536;

// The rows delivered at once: values of whichever type, and validity made at the first null.
class Kept {
 public:
  void clear() {
    valid_.clear();
    rows_ = 0;
    nulls_ = 0;
  }
  [[nodiscard]] std::int64_t rows() const { return rows_; }

  /// Appends those of a view's rows that the mask keeps; `at(i)` is the value of a row that has one.
  template <class T, class At>
  void append(const ColumnView& view, const GroupMask& mask, std::int64_t first, const At& at) {
    bytes_.resize(std::max(bytes_.size(), static_cast<std::size_t>(rows_ + view.length) * sizeof(T)));
    T* const out = reinterpret_cast<T*>(bytes_.data());
    const bool nulls = view.nulls > 0 || nulls_ > 0;
    if (nulls) valid_.resize(static_cast<std::size_t>(rows_ + view.length + 7) / 8, 0);
    if (nulls && nulls_ == 0) std::fill_n(valid_.begin(), (rows_ + 7) / 8, std::uint8_t{0xFF});
    for (std::int64_t i = 0; i < view.length; ++i) {
      if (!mask.keeps(first + i)) continue;
      const bool valid = !nulls || view.valid(i);
      out[rows_] = valid ? at(i) : T{};
      if (nulls) mark(valid);
      ++rows_;
    }
  }

  [[nodiscard]] ColumnView view(ValueType type) const {
    return {type, bytes_.data(), nulls_ == 0 ? nullptr : valid_.data(), 0, rows_, nulls_, nullptr};
  }

 private:
  void mark(bool valid) {
    std::uint8_t& byte = valid_[static_cast<std::size_t>(rows_ >> 3)];
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(rows_ & 7));
    byte = static_cast<std::uint8_t>(valid ? byte | bit : byte & ~bit);
    nulls_ += valid ? 0 : 1;
  }

  std::vector<std::byte> bytes_;     // grows only
  std::vector<std::uint8_t> valid_;  // used where there are nulls
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
};

class DroppingReader final : public ColumnReader {
 public:
  DroppingReader(std::unique_ptr<ColumnReader> inner, const GroupMask& mask, ReadAs as)
      : inner_(std::move(inner)), mask_(mask), as_(as), left_(mask.kept) {}

  Result<ColumnView> next(std::int64_t max_rows) override {
    return without_exceptions("filtering rows", [&] { return next_kept(max_rows); });
  }

  [[nodiscard]] bool zoned() const override { return inner_->zoned(); }

 private:
  Result<ColumnView> next_kept(std::int64_t max_rows) {
    const std::int64_t wanted = std::clamp<std::int64_t>(max_rows, 0, left_);
    kept_.clear();
    pool_.trim();
    ValueType type = as_ == ReadAs::time ? ValueType::micros64 : type_;
    while (kept_.rows() < wanted) {
      const std::int64_t most = std::min(mask_.rows - row_, kInnerRows);
      const std::int64_t rows = mask_.span_of(row_, wanted - kept_.rows(), most);
      LW_TRY(const ColumnView view, inner_->next(rows));
      if (view.length != rows || rows == 0)
        return Error{ErrorCode::internal, "the reader did not deliver the rows it was asked for", {}, ""};
      type = type_ = view.type;
      take(view);
      row_ += rows;
    }
    left_ -= wanted;
    ColumnView out = kept_.view(as_ == ReadAs::category ? ValueType::code32 : type);
    if (as_ == ReadAs::category) out.dictionary = pool_.dictionary();
    return out;
  }

  void take(const ColumnView& view) {
    switch (view.type) {
      case ValueType::float32:
        return values<float>(view);
      case ValueType::float64:
        return values<double>(view);
      case ValueType::micros64:
        return values<std::int64_t>(view);
      case ValueType::code32:
        return codes(view);
    }
  }

  template <class T>
  void values(const ColumnView& view) {
    const auto* values = static_cast<const T*>(view.values);
    kept_.append<T>(view, mask_, row_, [values](std::int64_t i) { return values[i]; });
  }

  void codes(const ColumnView& view) {
    const auto* codes = static_cast<const std::int32_t*>(view.values);
    if (view.dictionary != nullptr &&
        (view.dictionary->serial != serial_ || codes_.size() != view.dictionary->texts.size())) {
      serial_ = view.dictionary->serial;
      codes_.assign(view.dictionary->texts.size(), -1);
    }
    // Codes of before the pool forgot its texts are void.
    if (generation_ != pool_.generation()) {
      generation_ = pool_.generation();
      std::fill(codes_.begin(), codes_.end(), -1);
    }
    kept_.append<std::int32_t>(view, mask_, row_, [&](std::int64_t i) { return code_of(*view.dictionary, codes[i]); });
  }

  std::int32_t code_of(const CategoryDictionary& dictionary, std::int32_t inner) {
    std::int32_t& code = codes_[static_cast<std::size_t>(inner)];
    if (code < 0) code = pool_.code(dictionary.texts[static_cast<std::size_t>(inner)]);
    return code;
  }

  std::unique_ptr<ColumnReader> inner_;
  const GroupMask& mask_;
  ReadAs as_;
  std::int64_t left_;     // kept rows not delivered yet
  std::int64_t row_ = 0;  // of the inner reader
  ValueType type_ = ValueType::float64;
  Kept kept_;
  reading::TextPool pool_{INT64_MAX};  // the inner reader bounds what a slab holds
  std::uint64_t generation_ = 0;
  std::uint64_t serial_ = 0;
  std::vector<std::int32_t> codes_;  // of pool_, by inner code; -1: not looked up yet
};

}  // namespace

std::unique_ptr<ColumnReader> dropping_reader(std::unique_ptr<ColumnReader> inner, const GroupMask& mask, ReadAs as) {
  return std::make_unique<DroppingReader>(std::move(inner), mask, as);
}

}  // namespace longwatch

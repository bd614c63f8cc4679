#pragma once
// Arrow arrays over memory that is kept and used again for the next row group, and texts as dictionary codes without
// hashing a text that was seen just before.

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

/// dictionary(int32, utf8): what TextColumn makes.
std::shared_ptr<arrow::DataType> text_type();
/// timestamp[us, UTC].
std::shared_ptr<arrow::DataType> instant_type();

/// Values of a fixed width with nulls. The array borrows the memory: it is valid until the next clear() or add().
template <class T>
class FixedColumn {
 public:
  void add(T value, bool valid) {
    const std::size_t row = values_.size();
    if (row % 8 == 0) validity_.push_back(0);
    validity_.back() = static_cast<std::uint8_t>(validity_.back() | (valid ? 1U : 0U) << (row % 8));
    nulls_ += valid ? 0 : 1;
    values_.push_back(valid ? value : T{});
  }
  [[nodiscard]] std::shared_ptr<arrow::Array> array(std::shared_ptr<arrow::DataType> type) const {
    const auto rows = static_cast<std::int64_t>(values_.size());
    return arrow::MakeArray(arrow::ArrayData::Make(
        std::move(type), rows, {arrow::Buffer::Wrap(validity_), arrow::Buffer::Wrap(values_)}, nulls_));
  }
  void clear() {
    values_.clear();
    validity_.clear();
    nulls_ = 0;
  }

 private:
  std::vector<T> values_;
  std::vector<std::uint8_t> validity_;
  std::int64_t nulls_ = 0;
};

/// A dictionary-encoded text column. A view of a null pointer is null. Texts must be valid UTF-8; until clear(), they
/// must live and an address must keep its text.
class TextColumn {
 public:
  void add(std::string_view text) {
    if (text.data() != last_.data() || text.size() != last_.size()) find(text);
    codes_.add(last_code_, text.data() != nullptr);
  }
  /// Dictionary entries are in order of first appearance. Valid until the next clear() or add().
  [[nodiscard]] Result<std::shared_ptr<arrow::Array>> array() const;
  void clear();

 private:
  void find(std::string_view text);
  struct Hash {
    std::size_t operator()(const std::pair<const char*, std::size_t>& at) const {
      return std::hash<const char*>{}(at.first);
    }
  };
  FixedColumn<std::int32_t> codes_;
  std::vector<std::string_view> texts_;
  std::unordered_map<std::pair<const char*, std::size_t>, std::int32_t, Hash> by_address_;
  std::unordered_map<std::string_view, std::int32_t> by_text_;
  std::string_view last_;
  std::int32_t last_code_ = 0;
};

}  // namespace longwatch

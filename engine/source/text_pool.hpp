#pragma once
// A dictionary built from values as they come: each distinct value gets a code and a text.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/source/column.hpp"

namespace longwatch::reading {

/// A serial that no dictionary of this process has had.
std::uint64_t next_serial();

/// Distinct byte strings with codes 0, 1, ... in order of arrival. They never move.
class ByteTable {
 public:
  ByteTable();
  /// The code of `bytes`, which are copied when they are new (then `added` is true). O(1) expected.
  std::int32_t code(std::string_view bytes, bool& added);
  [[nodiscard]] const std::vector<std::string_view>& keys() const { return keys_; }
  [[nodiscard]] std::size_t stored_bytes() const { return stored_; }

 private:
  void grow();
  std::string_view store(std::string_view bytes);

  std::vector<std::int32_t> slots_;  // a power of two; -1 is free
  std::vector<std::string_view> keys_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_left_ = 0;
  char* block_at_ = nullptr;
  std::size_t stored_ = 0;
};

/// Codes of raw values whose text is made once a distinct value. Values with the same text share a code.
class TextPool {
 public:
  /// `limit`: the bytes that the values of one slab may take; beyond, `code` throws Corrupt.
  explicit TextPool(std::int64_t limit = INT64_MAX) : limit_(limit) {}

  /// Forgets all values once there are many, so that a column of distinct values does not grow without bound. Call it
  /// before a slab.
  void trim();

  /// The code of the text of a value with these raw bytes; `text(raw)` makes it.
  template <class Text>
  std::int32_t code(std::string_view raw, const Text& text) {
    if (last_ >= 0 && raw == last_raw_) return last_;
    bool added = false;
    const std::int32_t key = raws_->code(raw, added);
    if (added) {
      require(static_cast<std::int64_t>(raw.size()) * kTextPerRaw);
      codes_.push_back(texts_->code(text(raw), added));
    }
    last_raw_ = raws_->keys()[static_cast<std::size_t>(key)];
    last_ = codes_[static_cast<std::size_t>(key)];
    return last_;
  }
  /// The same for bytes that are their own text.
  std::int32_t code(std::string_view text) {
    if (last_ >= 0 && text == last_raw_) return last_;
    bool added = false;
    last_ = texts_->code(text, added);
    last_raw_ = texts_->keys()[static_cast<std::size_t>(last_)];
    if (added) require(0);
    return last_;
  }

  /// The dictionary of all codes given so far; a new serial where texts were added since the last call.
  const CategoryDictionary* dictionary();
  [[nodiscard]] std::uint64_t generation() const { return generation_; }

 private:
  static constexpr std::int64_t kTextPerRaw = 4;  // hex digits, made and then stored

  // Throws where the values stored and `more` bytes are beyond the limit.
  void require(std::int64_t more) const;

  std::int64_t limit_;
  std::unique_ptr<ByteTable> raws_ = std::make_unique<ByteTable>();
  std::shared_ptr<ByteTable> texts_ = std::make_shared<ByteTable>();
  std::vector<std::int32_t> codes_;  // of raws_
  std::string_view last_raw_;        // runs of one value are common
  std::int32_t last_ = -1;
  CategoryDictionary dictionary_;
  std::uint64_t generation_ = next_serial();
};

}  // namespace longwatch::reading

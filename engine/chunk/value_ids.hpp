#pragma once
// Small integers for the texts of a column and for pairs of such integers, so that rows are told apart without texts.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/source/column.hpp"

namespace longwatch {

/// A map of pairs of non-negative integers to non-negative integers: open addressing, a few ns a lookup.
class PairMap {
 public:
  /// The value of (a, b), or -1.
  [[nodiscard]] std::int32_t find(std::int32_t a, std::int32_t b) const {
    const std::uint64_t key = pack(a, b);
    for (std::size_t at = mix64(key) & mask_;; at = (at + 1) & mask_) {
      if (slots_[at].value < 0 || slots_[at].key == key) return slots_[at].value;
    }
  }

  /// The value of (a, b), which becomes `value` where there was none.
  std::int32_t find_or_insert(std::int32_t a, std::int32_t b, std::int32_t value) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    const std::uint64_t key = pack(a, b);
    std::size_t at = mix64(key) & mask_;
    while (slots_[at].value >= 0 && slots_[at].key != key) at = (at + 1) & mask_;
    if (slots_[at].value < 0) {
      slots_[at] = {key, value};
      ++size_;
    }
    return slots_[at].value;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Calls each(a, b, value) for all pairs, in no particular order.
  template <class Each>
  void for_each(const Each& each) const {
    for (const Slot& slot : slots_) {
      if (slot.value >= 0)
        each(static_cast<std::int32_t>(slot.key >> 32U), static_cast<std::int32_t>(slot.key), slot.value);
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::int32_t value = -1;  // -1: free
  };

  static std::uint64_t pack(std::int32_t a, std::int32_t b) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32U | static_cast<std::uint32_t>(b);
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.value < 0) continue;
      std::size_t at = mix64(slot.key) & mask_;
      while (slots_[at].value >= 0) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(16);
  std::size_t mask_ = 15;
  std::size_t size_ = 0;
};

/// The ids of one column's texts, and of "missing". Translates the codes of slabs; what it worked out for a dictionary
/// is kept while the dictionary stays the same.
class ValueIds {
 public:
  /// With `adding`, texts without an id get the next one (see `next`) when a dictionary brings them.
  explicit ValueIds(bool adding = false) : adding_(adding) {}
  ValueIds(ValueIds&&) = default;  // not copied: keys point into the texts

  /// Gives `text` the id `id`, unless it has one; returns the one it has. The text is copied.
  std::int32_t add(std::string_view text, std::int32_t id);
  /// Gives missing values an id; before that it is -1.
  void add_missing(std::int32_t id) { missing_ = id; }
  [[nodiscard]] std::int32_t missing() const { return missing_; }
  /// The number of texts, plus 1.
  [[nodiscard]] std::int32_t next() const { return static_cast<std::int32_t>(texts_.size()) + 1; }
  /// The text that was added as number `order`, from 0.
  [[nodiscard]] const std::string& text(std::size_t order) const { return texts_[order]; }

  /// Writes the ids of rows [0, rows) of a category view into `out`; -1 where a row's value has none.
  void translate(const ColumnView& view, std::int64_t rows, std::int32_t* out);

 private:
  void use(const CategoryDictionary* dictionary);

  struct Hash {
    std::size_t operator()(std::string_view text) const { return static_cast<std::size_t>(hash_text(text)); }
  };
  bool adding_;
  std::int32_t missing_ = -1;
  std::deque<std::string> texts_;  // a deque: the keys below point into it
  std::unordered_map<std::string_view, std::int32_t, Hash> ids_;
  std::vector<std::int32_t> by_code_;  // of the dictionary `serial_`
  std::uint64_t serial_ = 0;
};

}  // namespace longwatch

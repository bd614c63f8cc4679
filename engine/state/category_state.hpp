#pragma once
// The state of one cell of a categorical column.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"
#include "engine/state/number_state.hpp"

namespace longwatch {

inline constexpr std::size_t kMaxCategories = 65'536;
inline constexpr std::size_t kKeptUnseen = 64;

/// A value the reference did not have.
struct UnseenValue {
  std::uint64_t hash = 0;  ///< hash_text(text)
  std::string text;
  std::int64_t count = 0;
  bool operator==(const UnseenValue&) const = default;
};

/// Counts by reference category (codes 0 ... K - 1), of `other` (beyond the dictionary, where it was cut), and of
/// unseen values; the 64 unseen values with the smallest hash (ties by text) with exact counts. NaN never occurs: a
/// categorical column of numbers counts NaN in counts.nans. counts.rows == counts.missing() + seen + other + unseen.
struct CategoryState {
  CountsState counts;
  struct Entry {
    std::uint32_t code = 0;
    std::int64_t count = 0;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> categories;  ///< occupied codes, increasing
  std::int64_t other = 0;
  std::int64_t unseen = 0;
  std::vector<UnseenValue> unseen_values;  ///< at most kKeptUnseen, by (hash, text)
  DistinctState distinct;

  void merge(const CategoryState& other_state);
  bool operator==(const CategoryState&) const = default;
  void serialize(ByteWriter& out) const;
  /// Fails on codes out of order or at or beyond `categories`.
  static Result<CategoryState> deserialize(ByteReader& in, std::size_t categories);
};

/// What one backend item adds: counts by slab code.
struct CategoryPartial {
  CountsState counts;                 ///< rows and nulls only
  std::vector<std::int64_t> by_code;  ///< by code of the slab's dictionary, zero before use
};

}  // namespace longwatch

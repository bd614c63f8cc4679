#pragma once
// Labels and ids of a row group, slab by slab, as the join takes them.

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/sip_hash.hpp"
#include "engine/labels/label_texts.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// A label that is not known. As a double it is a NaN.
inline constexpr std::uint64_t kNoLabel = ~std::uint64_t{0};

/// Reads a column of labels: the bits of its doubles, or codes of its texts.
class LabelReader {
 public:
  /// `texts`: null for numbers; borrowed.
  static Result<LabelReader> open(const Source& source, const RowGroup& group, const ColumnInfo& column,
                                  LabelTexts* texts);
  /// The next labels, as many as `out` holds. Fails as the column's reader does, and where texts are too many.
  Result<void> next(std::vector<std::uint64_t>& out);

 private:
  Result<void> take_texts(const ColumnView& view, std::vector<std::uint64_t>& out);
  Result<std::uint64_t> label_of(std::string_view text) const;

  std::unique_ptr<ColumnReader> reader_;
  LabelTexts* texts_ = nullptr;
  Location where_;
  bool floating_ = false;  // NaN is no label, the text "nan" is one
  std::uint64_t serial_ = 0;
  std::vector<std::uint64_t> labels_;  // by code of the dictionary
  std::vector<bool> known_;            // whether that was looked up
};

/// Reads a column of ids as hashes of their category texts.
class IdReader {
 public:
  static Result<IdReader> open(const Source& source, const RowGroup& group, const ColumnInfo& column);
  /// The next ids, as many as `out` holds; present[i] is 0 where there is none (null, or NaN in a floating column).
  Result<void> next(std::vector<Hash128>& out, std::vector<std::uint8_t>& present);

 private:
  std::unique_ptr<ColumnReader> reader_;
  Location where_;
  bool floating_ = false;
  std::uint64_t serial_ = 0;
  std::vector<Hash128> hashes_;  // by code of the dictionary
  std::vector<std::uint8_t> known_;
};

}  // namespace longwatch

#pragma once
// Rows of a flat column of an Arrow batch: which have a value, and codes into a dictionary.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/source/guard.hpp"
#include "engine/source/ipc_bits.hpp"
#include "engine/source/ipc_values.hpp"

namespace longwatch::reading {

/// Which rows have a value, front to back.
class IpcLevels {
 public:
  /// Throws Corrupt where the batch lacks the column, or it has another number of rows.
  IpcLevels(const IpcPlace& place, const IpcField& field);

  /// Whether `read` writes levels. Else all rows have a value.
  [[nodiscard]] bool any() const { return always_ || bits_.has_value(); }
  /// The levels of the next `rows` rows: 0 null, 1 value. Throws Corrupt at the end where the number of nulls is not
  /// the promised one.
  void read(std::int64_t rows, std::int16_t* levels);
  /// Makes `read` write levels although all rows have a value.
  void always() { always_ = true; }

 private:
  IpcNode node_;
  std::optional<BitStream> bits_;
  std::int64_t left_;
  std::int64_t nulls_ = 0;
  bool always_ = false;
};

/// Codes of any integer type, checked against the dictionary's size.
class IpcCodes {
 public:
  /// `index_type` is the stored type of the field's codes.
  IpcCodes(const IpcPlace& place, const IpcField& field, std::int64_t dictionary_size);
  /// The next `rows` codes; 0 in rows whose level is 0. `levels` may be nullptr. Throws Corrupt for a code beyond the
  /// dictionary.
  void read(std::int64_t rows, const std::int16_t* levels, std::int32_t* out);

 private:
  BodyStream stream_;
  arrow::Type::type type_;
  std::int64_t width_;
  std::int64_t size_;
  std::vector<std::uint8_t> raw_;
};

}  // namespace longwatch::reading

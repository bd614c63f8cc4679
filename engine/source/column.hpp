#pragma once
// What a column of a file is, and what a slab of its decoded values looks like. No Arrow type appears here.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace longwatch {

/// The type a column has in its file, as far as Longwatch tells types apart.
enum class FileType : std::uint8_t {
  boolean,
  integer,
  floating,
  decimal,
  text,
  date,
  timestamp,
  time,
  binary,
  nested,
  null,
  other
};

/// One column of a file (top level; a nested column is one entry of type `nested`).
struct ColumnInfo {
  std::string name;  ///< as in the file; may hold bytes that are not UTF-8
  FileType type = FileType::other;
  std::string type_text;  ///< for people, e.g. "int64", "timestamp[us, UTC]", "list<int32>"
  bool zoned = false;     ///< a timestamp with a time zone: its values are UTC instants
};

/// How a reader is asked to deliver a column.
enum class ReadAs : std::uint8_t {
  number,    ///< float or double; booleans as 0/1, integers and decimals as the nearest double, dates and timestamps as
             ///< seconds since 1970-01-01 (UTC); text is an error
  category,  ///< codes into a dictionary of texts; see CategoryDictionary
  time,      ///< microseconds since 1970-01-01: an instant (UTC) where the column has a zone or an offset, else local
             ///< time. Text is read as ISO 8601. Numbers count from 1970 in a unit told by the largest magnitude of the
         ///< column in all files: whole numbers in 1600..2400 are years, else seconds below 1e11, milliseconds below
         ///< 1e14, microseconds below 1e17, nanoseconds from there. What is no such time is null
};

/// The distinct texts of a slab's codes, in no particular order. Numbers are written in their shortest form (1 for
/// 1.0), booleans as "true" and "false", dates as 2013-05-01, timestamps as ISO 8601; text stays as it is, byte for
/// byte. An entry need not occur among the codes. `serial` differs between any two dictionaries of one process, so a
/// consumer may cache what it derived from an earlier slab with the same serial.
struct CategoryDictionary {
  std::uint64_t serial = 0;
  std::vector<std::string_view> texts;
  std::shared_ptr<const void> owner;  ///< keeps the bytes of `texts` alive
};

/// What the values pointer of a ColumnView points to.
enum class ValueType : std::uint8_t { float32, float64, code32, micros64 };

/// A column that stays in memory, unchanged, from one pass to the next. A backend may keep a copy of its own.
struct WholeColumn {
  std::uint64_t serial = 0;  ///< differs between any two of one process
  std::uint64_t table = 0;   ///< the same for columns that are read together
  const void* values = nullptr;
  const std::uint8_t* validity = nullptr;  ///< from bit 0; nullptr: every row has a value
  std::int64_t rows = 0;
  std::int32_t value_bytes = 8;  ///< 8 or 4 of numbers, as in the views; 4 or 2 of codes, which views have in 4
};

/// A borrowed view of consecutive values of one column. Null rows hold an unspecified value.
struct ColumnView {
  ValueType type = ValueType::float64;
  const void* values = nullptr;            ///< `length` values of `type`; row i is values[i]
  const std::uint8_t* validity = nullptr;  ///< bit (bit_offset + i), least significant first, set where row i has a
                                           ///< value; nullptr: every row has one
  std::int64_t bit_offset = 0;
  std::int64_t length = 0;
  std::int64_t nulls = 0;                          ///< number of clear bits
  const CategoryDictionary* dictionary = nullptr;  ///< for code32
  const WholeColumn* whole = nullptr;              ///< where the view is part of such a column, with the same values:
  std::int64_t whole_row = 0;                      ///< its first row there

  [[nodiscard]] bool valid(std::int64_t row) const {
    if (validity == nullptr) return true;
    const std::int64_t bit = bit_offset + row;
    return ((validity[bit >> 3] >> (bit & 7)) & 1) != 0;
  }
};

}  // namespace longwatch

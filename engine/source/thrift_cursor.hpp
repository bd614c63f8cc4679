#pragma once
// Reads Thrift's compact protocol, byte by byte and within bounds. Knows no structure.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace longwatch::reading {

/// Types as the compact protocol writes them.
enum class Wire : std::uint8_t {
  stop,
  yes,  ///< a boolean whose value is in the field's header
  no,
  byte,
  i16,
  i32,
  i64,
  floating,
  binary,
  list,
  set,
  map,
  structure,
  uuid
};

/// A place in bytes that are Thrift. Every reading throws Corrupt where the bytes end or are no compact protocol.
class ThriftCursor {
 public:
  struct Field {
    std::int64_t id = 0;
    Wire type = Wire::stop;
  };
  struct List {
    std::size_t size = 0;  ///< at most the bytes left, as every element takes one
    Wire element = Wire::stop;
  };

  explicit ThriftCursor(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }

  /// The header of the next field after that of id `previous`; type `stop` at the end of the structure.
  Field field(std::int64_t previous);
  /// The header of a list or set.
  List list();
  /// A byte, as a signed number.
  std::int64_t byte();
  /// A number of type i16, i32 or i64 in its range.
  std::int64_t number(Wire type);
  std::string_view text();
  /// Passes a value whose structure nobody knows. Nested at most 32 deep.
  void skip(Wire type, int depth = 0);

 private:
  std::uint8_t next();
  std::uint64_t varint();
  std::string_view take(std::uint64_t size);
  void skip_map(int depth);
  void skip_list(int depth);
  void skip_structure(int depth);

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace longwatch::reading

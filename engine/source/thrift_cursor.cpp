// Reads Thrift's compact protocol.
#include "engine/source/thrift_cursor.hpp"

#include <limits>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr int kDeepest = 32;

Wire wire(unsigned nibble) {
  if (nibble > static_cast<unsigned>(Wire::uuid)) throw Corrupt("it has a field of a type that Thrift does not have");
  return static_cast<Wire>(nibble);
}

bool in_range(std::int64_t value, Wire type) {
  if (type == Wire::i64) return true;
  if (type == Wire::i32)
    return value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
  return value >= std::numeric_limits<std::int16_t>::min() && value <= std::numeric_limits<std::int16_t>::max();
}

}  // namespace

std::uint8_t ThriftCursor::next() {
  if (at_ >= bytes_.size()) throw Corrupt("it ends in the middle of a field");
  return static_cast<std::uint8_t>(bytes_[at_++]);
}

std::uint64_t ThriftCursor::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = next();
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  throw Corrupt("it has a number of more than 64 bits");
}

std::string_view ThriftCursor::take(std::uint64_t size) {
  if (size > left()) throw Corrupt("it has a text longer than itself");
  const std::string_view out = bytes_.substr(at_, size);
  at_ += size;
  return out;
}

ThriftCursor::Field ThriftCursor::field(std::int64_t previous) {
  const unsigned header = next();
  if (header == 0) return {};
  const unsigned delta = header >> 4U;
  const Wire type = wire(header & 15U);
  if (type == Wire::stop) throw Corrupt("it has a field without a type");
  return {delta != 0 ? previous + delta : number(Wire::i16), type};
}

ThriftCursor::List ThriftCursor::list() {
  const unsigned header = next();
  const std::uint64_t size = header >> 4U == 15 ? varint() : header >> 4U;
  const Wire element = wire(header & 15U);
  if (size > left()) throw Corrupt("it has a list of " + std::to_string(size) + " elements, longer than itself");
  if (size > 0 && element == Wire::stop) throw Corrupt("it has a list without a type");
  return {size, element};
}

std::int64_t ThriftCursor::byte() { return static_cast<std::int8_t>(next()); }

std::int64_t ThriftCursor::number(Wire type) {
  const std::uint64_t coded = varint();
  const auto value = static_cast<std::int64_t>((coded >> 1U) ^ (~(coded & 1U) + 1U));
  if (!in_range(value, type)) throw Corrupt("it has a number beyond its type");
  return value;
}

std::string_view ThriftCursor::text() { return take(varint()); }

void ThriftCursor::skip_structure(int depth) {
  for (Field at = field(0); at.type != Wire::stop; at = field(at.id)) skip(at.type, depth + 1);
}

void ThriftCursor::skip_list(int depth) {
  const List at = list();
  for (std::size_t i = 0; i < at.size; ++i) {
    // A boolean is a byte in a list, and nothing in a field.
    skip(at.element == Wire::yes || at.element == Wire::no ? Wire::byte : at.element, depth + 1);
  }
}

void ThriftCursor::skip_map(int depth) {
  const std::uint64_t size = varint();
  if (size > left()) throw Corrupt("it has a map longer than itself");
  if (size == 0) return;
  const unsigned types = next();
  for (std::uint64_t i = 0; i < size; ++i) {
    for (Wire type : {wire(types >> 4U), wire(types & 15U)})
      skip(type == Wire::yes || type == Wire::no ? Wire::byte : type, depth + 1);
  }
}

void ThriftCursor::skip(Wire type, int depth) {
  if (depth > kDeepest) throw Corrupt("it is nested more than " + std::to_string(kDeepest) + " deep");
  switch (type) {
    case Wire::stop:
      throw Corrupt("it has a value without a type");
    case Wire::yes:
    case Wire::no:
      return;
    case Wire::byte:
      byte();
      return;
    case Wire::i16:
    case Wire::i32:
    case Wire::i64:
      number(type);
      return;
    case Wire::floating:
      take(8);
      return;
    case Wire::uuid:
      take(16);
      return;
    case Wire::binary:
      text();
      return;
    case Wire::list:
    case Wire::set:
      return skip_list(depth);
    case Wire::map:
      return skip_map(depth);
    case Wire::structure:
      return skip_structure(depth);
  }
}

}  // namespace longwatch::reading

// Whether a decompressed page can hold exactly the values that its header promises.
#include "engine/source/page_check.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "engine/source/guard.hpp"
#include "engine/source/runs.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::Encoding;
using ::parquet::Type;

Bytes bytes_of(const ::parquet::Page& page) { return {page.data(), static_cast<std::size_t>(page.size())}; }

std::uint32_t read_length(Bytes bytes) {
  std::uint32_t length = 0;
  if (bytes.size() < sizeof length) throw Corrupt("a page ends in the middle of a length");
  std::memcpy(&length, bytes.data(), sizeof length);
  return length;
}

// The values take all of `bytes`, or leave the 8 zero bytes that fastparquet writes after them.
void check_filled(Bytes bytes, std::size_t want) {
  constexpr std::size_t kPadding = 8;
  if (bytes.size() == want) return;
  const bool padded = bytes.size() == want + kPadding;
  if (padded && std::all_of(bytes.end() - kPadding, bytes.end(), [](std::uint8_t byte) { return byte == 0; })) return;
  throw Corrupt("a page of " + std::to_string(bytes.size()) + " bytes of values should have " + std::to_string(want));
}

// Bytes of a value, 0 where they vary.
std::size_t fixed_width(const ::parquet::ColumnDescriptor& column) {
  switch (column.physical_type()) {
    case Type::INT32:
    case Type::FLOAT:
      return 4;
    case Type::INT64:
    case Type::DOUBLE:
      return 8;
    case Type::INT96:
      return 12;
    case Type::FIXED_LEN_BYTE_ARRAY:
      return static_cast<std::size_t>(column.type_length());
    default:
      return 0;
  }
}

void check_plain(Bytes bytes, const ::parquet::ColumnDescriptor& column, std::size_t values) {
  if (column.physical_type() == Type::BOOLEAN) return check_filled(bytes, (values + 7) / 8);
  if (column.physical_type() != Type::BYTE_ARRAY) return check_filled(bytes, values * fixed_width(column));
  std::size_t at = 0;
  for (std::size_t i = 0; i < values; ++i) {
    const std::size_t length = read_length(bytes.subspan(at));
    at += sizeof(std::uint32_t);
    if (length > bytes.size() - at) throw Corrupt("a page ends in the middle of a value");
    at += length;
  }
  check_filled(bytes, at);
}

void check_indices(Bytes bytes, std::int64_t values) {
  if (values == 0) return;  // writers differ in what they leave
  if (bytes.empty()) throw Corrupt("a page ends before its dictionary indices");
  constexpr int kWidest = 32;
  if (bytes[0] > kWidest) throw Corrupt("a page has dictionary indices of " + std::to_string(bytes[0]) + " bits");
  const Bytes runs = bytes.subspan(1);
  check_filled(runs, pass_runs(runs, bytes[0], values).bytes);
}

void check_values(Bytes bytes, const ::parquet::ColumnDescriptor& column, Encoding::type encoding,
                  std::int64_t values) {
  switch (encoding) {
    case Encoding::PLAIN:
      return check_plain(bytes, column, static_cast<std::size_t>(values));
    case Encoding::BYTE_STREAM_SPLIT:
      return check_filled(bytes, static_cast<std::size_t>(values) * fixed_width(column));
    case Encoding::PLAIN_DICTIONARY:
    case Encoding::RLE_DICTIONARY:
      return check_indices(bytes, values);
    default:
      return;
  }
}

// The encoding of the oldest files: one bit a row, the highest of a byte first.
std::int64_t pass_packed_levels(Bytes& bytes, std::int64_t rows) {
  const auto length = static_cast<std::size_t>((rows + 7) / 8);
  if (length > bytes.size()) throw Corrupt("a page ends in the middle of its definition levels");
  std::int64_t present = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const std::int64_t here = std::min<std::int64_t>(8, rows - static_cast<std::int64_t>(i) * 8);
    present += std::popcount(static_cast<std::uint8_t>(bytes[i] >> static_cast<unsigned>(8 - here)));
  }
  bytes = bytes.subspan(length);
  return present;
}

// Passes the levels of a first-version page and returns how many rows have a value.
std::int64_t pass_levels(Bytes& bytes, Encoding::type encoding, std::int64_t rows) {
  if (encoding == Encoding::BIT_PACKED) return pass_packed_levels(bytes, rows);
  if (encoding != Encoding::RLE) throw Corrupt("a page has definition levels in an encoding that levels cannot have");
  const std::uint32_t length = read_length(bytes);
  bytes = bytes.subspan(sizeof length);
  if (length > bytes.size()) throw Corrupt("a page ends in the middle of its definition levels");
  const std::int64_t present = pass_runs(bytes.first(length), 1, rows).ones;
  bytes = bytes.subspan(length);
  return present;
}

void check_first(const ::parquet::DataPageV1& page, const ::parquet::ColumnDescriptor& column) {
  Bytes bytes = bytes_of(page);
  std::int64_t present = page.num_values();
  if (column.max_definition_level() > 0) present = pass_levels(bytes, page.definition_level_encoding(), present);
  check_values(bytes, column, page.encoding(), present);
}

void check_second(const ::parquet::DataPageV2& page, const ::parquet::ColumnDescriptor& column) {
  const Bytes bytes = bytes_of(page);
  // Some writers put levels where none are needed; the library passes them, and so is done here.
  const std::int64_t repetition = page.repetition_levels_byte_length();
  const std::int64_t definition = page.definition_levels_byte_length();
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (repetition < 0 || definition < 0 || repetition > size || definition > size - repetition)
    throw Corrupt("a page ends in the middle of its levels");
  if (page.num_rows() != page.num_values()) throw Corrupt("a page of a flat column has other than one value a row");
  const Bytes levels = bytes.subspan(static_cast<std::size_t>(repetition), static_cast<std::size_t>(definition));
  std::int64_t present = page.num_values();
  if (column.max_definition_level() > 0) {
    const RunsTotal runs = pass_runs(levels, 1, present);
    if (runs.bytes != levels.size()) throw Corrupt("a page has more definition levels than values");
    present = runs.ones;
  }
  if (page.num_values() - present != page.num_nulls()) throw Corrupt("a page has another number of nulls than it says");
  check_values(bytes.subspan(static_cast<std::size_t>(repetition + definition)), column, page.encoding(), present);
}

}  // namespace

void check_page(const ::parquet::Page& page, const ::parquet::ColumnDescriptor& column) {
  if (const auto* dictionary = dynamic_cast<const ::parquet::DictionaryPage*>(&page)) {
    if (dictionary->num_values() < 0) throw Corrupt("a dictionary has a negative number of values");
    return check_plain(bytes_of(page), column, static_cast<std::size_t>(dictionary->num_values()));
  }
  if (const auto* data = dynamic_cast<const ::parquet::DataPage*>(&page); data != nullptr && data->num_values() < 0)
    throw Corrupt("a page has a negative number of values");
  if (const auto* first = dynamic_cast<const ::parquet::DataPageV1*>(&page)) check_first(*first, column);
  if (const auto* second = dynamic_cast<const ::parquet::DataPageV2*>(&page)) check_second(*second, column);
}

}  // namespace longwatch::reading

#pragma once
// Bounded reading and writing of state bytes: little-endian, variable-length integers, every read checked.

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace longwatch {

/// The error of a reader that finds `why` in the bytes of a `what`.
inline Error malformed(const char* what, const char* why) {
  return Error{ErrorCode::data,
               std::string("the bytes of the ") + what + " are malformed: " + why,
               {},
               "the file is damaged; write it again"};
}

class ByteWriter {
 public:
  void u64(std::uint64_t value) {  // LEB128
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void i64(std::int64_t value) {
    u64((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void i128(int128 value) {
    i64(static_cast<std::int64_t>(value >> 64));
    u64(static_cast<std::uint64_t>(value));
  }
  void f64(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i) bytes_.push_back(static_cast<char>(bits >> (8 * i)));
  }
  void text(std::string_view value) {
    u64(value.size());
    bytes_.append(value);
  }
  void raw(const void* data, std::size_t size) { bytes_.append(static_cast<const char*>(data), size); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote. After a read past the end, or of a number too long, `failed()` stays true and every
/// further read returns 0 or empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t u64() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) return fail();
      const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
      if (shift == 63 && byte > 1) return fail();
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return fail();
  }
  std::int64_t i64() {
    const std::uint64_t value = u64();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  int128 i128() {
    const std::int64_t high = i64();
    return static_cast<int128>((static_cast<uint128>(high) << 64) | u64());
  }
  double f64() {
    if (bytes_.size() - at_ < 8) return static_cast<double>(fail());
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes_[at_++])) << (8 * i);
    return std::bit_cast<double>(bits);
  }
  std::string_view text() {
    const std::uint64_t size = u64();
    return raw(size);
  }
  std::string_view raw(std::uint64_t size) {
    if (size > bytes_.size() - at_) {
      fail();
      return {};
    }
    const std::string_view out = bytes_.substr(at_, size);
    at_ += size;
    return out;
  }
  /// A count of items that take at least `least` bytes each: fails where they cannot fit in what is left.
  std::uint64_t count(std::size_t least) {
    const std::uint64_t n = u64();
    return n > remaining() / (least == 0 ? 1 : least) ? fail() : n;
  }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - at_; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] Result<void> finish(const char* what) const {
    if (failed_)
      return Error{ErrorCode::data, std::string("the bytes of the ") + what + " end early or are malformed", {}, ""};
    return {};
  }

 private:
  std::uint64_t fail() {
    failed_ = true;
    at_ = bytes_.size();
    return 0;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace longwatch

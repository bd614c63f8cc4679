#pragma once
// Bits of a buffer, least significant first, from front to back.

#include <cstdint>
#include <utility>

#include "engine/source/body_stream.hpp"

namespace longwatch::reading {

class BitStream {
 public:
  explicit BitStream(BodyStream bytes) : bytes_(std::move(bytes)) {}

  /// The next `count` bits, as 0 or 1 each. Throws Corrupt where the buffer is too short.
  template <class T>
  void read(std::int64_t count, T* out) {
    for (std::int64_t i = 0; i < count;) {
      if (left_ == 0) refill();
      for (; left_ > 0 && i < count; ++i, --left_, byte_ = static_cast<std::uint8_t>(byte_ >> 1U))
        out[i] = static_cast<T>(byte_ & 1);
    }
  }

 private:
  void refill() {
    bytes_.read(&byte_, 1);
    left_ = 8;
  }

  BodyStream bytes_;
  std::uint8_t byte_ = 0;
  int left_ = 0;  // bits of byte_
};

}  // namespace longwatch::reading

// One buffer of an Arrow batch, read and decompressed from front to back.
#include "engine/source/body_stream.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kAhead = 64 << 10;

template <class T>
T take(arrow::Result<T> result) {
  if (!result.ok()) throw Corrupt(result.status().message());
  return std::move(result).ValueUnsafe();
}

std::shared_ptr<arrow::util::Decompressor> make_decompressor(IpcCodec codec) {
  const auto kind = codec == IpcCodec::lz4 ? arrow::Compression::LZ4_FRAME : arrow::Compression::ZSTD;
  return take(take(arrow::util::Codec::Create(kind))->MakeDecompressor());
}

}  // namespace

BodyStream::BodyStream(std::shared_ptr<arrow::io::ReadableFile> file, const IpcBuffer& buffer, IpcCodec codec)
    : file_(std::move(file)), at_(buffer.offset), left_(buffer.length), stored_(buffer.length), size_(buffer.length) {
  if (codec == IpcCodec::none || left_ == 0) return;
  std::uint8_t prefix[8];
  read_plain(prefix, std::min<std::int64_t>(8, left_));
  if (stored_ < 8) throw Corrupt("a compressed buffer of " + std::to_string(stored_) + " bytes has no length");
  std::memcpy(&size_, prefix, sizeof size_);  // little-endian, as everything else
  given_ = 0;
  if (size_ == -1) {  // left as it was, as compression did not help
    size_ = stored_ - 8;
    return;
  }
  if (size_ < 0) throw Corrupt("a compressed buffer claims " + std::to_string(size_) + " bytes");
  decompressor_ = make_decompressor(codec);
}

// Reads ahead; false at the end.
bool BodyStream::fill() {
  const std::int64_t want = std::min(left_, kAhead);
  ahead_.resize(static_cast<std::size_t>(want));
  ahead_at_ = 0;
  if (want == 0) return false;
  if (take(file_->ReadAt(at_, want, ahead_.data())) != want) throw Corrupt("the file ends early");
  at_ += want;
  left_ -= want;
  return true;
}

void BodyStream::read_plain(std::uint8_t* out, std::int64_t length) {
  while (length > 0) {
    if (ahead_at_ == ahead_.size() && length >= kAhead) {  // no use in a copy
      if (take(file_->ReadAt(at_, length, out)) != length) throw Corrupt("the file ends early");
      at_ += length;
      left_ -= length;
      return;
    }
    if (ahead_at_ == ahead_.size() && !fill()) throw Corrupt("a buffer ends early");
    const auto take_now = std::min<std::int64_t>(length, static_cast<std::int64_t>(ahead_.size() - ahead_at_));
    std::memcpy(out, ahead_.data() + ahead_at_, static_cast<std::size_t>(take_now));
    ahead_at_ += static_cast<std::size_t>(take_now);
    out += take_now;
    length -= take_now;
  }
}

void BodyStream::read_compressed(std::uint8_t* out, std::int64_t length) {
  bool more = true;
  while (length > 0) {
    if (ahead_at_ == ahead_.size()) more = fill();
    const auto step = take(decompressor_->Decompress(static_cast<std::int64_t>(ahead_.size() - ahead_at_),
                                                     ahead_.data() + ahead_at_, length, out));
    ahead_at_ += static_cast<std::size_t>(step.bytes_read);
    out += step.bytes_written;
    length -= step.bytes_written;
    const bool stuck = step.bytes_read == 0 && step.bytes_written == 0;
    if (length > 0 && ((stuck && (!more || ahead_at_ != ahead_.size())) || decompressor_->IsFinished()))
      throw Corrupt("a compressed buffer holds fewer bytes than it claims");
  }
}

void BodyStream::read(void* out, std::int64_t length) {
  if (length > size_ - given_) throw Corrupt("a buffer is too short for the rows of its batch");
  given_ += length;
  auto* const bytes = static_cast<std::uint8_t*>(out);
  if (decompressor_ != nullptr) {
    read_compressed(bytes, length);
  } else {
    read_plain(bytes, length);
  }
}

void BodyStream::skip(std::int64_t length) {
  std::array<std::uint8_t, 4096> none;
  for (; length > 0; length -= static_cast<std::int64_t>(none.size()))
    read(none.data(), std::min<std::int64_t>(length, static_cast<std::int64_t>(none.size())));
}

std::uint8_t* Scratch::reserve(std::int64_t bytes) {
  if (buffer_ == nullptr) buffer_ = take(arrow::AllocateResizableBuffer(0, pool_));
  if (bytes > buffer_->size()) {
    buffer_.reset();  // first, so that the old bytes do not count
    const std::int64_t spare = std::min(bytes / 4, std::numeric_limits<std::int64_t>::max() - bytes);
    buffer_ = take(arrow::AllocateResizableBuffer(bytes + spare, pool_));
  }
  return buffer_->mutable_data();
}

}  // namespace longwatch::reading

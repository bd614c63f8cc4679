// Values of an Arrow batch that are bytes. Null rows may hold anything but an offset out of order.
#include "engine/source/ipc_bytes.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <arrow/type_traits.h>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

using arrow::Type;
using ::parquet::ByteArray;
using ::parquet::FixedLenByteArray;

BodyStream stream(const IpcPlace& place, const IpcField& field, std::size_t index) {
  return {place.file, ipc_buffer(*place.batch, field, index), place.batch->codec};
}

// Row i is data[offsets[i], offsets[i + 1]).
template <class Offset>
class OffsetValues final : public IpcValues<ByteArray> {
 public:
  OffsetValues(const IpcPlace& place, const IpcField& field)
      : offsets_(stream(place, field, 1)), data_(stream(place, field, 2)), bytes_(place.pool) {}

  void read(std::int64_t rows, std::int16_t* /*levels*/, ByteArray* out) override {
    if (!begun_) begin();
    ends_.resize(static_cast<std::size_t>(rows));
    offsets_.read(ends_.data(), rows * std::int64_t{sizeof(Offset)});
    Offset last = last_;
    for (const Offset end : ends_) {
      if (end < last || end - last > Offset{INT32_MAX}) throw Corrupt("the offsets of its texts are out of order");
      last = end;
    }
    if (last > data_.size()) throw Corrupt("the offsets of its texts lie beyond them");
    std::uint8_t* const bytes = bytes_.reserve(std::int64_t{last} - last_);
    data_.read(bytes, std::int64_t{last} - last_);
    Offset start = last_;
    for (std::int64_t i = 0; i < rows; ++i) {
      const Offset end = ends_[static_cast<std::size_t>(i)];
      out[i] = {static_cast<std::uint32_t>(end - start), bytes + (start - last_)};
      start = end;
    }
    last_ = last;
  }

 private:
  void begin() {
    offsets_.read(&last_, sizeof last_);
    if (last_ < 0 || last_ > data_.size()) throw Corrupt("the offsets of its texts lie beyond them");
    data_.skip(last_);
    begun_ = true;
  }

  BodyStream offsets_;
  BodyStream data_;
  Scratch bytes_;
  std::vector<Offset> ends_;
  Offset last_ = 0;
  bool begun_ = false;
};

// A row is 16 bytes: its length and, up to 12 bytes, itself; else a prefix, a data buffer and an offset there.
class ViewValues final : public IpcValues<ByteArray> {
 public:
  ViewValues(const IpcPlace& place, const IpcField& field) : views_(stream(place, field, 1)) {
    if (field.variadic >= place.batch->variadic.size())
      throw Corrupt("the batch does not count the buffers of its views");
    const auto buffers = static_cast<std::size_t>(place.batch->variadic[field.variadic]);
    for (std::size_t i = 0; i < buffers; ++i) {
      BodyStream data = stream(place, field, 2 + i);
      data_.emplace_back(Data{Scratch(place.pool), nullptr, data.size()});
      data_.back().at = data_.back().bytes.reserve(data.size());
      data.read(data_.back().at, data.size());
    }
  }

  void read(std::int64_t rows, std::int16_t* levels, ByteArray* out) override {
    raw_.resize(static_cast<std::size_t>(rows));
    views_.read(raw_.data(), rows * std::int64_t{sizeof(View)});
    for (std::int64_t i = 0; i < rows; ++i) {
      const bool present = levels == nullptr || levels[i] != 0;
      out[i] = present ? text(raw_[static_cast<std::size_t>(i)]) : ByteArray();
    }
  }

 private:
  struct View {
    std::int32_t length;
    std::uint8_t rest[12];
  };
  struct Data {
    Scratch bytes;
    std::uint8_t* at;
    std::int64_t size;
  };

  [[nodiscard]] ByteArray text(const View& view) const {
    if (view.length < 0) throw Corrupt("a text has a negative length");
    const auto length = static_cast<std::uint32_t>(view.length);
    if (length <= sizeof view.rest) return {length, view.rest};
    std::int32_t buffer = 0;
    std::int32_t offset = 0;
    std::memcpy(&buffer, view.rest + 4, sizeof buffer);
    std::memcpy(&offset, view.rest + 8, sizeof offset);
    if (buffer < 0 || static_cast<std::size_t>(buffer) >= data_.size() || offset < 0)
      throw Corrupt("a text points to a buffer that the batch does not have");
    const Data& data = data_[static_cast<std::size_t>(buffer)];
    if (std::int64_t{offset} + view.length > data.size) throw Corrupt("a text lies beyond its buffer");
    return {length, data.at + offset};
  }

  BodyStream views_;
  std::vector<Data> data_;
  std::vector<View> raw_;
};

class WidthValues final : public IpcValues<FixedLenByteArray> {
 public:
  WidthValues(const IpcPlace& place, const IpcField& field, std::int64_t width, bool reverse)
      : values_(stream(place, field, 1)), bytes_(place.pool), width_(width), reverse_(reverse) {}

  void read(std::int64_t rows, std::int16_t* /*levels*/, FixedLenByteArray* out) override {
    std::uint8_t* const bytes = bytes_.reserve(rows * width_);
    values_.read(bytes, rows * width_);
    for (std::int64_t i = 0; i < rows; ++i) {
      std::uint8_t* const value = bytes + i * width_;
      if (reverse_) std::reverse(value, value + width_);
      out[i] = FixedLenByteArray(value);
    }
  }

 private:
  BodyStream values_;
  Scratch bytes_;
  std::int64_t width_;
  bool reverse_;
};

}  // namespace

std::unique_ptr<IpcValues<ByteArray>> text_values(const IpcPlace& place, const arrow::DataType& type,
                                                  const IpcField& field) {
  switch (type.id()) {
    case Type::STRING:
    case Type::BINARY:
      return std::make_unique<OffsetValues<std::int32_t>>(place, field);
    case Type::LARGE_STRING:
    case Type::LARGE_BINARY:
      return std::make_unique<OffsetValues<std::int64_t>>(place, field);
    case Type::STRING_VIEW:
    case Type::BINARY_VIEW:
      return std::make_unique<ViewValues>(place, field);
    default:
      return nullptr;
  }
}

std::unique_ptr<IpcValues<FixedLenByteArray>> width_values(const IpcPlace& place, const arrow::DataType& type,
                                                           const IpcField& field) {
  const bool decimal = arrow::is_decimal(type.id());
  if (!decimal && type.id() != Type::HALF_FLOAT && type.id() != Type::FIXED_SIZE_BINARY) return nullptr;
  const int width = dynamic_cast<const arrow::FixedWidthType&>(type).bit_width() / 8;
  return std::make_unique<WidthValues>(place, field, width, decimal);
}

}  // namespace longwatch::reading

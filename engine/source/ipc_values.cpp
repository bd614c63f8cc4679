// The values of one column of an Arrow batch, as the Parquet library would hand them out.
#include "engine/source/ipc_values.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "engine/source/guard.hpp"
#include "engine/source/ipc_bits.hpp"
#include "engine/source/ipc_bytes.hpp"

namespace longwatch::reading {
namespace {

using arrow::Type;

// Numbers of a fixed width, each converted.
template <class Raw, class T, class Convert>
class NumberValues final : public IpcValues<T> {
 public:
  NumberValues(BodyStream values, Convert convert) : values_(std::move(values)), convert_(convert) {}

  void read(std::int64_t rows, std::int16_t* /*levels*/, T* out) override {
    raw_.resize(static_cast<std::size_t>(rows));
    values_.read(raw_.data(), rows * std::int64_t{sizeof(Raw)});
    for (std::int64_t i = 0; i < rows; ++i) out[i] = convert_(raw_[static_cast<std::size_t>(i)]);
  }

 private:
  BodyStream values_;
  Convert convert_;
  std::vector<Raw> raw_;
};

// Numbers that are stored as they are handed out.
template <class T>
class PlainValues final : public IpcValues<T> {
 public:
  explicit PlainValues(BodyStream values) : values_(std::move(values)) {}
  void read(std::int64_t rows, std::int16_t* /*levels*/, T* out) override {
    values_.read(out, rows * std::int64_t{sizeof(T)});
  }

 private:
  BodyStream values_;
};

class BoolValues final : public IpcValues<bool> {
 public:
  explicit BoolValues(BodyStream values) : bits_(std::move(values)) {}
  void read(std::int64_t rows, std::int16_t* /*levels*/, bool* out) override { bits_.read(rows, out); }

 private:
  BitStream bits_;
};

template <class T>
class NullValues final : public IpcValues<T> {
 public:
  void read(std::int64_t rows, std::int16_t* levels, T* out) override {
    std::fill_n(levels, rows, std::int16_t{0});
    std::fill_n(out, rows, T{});
  }
};

struct Cast32 {
  template <class Raw>
  std::int32_t operator()(Raw value) const {
    return static_cast<std::int32_t>(value);
  }
};

struct MillisToDays {
  std::int32_t operator()(std::int64_t millis) const {
    constexpr std::int64_t kMillisPerDay = 86'400'000;
    const std::int64_t days = millis / kMillisPerDay - (millis % kMillisPerDay < 0 ? 1 : 0);
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(days, INT32_MIN, INT32_MAX));  // null rows hold anything
  }
};

struct Times {
  std::int64_t factor;
  template <class Raw>
  std::int64_t operator()(Raw value) const {
    std::int64_t product = 0;
    // Null rows may hold anything, so that this is no error; no sound file has such a time.
    if (__builtin_mul_overflow(std::int64_t{value}, factor, &product)) return value < 0 ? INT64_MIN : INT64_MAX;
    return product;
  }
};

template <class Raw, class T, class Convert>
std::unique_ptr<IpcValues<T>> numbers(BodyStream values, Convert convert) {
  return std::make_unique<NumberValues<Raw, T, Convert>>(std::move(values), convert);
}

std::unique_ptr<IpcValues<std::int32_t>> small_integers(BodyStream values, Type::type type) {
  switch (type) {
    case Type::INT8:
      return numbers<std::int8_t, std::int32_t>(std::move(values), Cast32{});
    case Type::UINT8:
      return numbers<std::uint8_t, std::int32_t>(std::move(values), Cast32{});
    case Type::INT16:
      return numbers<std::int16_t, std::int32_t>(std::move(values), Cast32{});
    case Type::UINT16:
      return numbers<std::uint16_t, std::int32_t>(std::move(values), Cast32{});
    case Type::INT32:
    case Type::UINT32:
    case Type::DATE32:
      return std::make_unique<PlainValues<std::int32_t>>(std::move(values));
    case Type::DATE64:
      return numbers<std::int64_t, std::int32_t>(std::move(values), MillisToDays{});
    default:
      return nullptr;
  }
}

std::unique_ptr<IpcValues<std::int64_t>> large_integers(BodyStream values, const arrow::DataType& type) {
  switch (type.id()) {
    case Type::INT64:
    case Type::UINT64:
    case Type::DURATION:
    case Type::TIME64:
      return std::make_unique<PlainValues<std::int64_t>>(std::move(values));
    case Type::TIME32: {
      const bool seconds = dynamic_cast<const arrow::Time32Type&>(type).unit() == arrow::TimeUnit::SECOND;
      return numbers<std::int32_t, std::int64_t>(std::move(values), Times{seconds ? 1000 : 1});
    }
    case Type::TIMESTAMP:
      if (dynamic_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::SECOND)
        return numbers<std::int64_t, std::int64_t>(std::move(values), Times{1000});
      return std::make_unique<PlainValues<std::int64_t>>(std::move(values));
    default:
      return nullptr;
  }
}

template <class DType>
std::unique_ptr<IpcValues<typename DType::c_type>> fixed_values(BodyStream values, const arrow::DataType& type) {
  using T = typename DType::c_type;
  const Type::type id = type.id();
  if constexpr (std::is_same_v<T, bool>)
    return id == Type::BOOL ? std::make_unique<BoolValues>(std::move(values)) : nullptr;
  if constexpr (std::is_same_v<T, std::int32_t>) return small_integers(std::move(values), id);
  if constexpr (std::is_same_v<T, std::int64_t>) return large_integers(std::move(values), type);
  if constexpr (std::is_same_v<T, float>)
    return id == Type::FLOAT ? std::make_unique<PlainValues<float>>(std::move(values)) : nullptr;
  if constexpr (std::is_same_v<T, double>)
    return id == Type::DOUBLE ? std::make_unique<PlainValues<double>>(std::move(values)) : nullptr;
}

}  // namespace

IpcBuffer ipc_buffer(const IpcBatch& batch, const IpcField& field, std::size_t index) {
  std::size_t at = field.buffer + index;
  if (field.variadic > batch.variadic.size()) throw Corrupt("the batch does not count the buffers of its views");
  for (std::size_t i = 0; i < field.variadic; ++i) at += static_cast<std::size_t>(batch.variadic[i]);
  if (at >= batch.buffers.size()) throw Corrupt("the batch has fewer buffers than its schema needs");
  return batch.buffers[at];
}

template <class DType>
std::unique_ptr<IpcValues<typename DType::c_type>> ipc_values(const IpcPlace& place, const arrow::DataType& type,
                                                              const IpcField& field) {
  using T = typename DType::c_type;
  std::unique_ptr<IpcValues<T>> values;
  if (type.id() == Type::NA) {
    values = std::make_unique<NullValues<T>>();
  } else if constexpr (std::is_same_v<T, ::parquet::ByteArray>) {
    values = text_values(place, type, field);
  } else if constexpr (std::is_same_v<T, ::parquet::FixedLenByteArray>) {
    values = width_values(place, type, field);
  } else {
    values = fixed_values<DType>({place.file, ipc_buffer(*place.batch, field, 1), place.batch->codec}, type);
  }
  if (values == nullptr) throw Corrupt("a column of type " + type.ToString() + " cannot be read");
  return values;
}

template std::unique_ptr<IpcValues<bool>> ipc_values<::parquet::BooleanType>(const IpcPlace&, const arrow::DataType&,
                                                                             const IpcField&);
template std::unique_ptr<IpcValues<std::int32_t>> ipc_values<::parquet::Int32Type>(const IpcPlace&,
                                                                                   const arrow::DataType&,
                                                                                   const IpcField&);
template std::unique_ptr<IpcValues<std::int64_t>> ipc_values<::parquet::Int64Type>(const IpcPlace&,
                                                                                   const arrow::DataType&,
                                                                                   const IpcField&);
template std::unique_ptr<IpcValues<float>> ipc_values<::parquet::FloatType>(const IpcPlace&, const arrow::DataType&,
                                                                            const IpcField&);
template std::unique_ptr<IpcValues<double>> ipc_values<::parquet::DoubleType>(const IpcPlace&, const arrow::DataType&,
                                                                              const IpcField&);
template std::unique_ptr<IpcValues<::parquet::ByteArray>> ipc_values<::parquet::ByteArrayType>(const IpcPlace&,
                                                                                               const arrow::DataType&,
                                                                                               const IpcField&);
template std::unique_ptr<IpcValues<::parquet::FixedLenByteArray>> ipc_values<::parquet::FLBAType>(
    const IpcPlace&, const arrow::DataType&, const IpcField&);

}  // namespace longwatch::reading

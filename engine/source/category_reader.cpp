// Columns read as categories.
#include <cstring>
#include <string>

#include <arrow/util/float16.h>

#include "engine/source/decimal.hpp"
#include "engine/source/int96.hpp"
#include "engine/source/readers.hpp"
#include "engine/source/slab.hpp"
#include "engine/source/text_pool.hpp"
#include "engine/source/value_text.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::Type;

std::string_view text_of(const ::parquet::ByteArray& value) {
  return {reinterpret_cast<const char*>(value.ptr), value.len};
}

// A text column whose whole chunk is dictionary-encoded: the file's codes are ours.
class DictionaryReader final : public CategoryReader {
 public:
  explicit DictionaryReader(OpenChunk chunk) : rows_(std::move(chunk)) { dictionary_.serial = next_serial(); }

  Result<ColumnView> next(std::int64_t max_rows) override {
    return guarded(rows_.where(), [&]() -> Result<ColumnView> {
      const auto decode = [&](std::int32_t* out, std::int64_t want, std::int16_t* levels, std::int64_t* present) {
        return read_batch(out, want, levels, present);
      };
      const std::int64_t rows = rows_.read(max_rows, codes_, decode);
      ColumnView view = rows_.view(ValueType::code32, codes_.data(), rows);
      view.dictionary = &dictionary_;
      return view;
    });
  }
  [[nodiscard]] std::uint64_t generation() const override { return dictionary_.serial; }

 private:
  std::int64_t read_batch(std::int32_t* out, std::int64_t want, std::int16_t* levels, std::int64_t* present) {
    const ::parquet::ByteArray* entries = nullptr;
    std::int32_t size = 0;
    const std::int64_t got = rows_.typed<::parquet::ByteArrayType>().ReadBatchWithDictionary(want, levels, nullptr, out,
                                                                                             present, &entries, &size);
    if (got > 0) adopt(entries, size);
    // The library does not check indices against the dictionary.
    std::uint32_t largest = 0;
    for (std::int64_t i = 0; i < *present; ++i) largest = std::max(largest, static_cast<std::uint32_t>(out[i]));
    if (*present > 0 && largest >= dictionary_.texts.size()) throw Corrupt("an index lies beyond the dictionary");
    return got;
  }

  // A chunk has one dictionary page, which the library's reader keeps.
  void adopt(const ::parquet::ByteArray* entries, std::int32_t size) {
    if (entries == entries_ && static_cast<std::size_t>(size) == dictionary_.texts.size()) return;
    entries_ = entries;
    dictionary_.texts.clear();
    for (std::int32_t i = 0; i < size; ++i) dictionary_.texts.push_back(text_of(entries[i]));
    dictionary_.serial = next_serial();
  }

  ChunkRows rows_;
  Buffer<std::int32_t> codes_;
  const ::parquet::ByteArray* entries_ = nullptr;
  CategoryDictionary dictionary_;
};

// Any other column: `Coder{}(pool, raw)` gives the code of a value.
template <class DType, class Coder>
class PooledReader final : public CategoryReader {
 public:
  PooledReader(OpenChunk chunk, Coder coder) : coder_(coder), pool_(chunk.text_budget), rows_(std::move(chunk)) {}

  Result<ColumnView> next(std::int64_t max_rows) override {
    return guarded(rows_.where(), [&]() -> Result<ColumnView> {
      pool_.trim();
      const auto decode = [&](std::int32_t* out, std::int64_t want, std::int16_t* levels, std::int64_t* present) {
        auto* const raw = raw_.reserve(want, 0);
        const std::int64_t got = rows_.template typed<DType>().ReadBatch(want, levels, nullptr, raw, present);
        for (std::int64_t i = 0; i < *present; ++i) out[i] = coder_(pool_, raw[i]);
        return got;
      };
      const std::int64_t rows = rows_.read(max_rows, codes_, decode);
      ColumnView view = rows_.view(ValueType::code32, codes_.data(), rows);
      view.dictionary = pool_.dictionary();
      return view;
    });
  }
  [[nodiscard]] std::uint64_t generation() const override { return pool_.generation(); }

 private:
  Coder coder_;
  TextPool pool_;
  ChunkRows rows_;
  Buffer<typename DType::c_type> raw_;
  Buffer<std::int32_t> codes_;
};

struct TextCoder {
  std::int32_t operator()(TextPool& pool, const ::parquet::ByteArray& value) const { return pool.code(text_of(value)); }
};

// Text made from a value's bytes, once a distinct value. `Text{}(value)` returns std::string.
template <class T, class Text>
struct ValueCoder {
  Text text;
  std::int32_t operator()(TextPool& pool, const T& value) const {
    return pool.code({reinterpret_cast<const char*>(&value), sizeof(T)}, [&](std::string_view) { return text(value); });
  }
};

template <class Text>
struct BytesCoder {
  Text text;
  int width;
  std::int32_t operator()(TextPool& pool, const ::parquet::ByteArray& value) const {
    return pool.code(text_of(value), text);
  }
  std::int32_t operator()(TextPool& pool, const ::parquet::FixedLenByteArray& value) const {
    return pool.code({reinterpret_cast<const char*>(value.ptr), static_cast<std::size_t>(width)}, text);
  }
};

template <class DType, class Text>
std::unique_ptr<CategoryReader> by_value(OpenChunk chunk, Text text) {
  using Coder = ValueCoder<typename DType::c_type, Text>;
  return std::make_unique<PooledReader<DType, Coder>>(std::move(chunk), Coder{text});
}

template <class Text>
std::unique_ptr<CategoryReader> by_bytes(const LeafColumn& column, OpenChunk chunk, Text text) {
  using Coder = BytesCoder<Text>;
  const Coder coder{text, column.width};
  if (column.physical == Type::BYTE_ARRAY) {
    return std::make_unique<PooledReader<::parquet::ByteArrayType, Coder>>(std::move(chunk), coder);
  }
  return std::make_unique<PooledReader<::parquet::FLBAType, Coder>>(std::move(chunk), coder);
}

// Columns stored as INT32 or INT64, with one text for both.
template <class Text>
std::unique_ptr<CategoryReader> by_integer(const LeafColumn& column, OpenChunk chunk, Text text) {
  if (column.physical == Type::INT32) return by_value<::parquet::Int32Type>(std::move(chunk), text);
  return by_value<::parquet::Int64Type>(std::move(chunk), text);
}

std::unique_ptr<CategoryReader> text_reader(OpenChunk chunk) {
  if (chunk.column != nullptr && chunk.column->GetExposedEncoding() == ::parquet::ExposedEncoding::DICTIONARY) {
    return std::make_unique<DictionaryReader>(std::move(chunk));
  }
  return std::make_unique<PooledReader<::parquet::ByteArrayType, TextCoder>>(std::move(chunk), TextCoder{});
}

std::unique_ptr<CategoryReader> integer_reader(const LeafColumn& column, OpenChunk chunk) {
  if (!column.is_unsigned)
    return by_integer(column, std::move(chunk), [](auto value) { return std::to_string(value); });
  return by_integer(column, std::move(chunk), [](auto value) {
    return std::to_string(static_cast<std::make_unsigned_t<decltype(value)>>(value));
  });
}

std::unique_ptr<CategoryReader> floating_reader(const LeafColumn& column, OpenChunk chunk) {
  if (column.half) {
    return by_bytes(column, std::move(chunk), [](std::string_view bytes) {
      return number_text(
          arrow::util::Float16::FromLittleEndian(reinterpret_cast<const std::uint8_t*>(bytes.data())).ToFloat());
    });
  }
  const auto text = [](auto value) { return number_text(value); };
  if (column.physical == Type::FLOAT) return by_value<::parquet::FloatType>(std::move(chunk), text);
  return by_value<::parquet::DoubleType>(std::move(chunk), text);
}

std::unique_ptr<CategoryReader> decimal_reader(const LeafColumn& column, OpenChunk chunk) {
  const int scale = column.scale;
  if (column.physical == Type::INT32 || column.physical == Type::INT64) {
    return by_integer(column, std::move(chunk), [scale](std::int64_t value) { return decimal_text(value, scale); });
  }
  return by_bytes(column, std::move(chunk), [scale](std::string_view bytes) {
    return decimal_text(reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::int64_t>(bytes.size()),
                        scale);
  });
}

std::unique_ptr<CategoryReader> timestamp_reader(const LeafColumn& column, OpenChunk chunk) {
  if (column.physical == Type::INT96) {
    return by_value<::parquet::Int96Type>(std::move(chunk), [](const ::parquet::Int96& value) {
      const Int96Time time = split_int96(value);
      return date_text(time.days) + "T" + time_of_day_text(time.nanos, 1'000'000'000);
    });
  }
  return by_value<::parquet::Int64Type>(std::move(chunk),
                                        [per = column.per_second, zoned = column.info.zoned](std::int64_t value) {
                                          return timestamp_text(value, per, zoned);
                                        });
}

std::unique_ptr<CategoryReader> null_reader(const LeafColumn& column, OpenChunk chunk) {
  const auto nothing = [](const auto& /*value*/) -> std::string {
    throw Corrupt("a column of type null holds a value");
  };
  switch (column.physical) {
    case Type::BOOLEAN:
      return by_value<::parquet::BooleanType>(std::move(chunk), nothing);
    case Type::INT96:
      return by_value<::parquet::Int96Type>(std::move(chunk), nothing);
    case Type::FLOAT:
      return by_value<::parquet::FloatType>(std::move(chunk), nothing);
    case Type::DOUBLE:
      return by_value<::parquet::DoubleType>(std::move(chunk), nothing);
    case Type::BYTE_ARRAY:
    case Type::FIXED_LEN_BYTE_ARRAY:
      return by_bytes(column, std::move(chunk), nothing);
    default:
      return by_integer(column, std::move(chunk), nothing);
  }
}

}  // namespace

std::unique_ptr<CategoryReader> category_reader(const LeafColumn& column, OpenChunk chunk) {
  const auto per = column.per_second;
  switch (column.info.type) {
    case FileType::boolean:
      return by_value<::parquet::BooleanType>(std::move(chunk),
                                              [](bool value) { return std::string(value ? "true" : "false"); });
    case FileType::integer:
      return integer_reader(column, std::move(chunk));
    case FileType::floating:
      return floating_reader(column, std::move(chunk));
    case FileType::decimal:
      return decimal_reader(column, std::move(chunk));
    case FileType::text:
      return column.uuid ? by_bytes(column, std::move(chunk), uuid_text) : text_reader(std::move(chunk));
    case FileType::date:
      return by_value<::parquet::Int32Type>(std::move(chunk), [](std::int32_t days) { return date_text(days); });
    case FileType::timestamp:
      return timestamp_reader(column, std::move(chunk));
    case FileType::time:
      return by_integer(column, std::move(chunk), [per](std::int64_t value) { return time_of_day_text(value, per); });
    case FileType::binary:
      return by_bytes(column, std::move(chunk), hex_text);
    case FileType::null:
      return null_reader(column, std::move(chunk));
    default:
      return nullptr;
  }
}

}  // namespace longwatch::reading

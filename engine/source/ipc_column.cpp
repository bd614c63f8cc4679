// A column of an Arrow batch behind the interface of the Parquet library's column readers.
#include "engine/source/ipc_column.hpp"

#include <type_traits>

#include "engine/source/ipc_rows.hpp"
#include "engine/source/own_column.hpp"
#include "engine/source/slab.hpp"

namespace longwatch::reading {
namespace {

// Looks codes up.
template <class T>
class DictionaryValues final : public IpcValues<T> {
 public:
  DictionaryValues(IpcCodes codes, std::shared_ptr<const TypedDictionary<T>> dictionary)
      : codes_(std::move(codes)), dictionary_(std::move(dictionary)) {}

  void read(std::int64_t rows, std::int16_t* levels, T* out) override {
    code_.resize(static_cast<std::size_t>(rows));
    codes_.read(rows, levels, code_.data());
    for (std::int64_t i = 0; i < rows; ++i) {
      if (levels != nullptr && levels[i] == 0) {
        out[i] = T{};
        continue;
      }
      const auto code = static_cast<std::size_t>(code_[static_cast<std::size_t>(i)]);
      out[i] = dictionary_->values[code];
      if (dictionary_->present[code] == 0) levels[i] = 0;
    }
  }

 private:
  IpcCodes codes_;
  std::shared_ptr<const TypedDictionary<T>> dictionary_;
  std::vector<std::int32_t> code_;
};

// What is the same for values and codes.
template <class DType, class Value>
class Column : public OwnColumn<DType> {
 public:
  Column(IpcLevels levels, std::int64_t rows) : OwnColumn<DType>(rows), levels_(std::move(levels)) {}

 protected:
  // Reads the next rows by `read(rows, levels, out)`, and moves those that have a value to the front of `values`.
  template <class Read>
  std::int64_t dense(std::int64_t want, std::int16_t* levels, Value* values, std::int64_t* present, Read&& read) {
    const std::int64_t rows = this->advance(want);
    *present = rows;
    if (!levels_.any()) {
      read(rows, nullptr, values);
      return rows;
    }
    Value* const all = scratch_.reserve(rows, 0);
    levels_.read(rows, levels);
    read(rows, levels, all);
    std::int64_t kept = 0;
    for (std::int64_t i = 0; i < rows; ++i) {
      values[kept] = all[i];
      kept += levels[i];
    }
    *present = kept;
    return rows;
  }

 private:
  IpcLevels levels_;
  Buffer<Value> scratch_;
};

template <class DType>
class ValueColumn final : public Column<DType, typename DType::c_type> {
 public:
  using T = typename DType::c_type;

  ValueColumn(IpcLevels levels, std::int64_t rows, std::unique_ptr<IpcValues<T>> values)
      : Column<DType, T>(std::move(levels), rows), values_(std::move(values)) {}

  std::int64_t ReadBatch(std::int64_t want, std::int16_t* levels, std::int16_t* /*repetitions*/, T* values,
                         std::int64_t* present) override {
    return this->dense(want, levels, values, present,
                       [&](std::int64_t rows, std::int16_t* level, T* out) { values_->read(rows, level, out); });
  }

 private:
  std::unique_ptr<IpcValues<T>> values_;
};

class CodeColumn final : public Column<::parquet::ByteArrayType, std::int32_t> {
 public:
  CodeColumn(IpcLevels levels, std::int64_t rows, IpcCodes codes,
             std::shared_ptr<const TypedDictionary<::parquet::ByteArray>> dictionary)
      : Column(std::move(levels), rows), codes_(std::move(codes)), dictionary_(std::move(dictionary)) {}

  ::parquet::ExposedEncoding GetExposedEncoding() override { return ::parquet::ExposedEncoding::DICTIONARY; }
  std::int64_t ReadBatchWithDictionary(std::int64_t want, std::int16_t* levels, std::int16_t* /*repetitions*/,
                                       std::int32_t* codes, std::int64_t* present,
                                       const ::parquet::ByteArray** dictionary, std::int32_t* size) override {
    *dictionary = dictionary_->values.data();
    *size = static_cast<std::int32_t>(dictionary_->values.size());
    return dense(want, levels, codes, present,
                 [&](std::int64_t rows, std::int16_t* level, std::int32_t* out) { codes_.read(rows, level, out); });
  }

 private:
  IpcCodes codes_;
  std::shared_ptr<const TypedDictionary<::parquet::ByteArray>> dictionary_;
};

template <class DType>
void open_typed(const IpcPlace& place, const IpcField& field, std::shared_ptr<const IpcDictionary> dictionary,
                bool show_codes, OpenChunk& chunk) {
  using T = typename DType::c_type;
  IpcLevels levels(place, field);
  if (dictionary == nullptr) {
    chunk.nullable = levels.any();
    chunk.column = std::make_shared<ValueColumn<DType>>(std::move(levels), place.batch->rows,
                                                        ipc_values<DType>(place, *field.stored, field));
    return;
  }
  const auto typed = std::dynamic_pointer_cast<const TypedDictionary<T>>(dictionary);
  if (typed == nullptr) throw Corrupt("its dictionary holds values of another type");
  if (typed->has_nulls) levels.always();
  chunk.nullable = levels.any();
  IpcCodes codes(place, field, typed->size);
  if constexpr (std::is_same_v<T, ::parquet::ByteArray>) {
    if (show_codes && typed->distinct && !typed->has_nulls) {
      chunk.column = std::make_shared<CodeColumn>(std::move(levels), place.batch->rows, std::move(codes), typed);
      return;
    }
  }
  chunk.column = std::make_shared<ValueColumn<DType>>(std::move(levels), place.batch->rows,
                                                      std::make_unique<DictionaryValues<T>>(std::move(codes), typed));
}

}  // namespace

void open_ipc_column(const IpcPlace& place, const IpcField& field, ::parquet::Type::type physical,
                     std::shared_ptr<const IpcDictionary> dictionary, bool show_codes, OpenChunk& chunk) {
  using ::parquet::Type;
  switch (physical) {
    case Type::BOOLEAN:
      return open_typed<::parquet::BooleanType>(place, field, std::move(dictionary), show_codes, chunk);
    case Type::INT32:
      return open_typed<::parquet::Int32Type>(place, field, std::move(dictionary), show_codes, chunk);
    case Type::INT64:
      return open_typed<::parquet::Int64Type>(place, field, std::move(dictionary), show_codes, chunk);
    case Type::FLOAT:
      return open_typed<::parquet::FloatType>(place, field, std::move(dictionary), show_codes, chunk);
    case Type::DOUBLE:
      return open_typed<::parquet::DoubleType>(place, field, std::move(dictionary), show_codes, chunk);
    case Type::BYTE_ARRAY:
      return open_typed<::parquet::ByteArrayType>(place, field, std::move(dictionary), show_codes, chunk);
    case Type::FIXED_LEN_BYTE_ARRAY:
      return open_typed<::parquet::FLBAType>(place, field, std::move(dictionary), show_codes, chunk);
    default:
      throw Corrupt("a column of this storage cannot be read");
  }
}

}  // namespace longwatch::reading

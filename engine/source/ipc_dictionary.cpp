// The dictionary of a column of an Arrow file, decoded once for all its batches.
#include "engine/source/ipc_dictionary.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <unordered_set>

#include "engine/source/ipc_rows.hpp"
#include "engine/source/limited_pool.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kBatch = 8192;

// Copies the bytes that new values point to, which last only until the next are read.
void keep_bytes(TypedDictionary<::parquet::ByteArray>& out, std::size_t from, int /*width*/) {
  std::size_t total = 0;
  for (std::size_t i = from; i < out.values.size(); ++i) total += out.present[i] != 0 ? out.values[i].len : 0;
  auto block = std::make_unique_for_overwrite<std::uint8_t[]>(total);
  std::uint8_t* at = block.get();
  for (std::size_t i = from; i < out.values.size(); ++i) {
    ::parquet::ByteArray& value = out.values[i];
    if (out.present[i] == 0) value = {};
    if (value.len > 0) std::memcpy(at, value.ptr, value.len);
    value.ptr = at;
    at += value.len;
  }
  out.bytes += static_cast<std::int64_t>(total);
  out.blocks.push_back(std::move(block));
}

void keep_bytes(TypedDictionary<::parquet::FixedLenByteArray>& out, std::size_t from, int width) {
  const auto bytes = static_cast<std::size_t>(width);
  auto block = std::make_unique_for_overwrite<std::uint8_t[]>((out.values.size() - from) * bytes);
  std::uint8_t* at = block.get();
  for (std::size_t i = from; i < out.values.size(); ++i, at += bytes) {
    std::memcpy(at, out.values[i].ptr, bytes);
    out.values[i].ptr = at;
  }
  out.bytes += at - block.get();
  out.blocks.push_back(std::move(block));
}

template <class T>
void keep_bytes(TypedDictionary<T>& /*out*/, std::size_t /*from*/, int /*width*/) {}

template <class DType>
void append_batch(const IpcPlace& place, const IpcField& entries, std::int64_t most_bytes,
                  TypedDictionary<typename DType::c_type>& out) {
  using T = typename DType::c_type;
  IpcLevels rows(place, entries);
  rows.always();
  const auto values = ipc_values<DType>(place, *entries.stored, entries);
  const auto* const fixed = dynamic_cast<const arrow::FixedWidthType*>(entries.stored.get());
  const int width = fixed != nullptr ? fixed->bit_width() / 8 : 0;
  const auto scratch = std::make_unique<T[]>(kBatch);
  std::int16_t levels[kBatch];
  for (std::int64_t done = 0; done < place.batch->rows; done += kBatch) {
    const std::int64_t now = std::min(kBatch, place.batch->rows - done);
    rows.read(now, levels);
    values->read(now, levels, scratch.get());
    const std::size_t from = out.values.size();
    out.values.insert(out.values.end(), scratch.get(), scratch.get() + now);
    for (std::int64_t i = 0; i < now; ++i) {
      out.present.push_back(levels[i] != 0 ? 1 : 0);
      out.has_nulls = out.has_nulls || levels[i] == 0;
    }
    keep_bytes(out, from, width);
    out.bytes += now * std::int64_t{sizeof(T) + 1};
    if (out.bytes > most_bytes) throw Corrupt("its dictionary takes more memory than a file of its size can need");
  }
}

bool all_distinct(const TypedDictionary<::parquet::ByteArray>& dictionary) {
  std::unordered_set<std::string_view> seen;
  for (const ::parquet::ByteArray& value : dictionary.values) {
    if (!seen.emplace(reinterpret_cast<const char*>(value.ptr), value.len).second) return false;
  }
  return true;
}

template <class DType>
std::shared_ptr<const IpcDictionary> load(const std::shared_ptr<arrow::io::ReadableFile>& file,
                                          const std::vector<IpcBatch>& batches, const IpcField& field,
                                          std::int64_t most_bytes) {
  auto out = std::make_shared<TypedDictionary<typename DType::c_type>>();
  LimitedPool pool(most_bytes);
  IpcField entries;  // the only column of a dictionary batch
  entries.stored = field.values;
  entries.values = field.values;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (batches[i].delta != (i > 0)) throw Corrupt("the file replaces a dictionary, which only streams may do");
    append_batch<DType>({file, &batches[i], &pool}, entries, most_bytes, *out);
  }
  out->size = static_cast<std::int64_t>(out->values.size());
  if constexpr (std::is_same_v<DType, ::parquet::ByteArrayType>) out->distinct = all_distinct(*out);
  return out;
}

}  // namespace

std::shared_ptr<const IpcDictionary> load_ipc_dictionary(const std::shared_ptr<arrow::io::ReadableFile>& file,
                                                         const std::vector<IpcBatch>& batches, const IpcField& field,
                                                         ::parquet::Type::type physical, std::int64_t most_bytes) {
  switch (physical) {
    case ::parquet::Type::BOOLEAN:
      return load<::parquet::BooleanType>(file, batches, field, most_bytes);
    case ::parquet::Type::INT32:
      return load<::parquet::Int32Type>(file, batches, field, most_bytes);
    case ::parquet::Type::INT64:
      return load<::parquet::Int64Type>(file, batches, field, most_bytes);
    case ::parquet::Type::FLOAT:
      return load<::parquet::FloatType>(file, batches, field, most_bytes);
    case ::parquet::Type::DOUBLE:
      return load<::parquet::DoubleType>(file, batches, field, most_bytes);
    case ::parquet::Type::BYTE_ARRAY:
      return load<::parquet::ByteArrayType>(file, batches, field, most_bytes);
    case ::parquet::Type::FIXED_LEN_BYTE_ARRAY:
      return load<::parquet::FLBAType>(file, batches, field, most_bytes);
    default:
      throw Corrupt("its dictionary holds values of an unknown kind");
  }
}

}  // namespace longwatch::reading

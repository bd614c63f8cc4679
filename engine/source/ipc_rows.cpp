// Rows of a flat column of an Arrow batch: which have a value, and codes into a dictionary.
#include "engine/source/ipc_rows.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace longwatch::reading {
namespace {

const arrow::DataType& index_type(const IpcField& field) {
  return *dynamic_cast<const arrow::DictionaryType&>(*field.stored).index_type();
}

// Codes as int64; those that do not fit are negative.
template <class Raw>
std::int64_t widen_code(const std::uint8_t* raw, std::int64_t row) {
  Raw code;
  std::memcpy(&code, raw + row * std::int64_t{sizeof code}, sizeof code);
  return static_cast<std::int64_t>(code);
}

using Widen = std::int64_t (*)(const std::uint8_t*, std::int64_t);

Widen widener(arrow::Type::type type) {
  switch (type) {
    case arrow::Type::INT8:
      return widen_code<std::int8_t>;
    case arrow::Type::UINT8:
      return widen_code<std::uint8_t>;
    case arrow::Type::INT16:
      return widen_code<std::int16_t>;
    case arrow::Type::UINT16:
      return widen_code<std::uint16_t>;
    case arrow::Type::INT32:
      return widen_code<std::int32_t>;
    case arrow::Type::UINT32:
      return widen_code<std::uint32_t>;
    case arrow::Type::INT64:
      return widen_code<std::int64_t>;
    case arrow::Type::UINT64:
      return widen_code<std::uint64_t>;
    default:
      throw Corrupt("its codes are no integers");
  }
}

}  // namespace

IpcLevels::IpcLevels(const IpcPlace& place, const IpcField& field) : left_(place.batch->rows) {
  const IpcBatch& batch = *place.batch;
  if (field.node >= batch.nodes.size()) throw Corrupt("the batch has fewer columns than its schema");
  node_ = batch.nodes[field.node];
  if (node_.length != batch.rows) {
    throw Corrupt("the column holds " + std::to_string(node_.length) + " values, the batch " +
                  std::to_string(batch.rows) + " rows");
  }
  if (field.stored->id() == arrow::Type::NA) {
    always_ = true;
    node_.nulls = 0;  // the values say which rows are null: all
    return;
  }
  const IpcBuffer bits = ipc_buffer(batch, field, 0);
  if (bits.length > 0) {
    bits_.emplace(BodyStream(place.file, bits, batch.codec));
  } else if (node_.nulls > 0) {
    throw Corrupt("the column promises nulls, but does not say which rows they are");
  }
}

void IpcLevels::read(std::int64_t rows, std::int16_t* levels) {
  if (!bits_) {
    if (always_) std::fill_n(levels, rows, std::int16_t{1});
    return;
  }
  bits_->read(rows, levels);
  for (std::int64_t i = 0; i < rows; ++i) nulls_ += 1 - levels[i];
  left_ -= rows;
  if (left_ == 0 && nulls_ != node_.nulls) {
    throw Corrupt("the column promises " + std::to_string(node_.nulls) + " nulls, but has " + std::to_string(nulls_));
  }
}

IpcCodes::IpcCodes(const IpcPlace& place, const IpcField& field, std::int64_t dictionary_size)
    : stream_(place.file, ipc_buffer(*place.batch, field, 1), place.batch->codec),
      type_(index_type(field).id()),
      width_(index_type(field).byte_width()),
      size_(std::min<std::int64_t>(dictionary_size, std::numeric_limits<std::int32_t>::max())) {
  widener(type_);  // throws where there is none
}

void IpcCodes::read(std::int64_t rows, const std::int16_t* levels, std::int32_t* out) {
  raw_.resize(static_cast<std::size_t>(rows * width_));
  stream_.read(raw_.data(), rows * width_);
  const Widen widen = widener(type_);
  for (std::int64_t i = 0; i < rows; ++i) {
    const bool present = levels == nullptr || levels[i] != 0;
    const std::int64_t code = present ? widen(raw_.data(), i) : 0;
    if (present && (code < 0 || code >= size_)) throw Corrupt("an index lies beyond the dictionary");
    out[i] = static_cast<std::int32_t>(code);
  }
}

}  // namespace longwatch::reading

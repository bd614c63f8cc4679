#pragma once
// The Parquet library's interface to a column, for columns that do not come from it.

#include <algorithm>
#include <cstdint>

#include <parquet/column_reader.h>

#include "engine/source/guard.hpp"

namespace longwatch::reading {

/// A flat column of so many rows. A subclass overrides ReadBatch, or ReadBatchWithDictionary and GetExposedEncoding.
template <class DType>
class OwnColumn : public ::parquet::TypedColumnReader<DType> {
 public:
  using T = typename DType::c_type;

  explicit OwnColumn(std::int64_t rows) : left_(rows) {}

  bool HasNext() override { return left_ > 0; }
  [[nodiscard]] ::parquet::Type::type type() const override { return DType::type_num; }
  [[nodiscard]] const ::parquet::ColumnDescriptor* descr() const override { return nullptr; }
  ::parquet::ExposedEncoding GetExposedEncoding() override { return ::parquet::ExposedEncoding::NO_ENCODING; }
  std::int64_t ReadBatch(std::int64_t /*rows*/, std::int16_t* /*levels*/, std::int16_t* /*repetitions*/, T* /*values*/,
                         std::int64_t* /*present*/) override {
    throw Corrupt("a column of codes has no values");
  }
  std::int64_t ReadBatchWithDictionary(std::int64_t /*rows*/, std::int16_t* /*levels*/, std::int16_t* /*repetitions*/,
                                       std::int32_t* /*codes*/, std::int64_t* /*present*/, const T** /*dictionary*/,
                                       std::int32_t* /*size*/) override {
    throw Corrupt("a column of values has no codes");
  }
  std::int64_t Skip(std::int64_t /*values*/) override { throw Corrupt("the column is read in order"); }

 protected:
  void SetExposedEncoding(::parquet::ExposedEncoding /*encoding*/) override {}
  /// The number of rows to hand out when `want` are asked for; they count as read.
  std::int64_t advance(std::int64_t want) {
    const std::int64_t rows = std::min(want, left_);
    left_ -= rows;
    return rows;
  }

 private:
  std::int64_t left_;
};

}  // namespace longwatch::reading

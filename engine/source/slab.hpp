#pragma once
// Decodes consecutive rows of one column chunk into a reused buffer, with a bitmap of the rows that have a value.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "engine/source/column.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// Rows decoded by one call of the library: values, levels and scratch stay in the cache.
constexpr std::int64_t kBatch = 8192;

/// An array that grows as data arrives, so that memory follows what a file holds and not what it promises.
template <class T>
class Buffer {
 public:
  /// The array, with room for `size` values, the first `used` of which are kept.
  T* reserve(std::int64_t size, std::int64_t used) {
    if (size > capacity_) {
      const std::int64_t capacity = std::max(size, capacity_ * 2);
      auto grown = std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(capacity));
      if (used > 0) std::memcpy(grown.get(), values_.get(), static_cast<std::size_t>(used) * sizeof(T));
      values_ = std::move(grown);
      capacity_ = capacity;
    }
    return values_.get();
  }
  [[nodiscard]] T* data() const { return values_.get(); }

 private:
  std::unique_ptr<T[]> values_;
  std::int64_t capacity_ = 0;
};

/// The validity bitmap of a slab. Made at the first null, so that a slab without nulls costs nothing.
class Validity {
 public:
  void clear();
  /// Appends `rows` rows, of which `present` have a value: those whose level is 1.
  void append(const std::int16_t* levels, std::int64_t rows, std::int64_t present);
  /// Marks a row as null that was not.
  void set_null(std::int64_t row);
  [[nodiscard]] bool valid(std::int64_t row) const {
    return nulls_ == 0 || ((bits_[static_cast<std::size_t>(row >> 3)] >> (row & 7)) & 1) != 0;
  }
  [[nodiscard]] std::int64_t nulls() const { return nulls_; }
  [[nodiscard]] const std::uint8_t* bits() const { return nulls_ == 0 ? nullptr : bits_.data(); }

 private:
  void make_bits();

  std::vector<std::uint8_t> bits_;
  std::int64_t rows_ = 0;
  std::int64_t nulls_ = 0;
};

/// Moves `present` dense values to the rows whose level is 1. Null rows get some value of the slab or zero.
template <class T>
void spread(T* values, const std::int16_t* levels, std::int64_t rows, std::int64_t present) {
  values[present] = T{};
  std::int64_t from = present;
  for (std::int64_t row = rows - 1; from <= row; --row) {
    from -= levels[row];
    values[row] = values[from];
  }
}

/// The rows of one column chunk, front to back.
class ChunkRows {
 public:
  explicit ChunkRows(OpenChunk chunk) : chunk_(std::move(chunk)), left_(chunk_.rows) {}

  /// Decodes the next min(max_rows, rows left) rows into `out`, values spread over their rows, and returns their
  /// number. `decode(out, rows, levels, &values)` decodes up to `rows` rows: writes their levels (0 null, 1 value) and
  /// the dense values, and returns the number of rows. Throws Corrupt where the chunk holds fewer rows than promised,
  /// or more.
  template <class T, class Decode>
  std::int64_t read(std::int64_t max_rows, Buffer<T>& out, Decode&& decode) {
    const std::int64_t rows = std::clamp<std::int64_t>(max_rows, 0, left_);
    validity_.clear();
    for (std::int64_t done = 0; done < rows;) {
      const std::int64_t want = std::min(rows - done, kBatch);
      T* const values = out.reserve(done + want, done) + done;
      std::int64_t present = 0;
      const std::int64_t got = decode(values, want, levels_, &present);
      check_batch(got, want, present);
      validity_.append(levels_, got, present);
      if (present < got) spread(values, levels_, got, present);
      done += got;
    }
    left_ -= rows;
    if (rows > 0 && left_ == 0 && chunk_.column->HasNext())
      throw Corrupt("the column holds more rows than its row group promises");
    return rows;
  }

  /// The library's reader; its type must be the column's.
  template <class DType>
  [[nodiscard]] ::parquet::TypedColumnReader<DType>& typed() const {
    return dynamic_cast<::parquet::TypedColumnReader<DType>&>(*chunk_.column);
  }

  [[nodiscard]] const Location& where() const { return chunk_.where; }
  [[nodiscard]] Validity& validity() { return validity_; }

  /// A view of `rows` rows just read.
  [[nodiscard]] ColumnView view(ValueType type, const void* values, std::int64_t rows) const {
    return {type, values, validity_.bits(), 0, rows, validity_.nulls(), nullptr};
  }

 private:
  void check_batch(std::int64_t got, std::int64_t want, std::int64_t present) const;

  OpenChunk chunk_;
  std::int64_t left_;
  std::int16_t levels_[kBatch];
  Validity validity_;
};

}  // namespace longwatch::reading

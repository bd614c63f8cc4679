#pragma once
// One element of a Parquet schema as its bytes say, and whether what it says twice agrees.

#include <cstdint>
#include <string_view>

namespace longwatch::reading {

/// Numbers are those of parquet.thrift; -1 where the element does not have them.
struct SchemaElement {
  std::string_view name;
  std::int64_t physical = -1;
  std::int64_t length = -1;  ///< bytes of a value of fixed length
  std::int64_t repetition = -1;
  std::int64_t children = 0;
  std::int64_t converted = -1;
  std::int64_t scale = -1;
  std::int64_t precision = -1;
  bool logical_at_all = false;
  std::int64_t logical = -1;  ///< member of the union LogicalType
  std::int64_t logical_scale = -1;
  std::int64_t logical_precision = -1;
  std::int64_t unit = -1;  ///< member of the union TimeUnit
  std::int64_t bits = -1;
  std::int64_t is_signed = -1;

  /// Sets the number of field `id`.
  void set(int id, std::int64_t value);
};

/// Throws Corrupt where the logical type and the converted type of old readers are both there and differ, where a
/// number is none that the format has, or where a leaf has no type.
void check_element(const SchemaElement& element);

}  // namespace longwatch::reading

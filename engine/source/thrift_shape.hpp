#pragma once
// The structures of Parquet's metadata as a table, and a walk that holds bytes against it before any are believed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/source/thrift_cursor.hpp"

namespace longwatch::reading {

struct ThriftShape;

/// A field that a structure may have.
struct ThriftField {
  int id = 0;
  Wire type = Wire::stop;  ///< `yes` for a boolean of either value
  bool required = false;
  Wire element = Wire::stop;           ///< of a list
  const ThriftShape* inner = nullptr;  ///< of a structure, or of a list's elements
};

/// A structure of parquet.thrift.
struct ThriftShape {
  const char* name = "";
  std::span<const ThriftField> fields;
  std::int64_t memory = 0;  ///< bytes that the library takes for one, about
  bool is_union = false;    ///< has exactly one field
  bool closed = false;      ///< has no fields but these: one that is new could change what the column is
};

/// What is in the metadata, told in the order of the bytes.
class ThriftSink {
 public:
  virtual ~ThriftSink() = default;
  virtual void open(const ThriftShape& /*shape*/) {}
  virtual void close(const ThriftShape& /*shape*/) {}
  /// Booleans are 0 or 1. Elements of lists come with the id of the list.
  virtual void number(const ThriftShape& /*shape*/, int /*id*/, std::int64_t /*value*/) {}
  virtual void text(const ThriftShape& /*shape*/, int /*id*/, std::string_view /*value*/) {}
  /// A field of a structure that is itself a structure, before it opens; known or not.
  virtual void field(const ThriftShape& /*shape*/, std::int64_t /*id*/) {}
};

/// Walks one structure. Throws Corrupt where a field that the table knows has another type, comes twice, or is
/// missing though required, where a union has not one member, or where the library would take more than `memory` bytes
/// for it. Fields that the table does not know are passed, as newer writers may have them, unless the shape is closed.
void walk_thrift(ThriftCursor& cursor, const ThriftShape& shape, std::int64_t memory, ThriftSink& sink);

namespace shapes {
extern const ThriftShape kFileMetaData;
extern const ThriftShape kRowGroup;
extern const ThriftShape kColumnChunk;
extern const ThriftShape kSchemaElement;
extern const ThriftShape kLogicalType;
extern const ThriftShape kDecimalType;
extern const ThriftShape kTimeType;
extern const ThriftShape kTimeUnit;
extern const ThriftShape kIntType;
extern const ThriftShape kPageHeader;
extern const ThriftShape kDataPageHeader;
extern const ThriftShape kDictionaryPageHeader;
extern const ThriftShape kDataPageHeaderV2;
}  // namespace shapes

}  // namespace longwatch::reading

// The copy of the schema that Arrow's writers leave in a Parquet file.
#include "engine/source/arrow_copy.hpp"

#include <string>

#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

using arrow::Type;

std::shared_ptr<arrow::Schema> read_copy(const ::parquet::FileMetaData& metadata) {
  const auto& pairs = metadata.key_value_metadata();
  const int at = pairs == nullptr ? -1 : pairs->FindKey("ARROW:schema");
  if (at < 0) return nullptr;
  const auto bytes = arrow::util::base64_decode(pairs->value(at));
  if (!bytes.ok()) return nullptr;
  arrow::io::BufferReader stream(arrow::Buffer::FromString(*bytes));
  arrow::ipc::DictionaryMemo memo;
  const auto schema = arrow::ipc::ReadSchema(&stream, &memo);
  return schema.ok() ? *schema : nullptr;
}

bool same_columns(const arrow::Schema& copy, const std::vector<LeafColumn>& columns) {
  if (static_cast<std::size_t>(copy.num_fields()) != columns.size()) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (copy.field(static_cast<int>(i))->name() != columns[i].info.name) return false;
  }
  return true;
}

bool fits_timestamp(const arrow::TimestampType& type, const LeafColumn& column) {
  if (column.physical == ::parquet::Type::INT96) return true;
  if (column.info.type != FileType::timestamp || column.info.zoned == type.timezone().empty()) return false;
  const std::int64_t finest[] = {1'000, 1'000, 1'000'000, 1'000'000'000};  // seconds are stored as milliseconds
  return column.per_second <= finest[static_cast<std::size_t>(type.unit())];
}

bool fits_integer(const arrow::DataType& type, const LeafColumn& column) {
  if (column.info.type != FileType::integer) return false;
  const bool widened = type.id() == Type::UINT32 && column.physical == ::parquet::Type::INT64;
  return widened || column.is_unsigned == arrow::is_unsigned_integer(type.id());
}

// Whether a writer may store values of `type` in such a column. True for types that say little.
bool fits(const arrow::DataType& type, const LeafColumn& column) {
  const FileType stored = column.info.type;
  if (type.id() == Type::DICTIONARY)
    return fits(*dynamic_cast<const arrow::DictionaryType&>(type).value_type(), column);
  if (arrow::is_integer(type.id())) return fits_integer(type, column);
  if (arrow::is_decimal(type.id()))
    return stored == FileType::decimal && column.scale == dynamic_cast<const arrow::DecimalType&>(type).scale();
  switch (type.id()) {
    case Type::BOOL:
      return stored == FileType::boolean;
    case Type::HALF_FLOAT:
      return column.half;
    case Type::FLOAT:
      return stored == FileType::floating && column.physical == ::parquet::Type::FLOAT;
    case Type::DOUBLE:
      return stored == FileType::floating && column.physical == ::parquet::Type::DOUBLE;
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::STRING_VIEW:
      return stored == FileType::text && !column.uuid;
    case Type::DATE32:
      return stored == FileType::date;
    case Type::TIME32:
    case Type::TIME64:
      return stored == FileType::time;
    case Type::TIMESTAMP:
      return fits_timestamp(dynamic_cast<const arrow::TimestampType&>(type), column);
    case Type::BINARY:
    case Type::LARGE_BINARY:
    case Type::FIXED_SIZE_BINARY:
      return stored != FileType::nested;
    default:
      return true;
  }
}

void check_nullable(const ::parquet::FileMetaData& metadata, const arrow::Field& field, const LeafColumn& column) {
  if (column.info.type == FileType::nested || column.leaf < 0 || field.type()->id() == Type::NA) return;
  const bool nullable = metadata.schema()->Column(column.leaf)->max_definition_level() > 0;
  if (nullable == field.nullable()) return;
  throw Corrupt(std::string("it can ") + (nullable ? "" : "not ") +
                    "be null in the schema, unlike in the copy of it that Arrow left",
                -1, column.info.name);
}

}  // namespace

void check_arrow_copy(const ::parquet::FileMetaData& metadata, const std::vector<LeafColumn>& columns) {
  const auto copy = read_copy(metadata);
  if (copy == nullptr || !same_columns(*copy, columns)) return;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const arrow::Field& field = *copy->field(static_cast<int>(i));
    const arrow::DataType& type = *field.type();
    if (fits(type, columns[i])) {
      check_nullable(metadata, field, columns[i]);
      continue;
    }
    throw Corrupt("the type is " + columns[i].info.type_text + " in the schema, but " + type.ToString() +
                      " in the copy of it that Arrow left",
                  -1, columns[i].info.name);
  }
}

}  // namespace longwatch::reading

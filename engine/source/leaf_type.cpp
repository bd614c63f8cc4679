// How a top-level column of a Parquet schema is stored, and what it means.
#include "engine/source/leaf_type.hpp"

#include "engine/source/type_text.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::LogicalType;
using ::parquet::Type;
using ::parquet::schema::Node;

// Arrow's widest decimal; what claims more digits after the point is not read as one.
constexpr int kLargestScale = 76;

std::int64_t per_second(LogicalType::TimeUnit::unit unit) {
  switch (unit) {
    case LogicalType::TimeUnit::MILLIS:
      return 1'000;
    case LogicalType::TimeUnit::MICROS:
      return 1'000'000;
    case LogicalType::TimeUnit::NANOS:
      return 1'000'000'000;
    default:
      return 0;
  }
}

FileType physical_type(Type::type physical) {
  switch (physical) {
    case Type::BOOLEAN:
      return FileType::boolean;
    case Type::INT32:
    case Type::INT64:
      return FileType::integer;
    case Type::INT96:
      return FileType::timestamp;
    case Type::FLOAT:
    case Type::DOUBLE:
      return FileType::floating;
    case Type::BYTE_ARRAY:
    case Type::FIXED_LEN_BYTE_ARRAY:
      return FileType::binary;
    default:
      return FileType::other;
  }
}

void read_decimal(const LogicalType& logical, LeafColumn& column) {
  column.scale = dynamic_cast<const ::parquet::DecimalLogicalType&>(logical).scale();
  column.info.type = column.scale >= 0 && column.scale <= kLargestScale ? FileType::decimal : FileType::other;
}

void read_timestamp(const LogicalType& logical, LeafColumn& column) {
  const auto& timestamp = dynamic_cast<const ::parquet::TimestampLogicalType&>(logical);
  column.info.type = FileType::timestamp;
  column.per_second = per_second(timestamp.time_unit());
  // Files older than logical types could not say whether times are UTC; like Arrow, take them as local.
  column.info.zoned = timestamp.is_adjusted_to_utc() && !timestamp.is_from_converted_type();
}

void read_logical(const LogicalType& logical, LeafColumn& column) {
  FileType& type = column.info.type;
  if (logical.is_string() || logical.is_enum() || logical.is_JSON()) type = FileType::text;
  if (logical.is_UUID()) {
    type = FileType::text;
    column.uuid = true;
  }
  if (logical.is_decimal()) read_decimal(logical, column);
  if (logical.is_date()) type = FileType::date;
  if (logical.is_timestamp()) read_timestamp(logical, column);
  if (logical.is_time()) {
    type = FileType::time;
    column.per_second = per_second(dynamic_cast<const ::parquet::TimeLogicalType&>(logical).time_unit());
  }
  if (logical.is_int()) column.is_unsigned = !dynamic_cast<const ::parquet::IntLogicalType&>(logical).is_signed();
  if (logical.is_float16()) {
    type = FileType::floating;
    column.half = true;
  }
  if (logical.is_null()) type = FileType::null;
  if (logical.is_interval()) type = FileType::other;
}

// A logical type on a storage it does not belong to comes only from a corrupt or foreign file.
bool storage_fits(const LeafColumn& column) {
  const Type::type physical = column.physical;
  const bool integer = physical == Type::INT32 || physical == Type::INT64;
  switch (column.info.type) {
    case FileType::text:
      return column.uuid ? physical == Type::FIXED_LEN_BYTE_ARRAY && column.width == 16 : physical == Type::BYTE_ARRAY;
    case FileType::decimal:
      return integer || physical == Type::BYTE_ARRAY || physical == Type::FIXED_LEN_BYTE_ARRAY;
    case FileType::date:
      return physical == Type::INT32;
    case FileType::time:
      return integer && column.per_second > 0;
    case FileType::timestamp:
      return physical == Type::INT96 || (physical == Type::INT64 && column.per_second > 0);
    case FileType::floating:
      return !column.half || (physical == Type::FIXED_LEN_BYTE_ARRAY && column.width == 2);
    default:
      return true;
  }
}

LeafColumn describe_primitive(const ::parquet::schema::PrimitiveNode& node) {
  LeafColumn column;
  column.physical = node.physical_type();
  column.width = node.type_length();
  column.info.type = physical_type(column.physical);
  if (node.logical_type() != nullptr && node.logical_type()->is_valid()) read_logical(*node.logical_type(), column);
  if (!storage_fits(column)) column.info.type = FileType::other;
  return column;
}

int count_leaves(const Node& node) {
  if (node.is_primitive()) return 1;
  const auto& group = dynamic_cast<const ::parquet::schema::GroupNode&>(node);
  int leaves = 0;
  for (int i = 0; i < group.field_count(); ++i) leaves += count_leaves(*group.field(i));
  return leaves;
}

}  // namespace

std::vector<LeafColumn> leaf_columns(const ::parquet::SchemaDescriptor& schema) {
  std::vector<LeafColumn> columns;
  const ::parquet::schema::GroupNode& root = *schema.group_node();
  int leaf = 0;
  for (int i = 0; i < root.field_count(); ++i) {
    const Node& node = *root.field(i);
    LeafColumn column;
    if (node.is_primitive() && !node.is_repeated()) {
      column = describe_primitive(dynamic_cast<const ::parquet::schema::PrimitiveNode&>(node));
    } else {
      column.info.type = FileType::nested;
    }
    const int leaves = count_leaves(node);
    column.leaf = leaves > 0 ? leaf : -1;
    leaf += leaves;
    column.info.name = node.name();
    column.info.type_text = type_text(node);
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace longwatch::reading

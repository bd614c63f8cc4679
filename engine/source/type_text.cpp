// The name of a Parquet type, for people.
#include "engine/source/type_text.hpp"

#include <parquet/types.h>

#include "engine/base/text.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::LogicalType;
using ::parquet::Type;
using ::parquet::schema::GroupNode;
using ::parquet::schema::Node;
using ::parquet::schema::PrimitiveNode;

constexpr std::size_t kLongest = 200;

std::string unit_text(LogicalType::TimeUnit::unit unit) {
  switch (unit) {
    case LogicalType::TimeUnit::MILLIS:
      return "ms";
    case LogicalType::TimeUnit::MICROS:
      return "us";
    case LogicalType::TimeUnit::NANOS:
      return "ns";
    default:
      return "?";
  }
}

std::string timestamp_name(const ::parquet::TimestampLogicalType& type) {
  const bool zoned = type.is_adjusted_to_utc() && !type.is_from_converted_type();
  return "timestamp[" + unit_text(type.time_unit()) + (zoned ? ", UTC]" : "]");
}

std::string int_name(const ::parquet::IntLogicalType& type) {
  return (type.is_signed() ? "int" : "uint") + std::to_string(type.bit_width());
}

std::string decimal_name(const ::parquet::DecimalLogicalType& type) {
  return "decimal(" + std::to_string(type.precision()) + "," + std::to_string(type.scale()) + ")";
}

// Empty where the logical type adds nothing.
std::string logical_name(const LogicalType& type) {
  if (type.is_string() || type.is_enum()) return "string";
  if (type.is_JSON()) return "json";
  if (type.is_UUID()) return "uuid";
  if (type.is_date()) return "date";
  if (type.is_float16()) return "halffloat";
  if (type.is_null()) return "null";
  if (type.is_interval()) return "interval";
  if (type.is_decimal()) return decimal_name(dynamic_cast<const ::parquet::DecimalLogicalType&>(type));
  if (type.is_int()) return int_name(dynamic_cast<const ::parquet::IntLogicalType&>(type));
  if (type.is_timestamp()) return timestamp_name(dynamic_cast<const ::parquet::TimestampLogicalType&>(type));
  if (type.is_time()) {
    return "time[" + unit_text(dynamic_cast<const ::parquet::TimeLogicalType&>(type).time_unit()) + "]";
  }
  return {};
}

std::string physical_name(const PrimitiveNode& node) {
  switch (node.physical_type()) {
    case Type::BOOLEAN:
      return "bool";
    case Type::INT32:
      return "int32";
    case Type::INT64:
      return "int64";
    case Type::INT96:
      return "timestamp[ns]";
    case Type::FLOAT:
      return "float";
    case Type::DOUBLE:
      return "double";
    case Type::BYTE_ARRAY:
      return "binary";
    case Type::FIXED_LEN_BYTE_ARRAY:
      return "fixed_size_binary[" + std::to_string(node.type_length()) + "]";
    default:
      return "unknown";
  }
}

std::string any_name(const Node& node);

std::string primitive_name(const PrimitiveNode& node) {
  std::string name = node.logical_type() != nullptr ? logical_name(*node.logical_type()) : std::string();
  return name.empty() ? physical_name(node) : name;
}

std::string struct_name(const GroupNode& node) {
  std::string out = "struct<";
  for (int i = 0; i < node.field_count() && out.size() < kLongest; ++i) {
    out += (i == 0 ? "" : ", ") + node.field(i)->name() + ": " + any_name(*node.field(i));
  }
  return out + ">";
}

// The element of a three-level list (list > repeated group of one > element), else of a two-level one.
std::string list_name(const GroupNode& node) {
  const Node& repeated = *node.field(0);
  if (!repeated.is_primitive()) {
    const auto& group = dynamic_cast<const GroupNode&>(repeated);
    return "list<" + (group.field_count() == 1 ? any_name(*group.field(0)) : struct_name(group)) + ">";
  }
  return "list<" + primitive_name(dynamic_cast<const PrimitiveNode&>(repeated)) + ">";
}

std::string map_name(const GroupNode& node) {
  const auto* entries = dynamic_cast<const GroupNode*>(node.field(0).get());
  if (entries == nullptr || entries->field_count() != 2) return "map<>";
  return "map<" + any_name(*entries->field(0)) + ", " + any_name(*entries->field(1)) + ">";
}

std::string group_name(const GroupNode& node) {
  const LogicalType* logical = node.logical_type().get();
  if (logical != nullptr && logical->is_list() && node.field_count() == 1) return list_name(node);
  if (logical != nullptr && logical->is_map() && node.field_count() == 1) return map_name(node);
  return struct_name(node);
}

std::string any_name(const Node& node) {
  const std::string name = node.is_primitive() ? primitive_name(dynamic_cast<const PrimitiveNode&>(node))
                                               : group_name(dynamic_cast<const GroupNode&>(node));
  return node.is_repeated() ? "list<" + name + ">" : name;
}

}  // namespace

std::string type_text(const Node& node) {
  std::string name = any_name(node);
  if (name.size() > kLongest) name = name.substr(0, kLongest - 3) + "...";
  return valid_utf8(name);
}

}  // namespace longwatch::reading

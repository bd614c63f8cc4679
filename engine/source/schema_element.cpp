// One element of a Parquet schema, and whether what it says twice agrees.
#include "engine/source/schema_element.hpp"

#include <string>

#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kLastPhysical = 7;
constexpr std::int64_t kLastRepetition = 2;

// ConvertedType of parquet.thrift.
enum Converted : std::int64_t {
  utf8 = 0,
  map = 1,
  map_key_value = 2,
  list = 3,
  enumeration = 4,
  decimal = 5,
  date = 6,
  time_millis = 7,
  time_micros = 8,
  timestamp_millis = 9,
  timestamp_micros = 10,
  uint_8 = 11,
  int_8 = 15,
  json = 19,
  bson = 20
};

// LogicalType of parquet.thrift.
enum Logical : std::int64_t {
  logical_string = 1,
  logical_map = 2,
  logical_list = 3,
  logical_enum = 4,
  logical_decimal = 5,
  logical_date = 6,
  logical_time = 7,
  logical_timestamp = 8,
  logical_reserved = 9,
  logical_integer = 10,
  logical_json = 12,
  logical_bson = 13,
  logical_uuid = 14,
  logical_float16 = 15
};

constexpr std::int64_t kNoConverted = -1;

// 8, 16, 32, 64 as 0 to 3.
std::int64_t width_order(std::int64_t bits) {
  switch (bits) {
    case 8:
      return 0;
    case 16:
      return 1;
    case 32:
      return 2;
    case 64:
      return 3;
    default:
      throw Corrupt("its integer type has " + std::to_string(bits) + " bits");
  }
}

std::int64_t of_unit(std::int64_t unit, std::int64_t millis, std::int64_t micros) {
  return unit == 1 ? millis : unit == 2 ? micros : kNoConverted;
}

// The converted type that goes with a logical type.
std::int64_t partner(const SchemaElement& e) {
  switch (e.logical) {
    case logical_string:
      return utf8;
    case logical_map:
      return map;
    case logical_list:
      return list;
    case logical_enum:
      return enumeration;
    case logical_decimal:
      return decimal;
    case logical_date:
      return date;
    case logical_time:
      return of_unit(e.unit, time_millis, time_micros);
    case logical_timestamp:
      return of_unit(e.unit, timestamp_millis, timestamp_micros);
    case logical_integer:
      return (e.is_signed != 0 ? int_8 : uint_8) + width_order(e.bits);
    case logical_json:
      return json;
    case logical_bson:
      return bson;
    default:
      return kNoConverted;
  }
}

// The storage that a logical type may have, as numbers of parquet.thrift.
bool storage_fits(const SchemaElement& e) {
  constexpr std::int64_t kInt32 = 1;
  constexpr std::int64_t kInt64 = 2;
  constexpr std::int64_t kByteArray = 6;
  constexpr std::int64_t kFixed = 7;
  switch (e.logical) {
    case logical_string:
    case logical_enum:
    case logical_json:
    case logical_bson:
      return e.physical == kByteArray;
    case logical_date:
      return e.physical == kInt32;
    case logical_timestamp:
      return e.physical == kInt64;
    case logical_time:
      return e.physical == (e.unit == 1 ? kInt32 : kInt64);
    case logical_integer:
      return e.physical == (e.bits == 64 ? kInt64 : kInt32);
    case logical_decimal:
      return e.physical == kInt32 || e.physical == kInt64 || e.physical == kByteArray || e.physical == kFixed;
    case logical_uuid:
      return e.physical == kFixed && e.length == 16;
    case logical_float16:
      return e.physical == kFixed && e.length == 2;
    default:
      return true;
  }
}

void check_types(const SchemaElement& e) {
  const std::int64_t with = partner(e);  // always asked, as it checks the integer's width
  if (e.logical_at_all && (e.logical <= 0 || e.logical == logical_reserved))
    throw Corrupt("its logical type is none that Parquet has");
  if (!storage_fits(e)) throw Corrupt("its logical type does not fit the way it is stored");
  if (!e.logical_at_all || e.converted < 0) return;
  const bool same = e.converted == with || (e.converted == map_key_value && with == map);
  if (!same) throw Corrupt("its logical type and its converted type differ");
  if (e.logical != logical_decimal) return;
  // Old readers know the digits from the element; a scale of 0 may be left out.
  const std::int64_t scale = e.scale < 0 ? 0 : e.scale;
  if (scale != e.logical_scale || (e.precision >= 0 && e.precision != e.logical_precision))
    throw Corrupt("its digits and those of its logical type differ");
}

}  // namespace

void SchemaElement::set(int id, std::int64_t value) {
  switch (id) {
    case 1:
      physical = value;
      break;
    case 2:
      length = value;
      break;
    case 3:
      repetition = value;
      break;
    case 5:
      children = value;
      break;
    case 6:
      converted = value;
      break;
    case 7:
      scale = value;
      break;
    case 8:
      precision = value;
      break;
    default:
      break;
  }
}

void check_element(const SchemaElement& element) {
  try {
    if (element.physical > kLastPhysical) throw Corrupt("its type is none that Parquet has");
    const bool digits = element.scale >= 0 || element.precision >= 0;
    if (digits && element.converted != decimal && element.logical != logical_decimal)
      throw Corrupt("it has digits, but is no decimal");
    if (element.repetition > kLastRepetition) throw Corrupt("its repetition is none that Parquet has");
    check_types(element);
  } catch (const Corrupt& e) {
    throw Corrupt(e.what(), -1, std::string(element.name));
  }
}

}  // namespace longwatch::reading

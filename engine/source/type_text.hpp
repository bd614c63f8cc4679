#pragma once
// The name of a Parquet type, for people.

#include <string>

#include <parquet/schema.h>

namespace longwatch::reading {

/// "int64", "double", "float", "halffloat", "string", "date", "timestamp[us]", "timestamp[us, UTC]", "decimal(9,2)",
/// "list<int32>", "struct<a: int32, b: string>", ...; cut to at most 200 bytes. Valid UTF-8.
std::string type_text(const ::parquet::schema::Node& node);

}  // namespace longwatch::reading

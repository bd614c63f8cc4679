// The columns of an Arrow schema: what they are for Longwatch, and where their parts stand in a batch.
#include "engine/source/ipc_fields.hpp"

#include <exception>

#include <arrow/extension_type.h>
#include <arrow/type_traits.h>
#include <parquet/arrow/schema.h>
#include <parquet/properties.h>

#include "engine/base/text.hpp"

namespace longwatch::reading {
namespace {

using arrow::Type;

std::shared_ptr<arrow::DataType> without_extension(std::shared_ptr<arrow::DataType> type) {
  while (type->id() == Type::EXTENSION)
    type = static_cast<const arrow::ExtensionType&>(*type).storage_type();  // NOLINT(*-static-cast-downcast)
  return type;
}

// What `type` adds to a batch, children included.
void count_parts(const arrow::DataType& type, IpcField& next) {
  if (type.id() == Type::EXTENSION) {
    count_parts(*static_cast<const arrow::ExtensionType&>(type).storage_type(), next);
    return;
  }
  ++next.node;
  for (const auto& spec : type.layout().buffers) {
    if (spec.kind != arrow::DataTypeLayout::ALWAYS_NULL) ++next.buffer;
  }
  if (is_view(type.id())) ++next.variadic;
  if (type.id() == Type::DICTIONARY) return;
  for (const auto& child : type.fields()) count_parts(*child->type(), next);
}

// The column that Arrow would write to Parquet; false where it would not write one.
bool as_parquet(const arrow::Field& field, LeafColumn& column) {
  try {
    const arrow::Schema schema({field.WithNullable(true)});
    std::shared_ptr<::parquet::SchemaDescriptor> descriptor;
    const arrow::Status status =
        ::parquet::arrow::ToParquetSchema(&schema, *::parquet::default_writer_properties(), &descriptor);
    if (!status.ok()) return false;
    std::vector<LeafColumn> columns = leaf_columns(*descriptor);
    if (columns.size() != 1) return false;
    column = std::move(columns.front());
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void describe_unwritable(const arrow::DataType& type, LeafColumn& column) {
  constexpr std::size_t kLongest = 200;
  column.info.type = arrow::is_nested(type.id()) ? FileType::nested : FileType::other;
  std::string text = type.ToString();
  if (text.size() > kLongest) text = text.substr(0, kLongest - 3) + "...";
  column.info.type_text = valid_utf8(text);
}

// Types whose values this room decodes.
bool decodable(Type::type type) {
  return type == Type::NA || type == Type::BOOL || arrow::is_integer(type) || arrow::is_floating(type) ||
         arrow::is_decimal(type) || arrow::is_base_binary_like(type) || is_view(type) || arrow::is_date(type) ||
         arrow::is_time(type) || type == Type::TIMESTAMP || type == Type::DURATION || type == Type::FIXED_SIZE_BINARY;
}

// Where the decoded values are wider than Arrow's Parquet writer would store them.
void adapt_storage(const arrow::DataType& values, LeafColumn& column) {
  if (arrow::is_decimal(values.id())) {
    column.physical = ::parquet::Type::FIXED_LEN_BYTE_ARRAY;
    column.width = static_cast<const arrow::FixedWidthType&>(values).bit_width() / 8;
  }
  if (values.id() == Type::TIME32) column.physical = ::parquet::Type::INT64;  // seconds become milliseconds
}

LeafColumn describe(const arrow::Field& field, const IpcField& parts) {
  LeafColumn column;
  if (!as_parquet(field, column)) describe_unwritable(*field.type(), column);
  const bool flat = column.info.type != FileType::nested && column.info.type != FileType::other;
  if (flat && !decodable(parts.values->id())) column.info.type = FileType::other;
  if (flat) adapt_storage(*parts.values, column);
  column.info.name = field.name();
  return column;
}

}  // namespace

bool is_view(Type::type type) { return type == Type::STRING_VIEW || type == Type::BINARY_VIEW; }

IpcColumns ipc_columns(const arrow::Schema& schema, const std::vector<std::int64_t>& dictionary_ids) {
  IpcColumns out;
  IpcField next;
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::Field& field = *schema.field(i);
    IpcField parts = next;
    parts.stored = without_extension(field.type());
    parts.values = parts.stored;
    if (parts.stored->id() == Type::DICTIONARY)
      parts.values = without_extension(static_cast<const arrow::DictionaryType&>(*parts.stored).value_type());
    parts.dictionary_id = dictionary_ids.at(static_cast<std::size_t>(i));
    LeafColumn column = describe(field, parts);
    column.leaf = i;
    out.columns.push_back(std::move(column));
    out.fields.push_back(std::move(parts));
    count_parts(*field.type(), next);
  }
  return out;
}

}  // namespace longwatch::reading

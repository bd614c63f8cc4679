// What is checked of a footer's bytes before the library is given them.
#include "engine/source/footer_check.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "engine/source/guard.hpp"
#include "engine/source/schema_element.hpp"
#include "engine/source/thrift_shape.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kMemoryBase = 64LL << 20U;
constexpr std::int64_t kMemoryPerByte = 32;
constexpr std::size_t kDeepestSchema = 100;

// Collects the schema's elements, and knows which column chunk the walk is at.
class Elements final : public ThriftSink {
 public:
  void open(const ThriftShape& shape) override {
    if (&shape == &shapes::kSchemaElement) element_ = {};
    if (&shape == &shapes::kRowGroup) {
      ++group_;
      chunk_ = -1;
      in_group_ = true;
    }
    if (&shape == &shapes::kColumnChunk) {
      ++chunk_;
      in_chunk_ = true;
    }
  }
  void close(const ThriftShape& shape) override {
    if (&shape == &shapes::kSchemaElement) elements_.push_back(element_);
    if (&shape == &shapes::kRowGroup) in_group_ = false;
    if (&shape == &shapes::kColumnChunk) in_chunk_ = false;
  }
  void number(const ThriftShape& shape, int id, std::int64_t value) override {
    if (&shape == &shapes::kSchemaElement) element_.set(id, value);
    if (&shape == &shapes::kDecimalType) (id == 1 ? element_.logical_scale : element_.logical_precision) = value;
    if (&shape == &shapes::kIntType) (id == 1 ? element_.bits : element_.is_signed) = value;
  }
  void text(const ThriftShape& shape, int id, std::string_view value) override {
    if (&shape == &shapes::kSchemaElement && id == 4) element_.name = value;
  }
  void field(const ThriftShape& shape, std::int64_t id) override {
    if (&shape == &shapes::kLogicalType) {
      element_.logical_at_all = true;
      element_.logical = id;
    }
    if (&shape == &shapes::kTimeUnit) element_.unit = id;
  }
  [[nodiscard]] const std::vector<SchemaElement>& all() const { return elements_; }
  /// The row group that is open, or -1.
  [[nodiscard]] std::int64_t group() const { return in_group_ ? group_ : -1; }
  /// The name of the leaf whose chunk is open, or nothing.
  [[nodiscard]] std::string column() const {
    std::int64_t leaf = in_chunk_ ? chunk_ : -1;
    for (std::size_t i = 1; i < elements_.size() && leaf >= 0; ++i) {
      if (elements_[i].children == 0 && leaf-- == 0) return std::string(elements_[i].name);
    }
    return {};
  }

 private:
  SchemaElement element_;
  std::int64_t group_ = -1;
  std::int64_t chunk_ = -1;
  bool in_group_ = false;
  bool in_chunk_ = false;
  std::vector<SchemaElement> elements_;
};

// The elements are the nodes of one tree, each before its children.
void check_tree(const std::vector<SchemaElement>& elements) {
  std::vector<std::int64_t> open{1};
  for (const SchemaElement& element : elements) {
    const std::int64_t count = element.children;
    while (!open.empty() && open.back() == 0) open.pop_back();
    if (open.empty()) throw Corrupt("the schema has elements that belong to no column");
    --open.back();
    if (count < 0) throw Corrupt("the schema has an element with a negative number of children");
    if (count > 0) open.push_back(count);
    if (open.size() > kDeepestSchema) throw Corrupt("the schema is nested more than 100 deep");
  }
  for (const std::int64_t missing : open) {
    if (missing != 0) throw Corrupt("the schema has fewer elements than its groups promise");
  }
}

}  // namespace

void check_footer(std::string_view footer) {
  ThriftCursor cursor(footer);
  Elements elements;
  const auto size = static_cast<std::int64_t>(footer.size());
  try {
    walk_thrift(cursor, shapes::kFileMetaData, kMemoryBase + kMemoryPerByte * size, elements);
    if (cursor.left() > 0) throw Corrupt(std::to_string(cursor.left()) + " bytes follow its end");
  } catch (const Corrupt& e) {
    throw Corrupt(std::string("the footer is corrupt: ") + e.what(), elements.group(), elements.column());
  }
  for (const SchemaElement& element : elements.all()) check_element(element);
  check_tree(elements.all());
}

}  // namespace longwatch::reading

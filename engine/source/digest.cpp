// Rows, nulls and an order-free digest per column.
#include "engine/source/digest.hpp"

#include <cstdio>

#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlab = 65'536;

std::string hex(std::uint64_t value) {
  char buffer[17];
  std::snprintf(buffer, sizeof buffer, "%016llx", static_cast<unsigned long long>(value));
  return buffer;
}

// Sums hashes of category texts; those of a dictionary are kept while it lasts.
class Summer {
 public:
  void add(const ColumnView& view) {
    if (serial_ != view.dictionary->serial) {
      serial_ = view.dictionary->serial;
      hashes_.clear();
      for (const std::string_view text : view.dictionary->texts) hashes_.push_back(hash_text(text));
    }
    const auto* const codes = static_cast<const std::int32_t*>(view.values);
    for (std::int64_t i = 0; i < view.length; ++i) {
      if (view.valid(i)) sum_ += hashes_[static_cast<std::size_t>(codes[i])];
    }
    nulls_ += view.nulls;
  }
  [[nodiscard]] std::uint64_t sum() const { return sum_; }
  [[nodiscard]] std::int64_t nulls() const { return nulls_; }

 private:
  std::uint64_t serial_ = 0;
  std::vector<std::uint64_t> hashes_;
  std::uint64_t sum_ = 0;
  std::int64_t nulls_ = 0;
};

Result<void> digest_column(const Source& source, ColumnDigest& digest, const std::string& name) {
  Summer summer;
  for (const RowGroup& group : source.row_groups()) {
    LW_TRY(const auto reader, source.read(group, name, ReadAs::category));
    for (std::int64_t row = 0; row < group.rows; row += kSlab) {
      LW_TRY(const ColumnView view, reader->next(kSlab));
      summer.add(view);
    }
  }
  digest.nulls = summer.nulls();
  digest.digest = hex(summer.sum());
  return {};
}

// Why a column has no digest; empty where it has one.
std::string obstacle(const Source& source, const ColumnInfo& info) {
  if (info.type == FileType::nested) return "nested";
  if (info.type == FileType::other) return "unknown type";
  return source.find(info.name) == nullptr ? "several columns have this name" : "";
}

// A file whose columns are all of types that are never read is refused as a whole.
Result<void> check_readable(const Source& source) {
  int nested = 0;
  int unknown = 0;
  for (const ColumnInfo& info : source.columns()) {
    if (info.type != FileType::nested && info.type != FileType::other) return {};
    ++(info.type == FileType::nested ? nested : unknown);
  }
  if (nested + unknown == 0) return {};
  const std::string kinds = unknown == 0  ? "nested columns"
                            : nested == 0 ? "columns of types that it does not know"
                                          : "nested columns and columns of types that it does not know";
  Location where;
  where.file = valid_utf8(source.files().front().path);
  where.column = valid_utf8(source.columns().front().name);
  return Error{ErrorCode::data, "the file has only " + kinds + ", which Longwatch does not read", std::move(where),
               nested > 0 ? "columns of lists, maps and structs must be flattened" : ""};
}

}  // namespace

Result<std::vector<ColumnDigest>> digest_columns(const Source& source) {
  LW_CHECK(check_readable(source));
  std::vector<ColumnDigest> digests;
  for (const ColumnInfo& info : source.columns()) {
    ColumnDigest digest;
    digest.column = valid_utf8(info.name);
    digest.type = info.type_text;
    digest.rows = source.rows();
    digest.error = obstacle(source, info);
    if (digest.error.empty()) LW_CHECK(digest_column(source, digest, info.name));
    digests.push_back(std::move(digest));
  }
  return digests;
}

}  // namespace longwatch

// Columns that stand in the names of folders.
#include "engine/source/partitions.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/base/text.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/iso_time.hpp"
#include "engine/source/partitioned_file.hpp"

namespace longwatch::reading {
namespace {

constexpr std::string_view kMissing = "__HIVE_DEFAULT_PARTITION__";
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? hex_digit(text[i + 1]) : -1;
    const int low = escape ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<std::int64_t> as_integer(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> as_date(const std::string& text) {
  constexpr std::size_t kLength = 10;  // 2013-05-01
  const auto time = text.size() == kLength ? parse_iso_time(text) : std::nullopt;
  if (!time) return std::nullopt;
  const std::int64_t micros = time->micros;
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

ConstantColumn constant(const Partition& partition, FileType type) {
  ConstantColumn out;
  out.name = partition.key;
  out.type = type;
  out.missing = !partition.value.has_value();
  if (out.missing) return out;
  if (type == FileType::integer) out.number = as_integer(*partition.value).value_or(0);
  if (type == FileType::date) out.number = as_date(*partition.value).value_or(0);
  if (type == FileType::text) out.text = *partition.value;
  return out;
}

// The partitions of a path that are no columns of its file.
Result<std::vector<Partition>> new_partitions(const TableFile& table, const FoundFile& found) {
  std::vector<Partition> out;
  for (Partition& partition : partitions_of(found)) {
    const auto same_key = [&](const Partition& other) { return other.key == partition.key; };
    const auto known = std::find_if(out.begin(), out.end(), same_key);
    if (known != out.end() && known->value != partition.value) {
      Location where;
      where.file = valid_utf8(found.path);
      where.column = valid_utf8(partition.key);
      return data_error("the folders of the path give it two values", std::move(where), "rename one of them");
    }
    const auto& columns = table.columns();
    const bool own = std::any_of(columns.begin(), columns.end(),
                                 [&](const LeafColumn& column) { return column.info.name == partition.key; });
    if (known == out.end() && !own) out.push_back(std::move(partition));
  }
  return out;
}

}  // namespace

std::vector<Partition> partitions_of(const FoundFile& file) {
  std::vector<Partition> out;
  std::string_view rest(file.path);
  rest.remove_prefix(std::min(file.fixed, rest.size()));
  for (std::size_t slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    const std::string_view folder = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
    const std::size_t equals = folder.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    std::string value = url_decoded(folder.substr(equals + 1));
    const bool missing = value == kMissing;
    out.push_back({url_decoded(folder.substr(0, equals)), missing ? std::nullopt : std::optional(std::move(value))});
  }
  return out;
}

FileType partition_type(const std::vector<std::optional<std::string>>& values) {
  const auto all = [&](const auto& fits) {
    return std::all_of(values.begin(), values.end(), [&](const auto& value) { return !value || fits(*value); });
  };
  if (all([](const std::string&) { return false; })) return FileType::null;
  if (all([](const std::string& text) { return as_integer(text).has_value(); })) return FileType::integer;
  if (all([](const std::string& text) { return as_date(text).has_value(); })) return FileType::date;
  return FileType::text;
}

Result<std::vector<std::shared_ptr<const TableFile>>> add_partitions(
    std::vector<std::shared_ptr<const TableFile>> files, const std::vector<FoundFile>& found) {
  std::vector<std::vector<Partition>> partitions;
  std::map<std::string, std::vector<std::optional<std::string>>> values;
  for (std::size_t i = 0; i < files.size(); ++i) {
    LW_TRY(std::vector<Partition> of_file, new_partitions(*files[i], found[i]));
    for (const Partition& partition : of_file) values[partition.key].push_back(partition.value);
    partitions.push_back(std::move(of_file));
  }
  std::map<std::string, FileType> types;
  for (const auto& [key, of_key] : values) types[key] = partition_type(of_key);
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::vector<ConstantColumn> constants;
    for (const Partition& partition : partitions[i]) constants.push_back(constant(partition, types[partition.key]));
    files[i] = with_constants(std::move(files[i]), std::move(constants));
  }
  return files;
}

}  // namespace longwatch::reading

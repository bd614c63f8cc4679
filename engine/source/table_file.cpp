// Which format a file has, told by its first bytes.
#include "engine/source/table_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <string_view>

#include "engine/base/text.hpp"
#include "engine/source/guard.hpp"
#include "engine/source/ipc_file.hpp"
#include "engine/source/parquet_file.hpp"

namespace longwatch::reading {
namespace {

constexpr std::size_t kHead = 512;

std::string read_head(const std::string& path) {
  std::string head(kHead, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return head;
}

struct Format {
  std::string_view magic;
  std::string_view what;
  std::string_view hint;
};

constexpr std::string_view kConvert = "convert it to Parquet or to an Arrow file";
constexpr std::array<Format, 6> kOthers{{
    {"FEA1", "a Feather file of version 1", "write it again as version 2, e.g. with pyarrow.feather.write_feather"},
    {{"\xFF\xFF\xFF\xFF", 4},
     "an Arrow stream, not an Arrow file",
     "write it as a file, e.g. with pyarrow.ipc.new_file instead of new_stream"},
    {"\x1F\x8B", "a gzip file", "unpack it; Parquet and Arrow files are compressed inside"},
    {{"PK\x03\x04", 4}, "a zip file", "unpack it; Parquet and Arrow files are compressed inside"},
    {"ORC", "an ORC file", kConvert},
    {"Obj\x01", "an Avro file", kConvert},
}};

// Streams older than Arrow 0.15 begin with the length of their first message, a flatbuffer.
bool is_old_stream(std::string_view head) {
  std::uint32_t length = 0;
  if (head.size() < 16) return false;
  std::memcpy(&length, head.data(), sizeof length);
  std::uint32_t root = 0;
  std::memcpy(&root, head.data() + 4, sizeof root);
  return length % 4 == 0 && length >= 32 && length < (1U << 24U) && root >= 8 && root < 64 && root % 2 == 0;
}

// A line of printable characters.
bool is_text(std::string_view head) {
  const std::string_view line = head.substr(0, std::min(head.find('\n'), head.size()));
  return head.size() >= 8 && line.size() < head.size() && !line.empty() &&
         std::all_of(line.begin(), line.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte >= 0x20 || byte == '\t' || byte == '\r';
         });
}

// What a file that cannot be read seems to be; `what` is empty where it is unknown.
Format recognise(std::string_view head) {
  for (const Format& format : kOthers) {
    if (head.starts_with(format.magic)) return format;
  }
  if (is_old_stream(head)) return {"", kOthers[1].what, kOthers[1].hint};
  if (is_text(head)) return {"", "text, such as CSV or JSON", kConvert};
  return {};
}

}  // namespace

Result<std::shared_ptr<const TableFile>> open_table_file(const std::string& path, const SourceOptions& options,
                                                         bool keep_open) {
  const std::string head = read_head(path);
  if (head.starts_with("ARROW1")) {
    LW_TRY(auto file, IpcFile::open(path, keep_open));
    return std::shared_ptr<const TableFile>(std::move(file));
  }
  const Format other = head.starts_with("PAR1") ? Format() : recognise(head);
  if (!other.what.empty()) {
    Location where;
    where.file = valid_utf8(path);
    return data_error("not a Parquet file but " + std::string(other.what), std::move(where), std::string(other.hint));
  }
  LW_TRY(auto file, ParquetFile::open(path, options, keep_open));
  return std::shared_ptr<const TableFile>(std::move(file));
}

}  // namespace longwatch::reading

// Any bytes as a Parquet or Arrow file: an error, or every column read to its end.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/source/digest.hpp"
#include "engine/source/source.hpp"

namespace {

using namespace longwatch;

void check(const Error& error) {
  const std::string text = error.text();
  if (text != valid_utf8(text) || error.where.file.empty() || error.what.empty()) std::abort();
}

void read_column(const Source& source, const ColumnInfo& column, ReadAs as) {
  for (const RowGroup& group : source.row_groups()) {
    const auto reader = source.read(group, column.name, as);
    if (!reader.ok()) return check(reader.error());
    std::int64_t rows = 0;
    for (;;) {
      const auto slab = reader.value()->next(1000);
      if (!slab.ok()) return check(slab.error());
      const std::int64_t length = slab.value().length;
      if (length == 0) break;
      rows += length;
    }
    if (rows != group.rows) std::abort();
  }
}

void read_all(const std::string& path) {
  const auto source = Source::open(std::vector<std::string>{path}, ".");
  if (!source.ok()) return check(source.error());
  if (source.value()->rows() > 1'000'000 || source.value()->columns().size() > 1000) return;  // sound, but slow
  const auto digests = digest_columns(*source.value());
  if (!digests.ok()) check(digests.error());
  for (const ColumnInfo& column : source.value()->columns()) {
    read_column(*source.value(), column, ReadAs::number);
    read_column(*source.value(), column, ReadAs::time);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int kFile = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (::ftruncate(kFile, static_cast<off_t>(size)) != 0) std::abort();
  if (::pwrite(kFile, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  read_all("/proc/self/fd/" + std::to_string(kFile));
  return 0;
}

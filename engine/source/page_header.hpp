#pragma once
// The header of a page as its bytes say, read before the library reads it.

#include <cstdint>
#include <string_view>

namespace longwatch::reading {

/// Numbers are those of parquet.thrift; -1 where the header does not have them.
struct PageHeader {
  std::int64_t type = -1;  ///< 0 data, 1 index, 2 dictionary, 3 data of version 2
  std::int64_t uncompressed = -1;
  std::int64_t compressed = -1;
  std::int64_t values = -1;
  std::int64_t encoding = -1;
  bool is_compressed = true;  ///< of version 2
  std::int64_t size = 0;      ///< of the header itself

  [[nodiscard]] bool is_data() const { return type == 0 || type == 3; }
  [[nodiscard]] bool is_dictionary() const { return type == 2; }
};

/// Reads a header from the beginning of `bytes`. Throws Corrupt where it is none, or has not the part that its type
/// needs and only that.
PageHeader read_page_header(std::string_view bytes);

}  // namespace longwatch::reading

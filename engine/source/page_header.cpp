// The header of a page as its bytes say.
#include "engine/source/page_header.hpp"

#include <string>

#include "engine/source/guard.hpp"
#include "engine/source/thrift_shape.hpp"

namespace longwatch::reading {
namespace {

constexpr std::int64_t kMemory = 32LL << 20U;
constexpr std::int64_t kIndexPage = 1;
constexpr std::int64_t kLastType = 3;

class Numbers final : public ThriftSink {
 public:
  void open(const ThriftShape& shape) override {
    const bool part = &shape == &shapes::kDataPageHeader || &shape == &shapes::kDictionaryPageHeader ||
                      &shape == &shapes::kDataPageHeaderV2;
    if (part) part_ = &shape;
    parts_ += part ? 1 : 0;
  }

  void number(const ThriftShape& shape, int id, std::int64_t value) override {
    if (&shape == &shapes::kPageHeader) {
      if (id == 1) header.type = value;
      if (id == 2) header.uncompressed = value;
      if (id == 3) header.compressed = value;
    } else if (&shape == &shapes::kDataPageHeader || &shape == &shapes::kDictionaryPageHeader) {
      if (id == 1) header.values = value;
      if (id == 2) header.encoding = value;
    } else if (&shape == &shapes::kDataPageHeaderV2) {
      if (id == 1) header.values = value;
      if (id == 4) header.encoding = value;
      if (id == 7) header.is_compressed = value != 0;
    }
  }

  void check() const {
    if (header.type < 0 || header.type > kLastType) throw Corrupt("it is of no type that Parquet has");
    if (header.uncompressed < 0 || header.compressed < 0) throw Corrupt("it has a negative size");
    if (header.type == kIndexPage) return;
    const ThriftShape* const want = header.type == 0   ? &shapes::kDataPageHeader
                                    : header.type == 2 ? &shapes::kDictionaryPageHeader
                                                       : &shapes::kDataPageHeaderV2;
    if (parts_ != 1 || part_ != want) throw Corrupt("its parts are not those of its type");
    if (header.values < 0) throw Corrupt("it has a negative number of values");
  }

  PageHeader header;

 private:
  const ThriftShape* part_ = nullptr;
  int parts_ = 0;
};

}  // namespace

PageHeader read_page_header(std::string_view bytes) {
  ThriftCursor cursor(bytes);
  Numbers numbers;
  try {
    walk_thrift(cursor, shapes::kPageHeader, kMemory, numbers);
    numbers.check();
  } catch (const Corrupt& e) {
    throw Corrupt(std::string("a page header is corrupt: ") + e.what());
  }
  numbers.header.size = static_cast<std::int64_t>(cursor.at());
  return numbers.header;
}

}  // namespace longwatch::reading

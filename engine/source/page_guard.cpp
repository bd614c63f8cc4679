// Stands between the library's page reader and its decoders.
#include "engine/source/page_guard.hpp"

#include <algorithm>
#include <utility>

#include "engine/source/guard.hpp"
#include "engine/source/page_check.hpp"

namespace longwatch::reading {
namespace {

using ::parquet::Encoding;
using ::parquet::PageType;

constexpr std::int64_t kWindow = 1024;
constexpr std::int64_t kLongestHeader = 16 << 20;  // the library's limit
constexpr std::int64_t kPerEntry = 24;             // a text and its hash, of a dictionary entry

class GuardedContents final : public ::parquet::RowGroupReader::Contents {
 public:
  GuardedContents(std::shared_ptr<::parquet::RowGroupReader> group, std::shared_ptr<arrow::io::RandomAccessFile> file,
                  ChunkRange range, LimitedPool* pool, ::parquet::ReaderProperties properties)
      : group_(std::move(group)), file_(std::move(file)), range_(range), pool_(pool), properties_(properties) {}

  std::unique_ptr<::parquet::PageReader> GetColumnPageReader(int i) override {
    return std::make_unique<PageGuard>(group_->GetColumnPageReader(i), file_, metadata()->ColumnChunk(i),
                                       metadata()->schema()->Column(i), range_, pool_);
  }
  [[nodiscard]] const ::parquet::RowGroupMetaData* metadata() const override { return group_->metadata(); }
  [[nodiscard]] const ::parquet::ReaderProperties* properties() const override { return &properties_; }

 private:
  std::shared_ptr<::parquet::RowGroupReader> group_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  ChunkRange range_;
  LimitedPool* pool_;
  ::parquet::ReaderProperties properties_;
};

// One number for the two names of dictionary indices.
std::int64_t plain_name(std::int64_t encoding) {
  return encoding == Encoding::PLAIN_DICTIONARY ? std::int64_t{Encoding::RLE_DICTIONARY} : encoding;
}

}  // namespace

PageGuard::PageGuard(std::unique_ptr<::parquet::PageReader> below, std::shared_ptr<arrow::io::RandomAccessFile> file,
                     std::unique_ptr<::parquet::ColumnChunkMetaData> chunk, const ::parquet::ColumnDescriptor* column,
                     ChunkRange range, LimitedPool* pool)
    : below_(std::move(below)),
      file_(std::move(file)),
      chunk_(std::move(chunk)),
      column_(column),
      range_(range),
      pool_(pool),
      at_(range.begin) {}

// A header's length is known once it is read, so ever more bytes are tried.
PageHeader PageGuard::header_at(std::int64_t at) {
  const std::int64_t most = std::min(range_.end + range_.slack - at, kLongestHeader);
  for (std::int64_t size = std::min(kWindow, most);; size = std::min(size * 4, most)) {
    const std::int64_t known = window_at_ + static_cast<std::int64_t>(window_.size());
    if (at < window_at_ || at + std::min(size, std::int64_t{128}) > known || size > kWindow) {
      window_.resize(static_cast<std::size_t>(size));
      const auto got = file_->ReadAt(at, size, window_.data());
      if (!got.ok()) throw Corrupt(got.status().message());
      window_.resize(static_cast<std::size_t>(*got));
      window_at_ = at;
    }
    try {
      return read_page_header(std::string_view(window_).substr(static_cast<std::size_t>(at - window_at_)));
    } catch (const Corrupt&) {
      if (size == most && at == window_at_) throw;
      if (at != window_at_) window_.clear();
    }
  }
}

// The header of the next page that the library will give, past index pages.
PageHeader PageGuard::next_header() {
  for (;;) {
    const PageHeader header = header_at(at_);
    check_header(header);
    at_ += header.size + header.compressed;
    if (header.is_data() || header.is_dictionary()) return header;
  }
}

void PageGuard::check_header(const PageHeader& header) const {
  if (header.compressed > range_.end + range_.slack - at_ - header.size)
    throw Corrupt("a page is longer than what is left of its column chunk");
  const bool packed = chunk_->compression() != ::parquet::Compression::UNCOMPRESSED && header.is_compressed;
  if (!packed && header.compressed != header.uncompressed)
    throw Corrupt("a page that is not compressed has two different sizes");
  if (header.is_data() && header.values > chunk_->num_values() - values_)
    throw Corrupt("its pages hold more values than the column chunk promises");
  if (header.is_dictionary() && any_) throw Corrupt("its dictionary is not its first page");
  if (header.is_data()) check_encoding(header);
}

// The chunk lists how its pages are encoded.
void PageGuard::check_encoding(const PageHeader& header) const {
  const std::int64_t encoding = plain_name(header.encoding);
  const auto& stats = chunk_->encoding_stats();
  const auto listed = [&](const ::parquet::PageEncodingStats& entry) {
    const bool data = entry.page_type == PageType::DATA_PAGE || entry.page_type == PageType::DATA_PAGE_V2;
    return data && plain_name(entry.encoding) == encoding;
  };
  if (!stats.empty() && std::none_of(stats.begin(), stats.end(), listed))
    throw Corrupt("a page has another encoding than its column chunk lists");
}

// Once all values are there, only pages without any may follow.
void PageGuard::check_end() {
  while (at_ < range_.end) {
    const PageHeader header = header_at(at_);
    check_header(header);
    if (header.is_dictionary()) throw Corrupt("its dictionary is not its first page");
    at_ += header.size + header.compressed;
  }
}

std::shared_ptr<::parquet::Page> PageGuard::NextPage() {
  if (values_ >= chunk_->num_values()) {
    check_end();
    return nullptr;
  }
  const PageHeader header = next_header();
  if (header.is_dictionary()) pool_->charge(kPerEntry * header.values);
  auto page = below_->NextPage();
  if (page == nullptr) throw Corrupt("the column ends before the rows its row group promises");
  check_page(*page, *column_);
  any_ = true;
  if (header.is_data()) values_ += header.values;
  return page;
}

std::unique_ptr<::parquet::RowGroupReader> guarded_group(std::shared_ptr<::parquet::RowGroupReader> group,
                                                         std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                         ChunkRange range, LimitedPool* pool,
                                                         const ::parquet::ReaderProperties& properties) {
  return std::make_unique<::parquet::RowGroupReader>(
      std::make_unique<GuardedContents>(std::move(group), std::move(file), range, pool, properties));
}

}  // namespace longwatch::reading

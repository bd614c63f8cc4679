#pragma once
// Stands between the library's page reader and its decoders: every page is checked before it is believed.

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/io/interfaces.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "engine/source/chunk_check.hpp"
#include "engine/source/limited_pool.hpp"
#include "engine/source/page_header.hpp"

namespace longwatch::reading {

/// The pages of one flat column chunk. Before the library reads a page, its header is held against what is left of the
/// chunk, the chunk's promises and the memory budget; after, its content against its header (page_check.hpp); at the
/// end, the pages against the chunk: all values, all bytes. Throws Corrupt.
class PageGuard final : public ::parquet::PageReader {
 public:
  PageGuard(std::unique_ptr<::parquet::PageReader> below, std::shared_ptr<arrow::io::RandomAccessFile> file,
            std::unique_ptr<::parquet::ColumnChunkMetaData> chunk, const ::parquet::ColumnDescriptor* column,
            ChunkRange range, LimitedPool* pool);

  std::shared_ptr<::parquet::Page> NextPage() override;
  void set_max_page_header_size(std::uint32_t size) override { below_->set_max_page_header_size(size); }

 private:
  PageHeader header_at(std::int64_t at);
  [[nodiscard]] PageHeader next_header();
  void check_header(const PageHeader& header) const;
  void check_encoding(const PageHeader& header) const;
  void check_end();

  std::unique_ptr<::parquet::PageReader> below_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  std::unique_ptr<::parquet::ColumnChunkMetaData> chunk_;
  const ::parquet::ColumnDescriptor* column_;
  ChunkRange range_;
  LimitedPool* pool_;
  std::int64_t at_;
  std::int64_t values_ = 0;  // of the data pages so far
  bool any_ = false;
  std::string window_;  // bytes of the file from window_at_ on
  std::int64_t window_at_ = 0;
};

/// A row group whose column `i` is read through a PageGuard. `group` stays alive with it.
std::unique_ptr<::parquet::RowGroupReader> guarded_group(std::shared_ptr<::parquet::RowGroupReader> group,
                                                         std::shared_ptr<arrow::io::RandomAccessFile> file,
                                                         ChunkRange range, LimitedPool* pool,
                                                         const ::parquet::ReaderProperties& properties);

}  // namespace longwatch::reading

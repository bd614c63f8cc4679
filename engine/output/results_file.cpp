// results.parquet, streamed to disk.
#include "engine/output/results_file.hpp"

#include <arrow/io/file.h>

#include <numeric>
#include <utility>

#include "engine/output/row_file.hpp"
#include "engine/output/row_order.hpp"

namespace longwatch {

struct ResultsFile::Impl {
  RowFile file;
};

ResultsFile::ResultsFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ResultsFile::ResultsFile(ResultsFile&&) noexcept = default;
ResultsFile::~ResultsFile() = default;

Result<ResultsFile> ResultsFile::create(const std::string& path, const std::string& calendar_zone) {
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  LW_CHECK(guarded(path, [&] { return arrow::io::FileOutputStream::Open(path).Value(&sink); }));
  LW_TRY(RowFile file, RowFile::create(sink, results_columns(),
                                       arrow::key_value_metadata({"longwatch.calendar_zone"}, {calendar_zone}), path));
  return ResultsFile(std::make_unique<Impl>(Impl{std::move(file)}));
}

Result<void> ResultsFile::add(const std::vector<ResultRow>& rows) {
  std::vector<std::uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0U);
  return impl_->file.add(rows, sorted_rows(rows, all));
}

Result<void> ResultsFile::finish() { return impl_->file.finish(); }

}  // namespace longwatch

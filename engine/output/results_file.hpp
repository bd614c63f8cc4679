#pragma once
// results.parquet written model by model, so that a large fleet's rows are never all in memory.

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

class ResultsFile {
 public:
  /// `path` must not exist yet, e.g. ResultDirectory::reserve("results.parquet").
  static Result<ResultsFile> create(const std::string& path, const std::string& calendar_zone);
  ResultsFile(ResultsFile&&) noexcept;
  ~ResultsFile();
  /// Sorts and writes the rows of one model (see encode_results for the order). Models come in the order of their
  /// names.
  Result<void> add(const std::vector<ResultRow>& rows);
  Result<void> finish();

 private:
  struct Impl;
  explicit ResultsFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace longwatch

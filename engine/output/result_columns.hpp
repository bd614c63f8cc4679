#pragma once
// The columns of results.parquet and alerts.parquet: name, type, and how a row fills them.

#include <arrow/type_fwd.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/output/result_table.hpp"

namespace longwatch {

/// Collects one column of the rows it is given.
class ResultColumn {
 public:
  ResultColumn(std::string name, std::shared_ptr<arrow::DataType> type)
      : name_(std::move(name)), type_(std::move(type)) {}
  virtual ~ResultColumn() = default;
  virtual void append(std::span<const ResultRow* const> rows) = 0;
  /// What was appended; valid until clear().
  virtual Result<std::shared_ptr<arrow::Array>> array() = 0;
  virtual void clear() = 0;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::shared_ptr<arrow::DataType>& type() const { return type_; }

 private:
  std::string name_;
  std::shared_ptr<arrow::DataType> type_;
};

using ResultColumns = std::vector<std::unique_ptr<ResultColumn>>;

ResultColumns results_columns();
ResultColumns alerts_columns();

}  // namespace longwatch

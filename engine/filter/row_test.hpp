#pragma once
// The conditions of a row filter, held against the types of a table's columns.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/chunk/time.hpp"
#include "engine/config/config.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// What the values of a column are compared as.
enum class CompareAs : std::uint8_t { number, text, time };

/// One operator with its values, of which only those of the column's kind are filled; sorted.
struct Comparison {
  FilterOperator op = FilterOperator::equals;
  std::vector<double> numbers;
  std::vector<double> numbers32;  ///< each rounded to float, for float columns
  std::vector<std::string> texts;
  std::vector<std::int64_t> times;  ///< UTC
};

/// All that is asked of one column. A row passes where every comparison holds.
struct ColumnTest {
  std::string column;
  CompareAs as = CompareAs::number;
  std::vector<Comparison> comparisons;
};

/// The tests of `model.filter` for the columns of `source`, one a column, in the order of the configuration. `zone`
/// places times without an offset. `period` ("reference", "analysis") names the table in messages. Errors: an unknown
/// column (with the nearest name), a value or operator that the column's type does not allow; for the reference they
/// are of the configuration, with its line, for the analysis of the data.
Result<std::vector<ColumnTest>> compile_filter(const ModelConfig& model, const Source& source, const TimeZone& zone,
                                               const char* period);

/// Whether any condition compares times, so that a time zone is needed.
bool filter_needs_zone(const ModelConfig& model, const Source& source);

/// Applies one test to a row group, front to back, in slabs of kTimeSlabRows rows (the last one is shorter).
class TestReader {
 public:
  virtual ~TestReader() = default;
  /// Clears keep[i] for those of the next `rows` rows that do not pass. Fails as the column's reader does.
  virtual Result<void> apply(std::int64_t rows, std::uint8_t* keep) = 0;
};

/// `test` and `zone` are borrowed.
Result<std::unique_ptr<TestReader>> open_test(const Source& source, const RowGroup& group, const ColumnTest& test,
                                              const TimeZone& zone);

}  // namespace longwatch

#pragma once
// Boosted trees: rows binned once, trees grown on some of them, rows scored.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/base/result.hpp"
#include "engine/trees/lightgbm.hpp"

namespace longwatch {

/// Rows of equal width, one after another. A category is its code, a missing value is NaN, nothing is infinite.
struct RowMatrix {
  std::int32_t columns = 0;
  std::vector<double> values;
  [[nodiscard]] std::int32_t rows() const {
    return columns == 0 ? 0 : static_cast<std::int32_t>(values.size() / static_cast<std::size_t>(columns));
  }
  [[nodiscard]] const double* row(std::int64_t at) const { return values.data() + at * columns; }
};

/// Frees what LightGBM made.
struct DatasetDeleter {
  const LightGbmApi* api;
  void operator()(void* handle) const { api->dataset_free(handle); }
};
struct BoosterDeleter {
  const LightGbmApi* api;
  void operator()(void* handle) const { api->booster_free(handle); }
};

/// Rows put into LightGBM's bins, once for all trees grown on any of them. Immutable and thread-safe.
class BinnedRows {
 public:
  /// `categorical`: the columns whose values are codes. O(rows * columns log) time; LightGBM keeps a byte a value.
  static Result<BinnedRows> make(const LightGbm& library, const RowMatrix& rows,
                                 std::span<const std::int32_t> categorical);

 private:
  friend class Booster;
  BinnedRows(const LightGbm& library, void* handle, std::string parameters)
      : library_(&library), handle_(handle, DatasetDeleter{&library.api}), parameters_(std::move(parameters)) {}
  const LightGbm* library_;
  std::unique_ptr<void, DatasetDeleter> handle_;
  std::string parameters_;
};

enum class TreeObjective : std::uint8_t { squared_error, binary };

/// Trees grown by LightGBM's defaults: 100 of 31 leaves, learning rate 0.1, at least 20 rows a leaf. Each booster works
/// on the calling thread alone: the same bits come for any number of threads, and boosters that are grown side by side
/// use the cores better than one that is split over them. Immutable once made; scoring is thread-safe.
class Booster {
 public:
  /// Grows trees on the rows of `rows` listed in `which` (increasing), with their labels. Errors: cancelled;
  /// LightGBM's.
  static Result<Booster> grow(const BinnedRows& rows, std::span<const std::int32_t> which,
                              std::span<const float> labels, TreeObjective objective, const Control& control);
  /// A booster from the text of another. Errors: a text that check_model_text refuses; LightGBM's.
  static Result<Booster> parse(const LightGbm& library, const std::string& text, std::int32_t columns);

  /// Its text, whole: the same trees come back from it.
  [[nodiscard]] Result<std::string> text() const;
  /// Scores rows[0 ... out.size()) of `columns` values each: the loss, or the probability of label 1.
  Result<void> score(const double* rows, std::int32_t columns, std::span<double> out) const;

 private:
  Booster(const LightGbm& library, void* handle, std::unique_ptr<void, DatasetDeleter> rows)
      : library_(&library), rows_(std::move(rows)), handle_(handle, BoosterDeleter{&library.api}) {}
  const LightGbm* library_;
  std::unique_ptr<void, DatasetDeleter> rows_;  // what it was grown on; freed after it
  std::unique_ptr<void, BoosterDeleter> handle_;
};

}  // namespace longwatch

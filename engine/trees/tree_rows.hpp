#pragma once
// Rows of a source as trees read them, slab by slab.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/accumulate/category_map.hpp"
#include "engine/chunk/plan.hpp"
#include "engine/profile/profile.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// Columns in the order in which trees read them. `profile` is borrowed.
class TreeColumns {
 public:
  /// Fails (data) on a name that the profile lacks.
  static Result<TreeColumns> make(const ReferenceProfile& profile, std::span<const std::string> names);
  [[nodiscard]] std::size_t size() const { return columns_.size(); }
  [[nodiscard]] const ColumnProfile& column(std::size_t at) const { return *columns_[at]; }
  [[nodiscard]] const std::optional<CategoryIndex>& categories(std::size_t at) const { return indices_[at]; }
  /// The columns whose values are codes.
  [[nodiscard]] std::vector<std::int32_t> categorical() const;

 private:
  std::vector<const ColumnProfile*> columns_;
  std::vector<std::optional<CategoryIndex>> indices_;
};

/// The features of a profile that trees can use, by name.
std::vector<std::string> tree_features(const ReferenceProfile& profile);

/// One row group, front to back. A number is itself, -0 as 0, within +-1e300 (LightGBM's own limit; an infinity lies
/// there); a category is its code in the reference, one that the reference lacks (or does not keep) the number of the
/// reference's categories; what is missing is NaN.
class TreeRows {
 public:
  /// `segments`: null where rows need no segment. Everything is borrowed.
  TreeRows(const Source& source, const ChunkPlan& chunks, const SegmentPlan* segments, const TreeColumns& columns,
           std::size_t group);
  ~TreeRows();
  TreeRows(const TreeRows&) = delete;
  TreeRows& operator=(const TreeRows&) = delete;

  /// Reads the next slab; false where there is none left.
  Result<bool> next();
  [[nodiscard]] std::int64_t rows() const { return rows_; }        ///< of the slab
  [[nodiscard]] std::int64_t first_row() const { return first_; }  ///< in the source
  [[nodiscard]] const double* row(std::int64_t at) const {
    return values_.data() + static_cast<std::size_t>(at) * columns_.size();
  }
  [[nodiscard]] std::int32_t slot(std::int64_t at) const { return slots_[static_cast<std::size_t>(at)]; }
  /// The segment of a row under a definition; -1: none.
  [[nodiscard]] std::int32_t segment(std::size_t definition, std::int64_t at) const {
    return segments_of_[definition][static_cast<std::size_t>(at)];
  }
  [[nodiscard]] std::size_t definitions() const { return segments_of_.size(); }

 private:
  struct Readers;
  Result<void> open();
  Result<void> read_column(std::size_t at);
  Result<void> route();

  const Source& source_;
  const ChunkPlan& chunks_;
  const SegmentPlan* segments_;
  const TreeColumns& columns_;
  const std::size_t group_;
  std::int64_t rows_ = 0;
  std::int64_t first_ = 0;
  std::int64_t done_ = 0;
  std::vector<double> values_;
  std::vector<std::int32_t> slots_;
  std::vector<std::vector<std::int32_t>> segments_of_;
  std::unique_ptr<Readers> readers_;
};

}  // namespace longwatch

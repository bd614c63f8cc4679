#pragma once
// The two tables of a join, and the columns of each that it needs.

#include <memory>

#include "engine/labels/join_labels.hpp"

namespace longwatch {

struct LabelTables {
  std::shared_ptr<Source> rows;
  std::shared_ptr<Source> labels;
  const ColumnInfo* row_id = nullptr;
  const ColumnInfo* label_id = nullptr;
  const ColumnInfo* label = nullptr;
  const ColumnInfo* own = nullptr;  ///< the rows' own target; null where they have none that can be read as such
  bool numbers = false;             ///< a regression's labels
  ColumnInfo joined;                ///< what the target is in the joined table: as in the data, else as in the labels

  [[nodiscard]] std::string labels_file() const;
};

/// Opens the labels and finds the columns. Errors: those of Source::open; a column that is missing (with the nearest
/// name), occurs twice or cannot be used, with the file.
Result<LabelTables> open_label_tables(std::shared_ptr<Source> rows, const LabelRequest& request,
                                      const SourceOptions& options);

}  // namespace longwatch

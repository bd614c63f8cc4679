#pragma once
// The join itself, of two tables that are open.

#include <memory>

#include "engine/base/progress.hpp"
#include "engine/labels/label_column.hpp"
#include "engine/labels/label_tables.hpp"

namespace longwatch {

struct JoinedLabels {
  LabelCounts counts;
  std::shared_ptr<const LabelColumn> labels;  ///< by row
};

/// Looks up every row's label; see join_labels. Labels that `rule` says are the same do not conflict. Errors: those of
/// the readers; too many different labels; memory; cancelled.
Result<JoinedLabels> join_tables(const LabelTables& tables, const LabelRule& rule, const LabelOptions& options,
                                 const Control& control);

}  // namespace longwatch

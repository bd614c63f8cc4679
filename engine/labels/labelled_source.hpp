#pragma once
// A table with the labels of its rows from elsewhere: another Source, whose target is in memory.

#include <memory>
#include <string>

#include "engine/labels/label_column.hpp"

namespace longwatch {

/// `source` with the column `info.name` replaced by, or else with it added last as, `labels` (by row of the source).
/// Null `labels`: the column is there, but cannot be read.
std::shared_ptr<Source> labelled_source(std::shared_ptr<Source> source, ColumnInfo info,
                                        std::shared_ptr<const LabelColumn> labels);

}  // namespace longwatch

#pragma once
// Labels in a table of their own, joined to the rows of another by id. Reads rows; cannot be merged.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/progress.hpp"
#include "engine/config/config.hpp"
#include "engine/labels/label_counts.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

struct LabelOptions {
  std::int64_t memory = 256 << 20;  ///< bytes of ids kept in memory before they go to a temporary file
  std::string folder;               ///< for that file; empty: $TMPDIR or the system's
};

/// Whose labels, and where they are.
struct LabelRequest {
  const ModelConfig* model = nullptr;
  const LabelsConfig* labels = nullptr;  ///< with files
  const char* period = "";               ///< of the rows: "reference" or "analysis"
  std::string base_folder;               ///< relative paths of the labels start there
};

/// What a join found.
struct LabelJoin {
  LabelCounts counts;
  std::vector<SourceFile> files;      ///< of the labels
  std::vector<std::string> warnings;  ///< no label that matches, ids with different labels
};

/// The rows with their labels.
struct LabelledRows {
  std::shared_ptr<Source> source;  ///< the rows' source, in which the target is a column like any other
  LabelJoin join;
};

/// Gives every row of `rows` the label that its id has in the labels' files; ids are compared by category text (1 and
/// 1.0 are one id, as in count_unique, through the same hashes). Where the files have none, the row keeps its own
/// label, if the data have a target. Both where a row's id occurs twice. The target is read as numbers (regression) or
/// categories. O(n log n) time in rows and labels; memory is 48 bytes a row and label up to `options.memory`, beyond
/// which a temporary file without a name is used, and for the result 2 (classifier) or 8 bytes a row. The result does
/// not depend on memory, threads or the layout of either table. Errors: those of Source::open and of readers; a column
/// that is not there or cannot be read, with its file; ids of another type than the data's of which none matches; more
/// than 65,535 different labels of a classifier; memory, where the temporary file cannot be written; cancelled.
Result<LabelledRows> join_labels(std::shared_ptr<Source> rows, const LabelRequest& request, const LabelOptions& options,
                                 const SourceOptions& source, const Control& control);

/// The same checks of files and columns, without reading values: a source that has the target, but cannot read it.
Result<std::shared_ptr<Source>> declare_labels(std::shared_ptr<Source> rows, const LabelRequest& request,
                                               const SourceOptions& options);

}  // namespace longwatch

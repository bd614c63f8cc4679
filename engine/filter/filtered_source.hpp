#pragma once
// A table whose rows are filtered: another Source, of which only some rows are seen.

#include <cstdint>
#include <memory>

#include "engine/config/config.hpp"
#include "engine/filter/window.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// What became of the rows that were read.
struct RowCounts {
  std::int64_t read = 0;
  std::int64_t filtered = 0;           ///< left out by the row filter
  std::int64_t outside = 0;            ///< left out by the time window, the row filter having kept them
  std::int64_t without_timestamp = 0;  ///< of `outside`: no usable timestamp
};

struct FilteredRows {
  std::shared_ptr<Source> source;
  RowCounts counts;
};

/// The rows of `source` that pass `model.filter` and lie in `window`. Without filter and window that is `source`
/// itself. Else a Source over it: row groups without kept rows are gone, the others have their kept rows; files() is
/// unchanged; readers decode and drop rows as they go, in slabs. Reads the columns of the filter once, row groups in
/// parallel on the calling task arena; keeps a bit a row. Errors: those of compile_filter; a window without a timestamp
/// column (configuration), with from not before to (usage); no row left (data), saying what the filter is or what times
/// the data spans. `period` names the table in messages: "reference" or "analysis".
Result<FilteredRows> filter_rows(std::shared_ptr<Source> source, const ModelConfig& model, const char* period,
                                 const TimeWindow& window = {});

}  // namespace longwatch

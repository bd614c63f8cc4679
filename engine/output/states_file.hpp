#pragma once
// states.parquet: the stored states of a run, from which later questions are answered without the rows.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// The states of one model and period. Everything is borrowed. Chunk slot i is chunks[i]; the last slot has no chunk.
struct StateSet {
  std::string model;
  std::string period;  ///< reference | analysis
  const StateTable* states = nullptr;
  const std::vector<ColumnProfile>* columns = nullptr;
  const std::vector<Chunk>* chunks = nullptr;
  const SegmentPlan* segments = nullptr;
  const GramState* gram = nullptr;  ///< of all rows; null or without rows: none
};

/// Writes states.parquet set by set, so that a model's states can be freed once they are added. One row per state with
/// rows: model, period, segment_column, segment_value, chunk_index, chunk_key, chunk_start, chunk_end, column, kind
/// (number | category | reconstruction | scores | residuals | gram), rows, state (the bytes of its serialize()). Within a set: by segment,
/// chunk, column, then those of the model in that order; gram last. At most about 64 MiB of serialized states are held at a time.
class StatesFile {
 public:
  /// `path` must not exist yet, e.g. ResultDirectory::reserve("states.parquet").
  static Result<StatesFile> create(const std::string& path);
  StatesFile(StatesFile&&) noexcept;
  ~StatesFile();
  Result<void> add(const StateSet& set);
  /// Writes what is held and the footer.
  Result<void> finish();

 private:
  friend Result<std::string> encode_states(std::span<const StateSet> sets);
  struct Impl;
  explicit StatesFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The whole file in memory, for small ones.
Result<std::string> encode_states(std::span<const StateSet> sets);

}  // namespace longwatch

// Which columns of a model are checked for repeated values.
#include "engine/evaluate/unique_values.hpp"
#include "engine/fit.hpp"

namespace longwatch {

Result<std::vector<UniqueColumn>> count_model_unique(const Source& source, const ChunkPlan& chunks,
                                                     const ModelConfig& model, const Engine& engine,
                                                     const Control& control) {
  std::vector<UniqueColumn> out;
  for (const std::string& column : unique_columns(model)) {
    LW_TRY(UniqueColumn counted, count_unique(source, chunks, column, engine.unique, control));
    out.push_back(std::move(counted));
  }
  return out;
}

}  // namespace longwatch

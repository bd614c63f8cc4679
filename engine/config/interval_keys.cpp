// How intervals are made: `intervals`.

#include <limits>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

Result<void> read_interval_method(const Field& field, ModelConfig& model) {
  LW_TRY(const std::size_t choice, field.choice());
  model.intervals.bootstrap = choice == 1;
  return {};
}

Result<void> read_resamples(const Field& field, ModelConfig& model) {
  LW_TRY(model.intervals.resamples, field.integer(100, 100'000));
  return {};
}

Result<void> read_seed(const Field& field, ModelConfig& model) {
  LW_TRY(const std::int64_t seed, field.integer(0, std::numeric_limits<std::int32_t>::max()));
  model.intervals.seed = static_cast<std::uint64_t>(seed);
  return {};
}

Result<void> read_resample(const Field& field, ModelConfig& model) {
  LW_TRY(const std::string unit, field.text());
  IntervalRule& rule = model.intervals;
  rule.resample = unit == "rows" ? ResampleUnit::rows : unit == "day" ? ResampleUnit::day : ResampleUnit::column;
  rule.block_column = rule.resample == ResampleUnit::column ? unit : "";
  return {};
}

}  // namespace

const std::vector<Key<ModelConfig>>& interval_keys() {
  static const std::vector<Key<ModelConfig>> kKeys = {
      {{"method",
        "auto or bootstrap",
        "By each metric's own formula, or all by resampling tables. `--resamples` of the command line means bootstrap.",
        "auto",
        "bootstrap",
        R"({"enum": ["auto", "bootstrap"]})",
        {"auto", "bootstrap"}},
       read_interval_method},
      {{"resamples", "a whole number from 100 to 100000", "Resamples of a bootstrap.", "1000", "2000",
        R"({"type": "integer", "minimum": 100, "maximum": 100000})"},
       read_resamples},
      {{"seed", "a whole number from 0 to 2147483647", "Same seed, same resamples.", "0", "7",
        R"({"type": "integer", "minimum": 0, "maximum": 2147483647})"},
       read_seed},
      {{"resample", "rows, day or a column name",
        "What is independent of each other: rows, the days of the `timestamp`, or the values of a column (such as a "
        "customer). Not rows: `ci_*` by leaving out blocks, at up to 32 times the memory for states; see "
        "[blocks](metrics.md#rows-that-are-not-independent).",
        "rows", "day", kText},
       read_resample},
  };
  return kKeys;
}

}  // namespace longwatch

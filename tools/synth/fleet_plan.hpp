#pragma once
// What a generated fleet consists of: models, their features, and which of them drift from which row on.

#include <cstdint>
#include <string>
#include <vector>

#include "tools/synth/synth.hpp"

namespace longwatch::synth {

enum class Family : std::uint8_t { normal, lognormal, integer, zero_inflated, gap, category };
enum class DriftKind : std::uint8_t { none, shift, scale, nulls, out_of_range, new_category };

const char* drift_name(DriftKind kind);

/// A change of one feature, from a row on, to the end.
struct Drift {
  DriftKind kind = DriftKind::none;
  std::int64_t first_chunk = 0;  ///< of the analysis
  std::int64_t first_row = 0;
  double amount = 0;  ///< shift: added; scale: factor about the centre; else the share of rows
};

struct Feature {
  std::string name;
  Family family = Family::normal;
  std::uint64_t key = 0;
  double centre = 0;  ///< about the mean
  double unit = 1;    ///< about the standard deviation
  int categories = 0;
  double nulls = 0;  ///< share
  Drift drift;
};

struct Model {
  std::string name;
  SynthTask task = SynthTask::binary;
  std::uint64_t key = 0;
  std::vector<Feature> features;
};

/// Rows of one model: the reference has rows 0 ... rows - 1, the analysis rows ... 2 rows - 1.
std::vector<Model> plan_fleet(const SynthOptions& options);

/// Microseconds since 1970 UTC at which the reference starts; each period takes `chunks` days.
inline constexpr std::int64_t kStart = 1'704'067'200'000'000;  // 2024-01-01
inline constexpr std::int64_t kDay = 86'400'000'000;

/// When a row happened: spread evenly over its period.
std::int64_t timestamp_of(const SynthOptions& options, std::int64_t row);

}  // namespace longwatch::synth

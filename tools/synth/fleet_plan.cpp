// Draws a fleet's features and drifts from the seed.
#include "tools/synth/fleet_plan.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "tools/synth/random.hpp"

namespace longwatch::synth {
namespace {

constexpr Family kFamilies[] = {Family::normal,  Family::lognormal, Family::integer,  Family::zero_inflated,
                                Family::gap,     Family::category,  Family::category, Family::normal,
                                Family::integer, Family::category};
constexpr int kCategories[] = {4, 40, 1000};

const char* family_name(Family family) {
  switch (family) {
    case Family::normal:
      return "normal";
    case Family::lognormal:
      return "lognormal";
    case Family::integer:
      return "integer";
    case Family::zero_inflated:
      return "zero_inflated";
    case Family::gap:
      return "gap";
    case Family::category:
      return "category";
  }
  return "";
}

Feature plan_feature(const SynthOptions& options, std::uint64_t model_key, int index) {
  Feature feature;
  feature.family = kFamilies[index % 10];
  feature.key = subkey(model_key, "feature", index);
  feature.nulls = options.nulls;
  char name[64];
  std::snprintf(name, sizeof name, "%s_%02d", family_name(feature.family), index);
  feature.name = name;
  switch (feature.family) {  // means and deviations of what columns.cpp draws
    case Family::normal:
      feature.centre = 10 * (index % 7), feature.unit = 1 + index % 3;
      break;
    case Family::lognormal:
      feature.centre = 1.65, feature.unit = 2.16;
      break;
    case Family::integer:
      feature.centre = 8, feature.unit = 11;
      break;
    case Family::zero_inflated:
      feature.centre = 0.66, feature.unit = 1.6;
      break;
    case Family::gap:
      feature.centre = 0.5, feature.unit = 0.33;
      break;
    case Family::category:
      feature.categories = kCategories[(index / 3) % 3];
      break;
  }
  return feature;
}

Drift plan_drift(const SynthOptions& options, const Feature& feature, int turn) {
  static constexpr DriftKind kNumeric[] = {DriftKind::shift, DriftKind::scale, DriftKind::nulls,
                                           DriftKind::out_of_range};
  static constexpr DriftKind kCategory[] = {DriftKind::new_category, DriftKind::nulls};
  Drift drift;
  drift.kind = feature.family == Family::category ? kCategory[turn % 2] : kNumeric[turn % 4];
  const std::int64_t earliest = options.chunks / 3;
  drift.first_chunk = earliest + static_cast<std::int64_t>(random_bits(subkey(feature.key, "drift"), 0) %
                                                           static_cast<std::uint64_t>(options.chunks - earliest));
  // The first row of a chunk: the least r with r / rows >= first_chunk / chunks.
  drift.first_row =
      options.rows +
      static_cast<std::int64_t>((int128{drift.first_chunk} * options.rows + options.chunks - 1) / options.chunks);
  switch (drift.kind) {
    case DriftKind::shift:
      drift.amount = feature.family == Family::integer ? 8 : feature.unit;
      break;
    case DriftKind::scale:
      drift.amount = 2;
      break;
    case DriftKind::nulls:
      drift.amount = 0.2;
      break;
    case DriftKind::out_of_range:
      drift.amount = 0.02;
      break;
    case DriftKind::new_category:
      drift.amount = 0.15;
      break;
    case DriftKind::none:
      break;
  }
  return drift;
}

SynthTask task_of(SynthTask task, int model) {
  static constexpr SynthTask kTurns[] = {SynthTask::binary, SynthTask::multiclass, SynthTask::regression};
  return task == SynthTask::mixed ? kTurns[model % 3] : task;
}

}  // namespace

const char* drift_name(DriftKind kind) {
  switch (kind) {
    case DriftKind::none:
      return "none";
    case DriftKind::shift:
      return "shift";
    case DriftKind::scale:
      return "scale";
    case DriftKind::nulls:
      return "nulls";
    case DriftKind::out_of_range:
      return "out_of_range";
    case DriftKind::new_category:
      return "new_category";
  }
  return "";
}

std::vector<Model> plan_fleet(const SynthOptions& options) {
  std::vector<Model> fleet;
  for (int m = 0; m < options.models; ++m) {
    Model model;
    char name[32];
    std::snprintf(name, sizeof name, "model_%03d", m);
    model.name = name;
    model.task = task_of(options.task, m);
    model.key = subkey(options.seed, "model", m);
    for (int f = 0; f < options.features; ++f) model.features.push_back(plan_feature(options, model.key, f));
    std::vector<std::size_t> order(model.features.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto rank = [&](std::size_t f) {
      return random_bits(subkey(model.key, "drifting"), static_cast<std::int64_t>(f));
    };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    const auto drifting = static_cast<int>(std::ceil(options.drift * options.features - 1e-9));
    for (int d = 0; d < drifting; ++d) {
      Feature& feature = model.features[order[static_cast<std::size_t>(d)]];
      feature.drift = plan_drift(options, feature, d);
    }
    fleet.push_back(std::move(model));
  }
  return fleet;
}

std::int64_t timestamp_of(const SynthOptions& options, std::int64_t row) {
  const std::int64_t span = options.chunks * kDay;
  const std::int64_t period = row / options.rows;
  const auto offset = static_cast<std::int64_t>(int128{row % options.rows} * span / options.rows);
  return kStart + period * span + offset;
}

}  // namespace longwatch::synth

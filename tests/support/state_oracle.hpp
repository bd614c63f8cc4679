#pragma once
// Slow and obvious updates of states, one row at a time: what every backend is compared with.
// They use the row formulas (row.hpp), Partition::cell_of and nothing of a backend.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/state/category_state.hpp"
#include "engine/state/gram_state.hpp"
#include "engine/state/number_state.hpp"
#include "engine/state/partition.hpp"
#include "engine/state/residual_state.hpp"
#include "engine/state/row.hpp"
#include "engine/state/score_state.hpp"

namespace longwatch::test {

/// Adds one finite value to the moments.
inline void update_moments(MomentsState& state, const MomentsPlan& plan, double x) {
  state.minimum = std::min(state.minimum, x + 0.0);
  state.maximum = std::max(state.maximum, x + 0.0);
  const double y = row::standard_score(x, plan.centre, plan.scale);
  const double y2 = y * y;
  const double powers[4] = {y, y2, y2 * y, y2 * y2};
  const bool inside = row::in_gate(y);
  (inside ? state.inside : state.outside) += 1;
  for (int k = 0; k < 4; ++k) {
    if (inside) {
      state.sums[k] += row::power_term(powers[k], std::ldexp(1.0, row::kPowerBits[k]));
    } else {
      state.tails[k].add(powers[k]);
    }
  }
}

/// Adds one finite value to the histogram, through a partial of one row.
inline void update_histogram(HistogramState& state, const Partition& partition, double x) {
  HistogramPartial partial;
  partial.resize(partition.cells());
  const std::size_t cell = partition.cell_of(x);
  partial.counts[cell] = 1;
  partial.touched[cell / 64] = 1;
  if (cell == 0) {
    partial.below.add(x);
  } else if (cell + 1 == partition.cells()) {
    partial.above.add(x);
  } else if (cell % 2 == 0) {
    partial.sums[cell / 2] = row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
  }
  state.add(partial);
}

/// Adds one row of a numeric column; nullptr is a null.
inline void update_number(NumberState& state, const Partition& partition, const MomentsPlan& moments,
                          const double* value) {
  state.counts.rows += 1;
  if (value == nullptr) {
    state.counts.nulls += 1;
    return;
  }
  const double x = *value;
  if (std::isnan(x)) {
    state.counts.nans += 1;
    return;
  }
  state.distinct.add_hash(hash_number(x));
  if (std::isinf(x)) {
    (x > 0 ? state.counts.positive_inf : state.counts.negative_inf) += 1;
    return;
  }
  update_moments(state.moments, moments, x);
  update_histogram(state.histogram, partition, x);
}

/// Counts one value that the reference did not have.
inline void update_unseen(CategoryState& state, const std::string& text) {
  state.unseen += 1;
  auto& kept = state.unseen_values;
  for (UnseenValue& value : kept) {
    if (value.text == text) {
      value.count += 1;
      return;
    }
  }
  kept.push_back({hash_text(text), text, 1});
  std::sort(kept.begin(), kept.end(), [](const UnseenValue& a, const UnseenValue& b) {
    return std::tie(a.hash, a.text) < std::tie(b.hash, b.text);
  });
  if (kept.size() > kKeptUnseen) kept.pop_back();
}

/// Adds one row of a categorical column whose reference had `categories` (in code order, not cut); nullptr is a null.
inline void update_category(CategoryState& state, const std::vector<std::string>& categories, const std::string* text) {
  state.counts.rows += 1;
  if (text == nullptr) {
    state.counts.nulls += 1;
    return;
  }
  state.distinct.add_hash(hash_text(*text));
  const auto found = std::find(categories.begin(), categories.end(), *text);
  if (found == categories.end()) {
    update_unseen(state, *text);
    return;
  }
  const auto code = static_cast<std::uint32_t>(found - categories.begin());
  for (auto& entry : state.categories) {
    if (entry.code == code) {
      entry.count += 1;
      return;
    }
  }
  state.categories.push_back({code, 1});
  std::sort(state.categories.begin(), state.categories.end(),
            [](const auto& a, const auto& b) { return a.code < b.code; });
}

/// Adds one row of standardised features (none NaN), in integers. Gives an empty state the size of the row.
inline void update_gram(GramState& state, const std::vector<double>& row_of_z) {
  std::vector<int128> units;
  std::vector<int128> coarse;  // units of 2^-18
  for (const double z : row_of_z) {
    units.push_back(std::llrint(std::clamp(z, -32768.0, 32768.0) * 0x1p36));
    coarse.push_back(std::llrint(static_cast<double>(units.back()) * 0x1p-18));
  }
  const auto rest = [&](std::size_t i) { return units[i] - coarse[i] * (1 << 18); };
  state.sums.resize(units.size());
  state.products.resize(units.size() * (units.size() + 1) / 2);
  state.rows += 1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    state.sums[i] += units[i];
    for (std::size_t j = 0; j <= i; ++j) {
      state.products[at++] += coarse[i] * coarse[j] * (1 << 18) + coarse[i] * rest(j) + rest(i) * coarse[j];
    }
  }
}

/// Adds one row of a classifier's scores; NaN is a missing score, -1 a missing or unmapped class.
inline void update_scores(ScoreState& state, double score, double cutoff, std::int16_t prediction, std::int16_t label) {
  state.rows += 1;
  const int of_label = label < 0 ? 2 : label;
  if (score >= 0 && score <= 1) {
    const bool predicted = prediction < 0 ? score >= cutoff : prediction == 1;
    const ScoreEntry entry = ScoreEntry::of(score + 0.0, (predicted ? 3 : 0) + of_label, 1);
    state.add({&entry, 1});
    return;
  }
  (std::isnan(score) ? state.missing_scores : state.invalid_scores) += 1;
  (prediction < 0 ? state.unpredicted[of_label] : state.unscored[3 * prediction + of_label]) += 1;
}

/// Adds one row of a regressor; NaN is a missing value.
inline void update_residuals(ResidualState& state, double prediction, double label, double centre) {
  if (std::isfinite(prediction) && std::isfinite(label)) {
    state.add(prediction, label, centre);
    return;
  }
  state.rows += 1;
  (std::isfinite(prediction) ? state.unlabelled : state.unpredicted) += 1;
  if (!std::isfinite(prediction) && std::isfinite(label)) state.labels_alone += 1;
}

}  // namespace longwatch::test

// Choose rows, grow every (loss, fold), score the reference, learn how wrong the scores are.
#include "engine/trees/loss_models.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/chunk/row_groups.hpp"
#include "engine/trees/loss_scoring.hpp"
#include "engine/trees/model_text.hpp"
#include "engine/trees/row_choice.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kFewestTrainingRows = 2 * 20 * kLossFolds;  // every fold can split once

std::string name_of(const ReferenceProfile& profile, Role role) {
  for (const ColumnProfile& column : profile.columns) {
    if (column.column.role == role && column.column.kind == ColumnKind::continuous && column.usable.empty())
      return column.column.name;
  }
  return "";
}

// Rows to learn from: their inputs, and every loss.
struct Training {
  std::vector<Candidate> chosen;
  RowMatrix inputs;
  std::array<std::vector<float>, kLosses> losses;
  std::array<std::string, kLosses> unusable;
};

Result<std::vector<Candidate>> choose(const LossRows& rows, const TreeColumns& columns, const Control& control) {
  const std::size_t width = columns.size();
  const auto candidate = [&](const TreeRows& slab, std::int64_t at, Candidate& out) {
    const double* row = slab.row(at);
    if (!usable_number(row[width - 1]) || !usable_number(row[width - 2])) return false;
    for (std::size_t c = 0; c < width; ++c) out.key.add(row[c]);
    // Rows that differ in nothing else may still belong to different cells, whose states tell folds apart.
    out.key.add(slab.slot(at));
    for (std::size_t d = 0; d < slab.definitions(); ++d) out.key.add(slab.segment(d, at));
    return true;
  };
  LW_TRY(auto out, find_candidates(*rows.source, *rows.chunks, rows.segments, columns, candidate, control));
  thin(out, std::min(kMostTrainingRows, std::max<std::size_t>(kMostTrainingValues / width, 1'000)));
  return out;
}

// Takes the labels out of the gathered rows.
void split_labels(const RowMatrix& gathered, const std::array<bool, kLosses>& wanted, Training& out) {
  const std::int32_t width = gathered.columns;
  out.inputs.columns = width - 1;
  for (std::int32_t i = 0; i < gathered.rows(); ++i) {
    const double* row = gathered.row(i);
    out.inputs.values.insert(out.inputs.values.end(), row, row + width - 1);
    for (std::size_t loss = 0; loss < kLosses; ++loss) {
      if (!wanted[loss]) continue;
      const double value = loss_of(static_cast<Loss>(loss), row[width - 2], row[width - 1]);
      out.losses[loss].push_back(static_cast<float>(value));
      if (std::isfinite(out.losses[loss].back())) continue;
      out.unusable[loss] =
          std::isfinite(value) || std::isinf(value)     ? "undefined: a loss is beyond the range of a float"
          : static_cast<Loss>(loss) == Loss::percentage ? "undefined: the reference has labels of 0"
                                                        : "undefined: the reference has labels or predictions below 0";
    }
  }
}

Result<std::array<LossBoosters, kLosses>> grow(const LightGbm& library, const Training& training,
                                               std::span<const std::int32_t> categorical, const Control& control) {
  LW_TRY(const BinnedRows binned, BinnedRows::make(library, training.inputs, categorical));
  const std::int32_t rows = training.inputs.rows();
  std::vector<std::size_t> losses;
  for (std::size_t loss = 0; loss < kLosses; ++loss) {
    if (!training.losses[loss].empty() && training.unusable[loss].empty()) losses.push_back(loss);
  }
  std::vector<std::optional<Booster>> grown(losses.size() * (kLossFolds + 1));
  const auto work = [&](std::size_t i) -> Result<void> {
    const std::vector<float>& all = training.losses[losses[i / (kLossFolds + 1)]];
    const std::vector<std::int32_t> which = fold_rows(rows, static_cast<int>(i % (kLossFolds + 1)), kLossFolds, false);
    std::vector<float> labels;
    labels.reserve(which.size());
    for (const std::int32_t row : which) labels.push_back(all[static_cast<std::size_t>(row)]);
    LW_TRY(grown[i], Booster::grow(binned, which, labels, TreeObjective::squared_error, control));
    return {};
  };
  LW_CHECK(for_each_group(grown.size(), work));
  std::array<LossBoosters, kLosses> out;
  for (std::size_t i = 0; i < grown.size(); ++i) out[losses[i / (kLossFolds + 1)]].push_back(std::move(*grown[i]));
  return out;
}

// The spread of residuals within chunks and between them (one-way analysis of variance, DerSimonian and Laird 1986).
void learn_errors(const std::vector<ResidualSums>& slots, std::size_t loss, LossModel& model) {
  double rows = 0, sum = 0, squares = 0, estimate_squares = 0;
  for (const ResidualSums& slot : slots) {
    rows += static_cast<double>(slot.rows);
    sum += slot.losses[loss].residuals.value();
    squares += slot.losses[loss].squares.value();
    estimate_squares += slot.losses[loss].estimate_squares.value();
  }
  if (rows < 2) return;
  if (!std::isfinite(squares)) {  // a row that was thinned out has no such loss
    model = {};
    model.unusable = "undefined: some labels of the reference have no such loss";
    return;
  }
  model.residual_variance = std::max(0.0, (squares - sum * sum / rows) / (rows - 1));
  model.square_mean = estimate_squares / rows;
  double chunks = 0, chunked = 0, chunked_squares = 0, chunked_sum = 0, of_means = 0, of_sizes = 0;
  for (std::size_t k = 0; k + 1 < slots.size(); ++k) {  // the last slot is no chunk
    const double n = static_cast<double>(slots[k].rows);
    if (n == 0) continue;
    const double total = slots[k].losses[loss].residuals.value();
    chunks += 1;
    chunked += n;
    chunked_sum += total;
    chunked_squares += slots[k].losses[loss].squares.value();
    of_means += total * total / n;
    of_sizes += n * n;
  }
  if (chunks < 2 || chunked <= chunks) return;
  const double within = std::max(0.0, (chunked_squares - of_means) / (chunked - chunks));
  const double between = of_means - chunked_sum * chunked_sum / chunked;
  model.chunk_variance = std::max(0.0, (between - (chunks - 1) * within) / (chunked - of_sizes / chunked));
}

void learn_errors(const std::vector<ResidualSums>& slots, LossProfile& losses) {
  for (std::size_t k = 0; k < slots.size(); ++k) {
    losses.labelled_rows += slots[k].rows;
    losses.chunks += k + 1 < slots.size() && slots[k].rows > 0 ? 1 : 0;
  }
  for (std::size_t loss = 0; loss < kLosses; ++loss) {
    if (losses.models[loss].unusable.empty()) learn_errors(slots, loss, losses.models[loss]);
  }
}

Result<void> learn(const LossRows& rows, const std::array<bool, kLosses>& wanted, const TreeColumns& columns,
                   const Control& control, LossFit& out) {
  LW_TRY(std::vector<Candidate> chosen, choose(rows, columns, control));
  if (chosen.size() < kFewestTrainingRows) {
    out.losses.unusable = chosen.empty() ? "undefined: the reference has no labels"
                                         : "undefined: the reference has fewer than " +
                                               std::to_string(kFewestTrainingRows) + " rows with a label";
    return {};
  }
  Training training;
  LW_TRY(const RowMatrix gathered, gather_rows(*rows.source, *rows.chunks, columns, chosen, control));
  split_labels(gathered, wanted, training);
  std::vector<std::int32_t> categorical = columns.categorical();
  LW_TRY(const auto boosters, grow(*rows.library, training, categorical, control));
  for (std::size_t loss = 0; loss < kLosses; ++loss) {
    LossModel& model = out.losses.models[loss];
    model.unusable = wanted[loss] ? training.unusable[loss] : "undefined: not asked for";
    if (boosters[loss].empty()) continue;
    LW_TRY(const std::string text, boosters[loss].back().text());
    LW_TRY(model.trees, check_model_text(text, training.inputs.columns));
  }
  std::vector<std::uint8_t> fold_of(static_cast<std::size_t>(rows.source->rows()), kLossFolds);
  for (std::size_t i = 0; i < chosen.size(); ++i) fold_of[chosen[i].row] = static_cast<std::uint8_t>(i % kLossFolds);
  LW_TRY(LossScores scores, score_losses(rows, columns, true, boosters, fold_of, control));
  out.losses.training_rows = static_cast<std::int64_t>(chosen.size());
  learn_errors(scores.residuals, out.losses);
  out.states = std::move(scores.states);
  return {};
}

}  // namespace

double loss_of(Loss loss, double prediction, double label) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const double error = prediction - label;
  switch (loss) {
    case Loss::absolute:
      return std::abs(error);
    case Loss::squared:
      return error * error;
    case Loss::percentage:
      return label == 0 ? kNone : std::abs(error) / std::abs(label);
    case Loss::squared_log: {
      if (prediction < 0 || label < 0) return kNone;
      const double log_error = std::log1p(prediction) - std::log1p(label);
      return log_error * log_error;
    }
    case Loss::signed_error:
      return error;
  }
  return kNone;
}

Result<LossFit> fit_losses(const LossRows& rows, const std::array<bool, kLosses>& wanted, const Control& control) {
  LossFit out;
  out.losses.unusable.clear();
  const std::string prediction = name_of(*rows.profile, Role::prediction);
  const std::string target = name_of(*rows.profile, Role::target);
  if (prediction.empty()) out.losses.unusable = "undefined: the model has no prediction that is a number";
  if (target.empty()) out.losses.unusable = "undefined: the reference has no labels";
  if (!out.losses.unusable.empty()) return out;
  out.losses.columns = tree_features(*rows.profile);
  out.losses.columns.push_back(prediction);
  std::vector<std::string> names = out.losses.columns;
  names.push_back(target);
  LW_TRY(const TreeColumns columns, TreeColumns::make(*rows.profile, names));
  LW_CHECK(learn(rows, wanted, columns, control, out));
  return out;
}

Result<std::vector<LossState>> estimate_losses(const LossRows& rows, const Control& control) {
  const LossProfile& losses = rows.profile->losses;
  LW_TRY(const TreeColumns columns, TreeColumns::make(*rows.profile, losses.columns));
  std::array<LossBoosters, kLosses> boosters;
  for (std::size_t loss = 0; loss < kLosses; ++loss) {
    if (!losses.models[loss].unusable.empty()) continue;
    LW_TRY(Booster booster,
           Booster::parse(*rows.library, losses.models[loss].trees, static_cast<std::int32_t>(columns.size())));
    boosters[loss].push_back(std::move(booster));
  }
  LW_TRY(LossScores scores, score_losses(rows, columns, false, boosters, {}, control));
  return std::move(scores.states);
}

}  // namespace longwatch

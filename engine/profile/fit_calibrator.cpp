// Pool adjacent violators, and whether it is worth it.
#include "engine/profile/fit_calibrator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/base/hash.hpp"
#include "engine/state/exact_sum.hpp"

namespace longwatch {
namespace {

constexpr int kFolds = 8;
constexpr int kRepeats = 10;
constexpr std::size_t kGroups = 1024;  // distinct scores that are compared
constexpr int kBins = 10;
constexpr double kAlmostApart = 0.999;

struct Block {
  std::size_t first = 0;
  std::size_t last = 0;
  std::int64_t positive = 0;
  std::int64_t rows = 0;
};

// Whether b's share of positives is at most a's.
bool not_above(const Block& a, const Block& b) {
  return static_cast<int128>(b.positive) * a.rows <= static_cast<int128>(a.positive) * b.rows;
}

std::vector<Block> pool(std::span<const LabelledScore> table) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].rows == 0) continue;
    Block block = {i, i, table[i].positive, table[i].rows};
    while (!blocks.empty() && not_above(blocks.back(), block)) {
      block.first = blocks.back().first;
      block.positive += blocks.back().positive;
      block.rows += blocks.back().rows;
      blocks.pop_back();
    }
    blocks.push_back(block);
  }
  return blocks;
}

// How many of `count` fair coins show heads. O(count / 64).
std::int64_t heads(std::int64_t count, std::uint64_t key) {
  std::int64_t out = 0;
  for (std::uint64_t word = 0; count > 0; ++word, count -= 64) {
    std::uint64_t coins = mix64(key + mix64(word));
    if (count < 64) coins &= (std::uint64_t{1} << count) - 1;
    out += std::popcount(coins);
  }
  return out;
}

// How many of the rows of one score and label each fold gets: at each level of a binary tree a coin for each row.
using Folds = std::array<std::int64_t, kFolds>;
Folds dealt(std::int64_t count, double score, bool positive, int repeat) {
  const std::uint64_t row = mix64(std::bit_cast<std::uint64_t>(score) * 2 + (positive ? 1 : 0));
  const std::uint64_t key = mix64(row + static_cast<std::uint64_t>(repeat));
  Folds out = {count};
  for (int half = kFolds / 2; half > 0; half /= 2) {
    for (int first = 0; first < kFolds; first += 2 * half) {
      const auto at = static_cast<std::size_t>(first);
      const std::int64_t left = heads(out[at], key ^ mix64(static_cast<std::uint64_t>(kFolds * half + first)));
      out[at + static_cast<std::size_t>(half)] = out[at] - left;
      out[at] = left;
    }
  }
  return out;
}

// The sum over bins of equal count of |expected - observed positives|. Rows come by increasing score.
class BinnedGap {
 public:
  explicit BinnedGap(double rows) : size_(rows / kBins), left_(size_) {}
  void add(double rows, double gap) {
    while (bin_ + 1 < kBins && rows >= left_) {
      const double part = gap * (left_ / rows);
      sum_ += std::abs(gap_ + part);
      gap -= part;
      rows -= left_;
      gap_ = 0;
      left_ = size_;
      ++bin_;
    }
    gap_ += gap;
    left_ -= rows;
  }
  [[nodiscard]] double sum() const { return sum_ + std::abs(gap_); }

 private:
  double size_;
  double left_;
  double gap_ = 0;
  double sum_ = 0;
  int bin_ = 0;
};

// Neighbours together, at their mean score, where there are more scores than kGroups: each of about as many rows.
std::vector<LabelledScore> grouped(std::span<const LabelledScore> table) {
  std::int64_t rows = 0;
  for (const LabelledScore& row : table) rows += row.rows;
  const bool few = table.size() <= kGroups;
  const auto least = few ? 0 : static_cast<double>(rows) / static_cast<double>(kGroups);
  std::vector<LabelledScore> out;
  bool open = false;
  for (const LabelledScore& row : table) {
    if (row.rows == 0) continue;
    if (!open) out.push_back({0, 0, 0});
    LabelledScore& group = out.back();
    group.positive += row.positive;
    group.rows += row.rows;
    const double share = static_cast<double>(row.rows) / static_cast<double>(group.rows);
    group.score += (row.score - group.score) * share;
    open = static_cast<double>(group.rows) < least;
  }
  return out;
}

// The errors of one fold, times its rows.
CalibrationErrors fold_errors(std::span<const LabelledScore> table, std::span<const LabelledScore> held_out) {
  std::vector<LabelledScore> others(table.begin(), table.end());
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    others[i].positive -= held_out[i].positive;
    others[i].rows -= held_out[i].rows;
    rows += held_out[i].rows;
  }
  const Calibrator map = isotonic(others);
  if (rows == 0 || map.scores.empty()) return {};
  CalibratorWalk walk(map);
  BinnedGap before(static_cast<double>(rows));
  BinnedGap after(static_cast<double>(rows));
  for (const LabelledScore& row : held_out) {
    if (row.rows == 0) continue;
    const double n = static_cast<double>(row.rows);
    before.add(n, n * row.score - static_cast<double>(row.positive));
    after.add(n, n * walk.at(row.score) - static_cast<double>(row.positive));
  }
  return {before.sum(), after.sum()};
}

// The sum over the folds of one way to deal the rows.
CalibrationErrors dealt_errors(std::span<const LabelledScore> table, int repeat) {
  std::array<std::vector<LabelledScore>, kFolds> folds;
  for (auto& fold : folds) fold.assign(table.begin(), table.end());
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Folds positive = dealt(table[i].positive, table[i].score, true, repeat);
    const Folds negative = dealt(table[i].rows - table[i].positive, table[i].score, false, repeat);
    for (std::size_t f = 0; f < kFolds; ++f) {
      folds[f][i].positive = positive[f];
      folds[f][i].rows = positive[f] + negative[f];
    }
  }
  CalibrationErrors out;
  for (const auto& fold : folds) {
    const CalibrationErrors errors = fold_errors(table, fold);
    out.before += errors.before;
    out.after += errors.after;
  }
  return out;
}

// Only one class, or the two almost apart.
bool too_easy(std::span<const LabelledScore> table) {
  double positive = 0;
  double negative = 0;
  double pairs = 0;
  for (const LabelledScore& row : table) {
    const double here = static_cast<double>(row.rows - row.positive);
    pairs += static_cast<double>(row.positive) * (negative + here / 2);
    positive += static_cast<double>(row.positive);
    negative += here;
  }
  return positive == 0 || negative == 0 || pairs > kAlmostApart * positive * negative;
}

}  // namespace

std::vector<LabelledScore> labelled_scores(const ScoreState& state) {
  std::vector<LabelledScore> out;
  for (const ScoreEntry& entry : state.entries) {
    if (entry.label() == LabelCode::unknown) continue;
    if (out.empty() || out.back().score != entry.score) out.push_back({entry.score, 0, 0});
    out.back().rows += entry.count();
    if (entry.label() == LabelCode::positive) out.back().positive += entry.count();
  }
  return out;
}

Calibrator isotonic(std::span<const LabelledScore> table) {
  Calibrator out;
  for (const Block& block : pool(table)) {
    const double rows = static_cast<double>(block.rows);
    const auto knot = [&](double score) {
      out.scores.push_back(score);
      out.probabilities.push_back(static_cast<double>(block.positive) / rows);
      out.weights.push_back(rows);
    };
    knot(table[block.first].score);
    if (block.last != block.first) knot(table[block.last].score);
  }
  return out;
}

CalibrationErrors cross_validated_errors(std::span<const LabelledScore> table) {
  const std::vector<LabelledScore> groups = grouped(table);
  double rows = 0;
  for (const LabelledScore& group : groups) rows += static_cast<double>(group.rows);
  CalibrationErrors out;
  if (rows == 0) return out;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const CalibrationErrors errors = dealt_errors(groups, repeat);
    out.before += errors.before / (rows * kRepeats);
    out.after += errors.after / (rows * kRepeats);
  }
  return out;
}

std::vector<double> score_deciles(const ScoreState& state) {
  std::vector<double> out;
  const std::int64_t rows = state.scored();
  std::int64_t up_to = 0;
  int next = 1;
  for (const ScoreEntry& entry : state.entries) {
    up_to += entry.count();
    if (static_cast<int128>(up_to) * kBins < static_cast<int128>(rows) * next) continue;
    while (static_cast<int128>(up_to) * kBins >= static_cast<int128>(rows) * next) ++next;
    if (out.empty() || out.back() != entry.score) out.push_back(entry.score);
  }
  if (!out.empty() && out.back() == state.entries.back().score) out.pop_back();
  return out;
}

namespace {

// What the reference's labels tell of a logistic recalibration of the scores (Calibrator::information).
void add_information(std::span<const LabelledScore> table, Calibrator& out) {
  for (const LabelledScore& row : table) {
    const double score = std::clamp(row.score, 1e-12, 1 - 1e-12);
    const double weight = static_cast<double>(row.rows) * score * (1 - score);
    const double logit = std::log(score / (1 - score));
    out.information[0] += weight;
    out.information[1] += weight * logit;
    out.information[2] += weight * logit * logit;
  }
}

}  // namespace

Calibrator fit_calibrator(const ScoreState& reference) {
  const std::vector<LabelledScore> table = labelled_scores(reference);
  Calibrator out;
  if (!too_easy(table)) {
    const CalibrationErrors errors = cross_validated_errors(table);
    if (errors.after < errors.before) out = isotonic(table);
    out.error_before = errors.before;
    out.error_after = errors.after;
  }
  if (out.scores.empty()) add_information(table, out);
  out.deciles = score_deciles(reference);
  return out;
}

}  // namespace longwatch

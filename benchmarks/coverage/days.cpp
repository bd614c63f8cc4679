// Tables of chunks, drawn cell by cell.
#include "benchmarks/coverage/days.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/profile/fit_columns.hpp"
#include "engine/state/row.hpp"

namespace longwatch::coverage {
namespace {

constexpr double kCorrelation = 0.3;

double below(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  double low = -9;
  double high = 9;
  while (high - low > 1e-12) {
    const double middle = (low + high) / 2;
    (below(middle) < p ? low : high) = middle;
  }
  return low;
}

/// Counts of `rows` rows by cell; `until` are the cumulated shares.
void draw(const std::vector<double>& shares, std::int64_t rows, Engine64& random, std::vector<std::int64_t>& counts) {
  counts.assign(shares.size(), 0);
  double rest = 1;
  for (std::size_t i = 0; i < shares.size() && rows > 0; ++i) {
    if (shares[i] <= 0) continue;
    const double share = shares[i] / rest;
    counts[i] = share >= 1 - 1e-12 ? rows : std::binomial_distribution<std::int64_t>(rows, share)(random);
    rows -= counts[i];
    rest -= shares[i];
  }
}

std::vector<const Metric*> named(std::initializer_list<const char*> names, Family family) {
  std::vector<const Metric*> out;
  for (const char* name : names) {
    for (const Metric* metric : all_metrics()) {
      if (metric->name == name && metric->family == family) out.push_back(metric);
    }
  }
  return out;
}

void add(std::vector<const Metric*>& to, const std::vector<const Metric*>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// What all worlds share: metrics of an input, as judged values.
class Evaluated : public World {
 public:
  [[nodiscard]] const std::vector<const Metric*>& metrics() const override { return metrics_; }

 protected:
  void evaluate(const MetricInput& input, bool of_reference, std::int32_t chunk, std::vector<Judged>& out) const {
    for (const Metric* metric : metrics_) {
      Judged judged;
      judged.reference = of_reference;
      judged.chunk = chunk;
      judged.metric = metric;
      judged.rows = input.rows;
      judged.value = metric->compute(input);
      out.push_back(std::move(judged));
    }
  }
  std::vector<const Metric*> metrics_;
};

class NormalColumn : public Evaluated {
 public:
  NormalColumn() {
    std::vector<double> values;
    for (int i = 0; i < 20'000; ++i) values.push_back(normal_quantile((i + 0.5) / 20'000));
    fit_numbers(values, 0, 128, column_);
    metrics_ = named({"jensen_shannon", "hellinger", "kolmogorov_smirnov", "wasserstein", "population_stability_index",
                      "total_variation", "kullback_leibler"},
                     Family::univariate_drift);
    add(metrics_, named({"mean", "median", "standard_deviation"}, Family::summary));
  }
  void reference(const std::vector<double>& levels, std::int64_t rows, Engine64& random) override {
    chunks_.clear();
    total_ = {};
    for (const double level : levels) {
      chunks_.push_back(state(level, rows, random));
      total_.merge(chunks_.back());
    }
    total_view_ = NumberView::of(total_, column_);
  }
  void judged_reference(std::vector<Judged>& out) override {
    for (std::size_t i = 0; i < chunks_.size(); ++i) evaluate_state(chunks_[i], true, static_cast<std::int32_t>(i), out);
  }
  void judged(double level, std::int64_t rows, Engine64& random, std::vector<Judged>& out) override {
    evaluate_state(state(level, rows, random), false, 0, out);
  }

 private:
  void evaluate_state(const NumberState& state, bool of_reference, std::int32_t chunk, std::vector<Judged>& out) {
    view_.assign(state, column_);
    MetricInput input;
    input.numbers = &view_;
    input.reference_numbers = &total_view_;
    input.rows = state.counts.rows;
    evaluate(input, of_reference, chunk, out);
  }

  NumberState state(double level, std::int64_t rows, Engine64& random) {
    const auto edges = column_.partition.edges();
    shares_.assign(column_.partition.cells(), 0);
    double before = 0;
    for (std::size_t open = 0; open <= edges.size(); ++open) {
      const double until = open == edges.size() ? 1 : below(edges[open] - level);
      shares_[2 * open] = until - before;
      before = until;
    }
    draw(shares_, rows, random, counts_);
    NumberState out;
    out.counts.rows = rows;
    HistogramPartial partial;
    partial.resize(counts_.size());
    double sum = 0;
    double squares = 0;
    for (std::size_t cell = 0; cell < counts_.size(); ++cell) {
      if (counts_[cell] == 0) continue;
      partial.counts[cell] = counts_[cell];
      partial.touched[cell / 64] = 1;
      const double n = static_cast<double>(counts_[cell]);
      const double left = cell == 0 ? edges.front() - 0.3 : edges[cell / 2 - 1];
      const double right = cell + 1 == counts_.size() ? edges.back() + 0.3 : edges[cell / 2];
      const double width = right - left;
      // Uniform within the cell.
      const double mean = 0.5 * (left + right) + width * normal_(random) / std::sqrt(12 * n);
      const double clipped = std::clamp(mean, left, right);
      sum += n * clipped;
      squares += n * (clipped * clipped + width * width / 12);
      if (cell == 0) {
        partial.below.add(n * clipped);
      } else if (cell + 1 == counts_.size()) {
        partial.above.add(n * clipped);
      } else {
        partial.sums[cell / 2] =
            static_cast<std::int64_t>(n * (clipped - left) * column_.partition.unit(cell / 2));
      }
    }
    out.histogram.add(partial);
    set_moments(out.moments, static_cast<double>(rows), sum, squares);
    return out;
  }

  /// Sums of the standardised powers; of the third and fourth those of a normal distribution.
  void set_moments(MomentsState& moments, double rows, double sum, double squares) const {
    const double c = column_.moments.centre;
    const double s = column_.moments.scale;
    const double mean = (sum / rows - c) * s;
    const double variance = (squares / rows - sum / rows * (sum / rows)) * s * s;
    moments.inside = static_cast<std::int64_t>(rows);
    moments.minimum = -9;
    moments.maximum = 9;
    const double raw[4] = {mean, variance + mean * mean, mean * (mean * mean + 3 * variance),
                           mean * mean * mean * mean + 6 * mean * mean * variance + 3 * variance * variance};
    for (int k = 0; k < 4; ++k) {
      moments.sums[k] = static_cast<int128>(rows * raw[k] * std::ldexp(1.0, row::kPowerBits[k]));
    }
  }

  ColumnProfile column_;
  std::vector<NumberState> chunks_;
  NumberState total_;
  NumberView total_view_, view_;
  std::vector<double> shares_;
  std::vector<std::int64_t> counts_;
  std::normal_distribution<double> normal_;
};

/// Shares fall as 1 / rank; a level tilts them along a fixed direction of unit variance.
class Categories : public Evaluated {
 public:
  Categories() {
    std::vector<CategoryCount> counts;
    for (int i = 0; i < kCategories; ++i) counts.push_back({"c" + std::to_string(100 + i), 1000 / (i + 1)});
    column_.column.kind = ColumnKind::categorical;
    fit_categories(counts, 0, column_);
    metrics_ = named({"jensen_shannon", "l_infinity", "chi_squared", "population_stability_index", "total_variation"},
                     Family::univariate_drift);
  }
  void reference(const std::vector<double>& levels, std::int64_t rows, Engine64& random) override {
    chunks_.clear();
    total_ = {};
    for (const double level : levels) {
      chunks_.push_back(state(level, rows, random));
      total_.merge(chunks_.back());
    }
    total_view_ = CategoryView::of(total_, column_);
  }
  void judged_reference(std::vector<Judged>& out) override {
    for (std::size_t i = 0; i < chunks_.size(); ++i) evaluate_state(chunks_[i], true, static_cast<std::int32_t>(i), out);
  }
  void judged(double level, std::int64_t rows, Engine64& random, std::vector<Judged>& out) override {
    evaluate_state(state(level, rows, random), false, 0, out);
  }

 private:
  static constexpr int kCategories = 30;
  void evaluate_state(const CategoryState& state, bool of_reference, std::int32_t chunk, std::vector<Judged>& out) {
    view_.assign(state, column_);
    MetricInput input;
    input.categories = &view_;
    input.reference_categories = &total_view_;
    input.rows = state.counts.rows;
    evaluate(input, of_reference, chunk, out);
  }
  CategoryState state(double level, std::int64_t rows, Engine64& random) {
    shares_.assign(kCategories, 0);
    double total = 0;
    for (int i = 0; i < kCategories; ++i) total += shares_[static_cast<std::size_t>(i)] = std::exp(level * (i % 2 == 0 ? 1 : -1)) / (i + 1);
    for (double& share : shares_) share /= total;
    draw(shares_, rows, random, counts_);
    CategoryState out;
    out.counts.rows = rows;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > 0) out.categories.push_back({static_cast<std::uint32_t>(i), counts_[i]});
    }
    return out;
  }

  ColumnProfile column_;
  std::vector<CategoryState> chunks_;
  CategoryState total_;
  CategoryView total_view_, view_;
  std::vector<double> shares_;
  std::vector<std::int64_t> counts_;
};

/// Scores on 64 values; predicted positive are the highest quarter.
class BinaryClassifier : public Evaluated {
 public:
  BinaryClassifier() {
    profile_.classes = {"0", "1"};
    profile_.not_estimated = "undefined: not estimated here";
    metrics_ = named({"roc_auc", "accuracy", "f1", "recall"}, Family::realized_performance);
  }
  void reference(const std::vector<double>& levels, std::int64_t rows, Engine64& random) override {
    chunks_.clear();
    total_ = {};
    for (const double level : levels) {
      chunks_.push_back(state(level, rows, random));
      total_.merge(chunks_.back());
    }
    total_view_.assign_reference(total_, profile_);
  }
  void judged_reference(std::vector<Judged>& out) override {
    for (std::size_t i = 0; i < chunks_.size(); ++i) evaluate_state(chunks_[i], true, static_cast<std::int32_t>(i), out);
  }
  void judged(double level, std::int64_t rows, Engine64& random, std::vector<Judged>& out) override {
    evaluate_state(state(level, rows, random), false, 0, out);
  }

 private:
  static constexpr int kScores = 64;
  void evaluate_state(const ScoreState& state, bool of_reference, std::int32_t chunk, std::vector<Judged>& out) {
    view_.assign(state, profile_);
    MetricInput input;
    input.classifier = &view_;
    input.reference_classifier = &total_view_;
    input.rows = state.rows;
    evaluate(input, of_reference, chunk, out);
  }
  ScoreState state(double level, std::int64_t rows, Engine64& random) {
    shares_.assign(2 * kScores, 0);
    for (int positive = 0; positive < 2; ++positive) {
      double before = 0;
      for (int i = 0; i < kScores; ++i) {
        const double edge = -3 + 7.0 * (i + 1) / kScores;
        const double until = i + 1 == kScores ? 1 : below(edge - (positive != 0 ? 1 + level : 0));
        shares_[static_cast<std::size_t>(2 * i + positive)] = (positive != 0 ? 0.25 : 0.75) * (until - before);
        before = until;
      }
    }
    draw(shares_, rows, random, counts_);
    ScoreState out;
    out.rows = rows;
    for (int i = 0; i < kScores; ++i) {
      for (int positive = 0; positive < 2; ++positive) {
        const std::int64_t count = counts_[static_cast<std::size_t>(2 * i + positive)];
        if (count == 0) continue;
        const bool predicted = i >= 35;
        const LabelCode label = positive != 0 ? LabelCode::positive : LabelCode::negative;
        out.entries.push_back(ScoreEntry::of((i + 0.5) / kScores, ScoreEntry::code_of(predicted, label), count));
      }
    }
    return out;
  }

  PerformanceProfile profile_;
  std::vector<ScoreState> chunks_;
  ScoreState total_;
  ClassifierView total_view_, view_;
  std::vector<double> shares_;
  std::vector<std::int64_t> counts_;
};

}  // namespace

Days::Days(double variation, Engine64& random) : variation_(variation), random_(random) {
  level_ = variation_ * normal_(random_);
  phase_ = static_cast<int>(random_() % 7);
}

double Days::next() {
  const double out = level_ + variation_ * std::sin(2 * std::numbers::pi * phase_ / 7);
  level_ = kCorrelation * level_ + std::sqrt(1 - kCorrelation * kCorrelation) * variation_ * normal_(random_);
  phase_ = (phase_ + 1) % 7;
  return out;
}

std::unique_ptr<World> normal_column() { return std::make_unique<NormalColumn>(); }
std::unique_ptr<World> categories() { return std::make_unique<Categories>(); }
std::unique_ptr<World> classifier() { return std::make_unique<BinaryClassifier>(); }

}  // namespace longwatch::coverage

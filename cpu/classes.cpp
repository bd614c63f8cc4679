// Scores of several classes, row by row: who was predicted, what the label is, and the calibrated scores.

#include <cmath>
#include <string>
#include <utility>

#include "cpu/kernels.hpp"
#include "engine/state/class_row.hpp"

namespace longwatch::cpu {
namespace {

enum class Scores : std::uint8_t { usable, missing, invalid, unnormalised };

double score_at(const ColumnView& column, std::int64_t at) {
  const double score = column.type == ValueType::float32
                           ? static_cast<double>(static_cast<const float*>(column.values)[at])
                           : static_cast<const double*>(column.values)[at];
  return score + 0.0;  // -0 is 0
}

class ClassRows {
 public:
  explicit ClassRows(const ClassItem& item)
      : item_(item),
        plan_(*item.plan),
        out_(*item.out),
        classes_(item.plan->classes),
        pairs_(product_sums(classes_)),
        scores_(item.plan->scored.size()),
        probabilities_(classes_, 0) {}

  Result<void> run() {
    if (item_.scores.size() != plan_.scored.size() || out_.counts.classes != classes_) return failed("a plan");
    for (std::int64_t i = 0; i < item_.rows.count; ++i) {
      const std::int64_t at = item_.rows.rows != nullptr ? item_.rows.rows[i] : item_.rows.begin + i;
      if (!add(at)) return failed("a code of a prediction or label");
    }
    out_.counts.rows += item_.rows.count;
    return {};
  }

 private:
  static Error failed(const char* what) {
    return {
        ErrorCode::internal, std::string(what) + " does not fit the classes of the model", {}, "please report this"};
  }

  // The class of a row, or row::kNoClass; false where the code or its class is none.
  bool class_at(const ClassColumn& column, std::int64_t at, std::int16_t& out, std::int64_t& unmapped) const {
    out = row::kNoClass;
    if (column.column.values == nullptr || !column.column.valid(at)) return true;
    const std::uint32_t code = static_cast<const std::uint32_t*>(column.column.values)[at];  // negative: a large one
    if (code >= column.codes) return false;
    out = column.classes[code];
    unmapped += out == row::kNoClass ? 1 : 0;
    return out < static_cast<std::int16_t>(classes_);
  }

  Scores read_scores(std::int64_t at) {
    if (scores_.empty()) return Scores::missing;
    bool invalid = false;
    double sum = 0;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      if (item_.scores[i].values == nullptr || !item_.scores[i].valid(at)) return Scores::missing;
      scores_[i] = score_at(item_.scores[i], at);
      if (std::isnan(scores_[i])) return Scores::missing;
      invalid = invalid || !row::is_probability(scores_[i]);
      sum += scores_[i];
    }
    if (invalid) return Scores::invalid;
    return row::sums_to_one(sum) ? Scores::usable : Scores::unnormalised;
  }

  [[nodiscard]] std::int16_t largest() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < scores_.size(); ++i) {
      if (scores_[i] > scores_[best]) best = i;
    }
    return static_cast<std::int16_t>(plan_.scored[best]);
  }

  bool add(std::int64_t at) {
    std::int16_t predicted = row::kNoClass;
    std::int16_t label = row::kNoClass;
    if (!class_at(item_.prediction, at, predicted, out_.counts.unmapped_predictions)) return false;
    if (!class_at(item_.label, at, label, out_.counts.unmapped_labels)) return false;
    const Scores scores = read_scores(at);
    out_.counts.missing_scores += scores == Scores::missing ? 1 : 0;
    out_.counts.invalid_scores += scores == Scores::invalid ? 1 : 0;
    out_.counts.unnormalised_scores += scores == Scores::unnormalised ? 1 : 0;
    const bool usable = scores == Scores::usable;
    if (predicted < 0 && usable) predicted = largest();
    const std::size_t known = label < 0 ? classes_ : static_cast<std::size_t>(label);
    if (predicted < 0) {
      out_.unpredicted[known] += 1;
      return true;
    }
    out_.labels[static_cast<std::size_t>(predicted) * (classes_ + 1) + known] += 1;
    if (usable) add_scored(predicted, label);
    return true;
  }

  void add_scored(std::int16_t predicted, std::int16_t label) {
    const auto p = static_cast<std::size_t>(predicted);
    out_.scored[p] += 1;
    const bool calibrated = !plan_.maps.empty();
    if (calibrated) calibrate(p);
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const std::int32_t c = plan_.scored[i];
      const LabelCode code = label < 0 ? LabelCode::unknown : label == c ? LabelCode::positive : LabelCode::negative;
      const double own = calibrated ? probabilities_[static_cast<std::size_t>(c)] : 0;
      out_.entries[static_cast<std::size_t>(c)].push_back(
          {ScoreEntry::of(scores_[i], ScoreEntry::code_of(predicted == c, code), 1), row::probability_term(own)});
    }
  }

  // The row's calibrated scores, and their sums.
  void calibrate(std::size_t p) {
    double sum = 0;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const CalibrationMap& map = plan_.maps[i];
      double& own = probabilities_[static_cast<std::size_t>(plan_.scored[i])];
      own = row::calibrated(map.scores, map.probabilities, map.knots, scores_[i]);
      sum += own;
    }
    for (const std::int32_t c : plan_.scored) {
      double& own = probabilities_[static_cast<std::size_t>(c)];
      own = row::renormalised(own, sum, static_cast<int>(plan_.scored.size()));
      out_.sums[p * classes_ + static_cast<std::size_t>(c)] += row::probability_term(own);
    }
    std::int64_t* products = out_.products.data() + p * pairs_;
    const bool all = classes_ <= kMaxProductClasses;
    for (std::size_t c = 0; c < classes_; ++c) {
      for (std::size_t d = all ? 0 : c; d <= c; ++d)
        products[product_at(classes_, c, d)] += row::probability_term(probabilities_[c] * probabilities_[d]);
    }
  }

  const ClassItem& item_;
  const ClassPlan& plan_;
  ClassPartial& out_;
  std::size_t classes_;
  std::size_t pairs_;
  std::vector<double> scores_;         // of the row, by plan_.scored
  std::vector<double> probabilities_;  // of the row, by class; 0 for classes without a score
};

}  // namespace

Result<void> add_classes(const ClassItem& item) { return ClassRows(item).run(); }

}  // namespace longwatch::cpu

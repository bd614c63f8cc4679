// Counts the rows of a score item by (score, prediction, label).

#include <cmath>
#include <vector>

#include "cpu/kernels.hpp"
#include "engine/state/row.hpp"

namespace longwatch::cpu {
namespace {

// What a row holds in a column of classes.
class Classes {
 public:
  Classes(const ClassColumn& column, std::int64_t& unmapped) : column_(column), unmapped_(unmapped) {}
  std::int16_t of(std::int64_t row) {
    if (column_.column.values == nullptr || !column_.column.valid(row)) return row::kNoClass;
    const std::uint32_t code = static_cast<const std::uint32_t*>(column_.column.values)[row];  // negative: a large one
    if (code >= column_.codes) {
      broken_ = true;
      return row::kNoClass;
    }
    if (column_.classes[code] == row::kNoClass) ++unmapped_;
    return column_.classes[code];
  }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  const ClassColumn& column_;
  std::int64_t& unmapped_;
  bool broken_ = false;
};

template <class Float>
double score_at(const ColumnView& view, std::int64_t row) {
  return static_cast<double>(static_cast<const Float*>(view.values)[row]) + 0.0;  // -0 is 0
}

double score_of(const ColumnView& view, std::int64_t row) {
  if (view.values == nullptr || !view.valid(row)) return std::nan("");
  return view.type == ValueType::float32 ? score_at<float>(view, row) : score_at<double>(view, row);
}

void add_unscored(ScoreState& out, double score, std::int16_t prediction, std::int16_t label) {
  (std::isnan(score) ? out.missing_scores : out.invalid_scores) += 1;
  const int of_label = label == row::kNoClass ? 2 : label;
  if (prediction == row::kNoClass) {
    out.unpredicted[of_label] += 1;
  } else {
    out.unscored[3 * prediction + of_label] += 1;
  }
}

}  // namespace

Result<void> add_scores(const ScoreItem& item) {
  ScoreState& out = *item.out;
  Classes predictions(item.prediction, out.unmapped_predictions);
  Classes labels(item.label, out.unmapped_labels);
  out.rows += item.rows.count;
  std::vector<std::uint64_t> keys[2];  // by predicted class
  for (auto& some : keys) some.reserve(static_cast<std::size_t>(item.rows.count));
  for (std::int64_t i = 0; i < item.rows.count; ++i) {
    const std::int64_t at = item.rows.rows != nullptr ? item.rows.rows[i] : item.rows.begin + i;
    const double score = score_of(item.score, at);
    const std::int16_t prediction = predictions.of(at);
    const std::int16_t label = labels.of(at);
    if (row::usable_score(score)) {
      const int code = row::score_code(score, item.cutoff, prediction, label);
      keys[code / 3].push_back(score_key(score, static_cast<LabelCode>(code % 3)));
    } else {
      add_unscored(out, score, prediction, label);
    }
  }
  if (predictions.broken() || labels.broken()) {
    return Error{ErrorCode::internal,
                 "a class code lies outside its dictionary",
                 {},
                 "the reader must check codes; please report this"};
  }
  count_scores(keys, out.entries);
  return {};
}

}  // namespace longwatch::cpu

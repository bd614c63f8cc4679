// Cut-offs as columns, and back.
#include "engine/output/cutoffs_file.hpp"

#include <cmath>

#include "engine/base/hash.hpp"
#include "engine/metrics/functional.hpp"
#include "engine/output/os_error.hpp"
#include "engine/output/plain_table.hpp"
#include "engine/output/preview.hpp"

namespace longwatch {
namespace {

void add(FixedColumn<double>& column, double value) { column.add(value, !std::isnan(value)); }

// The metrics of a point, by the formulas of the metrics themselves.
struct PointMetrics {
  const char* name;
  const metrics::Functional* functional;
};
const PointMetrics kMetrics[] = {{"accuracy", &metrics::kAccuracy},
                                 {"balanced_accuracy", &metrics::kBalancedAccuracy},
                                 {"precision", &metrics::kPrecision},
                                 {"recall", &metrics::kRecall},
                                 {"specificity", &metrics::kSpecificity},
                                 {"f1", &metrics::kF1},
                                 {"matthews_correlation", &metrics::kMatthewsCorrelation}};

OutcomeTable table_of(const CutoffPoint& point) {
  OutcomeTable out;
  out.true_positive = point.true_positive;
  out.false_positive = point.false_positive;
  out.false_negative = point.false_negative;
  out.true_negative = point.true_negative;
  out.rows = point.rows();
  return out;
}

// One row of the file as it is read.
class RowReader {
 public:
  RowReader(const TextTable& table, TextPool& pool) : table_(table), pool_(pool) {
    for (const char* name : {"model", "model_version", "segment_column", "segment_value", "period", "family", "cutoff",
                             "true_positive", "false_positive", "false_negative", "true_negative", "business_value", "best",
                             "best_cutoff_lower", "best_cutoff_upper", "best_value_lower", "best_value_upper"}) {
      for (std::size_t i = 0; i < table.columns().size(); ++i) {
        if (table.columns()[i] == name) columns_.push_back(i);
      }
    }
  }
  [[nodiscard]] bool complete() const { return columns_.size() == 17; }

  [[nodiscard]] CutoffRow row(std::size_t at) const {
    CutoffRow out;
    out.key.model = text(at, 0);
    out.key.model_version = text(at, 1);
    out.key.segment_column = text(at, 2);
    out.key.segment_value = text(at, 3);
    out.key.segment_missing = !out.key.segment_column.empty() && is_null(at, 3);
    out.key.period = text(at, 4).view() == "reference" ? "reference" : "analysis";
    out.family = text(at, 5).view() == "estimated_performance" ? "estimated_performance" : "realized_performance";
    out.point = {number(at, 6), number(at, 7), number(at, 8), number(at, 9), number(at, 10)};
    out.business_value = number(at, 11);
    const auto* best = std::get_if<bool>(&cell(at, 12));
    out.best = best == nullptr ? -1 : *best ? 1 : 0;
    out.cutoff_lower = number(at, 13);
    out.cutoff_upper = number(at, 14);
    out.value_lower = number(at, 15);
    out.value_upper = number(at, 16);
    return out;
  }

 private:
  [[nodiscard]] const TextTable::Cell& cell(std::size_t row, std::size_t column) const {
    return table_.at(row, columns_[column]);
  }
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const {
    return std::holds_alternative<std::monostate>(cell(row, column));
  }
  [[nodiscard]] Text text(std::size_t row, std::size_t column) const {
    const auto* found = std::get_if<std::string>(&cell(row, column));
    return found == nullptr ? Text{} : pool_.intern(*found);
  }
  [[nodiscard]] double number(std::size_t row, std::size_t column) const {
    const auto* found = std::get_if<double>(&cell(row, column));
    return found == nullptr ? ResultRow::kNone : *found;
  }

  const TextTable& table_;
  TextPool& pool_;
  std::vector<std::size_t> columns_;
};

}  // namespace

std::uint64_t cutoff_seed(const ResultRow& key, std::string_view family) {
  std::uint64_t hash = key.segment_missing ? 1 : 0;
  for (const std::string_view part : {key.model.view(), key.segment_column.view(), key.segment_value.view(),
                                      std::string_view(key.period), family}) {
    hash = hash_text(part, hash);
  }
  return hash;
}

Result<std::string> encode_cutoffs(const std::vector<CutoffRow>& rows) {
  PlainTable table;
  KeyColumns key(table, false);
  TextColumn& family = table.text("family");
  auto& cutoff = table.number("cutoff");
  FixedColumn<double>* counts[] = {&table.number("true_positive"), &table.number("false_positive"),
                                   &table.number("false_negative"), &table.number("true_negative")};
  std::vector<FixedColumn<double>*> metrics;
  for (const PointMetrics& metric : kMetrics) metrics.push_back(&table.number(metric.name));
  auto& value = table.number("business_value");
  auto& mean = table.number("business_value_per_prediction");
  FlagColumn& best = table.flag("best");
  auto& cutoff_lower = table.number("best_cutoff_lower");
  auto& cutoff_upper = table.number("best_cutoff_upper");
  auto& value_lower = table.number("best_value_lower");
  auto& value_upper = table.number("best_value_upper");
  return table.encode(rows.size(), "cutoffs.parquet", [&](std::size_t i) {
    const CutoffRow& row = rows[i];
    key.add(row.key);
    family.add(row.family);
    add(cutoff, row.point.cutoff);
    add(*counts[0], row.point.true_positive);
    add(*counts[1], row.point.false_positive);
    add(*counts[2], row.point.false_negative);
    add(*counts[3], row.point.true_negative);
    const OutcomeTable outcomes = table_of(row.point);
    for (std::size_t m = 0; m < metrics.size(); ++m) add(*metrics[m], kMetrics[m].functional->value(outcomes));
    add(value, row.business_value);
    add(mean, row.business_value / row.point.rows());
    best.add(row.best);
    add(cutoff_lower, row.cutoff_lower);
    add(cutoff_upper, row.cutoff_upper);
    add(value_lower, row.value_lower);
    add(value_upper, row.value_upper);
  });
}

Result<std::vector<CutoffRow>> read_cutoffs(const std::string& path, TextPool& pool) {
  LW_TRY(const TextTable table, preview_parquet(path, INT64_MAX));
  const RowReader reader(table, pool);
  if (!reader.complete()) return file_error(ErrorCode::data, path, "it is no table of cut-offs", "run again");
  std::vector<CutoffRow> out;
  out.reserve(table.rows());
  for (std::size_t i = 0; i < table.rows(); ++i) out.push_back(reader.row(i));
  return out;
}

}  // namespace longwatch

// Entries of a confusion matrix of several classes.
#include "engine/metrics/class_confusion.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/class_interval.hpp"
#include "engine/state/class_row.hpp"

namespace longwatch::metrics {
namespace {

constexpr const char* kSuffixes[] = {"", "_share", "_of_actual", "_of_predicted"};

struct Entry {
  std::size_t label = 0;
  std::size_t predicted = 0;
};

std::size_t entries_of(std::size_t classes) { return classes <= kMaxConfusionClasses ? classes * classes : classes; }

Entry entry_at(std::size_t at, std::size_t classes) {
  if (classes > kMaxConfusionClasses) return {at, at};
  return {at / classes, at % classes};
}

enum Norm : std::uint8_t { kRows, kShare, kOfActual, kOfPredicted };

const char* undefined_for(Norm norm) {
  if (norm == kOfActual) return "no row has this label";
  return norm == kOfPredicted ? "no row is predicted as this class" : "no rows";
}

double denominator_of(const ClassMatrix& m, const Entry& entry, Norm norm) {
  if (norm == kOfActual) return m.label_rows(entry.label);
  return norm == kOfPredicted ? m.predicted_rows(entry.predicted) : m.rows;
}

// Of the entry as a share. An estimate is sum(p) over the rows predicted so, by a number of rows or by the sum over all
// rows; which rows count for it are told apart by the sums of p and p^2, by prediction.
ClassError entry_error(const ClassesView& view, bool estimated, const Entry& entry, Norm norm) {
  const ClassMatrix& m = estimated ? view.estimated : view.realized;
  const double all = denominator_of(m, entry, norm);
  const double share = m.at(entry.predicted, entry.label) / all;
  if (!estimated) return {share * (1 - share) / all, 0};
  double own = 0, others = 0, own_noise = 0, other_noise = 0;  // sums of p^2 and of p (1 - p)
  for (const PredictedRows& rows : view.state->predicted) {
    const double square = std::ldexp(
        static_cast<double>(rows.products[product_at(m.classes, entry.label, entry.label)]), -row::kProbabilityBits);
    const double noise = std::max(0.0, m.at(rows.predicted, entry.label) - square);
    (rows.predicted == entry.predicted ? own : others) += square;
    (rows.predicted == entry.predicted ? own_noise : other_noise) += noise;
  }
  const double squared = all * all;
  if (norm != kOfActual) return {std::max(0.0, own / squared - share * share / all), own_noise / squared};
  const double in = (1 - share) * (1 - share);
  const double out = share * share;
  return {(in * own + out * others) / squared, (in * own_noise + out * other_noise) / squared};
}

MetricValue entry_value(const ClassesView& view, bool estimated, const Entry& entry, Norm norm) {
  const ClassMatrix& m = estimated ? view.estimated : view.realized;
  const double all = denominator_of(m, entry, norm);
  if (!(all > 0)) return MetricValue::undefined(undefined_for(norm));
  const double mass = m.at(entry.predicted, entry.label);
  const double scale = norm == kRows ? m.rows : 1;
  MetricValue out = value_of(norm == kRows ? mass : mass / all);
  add_share_interval(view, estimated, entry_error(view, estimated, entry, norm), all, scale, out);
  return out;
}

// What chance does to a chunk of as many rows of the reference.
void add_null(const ClassesView& reference, bool estimated, double rows, const Entry& entry, Norm norm,
              MetricValue& out) {
  const ClassMatrix& m = estimated ? reference.estimated : reference.realized;
  const double all = denominator_of(m, entry, norm);
  if (!(all > 0)) return;
  const double variance = entry_error(reference, estimated, entry, norm).sampling * m.rows;
  const double scale = norm == kRows ? rows : 1;
  out.null.expected = scale * m.at(entry.predicted, entry.label) / all;
  out.null.error = scale * std::sqrt(variance * (1 / rows + 1 / m.rows));
}

}  // namespace

std::vector<std::string> class_confusion_names(const PerformanceProfile& performance) {
  std::vector<std::string> out;
  const std::vector<std::string>& classes = performance.classes;
  for (std::size_t i = 0; i < entries_of(classes.size()); ++i) {
    const Entry entry = entry_at(i, classes.size());
    for (const char* suffix : kSuffixes)
      out.push_back("true_" + classes[entry.label] + "_pred_" + classes[entry.predicted] + suffix);
  }
  return out;
}

MetricValue class_confusion_value(const MetricInput& input, Family family) {
  return with_classes(input, family, [&](const ClassesView& view, bool estimated) {
    const ClassMatrix& m = estimated ? view.estimated : view.realized;
    const std::size_t at = input.variant / std::size(kSuffixes);
    if (at >= entries_of(m.classes)) return MetricValue::undefined("no such entry");
    const Entry entry = entry_at(at, m.classes);
    const auto norm = static_cast<Norm>(input.variant % std::size(kSuffixes));
    MetricValue out = entry_value(view, estimated, entry, norm);
    if (out.status == "ok" && input.reference_classes != nullptr)
      add_null(*input.reference_classes, estimated, m.rows, entry, norm, out);
    return out;
  });
}

}  // namespace longwatch::metrics

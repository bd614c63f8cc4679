// Macro, micro and weighted averages over the classes.
#include "engine/metrics/class_average.hpp"

#include <algorithm>
#include <cmath>

#include "engine/metrics/class_interval.hpp"
#include "engine/state/compensated.hpp"

namespace longwatch::metrics {
namespace {

const OutcomeTable& table_of(const ClassView& view, bool estimated) {
  return estimated ? view.estimated : view.realized;
}

double labels_of(const OutcomeTable& table) { return table.true_positive + table.false_negative; }

void append(OutcomeTable& out, const OutcomeTable& from, std::size_t i) {
  out.score.push_back(from.score[i]);
  out.positive[0].push_back(from.positive[0][i] + from.positive[1][i]);
  out.negative[0].push_back(from.negative[0][i] + from.negative[1][i]);
}

// The masses by score of two tables together, without regard to predictions.
OutcomeTable merged(const OutcomeTable& a, const OutcomeTable& b) {
  OutcomeTable out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.score.size() || j < b.score.size()) {
    const bool from_a = j == b.score.size() || (i < a.score.size() && a.score[i] >= b.score[j]);
    if (!from_a) {
      append(out, b, j++);
      continue;
    }
    append(out, a, i++);
    if (j == b.score.size() || b.score[j] != out.score.back()) continue;
    out.positive[0].back() += b.positive[0][j] + b.positive[1][j];
    out.negative[0].back() += b.negative[0][j] + b.negative[1][j];
    ++j;
  }
  for (auto* masses : {out.positive, out.negative}) masses[1].assign(out.score.size(), 0);
  return out;
}

void set_confusion(OutcomeTable& into, const OutcomeTable& from) {
  into.true_positive = from.true_positive;
  into.false_positive = from.false_positive;
  into.false_negative = from.false_negative;
  into.true_negative = from.true_negative;
  into.rows = from.rows;
}

void add_confusion(OutcomeTable& into, const OutcomeTable& from) {
  into.true_positive += from.true_positive;
  into.false_positive += from.false_positive;
  into.false_negative += from.false_negative;
  into.true_negative += from.true_negative;
  into.rows += from.rows;
}

Averaged micro(const ClassesView& view, bool estimated, const Functional& functional) {
  const OutcomeTable table = pooled(view, estimated, functional.ranked);
  Averaged out;
  if (functional.ranked && table.score.empty()) {
    out.undefined = functional.undefined;
    return out;
  }
  out.value = functional.value(table);
  if (functional.events != nullptr) out.events = functional.events(table);
  if (std::isnan(out.value)) out.undefined = functional.undefined;
  return out;
}

// Whether a class takes part in an average.
bool takes_part(const ClassView& one, const OutcomeTable& table, const Functional& functional, Average average) {
  if (functional.ranked) return one.scored && (average == Average::macro || scored_masses(table).positive > 0);
  return labels_of(table) > 0 || table.false_positive > 0;
}

}  // namespace

OutcomeTable pooled(const ClassesView& view, bool estimated, bool ranked) {
  std::vector<OutcomeTable> parts;
  OutcomeTable sums;
  for (const ClassView& one : view.classes) {
    const OutcomeTable& table = table_of(one, estimated);
    add_confusion(sums, table);
    if (ranked && one.scored) parts.push_back(table);
  }
  while (parts.size() > 1) {
    std::vector<OutcomeTable> pairs;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) pairs.push_back(merged(parts[i], parts[i + 1]));
    if (parts.size() % 2 != 0) pairs.push_back(std::move(parts.back()));
    parts = std::move(pairs);
  }
  if (parts.empty()) return sums;
  OutcomeTable& out = parts.front();
  set_confusion(out, sums);
  return std::move(out);
}

double label_weight(const OutcomeTable& table, bool ranked) {
  return ranked ? scored_masses(table).positive : labels_of(table);
}

Averaged class_average(const ClassesView& view, bool estimated, const Functional& functional, Average average) {
  if (average == Average::micro) return micro(view, estimated, functional);
  Averaged out;
  CompensatedSum sum;
  CompensatedSum weights;
  for (std::size_t c = 0; c < view.classes.size(); ++c) {
    const OutcomeTable& table = table_of(view.classes[c], estimated);
    if (!takes_part(view.classes[c], table, functional, average)) continue;
    const double value = functional.value(table);
    if (std::isnan(value) && functional.ranked) {
      out.undefined = "class '" + view.performance->classes[c] + "' does not occur here, or no other does";
      return out;
    }
    const double weight = average == Average::macro ? 1 : label_weight(table, functional.ranked);
    sum.add(std::isnan(value) ? 0 : weight * value);
    weights.add(weight);
    const double events = functional.events == nullptr ? kNaN : functional.events(table);
    out.events = std::isnan(out.events) ? events : std::min(out.events, events);
  }
  if (weights.value() > 0) {
    out.value = sum.value() / weights.value();
  } else {
    out.undefined = functional.undefined;
  }
  if (average == Average::weighted) out.events = micro(view, estimated, functional).events;
  return out;
}

Averaged functional_value(const ClassesView& view, bool estimated, const Functional& functional, Average average) {
  return functional.of_classes != nullptr ? functional.of_classes(view, estimated)
                                          : class_average(view, estimated, functional, average);
}

MetricValue classes_value(const MetricInput& input, Family family, const Functional& functional, Average average) {
  return with_classes(input, family, [&](const ClassesView& view, bool estimated) {
    const bool scored = std::any_of(view.classes.begin(), view.classes.end(),
                                    [&](const ClassView& one) { return !table_of(one, estimated).score.empty(); });
    if (functional.ranked && !scored) return without_value("insufficient_data");
    const Averaged averaged = functional_value(view, estimated, functional, average);
    MetricValue out =
        averaged.undefined.empty() ? value_of(averaged.value) : MetricValue::undefined(averaged.undefined);
    out.events = averaged.events;
    if (out.status == "ok") add_class_interval(input, estimated, functional, average, out);
    return out;
  });
}

}  // namespace longwatch::metrics

// Entries of a confusion matrix of several classes.
#include "engine/metrics/class_confusion.hpp"

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

MetricValue share_of(double mass, double whole, const char* undefined) {
  return whole > 0 ? value_of(mass / whole) : MetricValue::undefined(undefined);
}

MetricValue entry_value(const ClassMatrix& m, const Entry& entry, std::size_t norm) {
  const double mass = m.at(entry.predicted, entry.label);
  switch (norm) {
    case 0:
      return value_of(mass);
    case 1:
      return share_of(mass, m.rows, "no rows");
    case 2:
      return share_of(mass, m.label_rows(entry.label), "no row has this label");
    default:
      return share_of(mass, m.predicted_rows(entry.predicted), "no row is predicted as this class");
  }
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
    const std::size_t entry = input.variant / std::size(kSuffixes);
    if (entry >= entries_of(m.classes)) return MetricValue::undefined("no such entry");
    return entry_value(m, entry_at(entry, m.classes), input.variant % std::size(kSuffixes));
  });
}

}  // namespace longwatch::metrics

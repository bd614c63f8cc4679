// Coverage of the intervals of performance metrics of several classes, realized (ci) and estimated (ci, pi).
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "benchmarks/coverage/class_population.hpp"
#include "benchmarks/coverage/part.hpp"
#include "benchmarks/coverage/tally.hpp"
#include "engine/metrics/class_confusion.hpp"

namespace longwatch::coverage {
namespace {

using namespace metrics;

constexpr std::int64_t kReference = 50'000;
constexpr std::int64_t kRowCounts[] = {500, 2'000, 10'000};
constexpr std::size_t kSizes = std::size(kRowCounts);

struct Subject {
  const char* name;
  const Functional* functional;  // null: an entry of the confusion matrix
  Average average = Average::macro;
  std::size_t variant = 0;
};

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> out = {
      {"accuracy", &kAccuracy},
      {"balanced_accuracy", &kBalancedAccuracy},
      {"matthews_correlation", &kMatthewsCorrelation},
      {"f1", &kF1},
      {"f1_weighted", &kF1, Average::weighted},
      {"precision", &kPrecision},
      {"recall", &kRecall},
      {"specificity", &kSpecificity},
      {"roc_auc", &kRocAuc},
      {"roc_auc_weighted", &kRocAuc, Average::weighted},
      {"roc_auc_micro", &kRocAuc, Average::micro},
      {"average_precision", &kAveragePrecision},
      {"average_precision_weighted", &kAveragePrecision, Average::weighted},
      {"average_precision_micro", &kAveragePrecision, Average::micro},
      {"log_loss", &kLogLoss},
      {"brier_score", &kBrierScore},
      {"true_0_pred_1", nullptr, Average::macro, 4},
      {"true_0_pred_1_share", nullptr, Average::macro, 5},
      {"true_0_pred_1_of_actual", nullptr, Average::macro, 6},
      {"true_0_pred_1_of_predicted", nullptr, Average::macro, 7},
  };
  return out;
}

MetricValue value_of(const Subject& subject, const ClassesView& view, Family family) {
  MetricInput input;
  input.classes = &view;
  input.variant = subject.variant;
  if (subject.functional == nullptr) return class_confusion_value(input, family);
  return classes_value(input, family, *subject.functional, subject.average);
}

using Tallies = std::vector<Tally>;  // by number of rows, then subject

void replicate(const ClassPopulation& population, const std::vector<double>& truths, Random random, Tallies& tallies) {
  const std::vector<Subject>& all = subjects();
  PerformanceProfile profile = population.learned(random, kReference);
  for (std::size_t size = 0; size < kSizes; ++size) {
    const ClassState state = population.sample(random, kRowCounts[size], profile);
    ClassesView view;
    view.assign(state, profile);
    for (std::size_t m = 0; m < all.size(); ++m) {
      Tally& tally = tallies[size * all.size() + m];
      const double scale =
          all[m].functional == nullptr && all[m].variant % 4 == 0 ? static_cast<double>(kRowCounts[size]) : 1;
      const MetricValue realized = value_of(all[m], view, Family::realized_performance);
      tally.count(0, realized.ci_lower, realized.ci_upper, truths[m] * scale);
      const MetricValue estimated = value_of(all[m], view, Family::estimated_performance);
      tally.count(1, estimated.ci_lower, estimated.ci_upper, truths[m] * scale);
      tally.count(2, estimated.pi_lower, estimated.pi_upper, realized.value);
    }
  }
}

Tallies run(const ClassPopulation& population, const Options& options) {
  const std::size_t count = subjects().size();
  std::vector<double> truths;
  const ClassState whole = population.whole();
  const PerformanceProfile as_is = population.without_maps();
  ClassesView view;
  view.assign(whole, as_is);
  for (const Subject& subject : subjects()) {
    const MetricValue value = value_of(subject, view, Family::estimated_performance);
    const bool rows = subject.functional == nullptr && subject.variant % 4 == 0;
    truths.push_back(rows ? value.value / static_cast<double>(whole.rows) : value.value);
  }
  constexpr std::int64_t kPart = 10;
  std::vector<Tallies> parts(static_cast<std::size_t>((options.replications + kPart - 1) / kPart));
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t part) {
    parts[part].resize(kSizes * count);
    const std::int64_t first = static_cast<std::int64_t>(part) * kPart;
    for (std::int64_t r = first; r < std::min(options.replications, first + kPart); ++r)
      replicate(population, truths, Random(options.seed * 1'000'003 + static_cast<std::uint64_t>(r)), parts[part]);
  });
  Tallies out(kSizes * count);
  for (const Tallies& part : parts) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i].add(part[i]);
  }
  return out;
}

}  // namespace

int classes(const Options& options) {
  const int threads = options.threads > 0 ? options.threads : tbb::info::default_concurrency();
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  std::fputs(kTallyLegend, stdout);
  std::printf("%7s %-26s %6s  %-18s  %-18s  %s\n", "classes", "metric", "rows", "ci, realized", "ci, estimated",
              "pi, estimated");
  Verdict verdict;
  for (const std::size_t count : {3, 5}) {
    const Tallies tallies = run(ClassPopulation(count), options);
    for (std::size_t i = 0; i < tallies.size(); ++i) {
      const Subject& subject = subjects()[i % subjects().size()];
      if (std::string(subject.name).find(options.only) == std::string::npos) continue;
      std::printf("%7zu %-26s %6lld", count, subject.name, static_cast<long long>(kRowCounts[i / subjects().size()]));
      verdict.print(tallies[i], options.replications);
    }
    std::fflush(stdout);
  }
  for (int k = 0; k < kKinds; ++k) {
    std::printf("%s: %d of %d cells inside 94-96 %%, %d below 90 %%; %.4f to %.4f\n", kKindNames[k], verdict.inside[k],
                verdict.cells, verdict.low[k], verdict.least[k], verdict.most[k]);
  }
  return 0;
}

}  // namespace longwatch::coverage

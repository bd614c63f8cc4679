// Coverage of the intervals of performance metrics, realized (ci) and estimated (ci, pi).
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "benchmarks/coverage/classifier.hpp"
#include "benchmarks/coverage/part.hpp"
#include "benchmarks/coverage/tally.hpp"
#include "engine/metrics/functional.hpp"
#include "engine/metrics/performance_interval.hpp"
#include "engine/profile/fit_calibrator.hpp"

namespace longwatch::coverage {
namespace {

using namespace metrics;

struct Subject {
  const char* name;
  IntervalRecipe recipe;
};

double business(const Confusion& m) {
  return (120 * m.tp - 15 * m.fp - 40 * m.fn) / (m.tp + m.fp + m.fn + m.tn);
}

std::vector<Subject> subjects() {
  return {
      {"accuracy", kAccuracy.recipe()},
      {"precision", kPrecision.recipe()},
      {"recall", kRecall.recipe()},
      {"specificity", kSpecificity.recipe()},
      {"balanced_accuracy", kBalancedAccuracy.recipe()},
      {"f1", kF1.recipe()},
      {"true_positives/all", mean_of_shares({{kTp, kAllCells}})},
      {"matthews_correlation", kMatthewsCorrelation.recipe()},
      {"business_value", function_of_confusion(business, -INFINITY, INFINITY)},
      {"roc_auc", kRocAuc.recipe()},
      {"average_precision", kAveragePrecision.recipe()},
      {"log_loss", kLogLoss.recipe()},
      {"brier_score", kBrierScore.recipe()},
  };
}

constexpr double kArea = 0.75;  // ROC AUC of the model

void replicate(const Classifier& classifier, std::int64_t rows, const std::vector<Subject>& all,
               const std::vector<double>& truths, Random random, std::vector<Tally>& tallies) {
  PerformanceProfile profile;
  profile.classes = {"0", "1"};
  const ScoreState labelled = classifier.sample(random, 50'000);
  profile.calibrators.push_back(fit_calibrator(labelled));
  thread_local ClassifierView reference;
  reference.assign_reference(labelled, profile);
  const ScoreState state = classifier.sample(random, rows);
  thread_local ClassifierView view;
  view.assign(state, profile);
  for (std::size_t m = 0; m < all.size(); ++m) {
    MetricValue realized;
    realized.value = all[m].recipe.value(view.realized);
    add_realized_interval(all[m].recipe, view, &reference, 0.95, realized);
    tallies[m].count(0, realized.ci_lower, realized.ci_upper, truths[m]);
    MetricValue estimated;
    estimated.value = all[m].recipe.value(view.estimated);
    add_estimated_interval(all[m].recipe, view, &reference, 0.95, estimated);
    tallies[m].count(1, estimated.ci_lower, estimated.ci_upper, truths[m]);
    tallies[m].count(2, estimated.pi_lower, estimated.pi_upper, realized.value);
  }
}

struct World {
  bool distorted;
  std::int64_t rows;
  double prevalence;
};

std::vector<Tally> run(const World& world, const std::vector<Subject>& all, const Options& options) {
  const Classifier classifier(world.prevalence, kArea, world.distorted);
  const OutcomeTable population = classifier.population();
  std::vector<double> truths;
  for (const Subject& subject : all) truths.push_back(subject.recipe.value(population));
  constexpr std::int64_t kPart = 50;
  std::vector<std::vector<Tally>> parts(static_cast<std::size_t>((options.replications + kPart - 1) / kPart));
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t part) {
    parts[part].resize(all.size());
    const std::int64_t first = static_cast<std::int64_t>(part) * kPart;
    for (std::int64_t r = first; r < std::min(options.replications, first + kPart); ++r) {
      replicate(classifier, world.rows, all, truths, Random(options.seed * 1'000'003 + static_cast<std::uint64_t>(r)),
                parts[part]);
    }
  });
  std::vector<Tally> out(all.size());
  for (const auto& part : parts) {
    for (std::size_t m = 0; m < all.size(); ++m) out[m].add(part[m]);
  }
  return out;
}

}  // namespace

int performance(const Options& options) {
  std::vector<Subject> all = subjects();
  std::erase_if(all, [&](const Subject& s) { return std::string(s.name).find(options.only) == std::string::npos; });
  const int threads = options.threads > 0 ? options.threads : tbb::info::default_concurrency();
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  std::fputs(kTallyLegend, stdout);
  std::printf("%-10s %-21s %6s %4s  %-18s  %-18s  %s\n", "scores", "metric", "rows", "prev", "ci, realized",
              "ci, estimated", "pi, estimated");
  for (const bool distorted : {true, false}) {
    Verdict verdict;
    for (const std::int64_t rows : {500, 2'000, 10'000}) {
      for (const double prevalence : {0.05, 0.2, 0.5}) {
        const World world{distorted, rows, prevalence};
        const std::vector<Tally> tallies = run(world, all, options);
        for (std::size_t m = 0; m < all.size(); ++m) {
          std::printf("%-10s %-21s %6lld %.2f", distorted ? "distorted" : "calibrated", all[m].name,
                      static_cast<long long>(rows), prevalence);
          verdict.print(tallies[m], options.replications);
        }
        std::fflush(stdout);
      }
    }
    for (int k = 0; k < kKinds; ++k) {
      std::printf("%s scores, %s: %d of %d cells inside 94-96 %%, %d below 90 %%\n",
                  distorted ? "distorted" : "calibrated", kKindNames[k], verdict.inside[k], verdict.cells,
                  verdict.low[k]);
    }
  }
  return 0;
}

}  // namespace longwatch::coverage

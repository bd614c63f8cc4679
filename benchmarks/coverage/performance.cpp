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
#include "engine/metrics/functional.hpp"
#include "engine/metrics/performance_interval.hpp"

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
      {"true_positive_rate_of_all", mean_of_shares({{kTp, kAllCells}})},
      {"matthews_correlation", kMatthewsCorrelation.recipe()},
      {"business_value", function_of_confusion(business, -INFINITY, INFINITY)},
      {"roc_auc", kRocAuc.recipe()},
      {"average_precision", kAveragePrecision.recipe()},
      {"log_loss", kLogLoss.recipe()},
      {"brier_score", kBrierScore.recipe()},
  };
}

struct Tally {
  std::int64_t in[3] = {}, below[3] = {}, undefined[3] = {};  // realized ci, estimated ci, estimated pi
  double width[3] = {};
  void count(int kind, double lower, double upper, double truth) {
    if (!(lower <= upper) || std::isnan(truth)) {
      ++undefined[kind];
      return;
    }
    in[kind] += lower <= truth && truth <= upper ? 1 : 0;
    below[kind] += truth < lower ? 1 : 0;
    width[kind] += upper - lower;
  }
  void add(const Tally& other) {
    for (int k = 0; k < 3; ++k) {
      in[k] += other.in[k];
      below[k] += other.below[k];
      undefined[k] += other.undefined[k];
      width[k] += other.width[k];
    }
  }
};

// Weighted pool adjacent violators of the reference's labels by score.
Calibrator isotonic(const ScoreState& reference) {
  struct Block {
    double first, last, labels, positives;
  };
  std::vector<Block> blocks;
  double score = -1;
  for (const ScoreEntry& entry : reference.entries) {
    const double n = static_cast<double>(entry.count());
    const double y = entry.label() == LabelCode::positive ? n : 0;
    if (entry.score == score) {
      blocks.back().labels += n;
      blocks.back().positives += y;
    } else {
      // the block before is complete
      while (blocks.size() > 1) {
        const Block& last = blocks.back();
        Block& before = blocks[blocks.size() - 2];
        if (before.positives * last.labels < last.positives * before.labels) break;
        before.last = last.last;
        before.labels += last.labels;
        before.positives += last.positives;
        blocks.pop_back();
      }
      blocks.push_back({entry.score, entry.score, n, y});
      score = entry.score;
    }
  }
  while (blocks.size() > 1) {
    const Block& last = blocks.back();
    Block& before = blocks[blocks.size() - 2];
    if (before.positives * last.labels < last.positives * before.labels) break;
    before.last = last.last;
    before.labels += last.labels;
    before.positives += last.positives;
    blocks.pop_back();
  }
  Calibrator out;
  for (const Block& block : blocks) {
    for (const double s : {block.first, block.last}) {
      if (!out.scores.empty() && out.scores.back() == s) continue;
      out.scores.push_back(s);
      out.probabilities.push_back(block.positives / block.labels);
      out.weights.push_back(block.labels);
    }
  }
  return out;
}

void replicate(const Classifier& classifier, bool recalibrate, std::int64_t rows, const std::vector<Subject>& all,
               const std::vector<double>& truths, Random random, std::vector<Tally>& tallies) {
  PerformanceProfile profile;
  profile.classes = {"0", "1"};
  const ScoreState labelled = classifier.sample(random, 50'000);
  profile.calibrators.push_back(recalibrate ? isotonic(labelled) : Calibrator{});
  thread_local ClassifierView reference;
  reference.assign(labelled, profile);
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

}  // namespace

int performance(const Options& options) {
  std::vector<Subject> all = subjects();
  std::erase_if(all, [&](const Subject& s) { return std::string(s.name).find(options.only) == std::string::npos; });
  const int threads = options.threads > 0 ? options.threads : tbb::info::default_concurrency();
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  std::printf("scores metric n prevalence  ci_realized ci_estimated pi_estimated | below: | undefined\n");
  int inside[3] = {}, low[3] = {}, cells = 0;
  for (const bool distorted : {true, false}) {
    for (const std::int64_t rows : {500, 2'000, 10'000}) {
      for (const double prevalence : {0.05, 0.2, 0.5}) {
        const Classifier classifier(prevalence, 0.75, distorted);
        const OutcomeTable population = classifier.population();
        std::vector<double> truths;
        for (const Subject& subject : all) truths.push_back(subject.recipe.value(population));
        std::vector<std::vector<Tally>> parts(static_cast<std::size_t>(options.replications) / 50 + 1);
        tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t part) {
          parts[part].resize(all.size());
          for (std::int64_t r = static_cast<std::int64_t>(part) * 50;
               r < std::min<std::int64_t>(options.replications, static_cast<std::int64_t>(part + 1) * 50); ++r) {
            replicate(classifier, distorted, rows, all, truths, Random(options.seed * 1'000'003 + r), parts[part]);
          }
        });
        for (std::size_t m = 0; m < all.size(); ++m) {
          Tally total;
          for (const auto& part : parts) total.add(part[m]);
          std::printf("%-9s %-20s %6ld %.2f ", distorted ? "isotonic" : "raw", all[m].name, rows, prevalence);
          for (int k = 0; k < 3; ++k) {
            const double n = static_cast<double>(options.replications - total.undefined[k]);
            const double share = static_cast<double>(total.in[k]) / n;
            std::printf(" %.3f%s", share, share < 0.9 ? "!" : share < 0.94 || share > 0.96 ? "*" : " ");
            inside[k] += share >= 0.94 && share <= 0.96 ? 1 : 0;
            low[k] += share < 0.9 ? 1 : 0;
          }
          for (int k = 0; k < 3; ++k) std::printf(" %.3f", static_cast<double>(total.below[k]) / options.replications);
          for (int k = 0; k < 3; ++k) std::printf(" %ld", total.undefined[k]);
          std::printf("\n");
          ++cells;
        }
        std::fflush(stdout);
      }
    }
  }
  for (int k = 0; k < 3; ++k) std::printf("inside %d of %d, below .90: %d\n", inside[k], cells, low[k]);
  return 0;
}

}  // namespace longwatch::coverage

// When a run warns that its performance figures are in doubt.
#include "engine/evaluate/performance_warnings.hpp"

#include <gmock/gmock.h>

namespace longwatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Metric& metric(std::string_view name, Family family) {
  for (const Metric* entry : all_metrics()) {
    if (entry->name == name && entry->family == family) return *entry;
  }
  ADD_FAILURE() << "no metric " << name;
  return *all_metrics().front();
}

std::vector<Chunk> chunks(int count) {
  std::vector<Chunk> out(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) out[static_cast<std::size_t>(i)].key = "chunk" + std::to_string(i);
  return out;
}

Judged judged(std::string_view name, Family family, int chunk, MetricValue value) {
  Judged out;
  out.metric = &metric(name, family);
  out.chunk = chunk;
  out.value = std::move(value);
  return out;
}

Judged tested(std::string_view name, Family family, int chunk, double value, double p_value) {
  MetricValue of;
  of.value = value;
  of.p_value = p_value;
  return judged(name, family, chunk, of);
}

Judged gap(int chunk, double value, double p_value) {
  return tested("calibration_in_the_large", Family::concept_drift, chunk, value, p_value);
}

void add_pair(std::vector<Judged>& out, int chunk, double realized, double labels_rate = 1) {
  MetricValue estimate;
  estimate.value = 0.7;
  estimate.pi_lower = 0.65;
  estimate.pi_upper = 0.75;
  out.push_back(judged("roc_auc", Family::estimated_performance, chunk, estimate));
  MetricValue value;
  value.value = realized;
  value.labels_rate = labels_rate;
  out.push_back(judged("roc_auc", Family::realized_performance, chunk, value));
}

TEST(PerformanceWarnings, NothingToSay) {
  EXPECT_THAT(performance_warnings({}, {}), IsEmpty());
  std::vector<Judged> all = {gap(0, 0.1, 0.02), gap(1, 0.005, 1e-9), gap(2, 0.1, kNaN)};
  for (int chunk = 0; chunk < 20; ++chunk) add_pair(all, chunk, chunk == 7 ? 0.9 : 0.7);  // one in twenty by chance
  EXPECT_THAT(performance_warnings(all, chunks(20)), IsEmpty());
}

TEST(PerformanceWarnings, LabelsThatDoNotFit) {
  std::vector<Judged> all;
  for (int chunk = 0; chunk < 8; ++chunk) all.push_back(gap(chunk, -0.1, chunk == 3 ? 0.5 : 1e-4));
  EXPECT_THAT(performance_warnings(all, chunks(8)),
              ElementsAre(AllOf(HasSubstr("in 7 of 8 chunks with labels"),
                                HasSubstr("chunk0, chunk1, chunk2, chunk4, chunk5, ..."),
                                HasSubstr("calibration_in_the_large"))));
}

TEST(PerformanceWarnings, ManyTestsNeedSmallerPValues) {
  std::vector<Judged> all;
  for (int chunk = 0; chunk < 100; ++chunk) all.push_back(gap(chunk, 0.1, chunk == 3 ? 5e-4 : 0.5));
  EXPECT_THAT(performance_warnings(all, chunks(100)), IsEmpty());
  all[3].value.p_value = 5e-5;
  EXPECT_THAT(performance_warnings(all, chunks(100)),
              ElementsAre(HasSubstr("in 1 of 100 chunks with labels (chunk3)")));
}

TEST(PerformanceWarnings, RealizedOutsideTheEstimatesIntervals) {
  std::vector<Judged> all;
  for (int chunk = 0; chunk < 10; ++chunk) add_pair(all, chunk, chunk < 4 ? 0.6 : 0.7);
  EXPECT_THAT(performance_warnings(all, chunks(10)), ElementsAre(HasSubstr("roc_auc in 4 of 10 chunks (chunk0, ")));
  std::vector<Judged> few_labels;
  for (int chunk = 0; chunk < 10; ++chunk) add_pair(few_labels, chunk, 0.6, 0.9);
  EXPECT_THAT(performance_warnings(few_labels, chunks(10)), IsEmpty());
}

TEST(PerformanceWarnings, ManyMetricsOutsideAreNotAllNamed) {
  std::vector<Judged> all;
  const std::vector<std::string> names = {"accuracy", "f1", "precision", "recall", "roc_auc", "specificity"};
  for (std::size_t k = 0; k < names.size(); ++k) {
    for (int chunk = 0; chunk < 10; ++chunk) {
      std::vector<Judged> pair;
      add_pair(pair, chunk, chunk < 4 + static_cast<int>(k == 4) ? 0.6 : 0.7);
      for (Judged& one : pair) {
        one.metric = &metric(names[k], one.metric->family);
        all.push_back(one);
      }
    }
  }
  EXPECT_THAT(
      performance_warnings(all, chunks(10)),
      ElementsAre("realized performance lies outside the estimates' prediction intervals: roc_auc in 5 of 10 chunks, "
                  "accuracy in 4 of 10 chunks, f1 in 4 of 10 chunks and 3 more metrics (chunk0, chunk1, chunk2, "
                  "chunk3, chunk4)"));
}

TEST(PerformanceWarnings, LabelsOfASelection) {
  const auto chosen = [](int chunk, double value) {
    return tested("labels_selection", Family::data_quality, chunk, value, 1e-9);
  };
  EXPECT_THAT(performance_warnings({chosen(0, 0.2), chosen(1, 0.02)}, chunks(2)),
              ElementsAre(HasSubstr("in 1 of 2 chunks (chunk0)")));
}

TEST(PerformanceWarnings, OfTheAnalysisAndAllRowsOnly) {
  std::vector<Judged> all = {gap(0, 0.1, 1e-9), gap(0, 0.1, 1e-9), gap(0, 0.1, 1e-9)};
  all[0].reference = true;
  all[1].segment = 2;
  all[2].chunk = -1;
  EXPECT_THAT(performance_warnings(all, chunks(1)), IsEmpty());
}

}  // namespace
}  // namespace longwatch

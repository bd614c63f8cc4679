// Regression metrics against scikit-learn (tests/data/metrics/make_regression.py), and where there is no value.
#include <gtest/gtest.h>

#include <set>

#include "engine/metrics/regression.hpp"
#include "tests/support/random.hpp"
#include "tests/unit/metrics/cells.hpp"

namespace longwatch::test {
namespace {

const std::set<std::string> kNames = {"mae", "mse", "rmse", "mape", "msle", "rmsle", "bias", "r2"};

const Metric& realized(const std::string& name) {
  for (const Metric* metric : all_metrics()) {
    if (metric->name == name && metric->family == Family::realized_performance &&
        metric->applies_to == AppliesTo::regression)
      return *metric;
  }
  throw std::runtime_error("no metric " + name);
}

ResidualState state_of(const nlohmann::json& entry) {
  ResidualState out;
  const double centre = entry["label"][0];
  for (std::size_t i = 0; i < entry["label"].size(); ++i) out.add(entry["prediction"][i], entry["label"][i], centre);
  return out;
}

TEST(Regression, AsScikitLearn) {
  const nlohmann::json file = expected_values("regression.json");
  ASSERT_GE(file["cases"].size(), 9u);
  for (const auto& [name, entry] : file["cases"].items()) {
    const ResidualState state = state_of(entry);
    MetricInput input;
    input.residuals = &state;
    for (const std::string& metric : kNames) {
      const MetricValue actual = realized(metric).compute(input);
      const std::string place = name + ", " + metric;
      if (!entry["values"].contains(metric)) {
        EXPECT_TRUE(std::isnan(actual.value)) << place;
        EXPECT_NE(actual.status, "ok") << place;
        continue;
      }
      const double wanted = entry["values"][metric];
      ASSERT_EQ(actual.status, "ok") << place;
      // A difference of two logarithms keeps what cancels: some 8e-15 of either, in any implementation.
      const double cancelled = metric == "rmsle" ? 8e-15 : metric == "msle" ? 16e-15 * std::sqrt(wanted) : 0;
      const double scale = std::max(std::abs(wanted), metric == "r2" ? 1.0 : 0.0);
      EXPECT_NEAR(actual.value, wanted, 1e-12 * scale + cancelled) << place;
      EXPECT_FALSE(actual.ci_lower > actual.value + 1e-15) << place;
      if (entry["errors"].contains(metric)) {
        const double error = entry["errors"][metric];
        EXPECT_NEAR(actual.standard_error, error, 1e-7 * std::max(std::abs(wanted), error)) << place;
      }
    }
  }
}

TEST(Regression, SaysWhyThereIsNoValue) {
  ResidualState state;
  MetricInput input;
  EXPECT_EQ(realized("mae").compute(input).status, "undefined: the model has no residuals");
  input.residuals = &state;
  EXPECT_EQ(realized("mae").compute(input).status, "insufficient_data");
  state.rows = state.unlabelled = 4;
  EXPECT_EQ(realized("mae").compute(input).status, "insufficient_data");
  EXPECT_EQ(realized("mae").compute(input).labels_rate, 0);
  state.add(1, 0, 0);
  EXPECT_EQ(realized("mape").compute(input).status, "undefined: 1 labels are 0 and have no relative error");
  state.add(-1, 2, 0);
  EXPECT_EQ(realized("msle").compute(input).status,
            "undefined: 1 rows have a negative label or prediction, without a logarithm");
  EXPECT_NEAR(realized("mae").compute(input).labels_rate, 2.0 / 6, 1e-15);
}

// 95 % intervals of skewed losses, 400 rows: within three standard errors of 95 % over 2,000 samples, or a little above.
TEST(Regression, IntervalsCoverTheTruth) {
  constexpr int kSamples = 2'000;
  const std::map<std::string, double> truth = {{"mae", std::sqrt(2 / M_PI)}, {"mse", 1}, {"rmse", 1}, {"bias", 0}, {"r2", 0.8}};
  std::map<std::string, int> covered;
  Random random(11);
  for (int sample = 0; sample < kSamples; ++sample) {
    ResidualState state;
    for (int i = 0; i < 400; ++i) {
      const double prediction = 2 * random.normal();
      state.add(prediction, prediction + random.normal(), 0);
    }
    MetricInput input;
    input.residuals = &state;
    for (const auto& [name, value] : truth) {
      const MetricValue actual = realized(name).compute(input);
      covered[name] += actual.ci_lower <= value && value <= actual.ci_upper ? 1 : 0;
    }
  }
  for (const auto& [name, value] : truth) {
    EXPECT_GE(covered[name], kSamples * 0.935) << name;
    EXPECT_LE(covered[name], kSamples * 0.965) << name;
  }
}

// The spread that chance gives a chunk of 500 rows of a reference of 5,000, against simulated chunks.
TEST(Regression, NullSpreadIsThatOfChunksDrawnFromTheReference) {
  Random random(13);
  const auto draw = [&](int rows) {
    ResidualState out;
    for (int i = 0; i < rows; ++i) {
      const double label = 10 + 2 * random.normal();
      out.add(label + std::exp(0.5 * random.normal()) - 1, label, 10);
    }
    return out;
  };
  const ResidualState reference = draw(5'000);
  for (const std::string name : {"mae", "rmse", "bias", "mape", "rmsle", "r2"}) {
    double sum = 0, squares = 0, error = 0;
    for (int i = 0; i < 400; ++i) {
      const ResidualState chunk = draw(500);
      MetricInput input;
      input.residuals = &chunk;
      input.reference_residuals = &reference;
      const MetricValue value = realized(name).compute(input);
      sum += value.value;
      squares += value.value * value.value;
      error = value.null.error;
      EXPECT_FALSE(std::isnan(value.null.expected));
    }
    const double spread = std::sqrt(squares / 400 - sum / 400 * sum / 400) * std::sqrt(1.1);  // with 500 / 5,000
    EXPECT_NEAR(error / spread, 1, 0.2) << name;
  }
}

}  // namespace
}  // namespace longwatch::test

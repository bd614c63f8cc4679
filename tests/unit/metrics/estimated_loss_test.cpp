// Estimated losses: value, intervals and null spread from the sums, worked out again from the rows.
#include "engine/metrics/estimated_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace longwatch::metrics {
namespace {

constexpr std::size_t kAbsolute = static_cast<std::size_t>(Loss::absolute);
constexpr std::size_t kSquared = static_cast<std::size_t>(Loss::squared);

LossState state_of(const std::vector<double>& estimates, double factor = 1) {
  LossState out;
  out.estimated = static_cast<std::int64_t>(estimates.size());
  for (LossSums& sums : out.losses) {
    for (const double estimate : estimates) sums.add(factor * estimate);
  }
  return out;
}

struct Setting {
  ReferenceProfile profile;
  LossState reference = state_of({1, 2, 3, 4, 5, 6});
  LossState chunk = state_of({2, 4, 4, 6});
  MetricInput input;
  Setting() {
    profile.losses.unusable.clear();
    profile.losses.labelled_rows = 100;
    profile.losses.chunks = 0;
    for (LossModel& model : profile.losses.models) {
      model.residual_variance = 9;
      model.square_mean = 18;
    }
    input.profile = &profile;
    input.losses = &chunk;
    input.reference_losses = &reference;
  }
};

TEST(EstimatedLoss, IsTheMeanWithItsSamplingAndModelErrors) {
  const Setting setting;
  const MetricValue value = estimated_loss(setting.input, Loss::absolute, false);
  EXPECT_EQ(value.status, "ok");
  EXPECT_EQ(value.value, 4);
  const double sampling = (4.0 + 0 + 0 + 4.0) / 3 / 4;  // sample variance over rows
  EXPECT_NEAR(value.standard_error, std::sqrt(sampling + 9.0 / 100), 1e-12);
  EXPECT_NEAR(value.ci_upper - value.value, 1.959963985 * std::sqrt(sampling + 0.09), 1e-8);
  // Squares of the chunk's estimates are 18 in the mean, as in the reference: rows spread as there.
  EXPECT_NEAR(value.value - value.pi_lower, 1.959963985 * std::sqrt(9.0 / 4 + 0.09), 1e-8);
  EXPECT_STREQ(value.interval_method, "delta");
  EXPECT_NEAR(value.null.error, std::sqrt(3.5 * (1.0 / 4 + 1.0 / 6)), 1e-12);
}

TEST(EstimatedLoss, RowsSpreadAsTheirLossesAreLarge) {
  Setting setting;
  const MetricValue before = estimated_loss(setting.input, Loss::absolute, false);
  setting.chunk = state_of({2, 4, 4, 6}, 3);
  const MetricValue after = estimated_loss(setting.input, Loss::absolute, false);
  const auto spread = [](const MetricValue& value) {
    return std::pow((value.pi_upper - value.value) / 1.959963985, 2) - 0.09;
  };
  EXPECT_NEAR(spread(after), 9 * spread(before), 1e-6);
  // The signed error spreads as the squared error is large.
  const MetricValue bias = estimated_loss(setting.input, Loss::signed_error, false);
  EXPECT_NEAR(spread(bias), 9.0 / 4 * 12 / 3.5, 1e-6);
  EXPECT_LT(estimated_loss(setting.input, Loss::signed_error, false).pi_lower, bias.value);
}

TEST(EstimatedLoss, ChunksThatWereMissedWidenBothIntervals) {
  Setting setting;
  setting.profile.losses.chunks = 5;
  for (LossModel& model : setting.profile.losses.models) model.chunk_variance = 1e6;
  const MetricValue value = estimated_loss(setting.input, Loss::signed_error, false);
  // Nearly all of the variance comes from five chunks: Student's quantile at four degrees of freedom.
  EXPECT_NEAR((value.ci_upper - value.value) / std::sqrt(1e6 * 1.2), 2.776, 0.02);
  EXPECT_NEAR((value.value - value.pi_lower) / std::sqrt(1e6 * 1.2), 2.776, 0.02);
  EXPECT_EQ(estimated_loss(setting.input, Loss::absolute, false).ci_lower, 0);
}

TEST(EstimatedLoss, TheRootIsThatOfValueAndEnds) {
  const Setting setting;
  const MetricValue square = estimated_loss(setting.input, Loss::squared, false);
  const MetricValue root = estimated_loss(setting.input, Loss::squared, true);
  EXPECT_EQ(root.value, 2);
  EXPECT_EQ(root.ci_upper, std::sqrt(square.ci_upper));
  EXPECT_EQ(root.pi_lower, std::sqrt(square.pi_lower));
  EXPECT_NEAR(root.standard_error, square.standard_error / 4, 1e-12);
  EXPECT_NEAR(root.null.error, square.null.error / (2 * std::sqrt(3.5)), 1e-12);
}

TEST(EstimatedLoss, WithoutAValueSaysWhy) {
  Setting setting;
  setting.chunk.negative = 1;
  EXPECT_EQ(estimated_loss(setting.input, Loss::squared_log, false).status, "undefined: predictions below 0");
  EXPECT_EQ(estimated_loss(setting.input, Loss::squared, false).status, "ok");
  setting.profile.losses.models[kSquared].unusable = "undefined: not asked for";
  EXPECT_EQ(estimated_loss(setting.input, Loss::squared, true).status, "undefined: not asked for");
  setting.chunk = {};
  EXPECT_EQ(estimated_loss(setting.input, Loss::absolute, false).status, "insufficient_data");
  setting.input.losses = nullptr;
  setting.input.row_estimators_status = "undefined: a reason";
  EXPECT_EQ(estimated_loss(setting.input, Loss::absolute, false).status, "undefined: a reason");
  EXPECT_TRUE(std::isnan(estimated_loss(setting.input, Loss::absolute, false).value));
  EXPECT_EQ(setting.profile.losses.models[kAbsolute].unusable, "");
}

}  // namespace
}  // namespace longwatch::metrics

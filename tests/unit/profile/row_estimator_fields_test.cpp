// Loss models, their states and the rows of the domain classifier: bytes there and back, and what must not be believed.
#include "engine/profile/row_estimator_fields.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace longwatch {
namespace {

// Two columns, two chunks and the rows of none.
ReferenceProfile example() {
  ReferenceProfile out;
  out.rows = 6;
  for (const char* name : {"x", "p"}) {
    out.columns.emplace_back();
    out.columns.back().column.name = name;
  }
  out.states.slots = 3;
  out.states.rows = {3, 2, 1};
  out.losses.unusable.clear();
  out.losses.columns = {"x", "p"};
  out.losses.training_rows = 5;
  out.losses.labelled_rows = 5;
  out.losses.chunks = 2;
  out.losses.models[0] = {"", "tree", 2, 0.5, 3};
  out.losses.models[2].unusable = "undefined: the reference has labels of 0";
  for (const std::int64_t rows : out.states.rows) {
    LossState& state = out.states.losses.emplace_back();
    state.estimated = rows - 1;
    state.unestimated = 1;
    for (std::int64_t i = 1; i < rows; ++i) state.losses[0].add(1.5 * static_cast<double>(i));
  }
  out.domain.unusable.clear();
  out.domain.columns = {"x"};
  out.domain.values = {1, std::nan(""), -3};
  out.states.domain = {{"ok", 0.5, 0.01, 3, 3}, {}};
  return out;
}

std::string bytes_of(const ReferenceProfile& profile) {
  ByteWriter out;
  write_row_estimators(out, profile);
  return out.take();
}

// Reads into a profile that has the other sections.
Result<ReferenceProfile> read_back(const ReferenceProfile& profile) {
  const std::string bytes = bytes_of(profile);
  ReferenceProfile out = profile;
  out.losses = {};
  out.domain = {};
  out.states.losses.clear();
  out.states.domain.clear();
  ByteReader in(bytes);
  LW_CHECK(read_row_estimators(in, out));
  return out;
}

TEST(RowEstimatorFields, BytesThereAndBack) {
  const ReferenceProfile profile = example();
  const auto back = read_back(profile);
  ASSERT_TRUE(back.ok()) << back.error().text();
  EXPECT_EQ(back.value().losses, profile.losses);
  EXPECT_EQ(back.value().states.losses, profile.states.losses);
  EXPECT_EQ(bytes_of(back.value()), bytes_of(profile));
}

TEST(RowEstimatorFields, WhatBreaksARuleIsRefused) {
  const std::vector<std::function<void(ReferenceProfile&)>> breaks = {
      [](ReferenceProfile& p) { p.losses.columns[0] = "gone"; },
      [](ReferenceProfile& p) { p.losses.columns.clear(); },
      [](ReferenceProfile& p) { p.losses.models[1].residual_variance = -1; },
      [](ReferenceProfile& p) { p.losses.models[1].chunk_variance = std::nan(""); },
      [](ReferenceProfile& p) { p.losses.labelled_rows = -1; },
      [](ReferenceProfile& p) { p.states.losses[0].estimated = 3; },
      [](ReferenceProfile& p) { p.states.losses.pop_back(); },
      [](ReferenceProfile& p) {
        p.domain.columns = {"x", "p"};
      },
      [](ReferenceProfile& p) { p.domain.values[0] = INFINITY; },
      [](ReferenceProfile& p) { p.states.domain.pop_back(); },
      [](ReferenceProfile& p) { p.states.domain[0].auroc = 1.5; },
      [](ReferenceProfile& p) { p.states.domain[0].rows = -1; },
  };
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    ReferenceProfile profile = example();
    breaks[i](profile);
    EXPECT_FALSE(read_back(profile).ok()) << i;
  }
}

TEST(RowEstimatorFields, CutBytesAreRefused) {
  const std::string bytes = bytes_of(example());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    ReferenceProfile out = example();
    ByteReader in(std::string_view(bytes).substr(0, cut));
    EXPECT_FALSE(read_row_estimators(in, out).ok()) << cut;
  }
}

}  // namespace
}  // namespace longwatch

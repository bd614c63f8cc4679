#pragma once
// How often intervals held their truth: one row of the table for each metric, and what the rows add up to.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace longwatch::coverage {

inline constexpr int kKinds = 3;
inline constexpr const char* kKindNames[kKinds] = {"ci, realized", "ci, estimated", "pi, estimated"};

inline constexpr const char* kTallyLegend =
    "Coverage of 95 % intervals, the share of truths below them, and replications without a value;\n"
    "* outside 94-96 %, ! below 90 %. A reference of 50,000 labelled rows, drawn anew each time.\n";

/// Of one metric in one setting.
struct Tally {
  std::int64_t in[kKinds] = {}, below[kKinds] = {}, undefined[kKinds] = {};
  void count(int kind, double lower, double upper, double truth) {
    if (!(lower <= upper) || std::isnan(truth)) {
      ++undefined[kind];
      return;
    }
    in[kind] += lower <= truth && truth <= upper ? 1 : 0;
    below[kind] += truth < lower ? 1 : 0;
  }
  void add(const Tally& other) {
    for (int k = 0; k < kKinds; ++k) {
      in[k] += other.in[k];
      below[k] += other.below[k];
      undefined[k] += other.undefined[k];
    }
  }
};

/// Cells inside 94-96 % and below 90 %, by kind of interval.
struct Verdict {
  int cells = 0;
  int inside[kKinds] = {};
  int low[kKinds] = {};
  double least[kKinds] = {1, 1, 1};
  double most[kKinds] = {};

  /// Prints the figures of a cell, whose setting stands on the line already, and counts it.
  void print(const Tally& tally, std::int64_t replications) {
    for (int k = 0; k < kKinds; ++k) {
      const double n = static_cast<double>(replications - tally.undefined[k]);
      const double share = static_cast<double>(tally.in[k]) / n;
      const bool within = share >= 0.94 && share <= 0.96;
      inside[k] += within ? 1 : 0;
      low[k] += share < 0.9 ? 1 : 0;
      least[k] = std::min(least[k], share);
      most[k] = std::max(most[k], share);
      const char* mark = within ? " " : share < 0.9 ? "!" : "*";
      std::printf("  %.4f%s %.3f %3lld", share, mark, static_cast<double>(tally.below[k]) / n,
                  static_cast<long long>(tally.undefined[k]));
    }
    std::printf("\n");
    ++cells;
  }
};

}  // namespace longwatch::coverage

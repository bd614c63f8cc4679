// Distances and location metrics: are the intervals and p-values of columns what they say? Every replication draws a
// reference and a chunk anew, fits the reference's bins, and compares with the populations on these bins.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "benchmarks/coverage/columns.hpp"
#include "benchmarks/coverage/part.hpp"

namespace longwatch::coverage {
namespace {

struct Tally {
  bool distance = false;
  double ratio_sum = 0, ratio_squares = 0, truth = 0;
  std::int64_t count = 0, zero = 0, covered = 0, low = 0, p05 = 0, p01 = 0, p001 = 0;

  void add(const MetricValue& value, double true_value) {
    if (value.status != "ok" || std::isnan(value.ci_lower)) return;
    ++count;
    truth += true_value;
    ratio_sum += value.value;
    ratio_squares += value.value * value.value;
    zero += value.ci_lower == 0;
    covered += value.ci_lower <= true_value && true_value <= value.ci_upper;
    low += value.ci_upper < true_value;
    p05 += value.p_value < 0.05;
    p01 += value.p_value < 0.01;
    p001 += value.p_value < 0.001;
  }
  void merge(const Tally& other) {
    distance = distance || other.distance;
    ratio_sum += other.ratio_sum;
    ratio_squares += other.ratio_squares;
    truth += other.truth;
    count += other.count;
    zero += other.zero;
    covered += other.covered;
    low += other.low;
    p05 += other.p05;
    p01 += other.p01;
    p001 += other.p001;
  }
  [[nodiscard]] double share(std::int64_t of) const { return static_cast<double>(of) / static_cast<double>(count); }
  /// True distance in standard deviations of the value.
  [[nodiscard]] double ratio() const {
    const double n = static_cast<double>(count);
    const double mean = ratio_sum / n;
    return truth / n / std::sqrt(std::max(1e-300, ratio_squares / n - mean * mean));
  }
};

using Tallies = std::map<std::string, Tally>;

/// One cell of the table: this column, sizes and drift.
Tallies replicate(const Column& column, std::int64_t rows, std::int64_t n, double drift, const Options& options,
                  std::uint64_t stream) {
  const std::int64_t blocks = 16;
  std::vector<Tallies> parts(static_cast<std::size_t>(blocks));
  tbb::parallel_for(std::int64_t{0}, blocks, [&](std::int64_t block) {
    Random random(options.seed * 1'000'003 + stream * 1'009 + static_cast<std::uint64_t>(block));
    const std::int64_t begin = options.replications * block / blocks;
    const std::int64_t end = options.replications * (block + 1) / blocks;
    for (std::int64_t i = begin; i < end; ++i) {
      const auto cells = column.draw(random, rows, n, drift);
      for (const Metric* metric : all_metrics()) {
        if (!cells->wanted(*metric)) continue;
        const double truth = cells->truth(*metric);
        if (std::isnan(truth)) continue;
        Tally& tally = parts[static_cast<std::size_t>(block)][std::string(metric->name)];
        tally.distance = metric->family == Family::univariate_drift;
        tally.add(metric->compute(cells->input()), truth);
      }
    }
  });
  Tallies out;
  for (const Tallies& part : parts) {
    for (const auto& [name, tally] : part) out[name].merge(tally);
  }
  return out;
}

/// The drift at which Jensen-Shannon's true value is about `wanted` of its standard deviations.
double drift_for(const Column& column, std::int64_t rows, std::int64_t n, double wanted, const Options& options) {
  Options pilot = options;
  pilot.replications = std::min<std::int64_t>(48, options.replications);
  double drift = wanted * std::sqrt(1.0 / static_cast<double>(n) + 1.0 / static_cast<double>(rows));
  for (int i = 0; i < 4; ++i) {
    const Tallies tallies = replicate(column, rows, n, drift, pilot, 77 + static_cast<std::uint64_t>(i));
    drift *= std::clamp(wanted / tallies.at("jensen_shannon").ratio(), 0.4, 2.5);
  }
  return drift;
}

}  // namespace

int distances(const Options& options) {
  std::printf(
      "| column | reference | n | drift | metric | lower 0 | p<.05 | p<.01 | p<.001 "
      "|\n|---|---|---|---|---|---|---|---|---|\n");
  struct Row {
    std::string head;
    std::string name;
    Tally tally;
  };
  std::vector<Row> covered;
  std::uint64_t stream = 0;
  for (const Column& column : columns()) {
    for (const std::int64_t rows : {50'000, 5'000}) {
      for (const std::int64_t n : {500, 5'000, 50'000}) {
        if (n > rows) continue;
        for (const double wanted : {0.0, 3.0, 5.0, 10.0}) {
          const std::string head = column.name + " | " + std::to_string(rows) + " | " + std::to_string(n) + " | " +
                                   std::to_string(static_cast<int>(wanted));
          ++stream;
          if (head.find(options.only) == std::string::npos) continue;
          const double drift = wanted == 0 ? 0 : drift_for(column, rows, n, wanted, options);
          for (const auto& [name, tally] : replicate(column, rows, n, drift, options, 1'000 * stream)) {
            if (wanted == 0 && tally.distance) {
              std::printf("| %s | %s | %.1f | %.2f | %.2f | %.2f |\n", head.c_str(), name.c_str(),
                          100 * tally.share(tally.zero), 100 * tally.share(tally.p05), 100 * tally.share(tally.p01),
                          100 * tally.share(tally.p001));
            } else {
              covered.push_back({head, name, tally});
            }
          }
          std::fflush(stdout);
        }
      }
    }
  }
  std::printf(
      "\n| column | reference | n | drift | metric | value / its sd | covered | above "
      "|\n|---|---|---|---|---|---|---|---|\n");
  for (const Row& row : covered) {
    std::printf("| %s | %s | %.1f | %.1f | %.1f |\n", row.head.c_str(), row.name.c_str(), row.tally.ratio(),
                100 * row.tally.share(row.tally.covered), 100 * row.tally.share(row.tally.low));
  }
  return 0;
}

}  // namespace longwatch::coverage

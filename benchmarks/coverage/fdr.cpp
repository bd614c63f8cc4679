// Ten planted drifts among 100,000 tests of nothing: are they found, and how many of the finds are false?
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "benchmarks/coverage/days.hpp"
#include "benchmarks/coverage/part.hpp"
#include "engine/alert/multiple_tests.hpp"
#include "engine/alert/null_threshold.hpp"

namespace longwatch::coverage {
namespace {

constexpr std::size_t kTests = 100'000, kPlanted = 10;
constexpr int kRows = 5'000;
constexpr double kMostFalse = 0.05;

/// The p-value of one chunk's mean against a reference of `chunks` chunks, rows and days normal.
double test_of(double variation, int chunks, double shift, Engine64& random) {
  std::normal_distribution<double> normal;
  Days days(variation, random);
  const double error = 1 / std::sqrt(static_cast<double>(kRows));
  std::vector<NullChunk> reference;
  double mean = 0;
  for (int i = 0; i < chunks; ++i) {
    NullChunk chunk;
    chunk.value = days.next() + error * normal(random);
    chunk.share = 1.0 / chunks;
    mean += chunk.value / chunks;
    reference.push_back(chunk);
  }
  for (NullChunk& chunk : reference) {
    chunk.null.error = error * std::sqrt(1 + 1.0 / chunks);
    chunk.null.expected = mean;
  }
  const NullThreshold threshold(reference, 0.01, Sides::both);
  NullChunk later = reference.front();
  later.share = 0;
  for (int i = 0; i < 20; ++i) days.next();
  later.value = days.next() + shift + error * normal(random);
  return threshold.judge(later).p_value;
}

}  // namespace

int fdr(const Options& options) {
  std::printf("| variation | reference chunks | shift | found of 10 | false discovery rate %% |\n|---|---|---|---|---|\n");
  const int rounds = static_cast<int>(std::max<std::int64_t>(1, options.replications / 250));
  for (const double variation : {0.0, 0.05}) {
    for (const int chunks : {10, 20}) {
      for (const double shift : {0.2, 0.5, 1.0}) {
        std::vector<double> found(static_cast<std::size_t>(rounds)), share(static_cast<std::size_t>(rounds));
        tbb::parallel_for(0, rounds, [&](int round) {
          Engine64 random(options.seed * 104'729 + static_cast<std::uint64_t>(round));
          std::vector<double> p;
          for (std::size_t i = 0; i < kTests + kPlanted; ++i) p.push_back(test_of(variation, chunks, i < kPlanted ? shift : 0, random));
          const std::vector<double> q = q_values(p);
          double right = 0, wrong = 0;
          for (std::size_t i = 0; i < q.size(); ++i) (i < kPlanted ? right : wrong) += q[i] <= kMostFalse ? 1 : 0;
          found[static_cast<std::size_t>(round)] = right;
          share[static_cast<std::size_t>(round)] = right + wrong > 0 ? wrong / (right + wrong) : 0;
        });
        double right = 0, wrong = 0;
        for (int r = 0; r < rounds; ++r) {
          right += found[static_cast<std::size_t>(r)] / rounds;
          wrong += 100 * share[static_cast<std::size_t>(r)] / rounds;
        }
        std::printf("| %g | %d | %g | %.2f | %.1f |\n", variation, chunks, shift, right, wrong);
        std::fflush(stdout);
      }
    }
  }
  return 0;
}

}  // namespace longwatch::coverage

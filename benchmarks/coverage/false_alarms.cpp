// How often a chunk without drift is outside, by threshold, size, reference chunks and day-to-day variation; and how
// long a drift stays unseen.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/coverage/days.hpp"
#include "benchmarks/coverage/part.hpp"

namespace longwatch::coverage {
namespace {

constexpr int kGap = 20;         // days between the reference and the chunks judged
constexpr int kLater = 28;       // chunks judged for every reference
constexpr int kMostDelay = 200;  // chunks after which a delay is given up
constexpr double kDeviations = 3;

struct Kind {
  const char* name;
  std::unique_ptr<World> (*make)();
};
const Kind kKinds[] = {{"normal column", normal_column}, {"30 categories", categories}, {"classifier", classifier}};

/// NannyML's rule: mean +- 3 population standard deviations of the reference's chunks (distances: above).
struct Peer {
  double lower, upper;
};
Peer peer_of(const std::vector<Judged>& reference, const Metric* metric) {
  double n = 0, sum = 0, squares = 0;
  for (const Judged& judged : reference) {
    if (judged.metric != metric) continue;
    n += 1;
    sum += judged.value.value;
    squares += judged.value.value * judged.value.value;
  }
  const double mean = sum / n;
  const double width = kDeviations * std::sqrt(std::max(0.0, squares / n - mean * mean));
  return {sides_of(*metric) == Sides::upper ? -INFINITY : mean - width, mean + width};
}

struct Rates {
  std::int64_t chunks = 0, outside = 0, peer = 0, detectable = 0;
};
using Table = std::map<std::string, Rates>;

std::vector<double> next_days(Days& days, std::int64_t count) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(days.next());
  return out;
}

/// One reference and its later chunks.
void replicate(World& world, double variation, std::int64_t chunks, std::int64_t rows, Engine64& random, Table& table) {
  static const ModelConfig model;
  static const std::string no_name;
  Days days(variation, random);
  world.reference(next_days(days, chunks), rows, random);
  std::vector<Judged> reference;
  world.judged_reference(reference);
  Judge judge(model, no_name, 1);
  judge.learn(reference);
  std::map<const Metric*, Peer> peers;
  for (const Metric* metric : world.metrics()) peers[metric] = peer_of(reference, metric);
  next_days(days, kGap);
  for (int i = 0; i < kLater; ++i) {
    std::vector<Judged> later;
    world.judged(days.next(), rows, random, later);
    for (Judged& judged : later) {
      judge.judge(judged);
      if (judged.outside < 0) continue;
      Rates& rates = table[std::string(judged.metric->name)];
      ++rates.chunks;
      rates.outside += judged.outside;
      const Peer& peer = peers[judged.metric];
      rates.peer += judged.value.value < peer.lower || judged.value.value > peer.upper ? 1 : 0;
    }
  }
}

template <class Body>
void in_blocks(const Options& options, std::int64_t count, Body body) {
  const std::int64_t blocks = 16;
  tbb::parallel_for(std::int64_t{0}, blocks, [&](std::int64_t block) {
    Engine64 random(options.seed * 7919 + static_cast<std::uint64_t>(block));
    body(static_cast<std::size_t>(block), count * block / blocks, count * (block + 1) / blocks, random);
  });
}

}  // namespace

int false_alarms(const Options& options) {
  std::printf("| data | metric | variation | reference chunks | rows | outside %% | mean +- 3 sd %% |\n|---|---|---|---|---|---|---|\n");
  const std::int64_t references = std::max<std::int64_t>(16, options.replications / kLater);
  int cells = 0, fine = 0;
  for (const Kind& kind : kKinds) {
    if (std::string(kind.name).find(options.only) == std::string::npos) continue;
    for (const double variation : {0.0, 0.05, 0.1}) {
      for (const std::int64_t chunks : {5, 10, 20}) {
        for (const std::int64_t rows : {500, 5'000, 50'000}) {
          std::vector<Table> parts(16);
          in_blocks(options, references, [&](std::size_t block, std::int64_t first, std::int64_t last, Engine64& random) {
            const auto world = kind.make();
            for (std::int64_t i = first; i < last; ++i) replicate(*world, variation, chunks, rows, random, parts[block]);
          });
          Table table;
          for (const Table& part : parts) {
            for (const auto& [name, rates] : part) {
              table[name].chunks += rates.chunks;
              table[name].outside += rates.outside;
              table[name].peer += rates.peer;
            }
          }
          for (const auto& [name, rates] : table) {
            const double n = static_cast<double>(rates.chunks) / 100;
            const double rate = static_cast<double>(rates.outside) / n;
            const bool bound = chunks == 5 ? rate <= (variation > 0 ? 3 : 2) : rate >= 0.5 && rate <= 1.5;
            if (variation < 0.1) {
              ++cells;
              fine += bound ? 1 : 0;
            }
            std::printf("| %s | %s | %g | %lld | %lld | %.2f%s | %.1f |\n", kind.name, name.c_str(), variation,
                        static_cast<long long>(chunks), static_cast<long long>(rows), rate, bound ? "" : " !",
                        static_cast<double>(rates.peer) / n);
          }
          std::fflush(stdout);
        }
      }
    }
  }
  std::printf("\n%d of %d cells with variation up to 0.05 within bounds\n", fine, cells);
  return 0;
}

int delay(const Options& options) {
  constexpr std::int64_t kChunks = 20, kRows = 5'000;
  static const ModelConfig model;
  static const std::string no_name;
  std::printf("| data | metric | variation | shift | chunks until outside: mean | median | oracle's mean | median |\n|---|---|---|---|---|---|---|---|\n");
  const std::int64_t references = std::max<std::int64_t>(16, options.replications / kLater);
  for (const Kind& kind : kKinds) {
    if (std::string(kind.name).find(options.only) == std::string::npos) continue;
    for (const double variation : {0.0, 0.05}) {
      // The oracle's limits: quantiles of what the metrics do under no drift, at 1 %.
      std::vector<std::map<const Metric*, std::vector<double>>> nulls(16);
      in_blocks(options, references, [&](std::size_t block, std::int64_t first, std::int64_t last, Engine64& random) {
        const auto world = kind.make();
        for (std::int64_t i = first; i < last; ++i) {
          Days days(variation, random);
          world->reference(next_days(days, kChunks), kRows, random);
          next_days(days, kGap);
          for (int k = 0; k < kLater; ++k) {
            std::vector<Judged> later;
            world->judged(days.next(), kRows, random, later);
            for (const Judged& judged : later) nulls[block][judged.metric].push_back(judged.value.value);
          }
        }
      });
      std::map<const Metric*, Peer> oracle;
      const auto metrics = kind.make()->metrics();
      for (const Metric* metric : metrics) {
        std::vector<double> values;
        for (auto& part : nulls) values.insert(values.end(), part[metric].begin(), part[metric].end());
        std::sort(values.begin(), values.end());
        const bool upper = sides_of(*metric) == Sides::upper;
        const double tail = upper ? 0.01 : 0.005;
        const auto at = [&](double level) { return values[static_cast<std::size_t>(level * static_cast<double>(values.size() - 1))]; };
        oracle[metric] = {upper ? -INFINITY : at(tail), at(1 - tail)};
      }
      for (const double shift : {0.1, 0.2, 0.5}) {
        using Delays = std::map<const Metric*, std::pair<std::vector<int>, std::vector<int>>>;
        std::vector<Delays> parts(16);
        in_blocks(options, references, [&](std::size_t block, std::int64_t first, std::int64_t last, Engine64& random) {
          const auto world = kind.make();
          for (std::int64_t i = first; i < last; ++i) {
            Days days(variation, random);
            world->reference(next_days(days, kChunks), kRows, random);
            std::vector<Judged> reference;
            world->judged_reference(reference);
            Judge judge(model, no_name, 1);
            judge.learn(reference);
            next_days(days, kGap);
            std::map<const Metric*, std::pair<int, int>> seen;
            for (const Metric* metric : metrics) seen[metric] = {kMostDelay, kMostDelay};
            for (int k = 1; k <= kMostDelay; ++k) {
              std::vector<Judged> later;
              world->judged(days.next() + shift, kRows, random, later);
              bool all = true;
              for (Judged& judged : later) {
                judge.judge(judged);
                auto& [ours, theirs] = seen[judged.metric];
                const Peer& limit = oracle[judged.metric];
                if (judged.outside == 1) ours = std::min(ours, k);
                if (judged.value.value < limit.lower || judged.value.value > limit.upper) theirs = std::min(theirs, k);
                all = all && ours < kMostDelay && theirs < kMostDelay;
              }
              if (all) break;
            }
            for (const auto& [metric, both] : seen) {
              parts[block][metric].first.push_back(both.first);
              parts[block][metric].second.push_back(both.second);
            }
          }
        });
        for (const Metric* metric : metrics) {
          std::vector<int> ours, theirs;
          for (Delays& part : parts) {
            ours.insert(ours.end(), part[metric].first.begin(), part[metric].first.end());
            theirs.insert(theirs.end(), part[metric].second.begin(), part[metric].second.end());
          }
          const auto mean = [](const std::vector<int>& v) {
            double sum = 0;
            for (const int x : v) sum += x;
            return sum / static_cast<double>(v.size());
          };
          const auto median = [](std::vector<int>& v) {
            std::sort(v.begin(), v.end());
            return v[v.size() / 2];
          };
          std::printf("| %s | %s | %g | %g | %.2f | %d | %.2f | %d |\n", kind.name, std::string(metric->name).c_str(), variation, shift,
                      mean(ours), median(ours), mean(theirs), median(theirs));
        }
        std::fflush(stdout);
      }
    }
  }
  return 0;
}

}  // namespace longwatch::coverage

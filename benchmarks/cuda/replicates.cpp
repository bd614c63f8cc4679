// The table bootstrap: many small tables, and large ones. What it takes is arithmetic, so a time is told and no rate.

#include <algorithm>
#include <vector>

#include "benchmarks/cuda/bench.hpp"
#include "benchmarks/cuda/columns.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kReplicates = 1'000;

/// ROC areas of `tables` tables of so many cells with about 50,000 rows each.
void table_case(Bench& bench, std::int64_t tables, std::int64_t cells) {
  const std::string name = "bootstrap, " + std::to_string(cells) + " cells";
  const auto drawn = static_cast<std::size_t>(tables * kReplicates);
  if (!bench.wanted(name, 8.0 * static_cast<double>(drawn))) return;
  std::uint64_t state = 11;
  std::vector<row::RealizedCell> table(static_cast<std::size_t>(cells));
  for (row::RealizedCell& cell : table) {
    for (double& count : cell.count)
      count = static_cast<double>(splitmix(state) % (25'000 / static_cast<std::uint64_t>(cells)));
  }
  std::vector<double> areas(drawn);
  std::vector<ReplicateItem> items(static_cast<std::size_t>(tables));
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].key = i;
    items[i].count = kReplicates;
    items[i].cells = cells;
    items[i].realized = table.data();
    items[i].scores[row::kRocArea] = areas.data() + i * static_cast<std::size_t>(kReplicates);
  }
  const Result<void> done = bench.backend().replicates(items)->wait();
  if (!done.ok()) return bench.fail(name, done.error().text());
  bench.report(name, std::to_string(tables) + " tables x " + std::to_string(kReplicates) + " resamples");
}

}  // namespace

void replicate_cases(Bench& bench) {
  const std::int64_t tables = std::max<std::int64_t>(1, bench.sizes().small_items);
  table_case(bench, tables, 20);
  table_case(bench, std::max<std::int64_t>(1, tables / 20), 1'024);
}

}  // namespace longwatch

// How fast the CPU backend adds numbers to a state, by distribution, type, nulls and row selection, beside the speed at
// which this machine reads memory: `benchmark_numbers`. One thread but for read_bandwidth. Names are
//   numbers/DISTRIBUTION/TYPE/nulls:PERCENT/contiguous|listed/cache|memory/LEVEL
//   part/histogram|moments|distinct/cache|memory/LEVEL: one part of the kernel alone, normal float64 values
// "cache": 50,000 rows, again and again; "memory": 64 MiB of values. Listed rows are every second one on average.
// Counters, of CPU time: ns_value a selected value, GB_s of selected values, of_core the latter's share of what one
// core reads from memory. Read these, not the time column, where the machine is busy.

#include <benchmark/benchmark.h>

#include <map>
#include <memory>

#include "benchmarks/bandwidth.hpp"
#include "benchmarks/samples.hpp"
#include "cpu/cell_table.hpp"
#include "cpu/level.hpp"
#include "cpu/number_block.hpp"
#include "engine/backend/backend.hpp"
#include "engine/state/row.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kCacheRows = 50'000;
constexpr std::size_t kMemoryBytes = std::size_t{64} << 20;

struct Case {
  std::string distribution;
  ValueType type = ValueType::float64;
  int null_percent = 0;
  bool listed = false;
  bool in_cache = true;
  VectorLevel level = VectorLevel::best;

  [[nodiscard]] std::size_t width() const { return type == ValueType::float32 ? 4 : 8; }
  /// Rows of the column; half of them are listed.
  [[nodiscard]] std::size_t rows() const { return in_cache ? kCacheRows : kMemoryBytes / width(); }
};

/// A column and a selection of its rows, with all that they borrow.
struct Column {
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<std::uint8_t> bits;
  std::vector<std::int32_t> rows;
  ColumnView view;
  RowSelection selection;
};

void add_nulls(int percent, Column& column) {
  std::mt19937 engine(3);
  const auto length = static_cast<std::size_t>(column.view.length);
  column.bits.assign(length / 8 + 1, 0xff);
  for (std::size_t i = 0; i < length; ++i) {
    if (engine() % 100 >= static_cast<std::uint32_t>(percent)) continue;
    column.bits[i / 8] = static_cast<std::uint8_t>(column.bits[i / 8] & ~(1U << (i % 8)));
    ++column.view.nulls;
  }
  column.view.validity = column.bits.data();
}

std::unique_ptr<Column> make_column(const Case& what) {
  auto column = std::make_unique<Column>();
  // 1,000,000 values, over and over: no branch predictor learns so many, and large columns are made at once.
  const std::vector<double> pool = draw(what.distribution, std::min<std::size_t>(what.rows(), 1'000'000), 2);
  column->view.type = what.type;
  column->view.length = static_cast<std::int64_t>(what.rows());
  for (std::size_t i = 0; i < what.rows(); ++i) {
    const double value = pool[i % pool.size()];
    if (what.type == ValueType::float32) column->floats.push_back(static_cast<float>(value));
    if (what.type == ValueType::float64) column->doubles.push_back(value);
  }
  column->view.values = what.type == ValueType::float32 ? static_cast<const void*>(column->floats.data())
                                                        : static_cast<const void*>(column->doubles.data());
  if (what.null_percent > 0) add_nulls(what.null_percent, *column);
  column->selection = {0, column->view.length, nullptr};
  if (what.listed) {
    std::mt19937 engine(4);
    for (std::size_t i = 0; i < what.rows(); ++i) {
      if (engine() % 2 == 0) column->rows.push_back(static_cast<std::int32_t>(i));
    }
    column->selection = {0, static_cast<std::int64_t>(column->rows.size()), column->rows.data()};
  }
  return column;
}

/// An iteration took in `values` of `width` bytes; all of them took `seconds`. Plain numbers: rates of the library's
/// own come with units of their own.
void report(benchmark::State& state, double values, std::size_t width, double seconds) {
  const double a_value = seconds / (values * static_cast<double>(state.iterations()));
  const double bytes_a_second = static_cast<double>(width) / a_value;
  state.counters["ns_value"] = a_value * 1e9;
  state.counters["GB_s"] = bytes_a_second * 1e-9;
  state.counters["of_core"] = bytes_a_second / core_bandwidth();
}

const ColumnProfile& learned(const std::string& distribution) {
  static std::map<std::string, ColumnProfile> found;
  const auto at = found.find(distribution);
  return at != found.end() ? at->second : found.emplace(distribution, learn(distribution)).first->second;
}

void run_numbers(benchmark::State& state, const Case& what) {
  auto made = make_cpu_backend(what.level);
  if (!made.ok()) {
    state.SkipWithError(made.error().what.c_str());
    return;
  }
  Backend& backend = *made.value();
  const ColumnProfile& profile = learned(what.distribution);
  NumberPlan plan{&profile.partition, profile.moments, nullptr};
  backend.prepare(plan);
  const std::unique_ptr<Column> column = make_column(what);
  NumberPartial partial;
  const double begin = cpu_seconds();
  for (auto _ : state) {
    partial.reset(plan);
    const NumberItem item{column->view, column->selection, &plan, &partial};
    if (!backend.numbers({&item, 1})->wait().ok()) state.SkipWithError("failed");
    benchmark::DoNotOptimize(partial.moments.inside);
  }
  report(state, static_cast<double>(column->selection.count), what.width(), cpu_seconds() - begin);
  state.SetLabel(std::to_string(profile.partition.edges().size()) + " edges");
}

const cpu::NumberParts& parts_of([[maybe_unused]] VectorLevel level) {
#if defined(__x86_64__)
  if (level == VectorLevel::avx512) return cpu::number_parts_avx512();
  if (level == VectorLevel::avx2) return cpu::number_parts_avx2();
#endif
  return cpu::number_parts_portable();
}

using Part = void (*)(const double*, int, cpu::NumberTarget&);

/// One part of the kernel alone, block by block, over float64 values of the normal distribution.
void run_part(benchmark::State& state, VectorLevel level, Part cpu::NumberParts::*part, bool in_cache) {
  if (!make_cpu_backend(level).ok()) {
    state.SkipWithError("this processor has no such instructions");
    return;
  }
  const ColumnProfile& profile = learned("normal");
  const std::unique_ptr<Column> column = make_column({"normal", ValueType::float64, 0, false, in_cache, level});
  const auto table = cpu::CellTable::make(profile.partition);
  HistogramPartial histogram;
  histogram.resize(profile.partition.cells());
  std::vector<std::uint8_t> registers(row::kDistinctRegisters);
  const auto target = std::make_unique<cpu::NumberTarget>();
  target->cells = table.value().view();
  target->centre = profile.moments.centre;
  target->scale = profile.moments.scale;
  target->counts = histogram.counts.data();
  target->sums = histogram.sums.data();
  target->touched = histogram.touched.data();
  target->all_touched = true;
  target->registers = registers.data();
  const std::size_t rows = column->doubles.size() / cpu::kBlockRows * cpu::kBlockRows;
  const double begin = cpu_seconds();
  for (auto _ : state) {
    for (std::size_t at = 0; at < rows; at += cpu::kBlockRows)
      (parts_of(level).*part)(column->doubles.data() + at, cpu::kBlockRows, *target);
    benchmark::ClobberMemory();
  }
  report(state, static_cast<double>(rows), 8, cpu_seconds() - begin);
}

void add_parts() {
  const std::pair<const char*, Part cpu::NumberParts::*> parts[] = {{"histogram", &cpu::NumberParts::histogram},
                                                                    {"moments", &cpu::NumberParts::moments},
                                                                    {"distinct", &cpu::NumberParts::distinct}};
  for (const auto& [name, part] : parts) {
    for (const bool in_cache : {true, false}) {
      for (const VectorLevel level : {VectorLevel::portable, VectorLevel::avx2, VectorLevel::avx512}) {
        const std::string full =
            std::string("part/") + name + (in_cache ? "/cache/" : "/memory/") + std::string(cpu::level_name(level));
        benchmark::RegisterBenchmark(full.c_str(), [level, chosen = part, in_cache](benchmark::State& state) {
          run_part(state, level, chosen, in_cache);
        });
      }
    }
  }
}

/// The yardstick itself, in the same counters: the best of the iterations. `threads` cores share the array.
void read_bandwidth(benchmark::State& state) {
  const auto threads = static_cast<int>(state.range(0));
  double best = 0;
  for (auto _ : state) {
    const double bytes_a_second = measure_bandwidth(threads, 1);
    best = std::max(best, bytes_a_second);
    state.SetIterationTime(static_cast<double>(kBandwidthBytes) / bytes_a_second);
  }
  state.counters["ns_value"] = 8e9 / best;
  state.counters["GB_s"] = best * 1e-9;
  state.counters["of_core"] = best / core_bandwidth();
}

void add_case(const Case& what) {
  const std::string name = "numbers/" + what.distribution + (what.width() == 4 ? "/float32" : "/float64") +
                           "/nulls:" + std::to_string(what.null_percent) + (what.listed ? "/listed" : "/contiguous") +
                           (what.in_cache ? "/cache" : "/memory") + "/" + std::string(cpu::level_name(what.level));
  benchmark::RegisterBenchmark(name.c_str(), [what](benchmark::State& state) { run_numbers(state, what); });
}

/// All combinations at the best level; the plain ones of the normal distribution at each.
void add_cases() {
  benchmark::RegisterBenchmark("read_bandwidth/threads", read_bandwidth)->Arg(1)->Arg(2)->UseManualTime()->MinTime(0.5);
  for (const VectorLevel level : {VectorLevel::portable, VectorLevel::avx2, VectorLevel::avx512}) {
    for (const ValueType type : {ValueType::float32, ValueType::float64}) {
      for (const bool in_cache : {true, false}) add_case({"normal", type, 0, false, in_cache, level});
    }
  }
  for (const std::string& distribution : distributions()) {
    for (const ValueType type : {ValueType::float32, ValueType::float64}) {
      for (const int nulls : {0, 10}) {
        for (const bool listed : {false, true}) {
          for (const bool in_cache : {true, false}) add_case({distribution, type, nulls, listed, in_cache});
        }
      }
    }
  }
}

}  // namespace
}  // namespace longwatch

int main(int argc, char** argv) {
  longwatch::add_cases();
  longwatch::add_parts();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

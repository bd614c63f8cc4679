// One model's analysis on several devices: from Parquet files, and with its columns in memory. Prints a table.
//   benchmark_devices FLEET.yaml --devices cpu,cuda,auto

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <thread>

#include "engine/analyze.hpp"
#include "engine/base/hash.hpp"
#include "engine/evaluate/evaluate.hpp"
#include "engine/parts.hpp"

namespace longwatch {
namespace {

struct Options {
  std::string fleet;
  std::vector<std::string> devices = {"cpu", "cuda", "auto"};
  int repeats = 3;
  int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::int64_t device_memory = 0;
};

template <class T>
T must(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.error().text());
  return std::move(result).value();
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Seconds of the repeats of one case.
class Times {
 public:
  void add(double seconds) { all_.push_back(seconds); }
  [[nodiscard]] double median() const {
    std::vector<double> sorted = all_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
  [[nodiscard]] std::string text() const {
    char out[64];
    const auto [low, high] = std::minmax_element(all_.begin(), all_.end());
    std::snprintf(out, sizeof out, "%.3f (%.3f - %.3f)", median(), *low, *high);
    return out;
  }

 private:
  std::vector<double> all_;
};

/// Of every number that was found, so that devices can be compared.
std::uint64_t digest(const std::vector<Judged>& judged) {
  std::uint64_t out = 0;
  for (const Judged& one : judged) {
    const MetricValue& v = one.value;
    for (const double number :
         {v.value, v.standard_error, v.ci_lower, v.ci_upper, v.pi_lower, v.pi_upper, v.p_value, one.lower, one.upper})
      out = mix64(out ^ std::bit_cast<std::uint64_t>(number)) * 3 + 1;
  }
  return out;
}

/// What one device took, by case.
struct Case {
  std::string device;    ///< as asked for
  std::string computes;  ///< as it describes itself
  std::string missing;   ///< empty, or why it cannot be used
  Times parquet;         ///< states of all cells, from files
  Times states;          ///< the same, from columns in memory
  Times evaluation;      ///< metrics and their intervals, from states
  std::uint64_t digest = 0;
  std::vector<std::string> fallbacks;
};

class Benchmark {
 public:
  explicit Benchmark(const Options& options) : options_(options), fleet_(must(load_config(options.fleet))) {
    model_ = &fleet_.models.front();
    metrics_ = must(chosen_metrics(*model_));
    const ChosenBackend cpu = must(choose_backend({DeviceChoice::Kind::cpu, {}, 0}, VectorLevel::best));
    profile_ = must(fit_model(fleet_, *model_, engine_on(cpu, 336 << 20), {})).profile;
    files_ = must(open_analysis(fleet_, *model_, {}, {}, {})).source;
    kept_ = cached_source(files_, std::make_shared<MemoryBudget>(INT64_MAX / 2));
  }

  void run() {
    for (int i = 0; i <= options_.repeats; ++i) {  // the first reads the files into the page cache
      const double seconds = seconds_of([&] { decode(*files_); });
      if (i > 0) decoding_.add(seconds);
    }
    decode(*kept_);
    for (const std::string& device : options_.devices) cases_.push_back(run_on(device));
  }

  void print() const {
    std::printf(
        "%lld rows x %zu columns, %zu chunks, %zu segments, %lld resamples, %d threads; median, lowest and "
        "highest of %d runs, in seconds.\n\n",
        static_cast<long long>(files_->rows()), profile_.columns.size(), chunks_, segments_,
        static_cast<long long>(model_->intervals.bootstrap ? model_->intervals.resamples : 0), options_.threads,
        options_.repeats);
    std::printf(
        "| device | states, from Parquet | of decoding alone | states, columns in memory | evaluation | both | "
        "times faster than %s |\n|---|---|---|---|---|---|---|\n",
        cases_.front().device.c_str());
    std::printf("| decoding alone | %s | | | | | |\n", decoding_.text().c_str());
    for (const Case& of : cases_) print(of);
    for (const Case& of : cases_) {
      for (const std::string& fallback : of.fallbacks) std::printf("\n%s: %s\n", of.device.c_str(), fallback.c_str());
    }
  }

  /// Whether all devices that could be used found the same bits.
  [[nodiscard]] bool same() const {
    return std::all_of(cases_.begin(), cases_.end(),
                       [&](const Case& of) { return !of.missing.empty() || of.digest == cases_.front().digest; });
  }

 private:
  [[nodiscard]] Engine engine_on(const ChosenBackend& chosen, std::int64_t column_bytes) const {
    Engine out;
    out.backend = chosen.backend.get();
    out.threads = options_.threads;
    out.columns = std::make_shared<MemoryBudget>(column_bytes);
    out.device = &chosen;
    return out;
  }

  /// Every column that an analysis reads, and nothing done with it.
  void decode(const Source& source) const {
    std::vector<std::pair<std::string, ReadAs>> columns;
    for (const ColumnProfile& column : profile_.columns) {
      const bool number = column.column.kind == ColumnKind::continuous;
      columns.emplace_back(column.column.name, number ? ReadAs::number : ReadAs::category);
    }
    for (const SegmentDefinition& definition : profile_.segments.definitions) {
      for (const std::string& name : definition) columns.emplace_back(name, ReadAs::category);
    }
    const std::vector<RowGroup>& groups = source.row_groups();
    tbb::parallel_for(std::size_t{0}, groups.size() * columns.size(), [&](std::size_t i) {
      const RowGroup& group = groups[i / columns.size()];
      const auto& [name, as] = columns[i % columns.size()];
      const auto reader = must(source.read(group, name, as));
      for (std::int64_t done = 0; done < group.rows;) done += must(reader->next(16'384)).length;
    });
  }

  Case run_on(const std::string& device) {
    Case out;
    out.device = device;
    DeviceChoice choice = must(parse_device(device));
    choice.memory = options_.device_memory;
    const ChosenBackend chosen = must(choose_backend(choice, VectorLevel::best));
    out.computes = chosen.backend->description();
    out.missing = chosen.warning;
    if (!out.missing.empty()) return out;
    const Engine engine = engine_on(chosen, 0);
    std::optional<AnalysisStates> states;
    const auto analyze = [&](const std::shared_ptr<Source>& source) {
      return seconds_of([&] { states.emplace(must(analyze_rows({source, {}, {}}, *model_, profile_, engine, {}))); });
    };
    for (int i = 0; i < options_.repeats; ++i) out.parquet.add(analyze(files_));
    (void)analyze(kept_);  // a device that keeps columns has them from now on
    for (int i = 0; i < options_.repeats; ++i) {
      out.states.add(analyze(kept_));
      std::vector<Judged> judged;
      out.evaluation.add(
          seconds_of([&] { judged = evaluate_model(*model_, profile_, *states, metrics_, *chosen.backend); }));
      out.digest = digest(judged);
    }
    chunks_ = states->chunks.chunks.size();
    segments_ = states->segments.segments.size();
    out.fallbacks = chosen.backend->fallbacks();
    return out;
  }

  void print(const Case& of) const {
    if (!of.missing.empty()) {
      std::printf("| %s | not run: %s | | | | | |\n", of.device.c_str(), of.missing.c_str());
      return;
    }
    const double both = of.states.median() + of.evaluation.median();
    const Case& first = cases_.front();
    std::printf("| %s: %s | %s | %.0f %% | %s | %s | %.3f | %.2f |\n", of.device.c_str(), of.computes.c_str(),
                of.parquet.text().c_str(), 100 * decoding_.median() / of.parquet.median(), of.states.text().c_str(),
                of.evaluation.text().c_str(), both, (first.states.median() + first.evaluation.median()) / both);
  }

  Options options_;
  FleetConfig fleet_;
  const ModelConfig* model_ = nullptr;
  std::vector<const Metric*> metrics_;
  ReferenceProfile profile_;
  std::shared_ptr<Source> files_;
  std::shared_ptr<Source> kept_;
  Times decoding_;
  std::size_t chunks_ = 0;
  std::size_t segments_ = 0;
  std::vector<Case> cases_;
};

int run(const Options& options) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(options.threads));
  tbb::task_arena arena(options.threads);
  return arena.execute([&] {
    Benchmark benchmark(options);
    benchmark.run();
    benchmark.print();
    if (benchmark.same()) return 0;
    std::fputs("benchmark_devices: the devices do not find the same bits\n", stderr);
    return 1;
  });
}

}  // namespace
}  // namespace longwatch

int main(int count, char** arguments) {
  CLI::App app("One model's analysis on several devices: from Parquet files, and with its columns in memory.",
               "benchmark_devices");
  longwatch::Options options;
  app.add_option("fleet", options.fleet, "Configuration; its first model is analysed")->required();
  app.add_option("--devices", options.devices,
                 "As --device of longwatch run; the first is what others are compared with")
      ->delimiter(',');
  app.add_option("--repeats", options.repeats, "Timed runs of each")->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.threads, "Threads; default: all of the machine")->check(CLI::Range(1, 1024));
  app.add_option("--device-memory", options.device_memory,
                 "Bytes of each device that may be taken; default: nine tenths of what is free");
  CLI11_PARSE(app, count, arguments);
  try {
    return longwatch::run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "benchmark_devices: %s\n", failure.what());
    return 1;
  }
}

// The verbs run, fit and analyze.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>

#include "engine/base/text.hpp"
#include "engine/output/text_table.hpp"
#include "engine/run.hpp"
#include "tools/commands.hpp"
#include "tools/progress_bar.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kShownAlerts = 20;

// Set by Ctrl-C; the engine stops at its next slab and leaves nothing half-written.
std::atomic<bool> stop_requested{false};
void request_stop(int) { stop_requested.store(true); }

struct Arguments {
  std::string config;
  bool quiet = false;
  std::string device = "auto";
  std::int64_t device_memory = 0;
  std::size_t shown_chunks = 4;
  std::string fail_on = "never";
  std::int64_t resamples = 0;  ///< 0: as configured
  RunOptions options;
};

void print_models(const RunSummary& summary) {
  TextTable table(
      {"model", "reference rows", "analysis rows", "chunks", "segments", "columns", "alerts", "of these in all rows"});
  for (const ModelOutcome& model : summary.models) {
    if (!model.failure.empty()) continue;
    const auto number = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    table.add_row({model.model, model.reference_rows, model.analysis_rows, number(model.chunks), number(model.segments),
                   number(model.columns), model.alerts, model.alerts_all});
  }
  std::fputs(table.text().c_str(), stdout);
}

TextTable::Cell limit_cell(double value) { return std::isnan(value) ? TextTable::Cell() : TextTable::Cell(value); }

std::string with_interval(double value, double lower, double upper) {
  if (std::isnan(value)) return "-";
  if (std::isnan(lower) || std::isnan(upper)) return fmt::format("{:.4g}", value);
  return fmt::format("{:.4g} [{:.4g}, {:.4g}]", value, lower, upper);
}

// The last chunks of every model's headline metric.
void print_performance(const RunSummary& summary, std::size_t shown) {
  for (const ModelOutcome& model : summary.models) {
    if (model.performance.empty() || shown == 0) continue;
    std::fputs(fmt::format("\nPerformance of {}, {} over all rows:\n", model.model, model.headline).c_str(), stdout);
    TextTable table({"chunk", "estimated [95 % for these rows]", "realized [95 %]", "labels", ""});
    const std::size_t lines = model.performance.size();
    for (std::size_t i = lines - std::min(lines, shown); i < lines; ++i) {
      const PerformanceLine& line = model.performance[i];
      const std::string labels = std::isnan(line.labels_rate) ? "-" : fmt::format("{:.0f} %", 100 * line.labels_rate);
      table.add_row({line.chunk, with_interval(line.estimated, line.estimated_lower, line.estimated_upper),
                     with_interval(line.realized, line.realized_lower, line.realized_upper), labels,
                     std::string(line.alert ? "alert" : "")});
    }
    std::fputs(table.text().c_str(), stdout);
  }
}

// Alerts of one model, column and metric.
struct AlertGroup {
  std::size_t count = 0;
  const AlertLine* last = nullptr;
};

// The groups of performance alerts, or of all others, those with most chunks first.
std::vector<AlertGroup> alert_groups(const RunSummary& summary, bool performance) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, AlertGroup> groups;
  for (const AlertLine& alert : summary.alerts) {
    if (std::string_view(alert.family).ends_with("_performance") != performance) continue;
    AlertGroup& group = groups[{alert.model, alert.column, alert.metric, alert.family}];
    ++group.count;
    group.last = &alert;
  }
  std::vector<AlertGroup> order;
  for (const auto& [key, group] : groups) order.push_back(group);
  std::stable_sort(order.begin(), order.end(),
                   [](const AlertGroup& a, const AlertGroup& b) { return a.count > b.count; });
  return order;
}

// The alerts on performance with the columns that may explain them, a line each with their last alert.
void print_performance_alerts(const std::vector<AlertGroup>& groups) {
  if (groups.empty()) return;
  std::fputs("\nAlerts on performance over all rows, most frequent first:\n", stdout);
  TextTable table({"model", "metric", "", "chunks", "last chunk", "value", "lower", "upper", "columns to look at"});
  for (std::size_t i = 0; i < groups.size() && i < kShownAlerts / 2; ++i) {
    const AlertLine& line = *groups[i].last;
    const std::string family = line.family;
    table.add_row({line.model, line.metric, family.substr(0, family.find('_')),
                   static_cast<std::int64_t>(groups[i].count), line.chunk, line.value, limit_cell(line.lower),
                   limit_cell(line.upper), line.columns});
  }
  std::fputs(table.text().c_str(), stdout);
}

// The columns that alert most, a line each, with their last alert.
void print_alerts(const RunSummary& summary) {
  if (summary.alerts.empty()) {
    std::fputs("\nNo alerts over all rows.\n", stdout);
    return;
  }
  print_performance_alerts(alert_groups(summary, true));
  const std::vector<AlertGroup> groups = alert_groups(summary, false);
  if (groups.empty()) return;
  std::fputs("\nOther alerts over all rows, most frequent first:\n", stdout);
  TextTable table({"model", "column", "metric", "chunks", "last chunk", "value", "lower", "upper"});
  for (std::size_t i = 0; i < groups.size() && i < kShownAlerts; ++i) {
    const AlertLine& line = *groups[i].last;
    table.add_row({line.model, line.column.empty() ? std::string("-") : line.column, line.metric,
                   static_cast<std::int64_t>(groups[i].count), line.chunk, line.value, limit_cell(line.lower),
                   limit_cell(line.upper)});
  }
  std::fputs(table.text().c_str(), stdout);
  if (groups.size() > kShownAlerts)
    std::fputs(fmt::format("... and {} more lines; see alerts.parquet\n", groups.size() - kShownAlerts).c_str(), stdout);
}

int finish(const Arguments& arguments, const RunSummary& summary) {
  for (const ModelOutcome& model : summary.models) {
    if (!model.failure.empty()) std::fprintf(stderr, "longwatch: %s\n", model.failure.c_str());
  }
  if (summary.failed() == summary.models.size()) return exit_code(summary.models.front().code);
  if (!arguments.quiet) {
    print_models(summary);
    print_performance(summary, arguments.shown_chunks);
    if (arguments.options.kind != RunKind::fit) print_alerts(summary);
    std::fputs(fmt::format("\nResults in {}: {} values, {} alerts, {:.1f} s\n", arguments.options.output,
                           summary.result_rows, summary.alert_rows, summary.seconds)
                   .c_str(),
               stdout);
  }
  if (summary.failed() > 0) return kExitSomeFailed;
  return arguments.fail_on == "alert" && summary.alert_rows > 0 ? kExitAlerts : kExitFine;
}

// Says why no GPU was used, where it matters: some model ran, and a GPU was asked for or the run is not to be quiet.
void warn_of_device(const Arguments& arguments, const RunSummary& summary) {
  const bool wanted = arguments.options.device.kind == DeviceChoice::Kind::cuda;
  if (summary.device_warning.empty() || (arguments.quiet && !wanted) || summary.failed() == summary.models.size())
    return;
  std::fflush(stdout);  // the results stand before it, where both go to one file
  std::fputs(("longwatch: " + summary.device_warning + "\n").c_str(), stderr);
}

int execute(Arguments& arguments) {
  auto device = parse_device(arguments.device);
  if (!device.ok()) return report(device.error());
  arguments.options.device = device.value();
  arguments.options.device.memory = arguments.device_memory;
  auto fleet = load_config(arguments.config);
  if (!fleet.ok()) return report(fleet.error());
  if (arguments.resamples > 0) {
    for (ModelConfig& model : fleet.value().models) {
      model.intervals.bootstrap = true;
      model.intervals.resamples = arguments.resamples;
    }
  }
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  auto progress = std::make_unique<ProgressBar>(arguments.quiet);
  auto summary = run_fleet(fleet.value(), arguments.options, {progress.get(), &stop_requested});
  progress.reset();
  if (!summary.ok()) return report(summary.error());
  const int code = finish(arguments, summary.value());
  warn_of_device(arguments, summary.value());
  return code;
}

void add_common(CLI::App& verb, Arguments& arguments) {
  static const std::map<std::string, VectorLevel> kLevels{{"best", VectorLevel::best},
                                                          {"portable", VectorLevel::portable},
                                                          {"avx2", VectorLevel::avx2},
                                                          {"avx512", VectorLevel::avx512}};
  verb.add_option("config", arguments.config, "Fleet configuration (YAML)")->required();
  verb.add_option("-o,--output", arguments.options.output, "Result directory, replaced as a whole")->required();
  add_models_option(verb, arguments.options);
  verb.add_option("--threads", arguments.options.threads, "Threads; default: all of the machine")
      ->check(CLI::Range(1, 1024));
  verb.add_flag("--quiet", arguments.quiet, "No progress, no table");
  verb.add_option("--device", arguments.device,
                  "What computes: auto (the CPU and all GPUs, by their speed here), cpu, cuda (all GPUs), or cuda:N or "
                  "cuda:N,M of `longwatch devices`; changes no result")
      ->type_name("DEVICE");
  verb.add_option("--device-memory", arguments.device_memory,
                  "Memory of each GPU that may be taken; default nine tenths of what is free; changes no result")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb.add_option("--vector", arguments.options.level, "Vector code; changes no result")
      ->transform(CLI::CheckedTransformer(kLevels))
      ->type_name("best|portable|avx2|avx512");
  verb.add_option("--unique-memory", arguments.options.unique_memory,
                  "Memory to check ids and unique columns, e.g. 1GB, before the disk ($TMPDIR) is used; default 256MB; "
                  "changes no result")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb.add_option("--labels-memory", arguments.options.labels_memory,
                  "Memory to join labels that are in files of their own, before the disk ($TMPDIR) is used; default "
                  "256MB; changes no result")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb.add_option("--segment-memory", arguments.options.segment_memory,
                  "Memory for rows held by segment where a model has fit: per_segment; what does not fit is read in "
                  "parts; default 2GB; changes no result")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("SIZE");
  verb.add_option("--slab-rows", arguments.options.slab_rows, "Rows decoded at a time; changes no result")
      ->check(CLI::Range(1, 1 << 24));
}

void add_results(CLI::App& verb, Arguments& arguments) {
  add_window_options(verb, arguments.options);
  verb.add_option("--show", arguments.shown_chunks, "Chunks of each model's performance to print; default 4")
      ->type_name("N");
  verb.add_option("--resamples", arguments.resamples,
                  "Intervals of performance metrics by a bootstrap of this many resamples")
      ->check(CLI::Range(100, 100'000));
  verb.add_flag("--keep-states", arguments.options.keep_states, "Also write states.parquet");
  verb.add_option("--fail-on", arguments.fail_on, "alert: exit with 1 where there are alerts")
      ->check(CLI::IsMember({"never", "alert"}));
}

void add_verb(CLI::App& app, int& code, RunKind kind, const char* name, const char* what, const char* example) {
  auto* verb = app.add_subcommand(name, what);
  verb->footer(std::string("Example: ") + example);
  auto arguments = std::make_shared<Arguments>();
  arguments->options.kind = kind;
  arguments->options.command = name;
  add_common(*verb, *arguments);
  if (kind != RunKind::fit) add_results(*verb, *arguments);
  if (kind == RunKind::analyze)
    verb->add_option("--profiles", arguments->options.profiles, "Folder of reference profiles, as `fit` wrote it")
        ->required();
  verb->callback([arguments, &code] { code = execute(*arguments); });
}

}  // namespace

void add_models_option(CLI::App& verb, RunOptions& options) {
  verb.add_option("--models", options.models, "Only this model (a name or glob; may be given more than once)")
      ->allow_extra_args(false);
}

void add_window_options(CLI::App& verb, RunOptions& options) {
  verb.add_option("--from", options.from, "Only analysis rows from this time on (ISO 8601 date or date-time)")
      ->type_name("TIME");
  verb.add_option("--to", options.to,
                  "Only analysis rows before this time; without an offset, in the model's time zone")
      ->type_name("TIME");
}

void add_run_verbs(CLI::App& app, int& code) {
  add_verb(app, code, RunKind::run, "run", "Learn the reference, analyse, write results",
           "longwatch run fleet.yaml -o out");
  add_verb(app, code, RunKind::fit, "fit", "Learn the reference only: one profile a model",
           "longwatch fit fleet.yaml -o fitted");
  add_verb(app, code, RunKind::analyze, "analyze", "Analyse with profiles made earlier",
           "longwatch analyze fleet.yaml --profiles fitted/profiles -o out");
}

}  // namespace longwatch

// The verb synth: a fleet with known drift, for trying things out.
#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <thread>

#include <cstdio>
#include <memory>

#include "tools/commands.hpp"
#include "tools/synth/synth.hpp"

namespace longwatch {
namespace {

struct Arguments {
  SynthOptions options;
  std::string task = "mixed";
  std::string folder;
  int threads = 0;
  bool quiet = false;
};

int synth(Arguments& arguments) {
  auto task = synth_task(arguments.task);
  if (!task.ok()) return report(task.error());
  arguments.options.task = task.value();
  const int threads = arguments.threads > 0 ? arguments.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  auto written = arena.execute([&] { return write_fleet(arguments.options, arguments.folder); });
  if (!written.ok()) return report(written.error());
  if (!arguments.quiet) {
    std::fputs(fmt::format("{} models in {}/fleet.yaml; what drifts stands in {}/truth.json\n",
                           arguments.options.models, arguments.folder, arguments.folder)
                   .c_str(),
               stdout);
  }
  return kExitFine;
}

}  // namespace

void add_synth_verb(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("synth", "Write a seeded fleet with drift injected at known places");
  verb->footer("Example: longwatch synth -o fleet --models 3 --rows 10000 --features 20 --seed 1");
  auto arguments = std::make_shared<Arguments>();
  SynthOptions& options = arguments->options;
  verb->add_option("-o,--output", arguments->folder, "Folder to write")->required();
  verb->add_option("--models", options.models, "Number of models");
  verb->add_option("--rows", options.rows, "Rows of a model, in its reference and again in its analysis");
  verb->add_option("--features", options.features, "Features of a model");
  verb->add_option("--chunks", options.chunks, "Days of the reference, and again of the analysis");
  verb->add_option("--seed", options.seed, "Same seed, same values");
  verb->add_option("--task", arguments->task, "binary, multiclass, regression or mixed");
  verb->add_option("--drift", options.drift, "Share of features that drift");
  verb->add_option("--nulls", options.nulls, "Share of nulls");
  verb->add_option("--row-groups", options.row_groups, "Row groups of a file");
  verb->add_flag("--wide-types", options.wide_types, "Also one feature of each less common column type");
  verb->add_option("--threads", arguments->threads, "Threads; default: all of the machine")->check(CLI::Range(1, 1024));
  verb->add_flag("--quiet", arguments->quiet, "Print nothing");
  verb->callback([arguments, &code] { code = synth(*arguments); });
}

}  // namespace longwatch

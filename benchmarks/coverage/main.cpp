// Measures what the intervals, thresholds and alerts promise: coverage PART [options].
#include <CLI/CLI.hpp>
#include <iterator>

#include "benchmarks/coverage/part.hpp"

namespace {

using longwatch::coverage::Options;

struct Part {
  const char* name;
  const char* summary;
  int (*run)(const Options&);
};

constexpr Part kParts[] = {
    {"performance", "Do the intervals of performance metrics hold what they are of?", longwatch::coverage::performance},
    {"classes", "The same of classifiers of several classes.", longwatch::coverage::classes},
    {"distances", "Do the intervals and p-values of columns hold what they are of?", longwatch::coverage::distances},
    {"false_alarms", "How often is a chunk without drift outside?", longwatch::coverage::false_alarms},
    {"delay", "How many chunks until a shift is outside?", longwatch::coverage::delay},
    {"fdr", "Are ten drifts among 100,000 tests found, and what else?", longwatch::coverage::fdr},
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Replications of known truth: how often an interval or a threshold keeps its promise"};
  app.require_subcommand(1);
  Options options;
  int code = 0;
  for (const Part& part : kParts) {
    CLI::App* verb = app.add_subcommand(part.name, part.summary);
    verb->add_option("--replications", options.replications, "Replications of every cell")->capture_default_str();
    verb->add_option("--only", options.only, "Only rows of the table whose name contains this");
    verb->add_option("--threads", options.threads, "Threads; default: all of the machine")->check(CLI::Range(0, 1024));
    verb->add_option("--seed", options.seed, "Same seed, same table")->capture_default_str();
    verb->callback([&code, &options, run = part.run] { code = run(options); });
  }
  CLI11_PARSE(app, argc, argv);
  return code;
}

// The `longwatch` command: verbs, common options, exit codes.
#include <malloc.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "engine/base/text.hpp"
#include "tools/commands.hpp"

namespace longwatch {
namespace {

constexpr const char* kVersion = LONGWATCH_VERSION;
constexpr const char* kExitCodes =
    "Exit codes: 0 fine; 1 alerts (with --fail-on alert); 2 usage or configuration; 3 data unreadable or output not "
    "written;\n"
    "4 some models failed.";

std::vector<std::string> verbs_of(CLI::App& app) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; })) verbs.push_back(verb->get_name());
  return verbs;
}

bool known_verb(CLI::App& app, const std::string& name) {
  const std::vector<std::string> verbs = verbs_of(app);
  return std::find(verbs.begin(), verbs.end(), name) != verbs.end();
}

int unknown_verb(CLI::App& app, const std::string& name) {
  const std::vector<std::string> verbs = verbs_of(app);
  return report({ErrorCode::usage, "there is no verb '" + name + "'", {}, known_names_hint(name, verbs)});
}

int run_cli(int argc, char** argv) {
  CLI::App app{
      "Longwatch monitors fleets of deployed machine-learning models from Parquet: drift and data quality, each with "
      "its threshold."};
  app.footer(std::string("Example: longwatch run examples/flights/fleet.yaml -o out/flights\n") + kExitCodes);
  app.set_version_flag("--version", std::string("longwatch ") + kVersion);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  int code = 0;
  add_run_verbs(app, code);
  add_validate_verb(app, code);
  add_schema_verb(app, code);
  add_synth_verb(app, code);
  add_inspect_verb(app, code);
  add_cutoffs_verb(app, code);
  add_devices_verb(app, code);
  if (argc > 1 && argv[1][0] != '-' && !known_verb(app, argv[1])) return unknown_verb(app, argv[1]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int shown = app.exit(error);
    return shown == 0 ? 0 : kExitUsage;
  }
  return code;
}

// Libraries that may not throw end the process where memory runs out. The C++ library's own handler throws again to
// describe the exception, which can crash inside such code.
[[noreturn]] void terminate() {
  std::fputs("longwatch: out of memory or a defect in a library (fewer --threads need less memory)\n", stderr);
  std::abort();
}

// Buffers of megabytes come and go with every chunk: what is freed is kept instead of being asked for, and cleared by
// the kernel, again and again.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

}  // namespace
}  // namespace longwatch

// Exceptions stop here.
int main(int argc, char** argv) {
  std::set_terminate(longwatch::terminate);
  longwatch::keep_freed_memory();
  try {
    return longwatch::run_cli(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("longwatch: out of memory (fewer --threads need less)\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "longwatch: internal error: %s\n", error.what());
  }
  return longwatch::kExitData;
}

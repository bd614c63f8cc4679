// The verbs validate and schema: before the first run.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "engine/model/model.hpp"
#include "engine/output/publish.hpp"
#include "engine/run.hpp"
#include "tools/commands.hpp"

namespace longwatch {
namespace {

int validate(const std::string& config, const RunOptions& options) {
  auto fleet = load_config(config);
  if (!fleet.ok()) return report(fleet.error());
  const std::vector<Error> problems = validate_fleet(fleet.value(), options);
  int code = kExitFine;
  for (const Error& problem : problems) code = std::max(code, report(problem));
  if (problems.empty()) std::fputs(fmt::format("{}: every model fits its data\n", config).c_str(), stdout);
  return code;
}

struct SchemaArguments {
  std::vector<std::string> reference;
  std::vector<std::string> analysis;
  std::string model = "model";
  std::string output;
};

// Paths in a configuration are relative to its folder; those typed here are relative to the current one.
std::vector<std::string> as_seen_from(const std::string& file, std::vector<std::string> paths) {
  namespace fs = std::filesystem;
  if (file.empty()) return paths;
  const fs::path folder = fs::absolute(file).parent_path();
  for (std::string& path : paths) {
    if (fs::path(path).is_relative()) path = fs::absolute(path).lexically_proximate(folder).string();
  }
  return paths;
}

int infer(const SchemaArguments& arguments) {
  auto source = Source::open(arguments.reference, ".");
  if (!source.ok()) return report(source.error());
  const auto reference = as_seen_from(arguments.output, arguments.reference);
  const auto analysis = as_seen_from(arguments.output, arguments.analysis);
  auto text = infer_config(*source.value(), reference, analysis, arguments.model);
  if (!text.ok()) return report(text.error());
  if (arguments.output.empty()) {
    std::fputs(text.value().c_str(), stdout);
    return kExitFine;
  }
  if (auto written = write_file_atomically(arguments.output, text.value()); !written.ok())
    return report(written.error());
  return kExitFine;
}

}  // namespace

void add_validate_verb(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("validate", "Check a configuration against its data, without computing");
  verb->footer("Example: longwatch validate fleet.yaml");
  auto config = std::make_shared<std::string>();
  auto options = std::make_shared<RunOptions>();
  verb->add_option("config", *config, "Fleet configuration (YAML)")->required();
  add_models_option(*verb, *options);
  add_window_options(*verb, *options);
  verb->callback([=, &code] { code = validate(*config, *options); });
}

void add_schema_verb(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("schema", "Infer a configuration from data, to be edited; or print the JSON Schema");
  verb->footer("Example: longwatch schema reference.parquet --analysis analysis.parquet --model fraud > fleet.yaml");
  auto arguments = std::make_shared<SchemaArguments>();
  auto json = std::make_shared<bool>(false);
  verb->add_option("reference", arguments->reference, "Reference data: Parquet or Arrow files, globs or folders");
  verb->add_option("--analysis", arguments->analysis,
                   "Analysis data: a file, glob or folder; may be given more than once")
      ->allow_extra_args(false);
  verb->add_option("--model", arguments->model, "Name of the model");
  verb->add_option("-o,--output", arguments->output, "File to write; default: standard output");
  verb->add_flag("--json-schema", *json, "Print the JSON Schema of configurations instead");
  verb->callback([=, &code] {
    if (*json) {
      std::fputs(config_json_schema().c_str(), stdout);
    } else if (arguments->reference.empty()) {
      code = report({ErrorCode::usage, "schema needs reference data", {}, "longwatch schema reference.parquet"});
    } else {
      code = infer(*arguments);
    }
  });
}

}  // namespace longwatch

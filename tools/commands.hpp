#pragma once
// The verbs of the command line. Each adds itself to the app and sets the exit code when it ran.

#include <CLI/CLI.hpp>

#include "engine/base/result.hpp"
#include "engine/run.hpp"

namespace longwatch {

inline constexpr int kExitFine = 0;
inline constexpr int kExitAlerts = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitData = 3;
inline constexpr int kExitSomeFailed = 4;

/// The exit code of an error.
int exit_code(ErrorCode code);
/// Prints "longwatch: ..." on stderr and returns the error's exit code.
int report(const Error& error);

/// --models, for the verbs that take a fleet.
void add_models_option(CLI::App& verb, RunOptions& options);
/// --from and --to, for the verbs that read the analysis.
void add_window_options(CLI::App& verb, RunOptions& options);

void add_run_verbs(CLI::App& app, int& code);  ///< run, fit, analyze
void add_validate_verb(CLI::App& app, int& code);
void add_schema_verb(CLI::App& app, int& code);
void add_synth_verb(CLI::App& app, int& code);
void add_inspect_verb(CLI::App& app, int& code);
void add_cutoffs_verb(CLI::App& app, int& code);
void add_devices_verb(CLI::App& app, int& code);

}  // namespace longwatch

// How errors leave the command.
#include <cstdio>

#include "tools/commands.hpp"

namespace longwatch {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
    case ErrorCode::configuration:
      return kExitUsage;
    default:
      return kExitData;
  }
}

int report(const Error& error) {
  std::fprintf(stderr, "longwatch: %s\n", error.text().c_str());
  return exit_code(error.code);
}

}  // namespace longwatch

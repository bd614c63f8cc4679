#pragma once
// Failures of the operating system while writing, as errors that say what to do.

#include <string>

#include "engine/base/result.hpp"

namespace longwatch {

/// An Error at a file.
Error file_error(ErrorCode code, const std::string& path, const std::string& what, const std::string& hint);

/// An Error{output} "cannot DOING: reason" at `path`, with a hint for the errno `code` (disk full, no permission, ...).
Error output_error(const std::string& path, const std::string& doing, int code);

}  // namespace longwatch

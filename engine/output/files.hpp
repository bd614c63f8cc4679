#pragma once
// POSIX file operations behind publishing: whole writes, fsync, staging folders. Failures are Error{output} with a
// hint.

#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace longwatch::files {

/// Creates `path` (which must not exist), writes all bytes and fsyncs.
Result<void> create(const std::string& path, std::string_view bytes);
/// fsyncs a file or a folder.
Result<void> sync(const std::string& path);
/// fsyncs everything below a folder, then the folder.
Result<void> sync_tree(const std::string& folder);
/// A new folder ".NAME.longwatch-XXXXXX" beside `path`, with the permissions that mkdir gives here.
Result<std::string> make_staging(const std::string& path);
/// Puts `from` where `to` is. Where `to` exists, the two are exchanged, so that `from` holds what `to` held.
Result<void> swap_in(const std::string& from, const std::string& to);
/// The folder that holds `path`.
std::string parent_of(const std::string& path);

}  // namespace longwatch::files

#pragma once
// Writes a result directory so that it is there whole or not at all.

#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace longwatch {

/// Collects files in a hidden sibling of `target` (".NAME.longwatch-XXXXXX") and swaps it in at once. An existing
/// `target` is replaced only where it is a Longwatch result (it holds a run.json with "longwatch" in it) or an empty
/// directory; anything else is refused by begin(), before work is done. Missing parents are made. A symbolic link is
/// followed. What was not published is removed by the destructor, and at once after a failure. Staging folders of other
/// (killed) runs are left alone.
class ResultDirectory {
 public:
  static Result<ResultDirectory> begin(const std::string& target);
  ResultDirectory(ResultDirectory&& other) noexcept;
  ResultDirectory& operator=(ResultDirectory&&) = delete;
  ~ResultDirectory();

  /// Writes and fsyncs one file; `name` may hold one folder ("profiles/fraud.profile"). A name that was written before
  /// is an error.
  Result<void> write(const std::string& name, std::string_view bytes);
  /// Where another writer may put file `name` before publish(), which fsyncs it; makes its folder.
  Result<std::string> reserve(const std::string& name);
  /// fsyncs every file and folder and renames (or exchanges) the folder into place. There must be a run.json. Call
  /// once.
  Result<void> publish();

 private:
  ResultDirectory(std::string target, std::string staging);
  Error failed(Error error);
  void discard() noexcept;
  std::string target_;
  std::string staging_;  // empty once published or discarded
};

/// Writes one file atomically (temporary sibling, fsync, rename). Anything but a regular file is not replaced.
Result<void> write_file_atomically(const std::string& path, std::string_view bytes);

/// Reads a whole file.
Result<std::string> read_file(const std::string& path);

}  // namespace longwatch

// Staging beside the target, checks of what may be replaced, and the swap.
#include "engine/output/publish.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "engine/output/files.hpp"
#include "engine/output/os_error.hpp"

namespace longwatch {
namespace fs = std::filesystem;
namespace {

Error refused(const std::string& target, const std::string& what, const std::string& hint) {
  return file_error(ErrorCode::output, target, what, hint);
}

// An absolute path without dots, trailing slashes and, as far as it exists, symbolic links.
Result<std::string> resolved(const std::string& target) {
  if (target.empty()) return refused(target, "no output path is given", "name a folder with -o");
  std::error_code code;
  fs::path path = fs::absolute(target, code).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (!code && fs::is_symlink(path, code)) {
    path = fs::canonical(path, code);
    if (code) return refused(target, "is a symbolic link to nothing", "remove the link, or name another path");
  }
  if (path == path.root_path()) return refused(target, "is the root folder", "choose a folder inside it");
  return path.string();
}

bool is_result(const std::string& folder) {
  const auto text = read_file(folder + "/run.json");
  if (!text.ok()) return false;
  const auto run = nlohmann::json::parse(text.value(), nullptr, false);
  return run.is_object() && run.contains("longwatch");
}

// Whether `target` is absent, empty, or a result of Longwatch that may be replaced.
Result<void> check_replaceable(const std::string& target) {
  struct stat status {};
  struct stat parent {};
  if (::lstat(target.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<void>() : Result<void>(output_error(target, "use", errno));
  }
  if (!S_ISDIR(status.st_mode)) return refused(target, "is a file, not a folder", "choose another output folder");
  if (::stat(files::parent_of(target).c_str(), &parent) == 0 && parent.st_dev != status.st_dev) {
    return refused(target, "is a mount point, which cannot be replaced at once", "choose a folder inside it");
  }
  std::error_code code;
  const bool empty = fs::is_empty(target, code);
  if (code) return output_error(target, "list folder", code.value());
  if (empty || is_result(target)) return {};
  return refused(target, "holds files and is not a Longwatch result (no run.json)",
                 "choose another output folder, or remove this one");
}

Result<void> check_name(const std::string& name) {
  const fs::path path(name);
  bool plain = !path.empty() && path.is_relative() && path.has_filename();
  for (const fs::path& part : path) plain = plain && part != "." && part != "..";
  if (plain) return {};
  return Error{ErrorCode::internal, "'" + name + "' is no name for a file of a result", {}, "report this defect"};
}

}  // namespace

Result<ResultDirectory> ResultDirectory::begin(const std::string& target) {
  LW_TRY(const std::string path, resolved(target));
  LW_CHECK(check_replaceable(path));
  std::error_code code;
  fs::create_directories(files::parent_of(path), code);
  if (code) return output_error(files::parent_of(path), "make folder", code.value());
  LW_TRY(std::string staging, files::make_staging(path));
  ResultDirectory directory(path, std::move(staging));
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && ::chmod(directory.staging_.c_str(), status.st_mode & 07777) != 0) {
    return output_error(directory.staging_, "set permissions of", errno);
  }
  return directory;
}

ResultDirectory::ResultDirectory(std::string target, std::string staging)
    : target_(std::move(target)), staging_(std::move(staging)) {}

ResultDirectory::ResultDirectory(ResultDirectory&& other) noexcept
    : target_(std::move(other.target_)), staging_(std::exchange(other.staging_, {})) {}

ResultDirectory::~ResultDirectory() { discard(); }

void ResultDirectory::discard() noexcept {
  if (staging_.empty()) return;
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  staging_.clear();
}

Error ResultDirectory::failed(Error error) {
  discard();
  return error;
}

Result<std::string> ResultDirectory::reserve(const std::string& name) {
  if (staging_.empty()) {
    return Error{ErrorCode::internal, "the result folder was published or given up already", {}, "report this defect"};
  }
  LW_CHECK(check_name(name));
  const std::string path = staging_ + "/" + name;
  std::error_code code;
  fs::create_directories(files::parent_of(path), code);
  if (code) return failed(output_error(files::parent_of(path), "make folder", code.value()));
  return path;
}

Result<void> ResultDirectory::write(const std::string& name, std::string_view bytes) {
  LW_TRY(const std::string path, reserve(name));
  if (auto done = files::create(path, bytes); !done.ok()) return failed(std::move(done.error()));
  return {};
}

Result<void> ResultDirectory::publish() {
  LW_CHECK(reserve("run.json"));
  if (!is_result(staging_)) {
    return failed(
        {ErrorCode::internal, "a result needs a run.json with \"longwatch\" in it", {}, "report this defect"});
  }
  if (auto done = files::sync_tree(staging_); !done.ok()) return failed(std::move(done.error()));
  if (auto done = check_replaceable(target_); !done.ok()) return failed(std::move(done.error()));
  if (auto done = files::swap_in(staging_, target_); !done.ok()) return failed(std::move(done.error()));
  discard();  // what the target held before
  return files::sync(files::parent_of(target_));
}

Result<void> write_file_atomically(const std::string& path, std::string_view bytes) {
  LW_TRY(const std::string target, resolved(path));
  std::error_code code;
  const fs::file_status status = fs::status(target, code);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return refused(path, "exists and is not a regular file", "choose another path");
  }
  LW_TRY(std::string folder, files::make_staging(target));
  const std::string file = folder + "/file";
  auto done = files::create(file, bytes);
  if (done.ok() && ::rename(file.c_str(), target.c_str()) != 0) done = output_error(target, "put into place", errno);
  fs::remove_all(folder, code);
  LW_CHECK(std::move(done));
  return files::sync(files::parent_of(target));
}

Result<std::string> read_file(const std::string& path) {
  const auto unreadable = [&](int reason) {
    Error error = output_error(path, "read", reason);
    error.code = ErrorCode::data;
    error.hint = "check the path and its permissions";
    return error;
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unreadable(errno);
  std::string bytes;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(file, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    const int reason = errno;
    if (got <= 0) ::close(file);
    if (got < 0) return unreadable(reason);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace longwatch

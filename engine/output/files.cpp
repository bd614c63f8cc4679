// POSIX file operations; every call's errno is kept for the message.
#include "engine/output/files.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/output/os_error.hpp"

namespace longwatch::files {
namespace fs = std::filesystem;
namespace {

// Closes at the end of a scope where close() was not called.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const { return number_; }
  int close() {
    const int number = number_;
    number_ = -1;
    return number < 0 ? 0 : ::close(number);
  }

 private:
  int number_;
};

Result<void> write_all(int file, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return output_error(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// mkdtemp gives 0700; a result should have the permissions that mkdir gives here (umask, default ACL).
Result<void> usual_permissions(const std::string& folder) {
  const std::string probe = folder + "/probe";
  struct stat status {};
  if (::mkdir(probe.c_str(), 0777) != 0) return output_error(probe, "make folder", errno);
  if (::stat(probe.c_str(), &status) != 0 || ::rmdir(probe.c_str()) != 0)
    return output_error(probe, "use folder", errno);
  if (::chmod(folder.c_str(), status.st_mode & 07777) != 0) return output_error(folder, "set permissions of", errno);
  return {};
}

}  // namespace

Result<void> create(const std::string& path, std::string_view bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0) return output_error(path, "create", errno);
  LW_CHECK(write_all(file.get(), path, bytes));
  if (::fsync(file.get()) != 0) return output_error(path, "write", errno);
  if (file.close() != 0) return output_error(path, "write", errno);
  return {};
}

Result<void> sync(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return output_error(path, "open", errno);
  // Some file systems cannot fsync a folder (EINVAL); there is nothing more to do then.
  if (::fsync(file.get()) != 0 && errno != EINVAL) return output_error(path, "write", errno);
  return {};
}

Result<void> sync_tree(const std::string& folder) {
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    const std::string path = at->path().string();
    LW_CHECK(at->is_directory(code) ? sync_tree(path) : sync(path));
  }
  if (code) return output_error(folder, "list folder", code.value());
  return sync(folder);
}

Result<std::string> make_staging(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  if (name.size() > 200) name.resize(200);  // a file name holds 255 bytes
  std::string staging = parent_of(path) + "/." + name + ".longwatch-XXXXXX";
  if (::mkdtemp(staging.data()) == nullptr) return output_error(parent_of(path), "make a folder in", errno);
  if (auto done = usual_permissions(staging); !done.ok()) {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
    return std::move(done.error());
  }
  return staging;
}

Result<void> swap_in(const std::string& from, const std::string& to) {
  struct stat status {};
  if (::lstat(to.c_str(), &status) != 0) {
    if (errno != ENOENT) return output_error(to, "use", errno);
    if (::rename(from.c_str(), to.c_str()) != 0) return output_error(to, "put into place", errno);
    return {};
  }
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return output_error(to, "put into place", errno);
  // A file system without exchange: two renames, undone where the second fails.
  const std::string aside = from + ".old";
  if (::rename(to.c_str(), aside.c_str()) != 0) return output_error(to, "replace", errno);
  if (::rename(from.c_str(), to.c_str()) != 0) {
    const int reason = errno;
    if (::rename(aside.c_str(), to.c_str()) != 0) {
      return file_error(ErrorCode::output, to, "cannot put the new result into place, nor the old one back",
                        "the old one is " + aside);
    }
    return output_error(to, "put into place", reason);
  }
  if (::rename(aside.c_str(), from.c_str()) != 0) return output_error(aside, "rename", errno);
  return {};
}

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace longwatch::files

// POSIX files; errors of the operating system become errors with what to do.
#include "engine/unique/spill_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/text.hpp"

namespace longwatch {
Error SpillFile::failed(const char* doing, int code) const {
  Location where;
  where.file = valid_utf8(folder_);
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return {ErrorCode::memory,
          std::string("a temporary file to ") + use_.purpose + " cannot be " + doing + ": " +
              std::generic_category().message(code),
          where,
          std::string(full ? "free space there, point TMPDIR to another folder, or raise "
                           : "point TMPDIR to a folder that can be written, or raise ") +
              use_.option};
}

Result<SpillFile> SpillFile::create(const std::string& folder, std::size_t partitions, const SpillUse& use) {
  SpillFile out;
  out.use_ = use;
  out.folder_ = folder;
  if (folder.empty()) {
    std::error_code code;
    out.folder_ = std::filesystem::temp_directory_path(code).string();
    if (code) return out.failed("created", code.value());
  }
  std::string name = out.folder_ + "/longwatch-spill-XXXXXX";
  out.descriptor_ = mkstemp(name.data());
  if (out.descriptor_ < 0) return out.failed("created", errno);
  fcntl(out.descriptor_, F_SETFD, FD_CLOEXEC);
  if (unlink(name.c_str()) != 0) return out.failed("created", errno);
  out.extents_.resize(partitions);
  return out;
}

SpillFile::SpillFile(SpillFile&& other) noexcept { *this = std::move(other); }

SpillFile& SpillFile::operator=(SpillFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(end_, other.end_);
  std::swap(use_, other.use_);
  std::swap(folder_, other.folder_);
  std::swap(extents_, other.extents_);
  return *this;
}

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> SpillFile::append_bytes(std::size_t partition, const char* bytes, std::int64_t size) {
  if (size == 0) return {};
  for (std::int64_t done = 0; done < size;) {
    const ssize_t wrote = pwrite(descriptor_, bytes + done, static_cast<std::size_t>(size - done), end_ + done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return failed("written", wrote < 0 ? errno : ENOSPC);
    done += wrote;
  }
  extents_[partition].push_back({end_, size});
  end_ += size;
  return {};
}

Result<void> SpillFile::read_bytes(std::size_t partition, char* out) const {
  for (const Extent& extent : extents_[partition]) {
    for (std::int64_t done = 0; done < extent.bytes;) {
      const ssize_t got =
          pread(descriptor_, out + done, static_cast<std::size_t>(extent.bytes - done), extent.offset + done);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return failed("read", got < 0 ? errno : EIO);
      done += got;
    }
    out += extent.bytes;
  }
  return {};
}

std::int64_t SpillFile::bytes(std::size_t partition) const {
  std::int64_t out = 0;
  for (const Extent& extent : extents_[partition]) out += extent.bytes;
  return out;
}

}  // namespace longwatch

#pragma once
// A file that exists in memory only, at a path that Source::open takes.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace longwatch::test {

class MemoryFile {
 public:
  MemoryFile() : handle_(::memfd_create("longwatch", MFD_CLOEXEC)) { EXPECT_GE(handle_, 0); }
  ~MemoryFile() { ::close(handle_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  /// Makes `bytes` the content.
  void write(std::string_view bytes) {
    EXPECT_EQ(::ftruncate(handle_, static_cast<off_t>(bytes.size())), 0);
    put(0, bytes);
  }
  /// Writes over what is there from `at` on.
  void put(std::size_t at, std::string_view bytes) {
    EXPECT_EQ(::pwrite(handle_, bytes.data(), bytes.size(), static_cast<off_t>(at)),
              static_cast<ssize_t>(bytes.size()));
  }
  /// Cuts all but the first `length` bytes off.
  void cut(std::size_t length) { EXPECT_EQ(::ftruncate(handle_, static_cast<off_t>(length)), 0); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(handle_); }

 private:
  int handle_;
};

}  // namespace longwatch::test

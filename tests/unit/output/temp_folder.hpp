#pragma once
// A folder of its own for a test, removed at the end.

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace longwatch {

class TempFolder {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "longwatch_test_XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) abort();
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Number of entries, hidden ones too.
  [[nodiscard]] long entries() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::string path_;
};

}  // namespace longwatch

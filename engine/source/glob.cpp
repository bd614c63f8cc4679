// Which files the user's patterns name.
#include "engine/source/glob.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "engine/base/text.hpp"
#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

namespace fs = std::filesystem;

bool is_glob(const std::string& text) { return text.find_first_of("*?") != std::string::npos; }

Error refuse(const std::string& path, std::string what, std::string hint) {
  Location where;
  where.file = valid_utf8(path);
  return data_error(what, std::move(where), std::move(hint));
}

// Entries of `folder` that match one component of a pattern.
std::vector<fs::path> matching_entries(const fs::path& folder, const std::string& component) {
  std::vector<fs::path> out;
  std::error_code failed;
  const fs::path shown = folder.empty() ? fs::path(".") : folder;
  for (fs::directory_iterator entry(shown, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (name.front() == '.' && component.front() != '.') continue;
    if (glob_match(component, name)) out.push_back(folder / name);
  }
  return out;
}

// Every path that matches, regular file or not.
std::vector<fs::path> expand(const fs::path& pattern) {
  std::vector<fs::path> found{{}};
  for (const fs::path& part : pattern) {
    std::vector<fs::path> next;
    for (const fs::path& folder : found) {
      if (!is_glob(part.string())) {
        next.push_back(folder / part);
      } else {
        for (fs::path& match : matching_entries(folder, part.string())) next.push_back(std::move(match));
      }
    }
    found = std::move(next);
  }
  return found;
}

bool has_table_suffix(const fs::path& path) {
  static const std::array<std::string, 5> kSuffixes{".parquet", ".pq", ".arrow", ".feather", ".ipc"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), path.extension().string()) != kSuffixes.end();
}

// Adds the tables in `folder` and below it.
Result<void> list_folder(const fs::path& folder, std::size_t fixed, std::vector<FoundFile>& out) {
  std::error_code failed;
  std::vector<fs::path> folders{folder};
  while (!folders.empty()) {
    const fs::path here = std::move(folders.back());
    folders.pop_back();
    fs::directory_iterator entry(here, failed);
    for (const fs::directory_iterator end; !failed && entry != end; entry.increment(failed)) {
      const fs::path path = here / entry->path().filename();
      const char first = path.filename().string().front();
      if (first == '.' || first == '_') continue;
      std::error_code gone;
      if (entry->is_directory(gone) && !entry->is_symlink(gone)) folders.push_back(path);
      if (entry->is_regular_file(gone) && has_table_suffix(path)) out.push_back({path.string(), fixed});
    }
    if (failed) return refuse(here.string(), "the folder cannot be listed: " + failed.message(), "check permissions");
  }
  return {};
}

Result<std::vector<FoundFile>> expand_folder(fs::path folder) {
  if (!folder.has_filename()) folder = folder.parent_path();  // "data/"
  std::vector<FoundFile> files;
  LW_CHECK(list_folder(folder, folder.string().size(), files));
  if (files.empty())
    return refuse(folder.string(), "the folder holds no .parquet, .pq, .arrow, .feather or .ipc file",
                  "name the files, e.g. FOLDER/*.data");
  return files;
}

// What an existing path, or one that should exist, stands for.
Result<std::vector<FoundFile>> expand_path(const fs::path& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  const std::string text = path.string();
  if (status.type() == fs::file_type::not_found) return refuse(text, "no such file", "check the path");
  if (status.type() == fs::file_type::none)
    return refuse(text, "cannot be opened: " + failed.message(), "check permissions");
  if (fs::is_directory(status)) return expand_folder(path);
  if (!fs::is_regular_file(status)) return refuse(text, "is not a regular file", "");
  return std::vector<FoundFile>{{text, text.size()}};
}

// The length of the components before the first with a * or ?.
std::size_t fixed_length(const fs::path& pattern) {
  fs::path fixed;
  for (const fs::path& part : pattern) {
    if (is_glob(part.string())) break;
    fixed /= part;
  }
  return fixed.string().size();
}

Result<std::vector<FoundFile>> expand_one(const std::string& pattern, const std::string& base_folder) {
  fs::path path(pattern);
  if (path.is_relative() && !base_folder.empty()) path = fs::path(base_folder) / path;
  path = path.lexically_normal();
  std::error_code ignored;
  if (!is_glob(pattern) || fs::exists(path, ignored)) return expand_path(path);
  std::vector<FoundFile> files;
  const std::size_t fixed = fixed_length(path);
  bool folders = false;
  for (const fs::path& match : expand(path)) {
    folders = folders || fs::is_directory(match, ignored);
    if (fs::is_regular_file(match, ignored)) files.push_back({match.string(), fixed});
  }
  if (files.empty() && folders)
    return refuse(path.string(), "no file matches, only folders", "add the files in them, e.g. /*.parquet");
  if (files.empty()) return refuse(path.string(), "no file matches", "check the pattern");
  return files;
}

}  // namespace

Result<std::vector<FoundFile>> expand_patterns(std::span<const std::string> patterns, const std::string& base_folder) {
  std::vector<FoundFile> files;
  for (const std::string& pattern : patterns) {
    if (pattern.empty()) return refuse(base_folder, "an empty path names no file", "");
    if (pattern.find('\0') != std::string::npos) return refuse(pattern, "a path cannot hold a zero byte", "");
    LW_TRY(const std::vector<FoundFile> found, expand_one(pattern, base_folder));
    files.insert(files.end(), found.begin(), found.end());
  }
  if (files.empty()) return refuse(base_folder, "no files are named", "give a path or a pattern");
  // Of a file that is named twice, the naming with the most partitions is kept.
  std::sort(files.begin(), files.end(), [](const FoundFile& a, const FoundFile& b) {
    return std::tie(a.path, a.fixed) < std::tie(b.path, b.fixed);
  });
  const auto same = [](const FoundFile& a, const FoundFile& b) { return a.path == b.path; };
  files.erase(std::unique(files.begin(), files.end(), same), files.end());
  return files;
}

}  // namespace longwatch::reading

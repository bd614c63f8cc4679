#include "engine/output/publish.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/unit/output/temp_folder.hpp"

namespace longwatch {
namespace {
namespace fs = std::filesystem;

const std::string kRun = R"({"longwatch": "0.1.0"})";

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

Result<void> publish(const std::string& target, const std::string& content) {
  LW_TRY(ResultDirectory directory, ResultDirectory::begin(target));
  LW_CHECK(directory.write("run.json", kRun));
  LW_CHECK(directory.write("profiles/fraud.profile", content));
  return directory.publish();
}

// Writes beyond `bytes` fail with EFBIG while this lives: a disk error of the real kind.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : before_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  void (*before_handler_)(int);
};

TEST(Publish, NewFolderWithParents) {
  const TempFolder temp;
  ASSERT_TRUE(publish(temp / "a/b/out/", "one").ok());
  EXPECT_EQ(read_file(temp / "a/b/out/profiles/fraud.profile").value(), "one");
  EXPECT_EQ(read_file(temp / "a/b/out/run.json").value(), kRun);
  EXPECT_EQ(std::distance(fs::directory_iterator(temp / "a/b"), fs::directory_iterator()), 1);  // no staging left
}

TEST(Publish, ReplacesItsOwnResultAndAnEmptyFolder) {
  const TempFolder temp;
  fs::create_directory(temp / "out");
  ASSERT_TRUE(publish(temp / "out", "one").ok());
  put(temp / "out/extra", "old");
  ASSERT_TRUE(publish(temp / "out", "two").ok());
  EXPECT_EQ(read_file(temp / "out/profiles/fraud.profile").value(), "two");
  EXPECT_FALSE(fs::exists(temp / "out/extra"));
  EXPECT_EQ(temp.entries(), 1);
}

TEST(Publish, KeepsPermissions) {
  const TempFolder temp;
  const mode_t before = ::umask(022);
  ASSERT_TRUE(publish(temp / "new", "one").ok());
  ::umask(before);
  EXPECT_EQ(fs::status(temp / "new").permissions(), static_cast<fs::perms>(0755));
  ::chmod((temp / "new").c_str(), 02775);
  ASSERT_TRUE(publish(temp / "new", "two").ok());
  EXPECT_EQ(fs::status(temp / "new").permissions(), static_cast<fs::perms>(02775));
}

TEST(Publish, FollowsASymbolicLink) {
  const TempFolder temp;
  fs::create_directory(temp / "real");
  fs::create_directory_symlink("real", temp / "link");
  ASSERT_TRUE(publish(temp / "link", "one").ok());
  EXPECT_TRUE(fs::is_symlink(temp / "link"));
  EXPECT_TRUE(fs::exists(temp / "real/run.json"));
  fs::create_directory_symlink("nowhere", temp / "dangling");
  EXPECT_FALSE(publish(temp / "dangling", "one").ok());
}

TEST(Publish, RefusesWhatIsNotItsOwn) {
  const TempFolder temp;
  fs::create_directory(temp / "foreign");
  put(temp / "foreign/thesis.txt", "precious");
  put(temp / "file", "x");
  const auto foreign = ResultDirectory::begin(temp / "foreign");
  ASSERT_FALSE(foreign.ok());
  EXPECT_EQ(foreign.error().code, ErrorCode::output);
  EXPECT_EQ(foreign.error().where.file, temp / "foreign");
  EXPECT_NE(foreign.error().what.find("not a Longwatch result"), std::string::npos);
  put(temp / "foreign/run.json", "{\"other\": 1}");
  EXPECT_FALSE(ResultDirectory::begin(temp / "foreign").ok());
  put(temp / "foreign/run.json", "{ \"longwatch\": ");
  EXPECT_FALSE(ResultDirectory::begin(temp / "foreign").ok());
  EXPECT_FALSE(ResultDirectory::begin(temp / "file").ok());
  EXPECT_FALSE(ResultDirectory::begin(temp / "file/below").ok());
  EXPECT_FALSE(ResultDirectory::begin("").ok());
  EXPECT_FALSE(ResultDirectory::begin("/").ok());
  EXPECT_EQ(read_file(temp / "foreign/thesis.txt").value(), "precious");
  EXPECT_EQ(temp.entries(), 2);
}

TEST(Publish, TargetThatFilledUpMeanwhileIsKept) {
  const TempFolder temp;
  {
    auto directory = ResultDirectory::begin(temp / "out");
    ASSERT_TRUE(directory.ok());
    ASSERT_TRUE(directory.value().write("run.json", kRun).ok());
    fs::create_directory(temp / "out");
    put(temp / "out/thesis.txt", "precious");
    EXPECT_FALSE(directory.value().publish().ok());
  }
  EXPECT_EQ(read_file(temp / "out/thesis.txt").value(), "precious");
  EXPECT_EQ(temp.entries(), 1);
}

TEST(Publish, UnpublishedFilesAreRemovedAndTheTargetIsUntouched) {
  const TempFolder temp;
  ASSERT_TRUE(publish(temp / "out", "one").ok());
  fs::create_directory(temp / ".out.longwatch-killed");  // another run's staging is left alone
  {
    auto directory = ResultDirectory::begin(temp / "out");
    ASSERT_TRUE(directory.ok());
    ASSERT_TRUE(directory.value().write("run.json", kRun).ok());
    EXPECT_EQ(temp.entries(), 3);
    ResultDirectory moved = std::move(directory).value();
    EXPECT_EQ(temp.entries(), 3);
  }
  EXPECT_EQ(temp.entries(), 2);
  EXPECT_EQ(read_file(temp / "out/profiles/fraud.profile").value(), "one");
}

TEST(Publish, AFailedWriteRemovesTheStagingAndNamesTheFile) {
  const TempFolder temp;
  ASSERT_TRUE(publish(temp / "out", "one").ok());
  auto directory = ResultDirectory::begin(temp / "out");
  ASSERT_TRUE(directory.ok());
  ASSERT_TRUE(directory.value().write("run.json", kRun).ok());
  Result<void> failed;
  {
    const FileSizeLimit limit(1000);
    failed = directory.value().write("results.parquet", std::string(5000, 'x'));
  }
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::output);
  EXPECT_NE(failed.error().where.file.find("results.parquet"), std::string::npos);
  EXPECT_FALSE(failed.error().hint.empty());
  EXPECT_EQ(temp.entries(), 1);
  EXPECT_FALSE(directory.value().write("more", "x").ok());
  EXPECT_FALSE(directory.value().publish().ok());
  EXPECT_EQ(read_file(temp / "out/profiles/fraud.profile").value(), "one");
}

TEST(Publish, NamesStayInside) {
  const TempFolder temp;
  auto directory = ResultDirectory::begin(temp / "out");
  ASSERT_TRUE(directory.ok());
  for (const char* name : {"", "../evil", "/etc/evil", "a/../../evil", "folder/", "."}) {
    EXPECT_FALSE(directory.value().write(name, "x").ok()) << name;
  }
  EXPECT_TRUE(directory.value().write("twice", "x").ok());
  EXPECT_FALSE(directory.value().write("twice", "x").ok());
}

TEST(Publish, NeedsARunRecord) {
  const TempFolder temp;
  auto directory = ResultDirectory::begin(temp / "out");
  ASSERT_TRUE(directory.value().write("results.parquet", "x").ok());
  EXPECT_FALSE(directory.value().publish().ok());
  EXPECT_EQ(temp.entries(), 0);
}

TEST(WriteFile, IsAtomicAndReadsBack) {
  const TempFolder temp;
  const std::string bytes(100'000, '\0');
  ASSERT_TRUE(write_file_atomically(temp / "a.profile", bytes).ok());
  EXPECT_EQ(read_file(temp / "a.profile").value(), bytes);
  {
    const FileSizeLimit limit(1000);
    EXPECT_FALSE(write_file_atomically(temp / "a.profile", std::string(5000, 'x')).ok());
  }
  EXPECT_EQ(read_file(temp / "a.profile").value(), bytes);
  ASSERT_TRUE(write_file_atomically(temp / "a.profile", "").ok());
  EXPECT_EQ(read_file(temp / "a.profile").value(), "");
  EXPECT_EQ(temp.entries(), 1);
  EXPECT_FALSE(write_file_atomically(temp.path(), "x").ok());
  EXPECT_FALSE(write_file_atomically(temp / "no/such/folder", "x").ok());
}

TEST(ReadFile, NamesWhatCannotBeRead) {
  const TempFolder temp;
  const auto missing = read_file(temp / "missing");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::data);
  EXPECT_EQ(missing.error().where.file, temp / "missing");
  EXPECT_FALSE(read_file(temp.path()).ok());
}

}  // namespace
}  // namespace longwatch

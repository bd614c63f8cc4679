// Every prefix and every flipped bit of small files ends in an error or in the identical result.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/source/digest.hpp"
#include "tests/unit/source/memory_file.hpp"
#include "tests/unit/source/support.hpp"

namespace longwatch::test {
namespace {

// Name, type, rows, nulls and digest of each column; nothing where the file is refused, by a message that names it.
std::optional<std::vector<std::string>> contents(const MemoryFile& file) {
  const auto source = open_files({file.path()});
  const auto digests =
      source.ok() ? digest_columns(*source.value()) : Result<std::vector<ColumnDigest>>(source.error());
  if (!digests.ok()) {
    const std::string text = digests.error().text();
    EXPECT_EQ(text, valid_utf8(text));
    EXPECT_EQ(digests.error().where.file, file.path()) << text;
    EXPECT_FALSE(digests.error().what.empty());
    return std::nullopt;
  }
  std::vector<std::string> all;
  for (const ColumnDigest& d : digests.value()) {
    all.push_back(d.column + ": " + d.type + " of " + std::to_string(d.rows) + " rows, " + std::to_string(d.nulls) +
                  " nulls, " + d.digest + d.error);
  }
  return all;
}

struct Found {
  std::mutex mutex;
  std::size_t refused = 0;
  std::set<std::string> changed;  // "column: type" of the first column that differs
};

void flip_bytes(const std::string& bytes, std::size_t begin, std::size_t end, Found& found) {
  MemoryFile file;
  file.write(bytes);
  const auto good = contents(file);
  for (std::size_t at = begin; at < end; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const char flipped = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
      file.put(at, {&flipped, 1});
      const auto now = contents(file);
      const std::lock_guard lock(found.mutex);
      found.refused += now ? 0 : 1;
      if (!now || now == good) continue;
      if (now->size() != good->size()) found.changed.insert("another number of columns");
      for (std::size_t i = 0; i < std::min(now->size(), good->size()); ++i) {
        const std::string& column = (*now)[i];
        if (column != (*good)[i]) found.changed.insert(column.substr(0, column.find(" of ")));
      }
    }
    file.put(at, {&bytes[at], 1});
  }
}

struct Case {
  const char* file;
  std::vector<const char*> unseen;
};

class Flips : public testing::TestWithParam<Case> {};

TEST_P(Flips, AreRefusedOrChangeNothing) {
  const std::string bytes = read_bytes(kData / "flips" / GetParam().file);
  ASSERT_GT(bytes.size(), 1000U);
  Found found;
  constexpr std::size_t kThreads = 4;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { flip_bytes(bytes, bytes.size() * i / kThreads, bytes.size() * (i + 1) / kThreads, found); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(found.refused, bytes.size() * 4);
  EXPECT_EQ(found.changed, std::set<std::string>(GetParam().unseen.begin(), GetParam().unseen.end()));
}

TEST_P(Flips, PrefixesAreRefused) {
  const std::string bytes = read_bytes(kData / "flips" / GetParam().file);
  MemoryFile file;
  file.write(bytes);
  ASSERT_TRUE(contents(file).has_value());
  for (std::size_t length = bytes.size(); length-- > 0;) {
    file.cut(length);
    EXPECT_FALSE(contents(file).has_value()) << length;
  }
}

// What cannot be seen, as the file with the flip is a sound file that says nothing against it (docs/errors.md):
// - that a column was not repeated, where it is named as repeated and no copy of the schema (ARROW:schema) denies it;
//   such a column is nested, so it is not read at all;
// - that a timestamp was in nanoseconds, where its unit is named as a coarser one: no old type repeats it, and the
//   copy may be finer than the column;
// - that a page was compressed, where the codec is named as none and the page took exactly its own length.
INSTANTIATE_TEST_SUITE_P(
    Files, Flips,
    testing::Values(Case{"types.parquet", {}}, Case{"types_v2.parquet", {"i: int64"}},
                    Case{"types_alone.parquet", {"plain: list<string>", "x: list<double>"}},
                    Case{"logical.parquet", {"nanos: timestamp[ms, UTC]", "nanos: timestamp[us, UTC]"}},
                    Case{"logical_alone.parquet", {"nanos: timestamp[ms, UTC]", "nanos: timestamp[us, UTC]"}}),
    [](const auto& test) { return std::string(test.param.file).substr(0, std::string(test.param.file).find('.')); });

}  // namespace
}  // namespace longwatch::test

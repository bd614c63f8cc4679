// Exact uniqueness in memory and on disk, and what happens where the disk is full.
#include "engine/unique/count_unique.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <map>
#include <random>

#include "engine/base/sip_hash.hpp"
#include "engine/unique/partitions.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/unit/output/temp_folder.hpp"

namespace longwatch {
namespace {

std::string hex(const Hash128& hash) {
  std::string out;
  for (const std::uint64_t word : {hash.high, hash.low}) {
    for (int byte = 0; byte < 8; ++byte) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(word >> (8 * byte)) & 0xffU);
      out += digits;
    }
  }
  return out;
}

// The first vectors of vectors_sip128 of the authors' implementation: texts 00 01 02 ...
TEST(SipHash, ReferenceVectors) {
  EXPECT_EQ(hex(sip_hash128("")), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(hex(sip_hash128(std::string(1, '\0'))), "da87c1d86b99af44347659119b22fc45");
}

// A text and its neighbours in length and content all differ.
TEST(SipHash, TellsTextsApart) {
  std::map<Hash128, std::string> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    for (const char fill : {'\0', 'a'}) {
      for (std::size_t flipped = 0; flipped <= size; ++flipped) {
        std::string text(size, fill);
        if (flipped < size) text[flipped] ^= 1;
        const auto [at, fresh] = seen.emplace(sip_hash128(text), text);
        EXPECT_EQ(at->second, text);
      }
    }
  }
  EXPECT_EQ(seen.size(), 1639U);
}

// Rows of random values in three chunks, the last rows in none; every row group has all of them.
struct Example {
  std::shared_ptr<test::MemorySource> source;
  ChunkPlan plan;
  std::vector<UniqueCounts> expected;
};

Example example(int rows, int values) {
  std::mt19937 random(11);
  test::Texts texts;
  Example out;
  out.expected.resize(4);
  std::vector<std::map<std::string, int>> by_slot(4);
  std::vector<std::int64_t> groups(static_cast<std::size_t>(rows / 200), 200);
  out.plan.runs.resize(groups.size());
  for (int i = 0; i < rows; ++i) {
    const int slot = i / 50 % 4;
    texts.push_back(random() % 9 == 0
                        ? std::nullopt
                        : std::optional("id-" + std::to_string(random() % static_cast<unsigned>(values))));
    const auto at = static_cast<std::size_t>(slot);
    ++out.expected[at].rows;
    out.expected[at].missing += texts.back() ? 0 : 1;
    if (texts.back()) ++by_slot[at][*texts.back()];
    auto& runs = out.plan.runs[static_cast<std::size_t>(i / 200)];
    if (i % 50 == 0) runs.push_back({slot == 3 ? -1 : slot, 0});
    ++runs.back().rows;
  }
  std::map<std::string, bool> seen;
  for (std::size_t slot = 0; slot < 4; ++slot) {
    for (const auto& [text, count] : by_slot[slot]) {
      const bool first = seen.emplace(text, true).second;
      out.expected[slot].first += first ? 1 : 0;
      out.expected[slot].repeated += count - (first ? 1 : 0);
    }
    if (slot < 3)
      out.plan.chunks.push_back({static_cast<std::int64_t>(slot), "k", false, 0, 0, out.expected[slot].rows});
  }
  out.plan.rows = rows;
  out.source = test::memory_source({test::text_column("id", texts)}, groups);
  return out;
}

TEST(CountUnique, ExactInMemoryAndOnDisk) {
  const TempFolder folder;
  for (const int values : {2, 300, 100'000}) {
    const Example data = example(20'000, values);
    for (const std::int64_t memory :
         {std::int64_t{1}, std::int64_t{10'000}, std::int64_t{200'000}, std::int64_t{1} << 30}) {
      const auto found = count_unique(*data.source, data.plan, "id", {memory, folder.path()}, {});
      ASSERT_TRUE(found.ok()) << found.error().text();
      EXPECT_EQ(found.value().slots, data.expected) << values << " values, " << memory << " bytes";
      EXPECT_EQ(folder.entries(), 0);
    }
  }
}

// A few values in very many rows are joined in memory: the folder is never needed.
TEST(CountUnique, RepeatedValuesStayInMemory) {
  UniquePartitions partitions({100'000, "/nowhere"});
  for (int i = 0; i < 3'000; ++i) {
    std::vector<UniqueRecord> records;
    for (int k = 0; k < 20; ++k) records.push_back({sip_hash128("a" + std::to_string(k % 5)), k % 2, 60'000});
    ASSERT_TRUE(partitions.add(records).ok());
  }
  std::vector<UniqueCounts> slots(2);
  ASSERT_TRUE(partitions.count(slots).ok());
  EXPECT_EQ(slots[0].first, 5);
  EXPECT_EQ(slots[0].repeated, 30'000 * 60'000LL - 5);
  EXPECT_EQ(slots[1].repeated, 30'000 * 60'000LL);
}

// Counts that do not fit into 32 bits together stay apart.
TEST(CountUnique, CountsDoNotOverflow) {
  const TempFolder folder;
  UniquePartitions partitions({100, folder.path()});
  for (int i = 0; i < 30; ++i) {
    std::vector<UniqueRecord> records{{sip_hash128("a"), 0, 4'000'000'000U}};
    ASSERT_TRUE(partitions.add(records).ok());
  }
  std::vector<UniqueCounts> slots(1);
  ASSERT_TRUE(partitions.count(slots).ok());
  EXPECT_EQ(slots[0].first, 1);
  EXPECT_EQ(slots[0].repeated, 30 * 4'000'000'000LL - 1);
}

TEST(CountUnique, AFullDiskIsAnErrorThatSaysWhatToDo) {
  const TempFolder folder;
  const Example data = example(20'000, 100'000);
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit small{4'096, old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto found = count_unique(*data.source, data.plan, "id", {10'000, folder.path()}, {});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, before);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::memory);
  EXPECT_NE(found.error().text().find(folder.path()), std::string::npos) << found.error().text();
  EXPECT_NE(found.error().hint.find("free space there"), std::string::npos) << found.error().text();
  EXPECT_EQ(folder.entries(), 0);
}

TEST(CountUnique, StopsWhenAsked) {
  const Example data = example(1'000, 10);
  const std::atomic<bool> stop{true};
  const auto found = count_unique(*data.source, data.plan, "id", {}, {nullptr, &stop});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace longwatch

// Chunks by size and by number, against an order made by a stable sort.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <limits>
#include <random>

#include "tests/unit/chunk/expected.hpp"

namespace longwatch {
namespace {

using test::at;
using test::by_number;
using test::by_size;
using test::chunk_of_rows;
using test::described;
using test::timed;
using test::Times;
using test::times;
using testing::ElementsAre;
using testing::HasSubstr;

ChunkPlan plan(const Source& source, const ChunkRule& rule, const std::string& timestamp = "t") {
  Result<ChunkPlan> out = plan_chunks(source, timestamp, "", rule);
  if (!out) throw std::runtime_error(out.error().text());
  return out.value();
}

std::vector<std::int64_t> sizes(const ChunkPlan& plan) {
  std::vector<std::int64_t> out;
  for (const Chunk& chunk : plan.chunks) out.push_back(chunk.rows);
  return out;
}

// A source of `rows` rows without columns.
test::MemorySource bare(std::int64_t rows) { return {{}, {{rows}}}; }

TEST(PositionChunks, SizeInRowOrderWithoutTimestamp) {
  const test::MemorySource source({}, {{3, 0, 2}, {4}});
  const ChunkPlan out = plan(source, by_size(4), "");
  ASSERT_EQ(out.chunks.size(), 3U);
  EXPECT_EQ(out.chunks[0].key, "[0:3]");
  EXPECT_EQ(out.chunks[2].key, "[8:8]");
  EXPECT_EQ(out.chunks[2].index, 2);
  EXPECT_FALSE(out.chunks[0].timed);
  EXPECT_EQ(out.chunks[1].start, 0);
  EXPECT_EQ(out.chunks[1].end, 0);
  EXPECT_THAT(chunk_of_rows(out), ElementsAre(0, 0, 0, 0, 1, 1, 1, 1, 2));
  ASSERT_EQ(out.runs.size(), 4U);
  EXPECT_TRUE(out.runs[1].empty());
}

TEST(PositionChunks, IncompleteBySize) {
  EXPECT_THAT(sizes(plan(bare(11), by_size(4), "")), ElementsAre(4, 4, 3));
  EXPECT_THAT(sizes(plan(bare(11), by_size(4, Incomplete::append), "")), ElementsAre(4, 7));
  const ChunkPlan dropped = plan(bare(11), by_size(4, Incomplete::drop), "");
  EXPECT_THAT(sizes(dropped), ElementsAre(4, 4));
  EXPECT_EQ(dropped.rows_dropped, 3);
  EXPECT_EQ(chunk_of_rows(dropped).back(), -1);
  EXPECT_EQ(plan(bare(11), by_size(4, Incomplete::append), "").chunks[1].key, "[4:10]");
  for (const Incomplete incomplete : {Incomplete::keep, Incomplete::append, Incomplete::drop}) {
    EXPECT_THAT(sizes(plan(bare(8), by_size(4, incomplete), "")), ElementsAre(4, 4));
    EXPECT_EQ(plan(bare(8), by_size(4, incomplete), "").rows_dropped, 0);
  }
}

TEST(PositionChunks, IncompleteByNumber) {
  EXPECT_THAT(sizes(plan(bare(11), by_number(4), "")), ElementsAre(2, 2, 2, 2, 3));  // the rest may be the largest
  EXPECT_THAT(sizes(plan(bare(11), by_number(4, Incomplete::append), "")), ElementsAre(2, 2, 2, 5));
  const ChunkPlan dropped = plan(bare(11), by_number(4, Incomplete::drop), "");
  EXPECT_THAT(sizes(dropped), ElementsAre(2, 2, 2, 2));
  EXPECT_EQ(dropped.rows_dropped, 3);
  EXPECT_THAT(chunk_of_rows(dropped), ElementsAre(0, 0, 1, 1, 2, 2, 3, 3, -1, -1, -1));
  EXPECT_THAT(sizes(plan(bare(12), by_number(4), "")), ElementsAre(3, 3, 3, 3));
}

TEST(PositionChunks, TooFewRowsMakeOneChunk) {
  for (const ChunkRule& rule :
       {by_size(100), by_size(100, Incomplete::append), by_number(100), by_number(100, Incomplete::append)}) {
    const ChunkPlan out = plan(*timed(times({"2013-05-01 07:00"})), rule);
    EXPECT_THAT(described(out), ElementsAre("[0:0] 1 2013-05-01T07:00:00Z 2013-05-01T07:00:00Z"));
  }
  for (const ChunkRule& rule : {by_size(100, Incomplete::drop), by_number(100, Incomplete::drop)}) {
    const Result<ChunkPlan> out = plan_chunks(bare(99), "", "", rule);
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().code, ErrorCode::configuration);
    EXPECT_THAT(out.error().what, HasSubstr("99 rows"));
  }
  EXPECT_THAT(sizes(plan(bare(100), by_size(100, Incomplete::drop), "")), ElementsAre(100));
}

TEST(PositionChunks, TimesOfTheFirstAndLastRow) {
  const Times in_order = times({"2013-05-01", "", "2013-05-02", "2013-05-02", "2013-05-03", "", "2013-05-04"});
  const ChunkPlan out = plan(*timed(in_order, {3, 4}), by_size(2));
  EXPECT_THAT(described(out), ElementsAre("[0:1] 2 2013-05-01T00:00:00Z 2013-05-02T00:00:00Z",
                                          "[2:3] 2 2013-05-02T00:00:00Z 2013-05-03T00:00:00Z",
                                          "[4:4] 1 2013-05-04T00:00:00Z 2013-05-04T00:00:00Z"));
  EXPECT_THAT(chunk_of_rows(out), ElementsAre(0, -1, 0, 1, 1, -1, 2));
  EXPECT_EQ(out.rows_without_timestamp, 2);
  EXPECT_EQ(out.rows, 7);
}

TEST(PositionChunks, TiesFollowFileAndRow) {
  // All at one instant, over two files: as they lie.
  const Times same(7, at("2013-05-01"));
  const test::MemorySource source({test::time_column("t", same)}, {{2, 2}, {3}});
  EXPECT_THAT(chunk_of_rows(plan(source, by_size(3))), ElementsAre(0, 0, 0, 1, 1, 1, 2));
  // The same tie after a later row: the sort must keep the order of the tied rows.
  Times late = same;
  late.insert(late.begin(), at("2013-06-01"));
  const test::MemorySource unsorted({test::time_column("t", late)}, {{2, 3}, {3}});
  EXPECT_THAT(chunk_of_rows(plan(unsorted, by_size(3))), ElementsAre(2, 0, 0, 0, 1, 1, 1, 2));
}

// What the rule says, worked out the slow way.
struct Oracle {
  std::vector<int> chunk_of_row;
  std::vector<std::int64_t> rows, start, end;
  std::int64_t dropped = 0;
};

Oracle oracle(const Times& values, const ChunkRule& rule) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i]) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return *values[a] < *values[b]; });
  const auto n = order.size();
  const auto count = static_cast<std::size_t>(rule.count);
  const std::size_t size = rule.kind == ChunkKind::size ? count : n / count;
  const std::size_t full = rule.kind == ChunkKind::size ? n / size : count;
  Oracle out;
  out.chunk_of_row.assign(values.size(), -1);
  for (std::size_t position = 0; position < n; ++position) {
    std::size_t chunk = std::min(position / size, full);
    if (chunk == full && rule.incomplete == Incomplete::append) chunk = full - 1;
    if (chunk == full && rule.incomplete == Incomplete::drop) {
      ++out.dropped;
      continue;
    }
    out.chunk_of_row[order[position]] = static_cast<int>(chunk);
    if (chunk == out.rows.size()) {
      out.rows.push_back(0);
      out.start.push_back(*values[order[position]]);
      out.end.push_back(0);
    }
    ++out.rows[chunk];
    out.end[chunk] = *values[order[position]];
  }
  return out;
}

Times random_times(std::mt19937_64& random, std::size_t rows, std::uint64_t distinct, bool nulls) {
  Times out;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto value = static_cast<std::int64_t>(random() % distinct) - static_cast<std::int64_t>(distinct / 2);
    out.push_back(nulls && random() % 5 == 0 ? std::nullopt : std::optional<std::int64_t>(value));
  }
  return out;
}

// Keeps the missing ones where they are and puts the others in order.
void sort_times(Times& values) {
  std::vector<std::int64_t> present;
  for (const auto& value : values) {
    if (value) present.push_back(*value);
  }
  std::sort(present.begin(), present.end());
  std::size_t at = 0;
  for (auto& value : values) {
    if (value) value = present[at++];
  }
}

void expect_as_oracle(const ChunkPlan& out, const Times& values, const ChunkRule& rule) {
  const Oracle expected = oracle(values, rule);
  EXPECT_EQ(chunk_of_rows(out), expected.chunk_of_row);
  EXPECT_EQ(sizes(out), expected.rows);
  EXPECT_EQ(out.rows_dropped, expected.dropped);
  EXPECT_EQ(out.rows_without_timestamp, std::count(values.begin(), values.end(), std::nullopt));
  ASSERT_EQ(out.chunks.size(), expected.start.size());
  for (std::size_t i = 0; i < out.chunks.size(); ++i) {
    EXPECT_EQ(out.chunks[i].start, expected.start[i]) << i;
    EXPECT_EQ(out.chunks[i].end, expected.end[i]) << i;
  }
}

TEST(PositionChunks, AnyOrderTiesSplitAndThreads) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 120; ++round) {
    const std::size_t rows = 40 + random() % 60;
    const std::uint64_t distinct = std::vector<std::uint64_t>{1, 3, 20, 1000000}[random() % 4];
    Times values = random_times(random, rows, distinct, round % 2 == 0);
    if (round % 3 == 0) sort_times(values);
    std::vector<std::int64_t> groups;
    for (std::size_t left = rows; left > 0;) {
      const std::size_t size = std::min(left, random() % 20);
      groups.push_back(static_cast<std::int64_t>(size));
      left -= size;
    }
    const auto source = timed(values, groups);
    for (const Incomplete incomplete : {Incomplete::keep, Incomplete::append, Incomplete::drop}) {
      for (const ChunkRule& rule : {by_size(7, incomplete), by_size(1, incomplete), by_number(6, incomplete)}) {
        SCOPED_TRACE(testing::Message() << "round " << round << " count " << rule.count << " distinct " << distinct);
        expect_as_oracle(plan(*source, rule), values, rule);
      }
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(PositionChunks, ManySlabsAndThreadsGiveTheSame) {
  std::mt19937_64 random(12);
  Times values = random_times(random, 200000, 50000, true);
  for (int sorted = 0; sorted < 2; ++sorted) {
    if (sorted == 1) sort_times(values);
    for (const int threads : {1, 4}) {
      ChunkPlan out;
      tbb::task_arena(threads).execute([&] { out = plan(*timed(values, {70000, 70000, 60000}), by_size(9000)); });
      expect_as_oracle(out, values, by_size(9000));
    }
  }
}

TEST(PositionChunks, OrderOfRowsDoesNotMatterWhereTimesDiffer) {
  std::mt19937_64 random(13);
  std::vector<std::int64_t> instants(1000);
  for (std::size_t i = 0; i < instants.size(); ++i) instants[i] = static_cast<std::int64_t>(i) * 1000 - 300000;
  const ChunkPlan ordered = plan(*timed(Times(instants.begin(), instants.end()), {500, 500}), by_number(7));
  const std::vector<int> expected = chunk_of_rows(ordered);
  std::shuffle(instants.begin(), instants.end(), random);
  const ChunkPlan shuffled = plan(*timed(Times(instants.begin(), instants.end()), {100, 900}), by_number(7));
  EXPECT_EQ(described(shuffled), described(ordered));
  const std::vector<int> actual = chunk_of_rows(shuffled);
  for (std::size_t i = 0; i < instants.size(); ++i) {
    ASSERT_EQ(actual[i], expected[static_cast<std::size_t>((instants[i] + 300000) / 1000)]);
  }
}

TEST(PositionChunks, DisorderWithinOneRowGroupIsSeen) {
  const auto source = timed(times({"2013-05-01", "2013-05-04", "2013-05-02", "2013-05-05"}));
  EXPECT_THAT(chunk_of_rows(plan(*source, by_size(2))), ElementsAre(0, 1, 0, 1));
}

TEST(PositionChunks, LocalTimesAreOrderedAsInstants) {
  // 02:30 occurs twice in this night: the first is meant, so it comes before 03:00 and both are UTC in the plan.
  const auto source = timed(times({"2013-10-27 03:00", "2013-10-27 02:30"}));
  const Result<ChunkPlan> out = plan_chunks(*source, "t", "Europe/Berlin", by_size(1));
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(described(out.value()), ElementsAre("[0:0] 1 2013-10-27T00:30:00Z 2013-10-27T00:30:00Z",
                                                  "[1:1] 1 2013-10-27T02:00:00Z 2013-10-27T02:00:00Z"));
  EXPECT_THAT(chunk_of_rows(out.value()), ElementsAre(1, 0));
}

TEST(PositionChunks, TheEndsOfTime) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto source = timed({Limits::max(), std::nullopt, Limits::min(), 0});
  EXPECT_THAT(chunk_of_rows(plan(*source, by_size(1))), ElementsAre(2, -1, 0, 1));
}

TEST(PositionChunks, AtMostAMillion) {
  EXPECT_EQ(plan(bare(1000000), by_size(1), "").chunks.size(), 1000000U);
  for (const ChunkRule& rule : {by_size(1), by_number(1000001), by_number(1000000)}) {
    const Result<ChunkPlan> out = plan_chunks(bare(1000001), "", "", rule);
    ASSERT_FALSE(out.ok()) << rule.count;
    EXPECT_THAT(out.error().text(), HasSubstr("1000000 chunks"));
  }
  EXPECT_EQ(plan(bare(1000001), by_size(2), "").chunks.size(), 500001U);
}

TEST(PositionChunks, Errors) {
  const Result<ChunkPlan> empty = plan_chunks(bare(0), "", "", by_size(5));
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().code, ErrorCode::data);
  EXPECT_FALSE(plan_chunks(bare(5), "", "", by_size(0)).ok());
  EXPECT_FALSE(plan_chunks(bare(5), "", "", by_number(-1)).ok());
  EXPECT_FALSE(plan_chunks(*timed(times({"", ""})), "t", "", by_number(1)).ok());
  EXPECT_FALSE(plan_chunks(*timed(times({"2013-05-01"})), "no such column", "", by_number(1)).ok());
}

}  // namespace
}  // namespace longwatch

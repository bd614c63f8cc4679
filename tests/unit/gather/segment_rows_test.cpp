// Every segment's table against a walk over the rows, one by one.
#include "engine/gather/segment_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <random>

#include "tests/support/memory_source.hpp"

namespace longwatch {
namespace {

using namespace test;
using testing::HasSubstr;

constexpr std::int64_t kRows = 3'000;

struct Table {
  Texts segments, texts;
  Numbers numbers, floats;
  std::vector<std::int32_t> chunks;
  std::shared_ptr<MemorySource> source;
  ChunkPlan plan;
  SegmentPlan segment_plan;
};

Table example() {
  Table out;
  std::mt19937_64 random(7);
  const auto some = [&](std::uint64_t of) { return random() % of != 0; };
  for (std::int64_t i = 0; i < kRows; ++i) {
    out.segments.push_back(some(9) ? std::optional("s" + std::to_string(random() % 40)) : std::nullopt);
    out.texts.push_back(some(5) ? std::optional("t" + std::to_string(random() % 500)) : std::nullopt);
    out.numbers.push_back(some(4) ? std::optional(static_cast<double>(random() % 1'000) / 7) : std::nullopt);
    out.floats.push_back(some(6) ? std::optional(static_cast<double>(random() % 64) / 4) : std::nullopt);
    out.chunks.push_back(static_cast<std::int32_t>(random() % 4) - 1);
  }
  const std::vector<std::int64_t> groups = {1'000, 1, 0, 1'234, 765};
  out.source = memory_source({text_column("seg", out.segments), text_column("t", out.texts),
                              number_column("x", out.numbers), number_column("f", out.floats, "float")},
                             groups);
  out.plan.chunks.resize(3);
  std::size_t row = 0;
  for (const std::int64_t rows : groups) {
    auto& runs = out.plan.runs.emplace_back();
    for (std::int64_t i = 0; i < rows; ++i) runs.push_back({out.chunks[row++], 1});
  }
  out.segment_plan = plan_segments(*out.source, {{"seg"}}, 1'000).value();
  return out;
}

SegmentRequest request_of(const Table& table, std::int64_t bytes) {
  return {table.source.get(),
          &table.plan,
          &table.segment_plan,
          {{"t", ReadAs::category}, {"x", ReadAs::number}, {"f", ReadAs::number}},
          bytes};
}

// Reads a column of a segment in slabs of 7 rows.
std::vector<std::string> read(const Source& source, const std::string& column, ReadAs as) {
  std::vector<std::string> out;
  const auto reader = std::move(source.read(source.row_groups()[0], column, as)).value();
  for (ColumnView view = reader->next(7).value(); view.length > 0; view = reader->next(7).value()) {
    std::int64_t nulls = 0;
    for (std::int64_t i = 0; i < view.length; ++i) {
      nulls += view.valid(i) ? 0 : 1;
      if (!view.valid(i)) {
        out.emplace_back("null");
      } else if (as == ReadAs::category) {
        const auto code = static_cast<std::size_t>(static_cast<const std::int32_t*>(view.values)[i]);
        out.emplace_back(view.dictionary->texts.at(code));
      } else {
        out.push_back(shortest(static_cast<const double*>(view.values)[i]));
      }
    }
    EXPECT_EQ(view.nulls, nulls);
  }
  return out;
}

std::string shown(const std::optional<double>& value) { return value ? shortest(*value) : "null"; }

// `bytes`: enough for all at once, for a few segments, and so few that texts make parts smaller still.
class SegmentRowsOf : public testing::TestWithParam<std::int64_t> {};

TEST_P(SegmentRowsOf, AreTheRowsOfTheSegmentInOrder) {
  const Table table = example();
  std::mutex lock;
  std::vector<int> calls(table.segment_plan.segments.size(), 0);
  const auto check = [&](const SegmentRows& rows) -> Result<void> {
    const std::lock_guard guard(lock);
    const Segment& segment = table.segment_plan.segments[static_cast<std::size_t>(rows.segment)];
    ++calls[static_cast<std::size_t>(rows.segment)];
    std::vector<std::string> texts, numbers, floats;
    std::vector<std::int32_t> chunks;
    for (std::size_t i = 0; i < table.segments.size(); ++i) {
      const auto& value = table.segments[i];
      if (segment.missing ? value.has_value() : value != segment.value) continue;
      texts.push_back(table.texts[i].value_or("null"));
      numbers.push_back(shown(table.numbers[i]));
      floats.push_back(shown(table.floats[i]));
      chunks.push_back(table.chunks[i]);
    }
    EXPECT_EQ(rows.source->rows(), static_cast<std::int64_t>(texts.size()));
    EXPECT_EQ(read(*rows.source, "t", ReadAs::category), texts);
    EXPECT_EQ(read(*rows.source, "x", ReadAs::number), numbers);
    EXPECT_EQ(read(*rows.source, "f", ReadAs::number), floats);
    std::vector<std::int32_t> runs;
    for (const ChunkRun& run : rows.chunks.runs.at(0))
      runs.insert(runs.end(), static_cast<std::size_t>(run.rows), run.chunk);
    EXPECT_EQ(runs, chunks);
    EXPECT_FALSE(rows.source->read(rows.source->row_groups()[0], "seg", ReadAs::category).ok());
    return {};
  };
  const auto done = for_each_segment(request_of(table, GetParam()), {}, check);
  ASSERT_TRUE(done.ok()) << done.error().text();
  EXPECT_EQ(calls[0], 0);
  for (std::size_t s = 1; s < calls.size(); ++s) EXPECT_EQ(calls[s], 1) << s;
}
INSTANTIATE_TEST_SUITE_P(Bytes, SegmentRowsOf, testing::Values(1 << 30, 200'000, 120'000));

TEST(SegmentRows, TheFirstErrorOfTheWorkIsReturned) {
  const Table table = example();
  const auto done = for_each_segment(request_of(table, 1 << 30), {}, [](const SegmentRows& rows) -> Result<void> {
    if (rows.segment < 5) return {};
    return Error{ErrorCode::data, "segment " + std::to_string(rows.segment), {}, ""};
  });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().what, "segment 5");
}

TEST(SegmentRows, ASegmentThatDoesNotFitIsToldWithWhatItNeeds) {
  const Table table = example();
  const auto never = [](const SegmentRows&) -> Result<void> { return Error{ErrorCode::internal, "called", {}, ""}; };
  const auto done = for_each_segment(request_of(table, kRows * 8 + 100), {}, never);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::memory);
  EXPECT_THAT(done.error().what, HasSubstr("rows of the segment 's0' need 0.0 MB"));
}

TEST(SegmentRows, AColumnThatCannotBeReadStaysAnError) {
  const Table table = example();
  SegmentRequest request = request_of(table, 1 << 30);
  request.columns.push_back({"t", ReadAs::number});
  const auto done = for_each_segment(request, {}, [](const SegmentRows&) -> Result<void> { return {}; });
  ASSERT_FALSE(done.ok());
  EXPECT_THAT(done.error().text(), HasSubstr("text is no number"));
}

}  // namespace
}  // namespace longwatch

// Chunks by calendar period.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

#include "engine/chunk/time.hpp"
#include "tests/unit/chunk/expected.hpp"

namespace longwatch {
namespace {

using test::at;
using test::by_period;
using test::chunk_of_rows;
using test::described;
using test::timed;
using test::Times;
using test::times;
using testing::ElementsAre;
using testing::HasSubstr;

ChunkPlan plan(const Source& source, const ChunkRule& rule, const std::string& zone = "") {
  Result<ChunkPlan> out = plan_chunks(source, "t", zone, rule);
  if (!out) throw std::runtime_error(out.error().text());
  return out.value();
}

TEST(CalendarChunks, PeriodsAreHalfOpenAndEmptyOnesHaveNoChunk) {
  const auto source =
      timed(times({"2013-05-31 23:59:59.999999", "2013-06-01", "2013-05-01", "2013-08-15", "2013-04-30 23:59"}));
  const ChunkPlan out = plan(*source, by_period(PeriodUnit::month));
  EXPECT_THAT(described(out), ElementsAre("2013-04 1 2013-04-01T00:00:00Z 2013-05-01T00:00:00Z",
                                          "2013-05 2 2013-05-01T00:00:00Z 2013-06-01T00:00:00Z",
                                          "2013-06 1 2013-06-01T00:00:00Z 2013-07-01T00:00:00Z",
                                          "2013-08 1 2013-08-01T00:00:00Z 2013-09-01T00:00:00Z"));
  EXPECT_THAT(chunk_of_rows(out), ElementsAre(1, 2, 1, 3, 0));
  EXPECT_EQ(out.chunks[3].index, 3);
  EXPECT_TRUE(out.chunks[3].timed);
  EXPECT_EQ(out.rows, 5);
  EXPECT_EQ(out.rows_without_timestamp, 0);
}

TEST(CalendarChunks, RowsWithoutTimestampBelongToNone) {
  const auto source = timed(times({"", "2013-05-01", "", "", "2013-05-02", ""}), {2, 3, 0, 1});
  const ChunkPlan out = plan(*source, by_period(PeriodUnit::day));
  EXPECT_THAT(chunk_of_rows(out), ElementsAre(-1, 0, -1, -1, 1, -1));
  EXPECT_EQ(out.rows_without_timestamp, 4);
  EXPECT_EQ(out.chunks[0].rows + out.chunks[1].rows, 2);
  ASSERT_EQ(out.runs.size(), 4U);
  EXPECT_TRUE(out.runs[2].empty());
}

TEST(CalendarChunks, CountsRowsBeforeAnInstantAndKnowsTheFirstAndLast) {
  const auto source = timed(times({"2013-05-02", "", "2013-05-01", "2013-05-03", "2013-05-02"}), {2, 3});
  for (const ChunkRule& rule : {by_period(PeriodUnit::day), test::by_size(2), test::by_size(3, Incomplete::drop)}) {
    const ChunkPlan out = plan_chunks(*source, "t", "", rule, at("2013-05-02")).value();
    EXPECT_EQ(out.rows_before, 1);
    EXPECT_EQ(out.first_time, at("2013-05-01"));
    EXPECT_EQ(out.last_time, at("2013-05-03"));
    EXPECT_EQ(plan(*source, rule).rows_before, 0);
    // Instants are compared, not local times: 00:00 in Berlin is before 00:00 UTC.
    EXPECT_EQ(plan_chunks(*source, "t", "Europe/Berlin", rule, at("2013-05-02")).value().rows_before, 3);
  }
  const ChunkPlan untimed = plan_chunks(*source, "", "", test::by_size(2), at("2013-05-02")).value();
  EXPECT_EQ(untimed.rows_before, 0);
  EXPECT_EQ(untimed.first_time, 0);
  EXPECT_EQ(untimed.last_time, 0);
}

TEST(CalendarChunks, BeforeTheEpoch) {
  const auto source = timed(times({"1969-12-31 23:59:59.9", "1970-01-01", "1812-06-24"}));
  EXPECT_THAT(described(plan(*source, by_period(PeriodUnit::year))),
              ElementsAre("1812 1 1812-01-01T00:00:00Z 1813-01-01T00:00:00Z",
                          "1969 1 1969-01-01T00:00:00Z 1970-01-01T00:00:00Z",
                          "1970 1 1970-01-01T00:00:00Z 1971-01-01T00:00:00Z"));
}

TEST(CalendarChunks, WeeksBeginOnMondayAndSeveralUnitsMakeOnePeriod) {
  const auto source = timed(times({"2013-04-29", "2013-05-05 23:59", "2013-05-06", "2013-05-19"}));
  EXPECT_THAT(chunk_of_rows(plan(*source, by_period(PeriodUnit::week))), ElementsAre(0, 0, 1, 2));
  const ChunkPlan two = plan(*source, by_period(PeriodUnit::week, 2));
  EXPECT_THAT(described(two), ElementsAre("2013-04-22/2013-04-28 2 2013-04-22T00:00:00Z 2013-05-06T00:00:00Z",
                                          "2013-05-06/2013-05-12 2 2013-05-06T00:00:00Z 2013-05-20T00:00:00Z"));
}

// A row every quarter of an hour: a day has as many as its clock shows hours.
std::vector<std::int64_t> rows_by_chunk(const std::string& zone, PeriodUnit unit, const std::string& from,
                                        int quarters) {
  Times values;
  for (int i = 0; i < quarters; ++i) values.emplace_back(at(from) + i * 900000000LL);
  const test::ZonedSource source(timed(values, {static_cast<std::int64_t>(values.size())}));
  std::vector<std::int64_t> rows;
  for (const Chunk& chunk : plan(source, by_period(unit, 1, zone)).chunks) {
    rows.push_back(chunk.rows);
    EXPECT_EQ((chunk.end - chunk.start) / 900000000, chunk.rows) << chunk.key;
  }
  return rows;
}

TEST(CalendarChunks, DaysOfClockChangesHave23And25Hours) {
  EXPECT_THAT(rows_by_chunk("Europe/Berlin", PeriodUnit::day, "2013-03-29 23:00", 71 * 4), ElementsAre(96, 92, 96));
  EXPECT_THAT(rows_by_chunk("Europe/Berlin", PeriodUnit::day, "2013-10-25 22:00", 73 * 4), ElementsAre(96, 100, 96));
  EXPECT_THAT(rows_by_chunk("America/New_York", PeriodUnit::day, "2013-03-09 05:00", 71 * 4), ElementsAre(96, 92, 96));
  EXPECT_THAT(rows_by_chunk("America/New_York", PeriodUnit::day, "2013-11-02 04:00", 73 * 4), ElementsAre(96, 100, 96));
}

TEST(CalendarChunks, HoursOverTheClockChanges) {
  // Forward: no hour 02. Back: hour 02 lasts two hours.
  EXPECT_THAT(rows_by_chunk("Europe/Berlin", PeriodUnit::hour, "2013-03-31 00:00", 8), ElementsAre(4, 4));
  EXPECT_THAT(rows_by_chunk("Europe/Berlin", PeriodUnit::hour, "2013-10-26 23:00", 16), ElementsAre(4, 8, 4));
  // Lord Howe sets its clocks back by half an hour.
  EXPECT_THAT(rows_by_chunk("Australia/Lord_Howe", PeriodUnit::hour, "2013-04-06 14:00", 10), ElementsAre(6, 4));
}

TEST(CalendarChunks, TimesWithoutZoneAreLocal) {
  const auto source = timed(times({"2013-05-01 01:00", "2013-05-01 23:00"}));
  // Local time of the calendar's own zone: the date as written.
  const ChunkPlan same = plan(*source, by_period(PeriodUnit::day, 1, "Europe/Berlin"), "Europe/Berlin");
  EXPECT_THAT(described(same), ElementsAre("2013-05-01 2 2013-04-30T22:00:00Z 2013-05-01T22:00:00Z"));
  // UTC in a Berlin calendar: 23:00 is tomorrow.
  EXPECT_THAT(chunk_of_rows(plan(*source, by_period(PeriodUnit::day, 1, "Europe/Berlin"))), ElementsAre(0, 1));
  // Berlin in a UTC calendar: 01:00 was yesterday.
  EXPECT_THAT(chunk_of_rows(plan(*source, by_period(PeriodUnit::day), "Europe/Berlin")), ElementsAre(0, 1));
  // A column with a zone is not moved again.
  const test::ZonedSource zoned(source);
  EXPECT_THAT(chunk_of_rows(plan(zoned, by_period(PeriodUnit::day), "Europe/Berlin")), ElementsAre(0, 0));
}

// The same answer as row by row, for any order, split and number of threads.
TEST(CalendarChunks, AnyOrderSplitAndThreads) {
  std::mt19937_64 random(5);
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  Times values;
  for (int i = 0; i < 5000; ++i) {
    if (random() % 10 == 0) {
      values.emplace_back();
    } else {
      values.emplace_back(at("2013-01-01") + static_cast<std::int64_t>(random() % (400ULL * 86400 * 1000000)));
    }
  }
  for (int round = 0; round < 2; ++round) {
    std::map<std::int64_t, int> expected;  // period -> rows
    std::vector<std::int64_t> period_of_row;
    for (const auto& value : values) {
      const std::int64_t period = value ? period_of(berlin.to_local(berlin.to_utc(*value)), PeriodUnit::hour, 6)
                                        : std::numeric_limits<std::int64_t>::min();
      period_of_row.push_back(period);
      if (value) ++expected[period];
    }
    for (const auto& groups : {std::vector<std::int64_t>{5000}, {1, 0, 2000, 999, 2000}}) {
      for (const int threads : {1, 4}) {
        ChunkPlan out;
        tbb::task_arena(threads).execute([&] {
          out = plan(*timed(values, groups), by_period(PeriodUnit::hour, 6, "Europe/Berlin"), "Europe/Berlin");
        });
        ASSERT_EQ(out.chunks.size(), expected.size());
        std::size_t chunk = 0;
        for (const auto& [period, rows] : expected) {
          EXPECT_EQ(out.chunks[chunk].rows, rows);
          EXPECT_EQ(out.chunks[chunk++].key, period_key(period, PeriodUnit::hour, 6));
        }
        const std::vector<int> rows = chunk_of_rows(out);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          const auto found = expected.find(period_of_row[i]);
          ASSERT_EQ(rows[i], found == expected.end() ? -1 : std::distance(expected.begin(), found)) << i;
        }
      }
    }
    std::sort(values.begin(), values.end());  // once more in order
  }
}

TEST(CalendarChunks, TheEndsOfTime) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto source = timed({Limits::max(), Limits::min(), 0, Limits::max()});
  for (const char* zone : {"UTC", "America/New_York", "Asia/Tokyo"}) {
    const ChunkPlan out = plan(*source, by_period(PeriodUnit::month, 1, zone), zone);
    EXPECT_THAT(chunk_of_rows(out), ElementsAre(2, 0, 1, 2));
  }
}

TEST(CalendarChunks, Errors) {
  const auto source = timed(times({"2013-05-01"}));
  Result<ChunkPlan> out = plan_chunks(*source, "", "", by_period(PeriodUnit::week));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::configuration);
  EXPECT_EQ(out.error().hint, "add timestamp: COLUMN, or chunk by size or number");

  out = plan_chunks(*source, "t", "Europe/Berln", by_period(PeriodUnit::week));
  ASSERT_FALSE(out.ok());
  EXPECT_THAT(out.error().hint, HasSubstr("Europe/Berlin"));
  EXPECT_FALSE(plan_chunks(*source, "t", "", by_period(PeriodUnit::week, 1, "Nowhere")).ok());
  EXPECT_FALSE(plan_chunks(*source, "t", "", by_period(PeriodUnit::week, 0)).ok());
  EXPECT_FALSE(plan_chunks(*source, "no such column", "", by_period(PeriodUnit::week)).ok());

  const auto text = test::memory_source({test::text_column("t", {"a"})});
  out = plan_chunks(*text, "t", "", by_period(PeriodUnit::week));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().where.column, "t");

  out = plan_chunks(*timed({}), "t", "", by_period(PeriodUnit::week));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::data);

  out = plan_chunks(*timed(times({"", ""})), "t", "", by_period(PeriodUnit::week));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().where.column, "t");
  EXPECT_THAT(out.error().what, HasSubstr("none of the 2 rows"));
}

TEST(CalendarChunks, AtMostAMillion) {
  Times values;
  for (std::int64_t hour = 0; hour < 1000000; ++hour) values.emplace_back(hour * 3600000000);
  EXPECT_EQ(plan(*timed(values, {600000, 400000}), by_period(PeriodUnit::hour)).chunks.size(), 1000000U);
  values.emplace_back(-1);
  const Result<ChunkPlan> out = plan_chunks(*timed(values, {600000, 400001}), "t", "", by_period(PeriodUnit::hour));
  ASSERT_FALSE(out.ok());
  EXPECT_THAT(out.error().text(), HasSubstr("1000000 chunks"));
  EXPECT_THAT(out.error().hint, HasSubstr("longer period"));
}

}  // namespace
}  // namespace longwatch

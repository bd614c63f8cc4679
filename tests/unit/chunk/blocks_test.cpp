// Blocks: days and values of a column, as groups of every chunk.
#include "engine/chunk/blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/unit/chunk/expected.hpp"

namespace longwatch {
namespace {

using test::at;
using test::by_period;
using test::by_size;
using test::memory_source;
using test::text_column;
using test::Texts;
using test::timed;
using test::times;
using test::Times;
using testing::HasSubstr;

ModelConfig by_day(const std::string& time_zone = "") {
  ModelConfig model;
  model.timestamp = "t";
  model.time_zone = time_zone;
  model.intervals.resample = ResampleUnit::day;
  return model;
}

ModelConfig by_column(const std::string& column) {
  ModelConfig model;
  model.intervals.resample = ResampleUnit::column;
  model.intervals.block_column = column;
  return model;
}

struct Place {
  std::int64_t chunk = -1;  // of the plan
  std::int64_t group = -1;
  bool operator==(const Place&) const = default;
};

// Of every row, in the source's order.
std::vector<Place> places(const Source& source, const ModelConfig& model, const ChunkRule& rule) {
  const ChunkPlan plan = plan_chunks(source, model.timestamp, model.time_zone, rule).value();
  const std::optional<ChunkPlan> split = split_by_block(source, model, rule, plan).value();
  if (!split) return {};
  EXPECT_EQ(split->groups, kBlockGroups);
  EXPECT_EQ(split->chunks.size(), plan.chunks.size() * kBlockGroups);
  EXPECT_EQ(split->runs.size(), source.row_groups().size());
  std::vector<Place> out;
  for (const auto& runs : split->runs) {
    for (const ChunkRun& run : runs) {
      const Place place = run.chunk < 0 ? Place{} : Place{run.chunk / kBlockGroups, run.chunk % kBlockGroups};
      out.insert(out.end(), static_cast<std::size_t>(run.rows), place);
    }
  }
  return out;
}

std::vector<std::int64_t> groups(const std::vector<Place>& places) {
  std::vector<std::int64_t> out;
  for (const Place& place : places) out.push_back(place.group);
  return out;
}

TEST(Blocks, NoneWhereRowsAreIndependent) {
  const auto source = timed(times({"2024-05-01", "2024-05-02"}));
  EXPECT_TRUE(places(*source, ModelConfig(), by_size(10)).empty());
}

TEST(Blocks, ThirtyTwoDaysInARowHaveGroupsOfTheirOwn) {
  Times values;
  for (int day = 0; day < 40; ++day) {
    for (const int hour : {0, 11, 23}) values.emplace_back(at("2024-01-01") + (day * 24 + hour) * 3'600'000'000LL);
  }
  const auto source = timed(values, {50, 70});
  const std::vector<Place> found = places(*source, by_day(), by_period(PeriodUnit::month));
  ASSERT_EQ(found.size(), 120U);
  std::map<std::int64_t, std::set<std::int64_t>> days_of_group;  // of January
  for (std::size_t row = 0; row < found.size(); ++row) {
    const auto day = static_cast<std::int64_t>(row / 3);
    EXPECT_EQ(found[row].chunk, day < 31 ? 0 : 1);
    EXPECT_EQ(found[row].group, found[row - row % 3].group) << "a day is one block";
    if (day < 31) days_of_group[found[row].group].insert(day);
  }
  EXPECT_EQ(days_of_group.size(), 31U);
}

TEST(Blocks, DaysBeginAtMidnightOfTheCalendar) {
  // 22:30 UTC is the next day in Berlin (summer), the same day in UTC and in New York.
  const auto source = timed(times({"2024-06-01 12:00", "2024-06-01 22:30", "2024-06-02 12:00"}));
  const auto same_day = [&](const ModelConfig& model, const ChunkRule& rule) {
    const std::vector<std::int64_t> g = groups(places(*source, model, rule));
    return std::pair(g[0] == g[1], g[1] == g[2]);
  };
  EXPECT_EQ(same_day(by_day(), by_size(10)), std::pair(true, false));
  EXPECT_EQ(same_day(by_day(), by_period(PeriodUnit::month, 1, "Europe/Berlin")), std::pair(false, true));
  EXPECT_EQ(same_day(by_day(), by_period(PeriodUnit::month, 1, "America/New_York")), std::pair(true, false));
  // Times without a zone are those of the model's, and so are the days of chunks by size.
  EXPECT_EQ(same_day(by_day("Europe/Berlin"), by_size(10)), std::pair(true, false));
}

TEST(Blocks, DaysBefore1970) {
  const auto source = timed(times({"1969-12-31 23:00", "1970-01-01 01:00", "1969-12-31 01:00"}));
  const std::vector<std::int64_t> g = groups(places(*source, by_day(), by_size(10)));
  EXPECT_EQ(g[0], g[2]);
  EXPECT_NE(g[0], g[1]);
  for (const std::int64_t group : g) EXPECT_TRUE(group >= 0 && group < kBlockGroups);
}

TEST(Blocks, RowsOfNoChunkStayThere) {
  const auto source = timed(times({"2024-05-01", "", "2024-05-01"}));
  const std::vector<Place> found = places(*source, by_day(), by_period(PeriodUnit::week));
  EXPECT_EQ(found[1], Place());
  EXPECT_EQ(found[0], found[2]);
}

TEST(Blocks, ValuesOfAColumnDoNotDependOnLayoutOrOrder) {
  Texts names;
  for (int i = 0; i < 600; ++i) {
    names.push_back(i % 7 == 0 ? std::nullopt : std::optional<std::string>("customer " + std::to_string(i % 97)));
  }
  const auto by_name = [&](const Texts& texts, std::vector<std::int64_t> row_groups) {
    const auto source = memory_source({text_column("who", texts)}, std::move(row_groups));
    const std::vector<std::int64_t> g = groups(places(*source, by_column("who"), by_size(1'000)));
    std::map<std::optional<std::string>, std::set<std::int64_t>> out;
    for (std::size_t row = 0; row < texts.size(); ++row) out[texts[row]].insert(g[row]);
    return out;
  };
  const auto whole = by_name(names, {600});
  std::set<std::int64_t> used;
  for (const auto& [name, found] : whole) {
    EXPECT_EQ(found.size(), 1U) << "a value is one block";
    used.insert(*found.begin());
  }
  EXPECT_EQ(whole.size(), 98U);
  EXPECT_GT(used.size(), 25U) << "98 values fill most of 32 groups";
  EXPECT_EQ(by_name(names, {100, 1, 499}), whole);
  EXPECT_EQ(by_name(Texts(names.rbegin(), names.rend()), {250, 350}), whole);
}

TEST(Blocks, AColumnThatIsNotThere) {
  const auto source = memory_source({text_column("customer", {"x"})});
  ModelConfig model = by_column("custmer");
  model.name = "m";
  const ChunkRule rule = by_size(10);
  const auto out = split_by_block(*source, model, rule, plan_chunks(*source, "", "", rule).value());
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::configuration);
  EXPECT_THAT(out.error().text(), HasSubstr("the data has no column 'custmer' to resample by"));
  EXPECT_THAT(out.error().text(), HasSubstr("customer"));
}

}  // namespace
}  // namespace longwatch

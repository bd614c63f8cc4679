// Calendar periods against a calendar that is walked day by day.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "engine/chunk/time.hpp"
#include "tests/unit/chunk/expected.hpp"

namespace longwatch {
namespace {

using test::at;

constexpr std::int64_t kDay = 86400LL * 1000000;
constexpr std::int64_t kHour = 3600LL * 1000000;

std::int64_t floored(std::int64_t value, std::int64_t divisor) {
  std::int64_t quotient = value / divisor;
  while (quotient * divisor > value) --quotient;
  return quotient;
}

// Knows the date only by counting on from 1900-01-01, a Monday, 25,567 days before 1970-01-01.
struct Walk {
  std::int64_t day = -25567;
  int year = 1900, month = 1, date = 1, weekday = 0;
  std::int64_t week = -3652;
  std::int64_t month_start = -25567, quarter_start = -25567, year_start = -25567;

  void step() {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    ++day;
    weekday = (weekday + 1) % 7;
    if (weekday == 0) ++week;
    if (++date <= lengths[month - 1] + (leap && month == 2 ? 1 : 0)) return;
    date = 1;
    month_start = day;
    if (++month == 13) {
      month = 1;
      ++year;
      year_start = day;
    }
    if (month % 3 == 1) quarter_start = day;
  }
};

TEST(Periods, FollowTheCalendarFrom1900To2100) {
  const std::int64_t counts[] = {1, 2, 5};
  for (Walk walk; walk.year <= 2100; walk.step()) {
    const std::int64_t months = (walk.year - 1970) * 12 + walk.month - 1;
    const struct {
      PeriodUnit unit;
      std::int64_t period, first_day;
    } expected[] = {{PeriodUnit::day, walk.day, walk.day},
                    {PeriodUnit::week, walk.week, walk.day - walk.weekday},
                    {PeriodUnit::month, months, walk.month_start},
                    {PeriodUnit::quarter, floored(months, 3), walk.quarter_start},
                    {PeriodUnit::year, walk.year - 1970, walk.year_start}};
    for (const auto& e : expected) {
      ASSERT_EQ(period_start(e.period, e.unit, 1), e.first_day * kDay)
          << walk.year << "-" << walk.month << "-" << walk.date;
      for (const std::int64_t count : counts) {
        const std::int64_t period = floored(e.period, count);
        ASSERT_EQ(period_of(walk.day * kDay, e.unit, count), period)
            << walk.year << "-" << walk.month << "-" << walk.date;
        ASSERT_EQ(period_of(walk.day * kDay + kDay - 1, e.unit, count), period);
      }
    }
    ASSERT_EQ(period_of(walk.day * kDay - 1, PeriodUnit::hour, 1), walk.day * 24 - 1);
    ASSERT_EQ(period_of(walk.day * kDay + 7 * kHour, PeriodUnit::hour, 6), floored(walk.day * 24 + 7, 6));
    ASSERT_EQ(period_start(walk.day * 24 + 7, PeriodUnit::hour, 1), walk.day * kDay + 7 * kHour);
  }
}

TEST(Periods, StartAndPeriodAreInverseForAnyCount) {
  for (const PeriodUnit unit : {PeriodUnit::hour, PeriodUnit::day, PeriodUnit::week, PeriodUnit::month,
                                PeriodUnit::quarter, PeriodUnit::year}) {
    for (const std::int64_t count : {1, 2, 3, 7, 12}) {
      for (std::int64_t period = -60; period <= 60; ++period) {
        const std::int64_t start = period_start(period, unit, count);
        ASSERT_EQ(period_of(start, unit, count), period);
        ASSERT_EQ(period_of(start - 1, unit, count), period - 1);
      }
    }
  }
}

// Written down from pandas: str(pd.Timestamp(...).to_period(...)).
TEST(Periods, KeysAreThoseOfPandas) {
  const auto key = [](const char* text, PeriodUnit unit, std::int64_t count = 1) {
    return period_key(period_of(at(text), unit, count), unit, count);
  };
  EXPECT_EQ(key("2013-05-01 07:59", PeriodUnit::hour), "2013-05-01 07:00");
  EXPECT_EQ(key("2013-05-01 07:59", PeriodUnit::day), "2013-05-01");
  EXPECT_EQ(key("2013-05-01 07:59", PeriodUnit::week), "2013-04-29/2013-05-05");
  EXPECT_EQ(key("2012-12-31", PeriodUnit::week), "2012-12-31/2013-01-06");
  EXPECT_EQ(key("1970-01-01", PeriodUnit::week), "1969-12-29/1970-01-04");
  EXPECT_EQ(key("2012-02-29 23:59", PeriodUnit::month), "2012-02");
  EXPECT_EQ(key("2013-03-31", PeriodUnit::quarter), "2013Q1");
  EXPECT_EQ(key("2013-12-31 23:59", PeriodUnit::quarter), "2013Q4");
  EXPECT_EQ(key("1969-12-31 23:59", PeriodUnit::hour), "1969-12-31 23:00");
  EXPECT_EQ(key("1969-12-31 23:59", PeriodUnit::quarter), "1969Q4");
  EXPECT_EQ(key("1969-12-31 23:59", PeriodUnit::year), "1969");
  EXPECT_EQ(key("0987-06-05", PeriodUnit::month), "0987-06");
}

TEST(Periods, SeveralUnitsHaveTheKeyOfTheFirst) {
  EXPECT_EQ(period_key(period_of(at("2013-05-01 07:10"), PeriodUnit::hour, 6), PeriodUnit::hour, 6),
            "2013-05-01 06:00");
  // 1969-12-29 + 14 k days: 2013-04-22 is k = 1130.
  EXPECT_EQ(period_key(period_of(at("2013-05-01"), PeriodUnit::week, 2), PeriodUnit::week, 2), "2013-04-22/2013-04-28");
  EXPECT_EQ(period_key(period_of(at("2013-06-30"), PeriodUnit::month, 6), PeriodUnit::month, 6), "2013-01");
}

TEST(Periods, TheEndsOfTimeDoNotOverflow) {
  using Limits = std::numeric_limits<std::int64_t>;
  for (const PeriodUnit unit : {PeriodUnit::hour, PeriodUnit::day, PeriodUnit::week, PeriodUnit::month,
                                PeriodUnit::quarter, PeriodUnit::year}) {
    for (const std::int64_t count : {std::int64_t{1}, std::int64_t{1000000}, Limits::max()}) {
      for (const std::int64_t time : {Limits::min(), Limits::max()}) {
        const std::int64_t period = period_of(time, unit, count);
        EXPECT_LE(period_start(period, unit, count), time);
        EXPECT_GE(period_start(period + 1, unit, count), time);
        EXPECT_FALSE(period_key(period, unit, count).empty());
      }
    }
  }
}

TEST(FormatUtc, WritesFractionsOnlyWhereThereAreSome) {
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(at("2013-05-01 07:08:09") + 123456), "2013-05-01T07:08:09.123456Z");
  EXPECT_EQ(format_utc(at("2013-05-01 07:08:09") + 500), "2013-05-01T07:08:09.000500Z");
  EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_utc(at("2000-02-29 23:59:59")), "2000-02-29T23:59:59Z");
  EXPECT_EQ(format_utc(at("-044-03-15")), "-0044-03-15T00:00:00Z");
}

}  // namespace
}  // namespace longwatch

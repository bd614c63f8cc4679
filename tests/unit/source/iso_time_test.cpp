// parse_iso_time against times worked out by Python's datetime.
#include "engine/source/iso_time.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "engine/source/value_text.hpp"

namespace longwatch {
namespace {

std::int64_t micros_of(std::string_view text, bool zoned) {
  const auto time = parse_iso_time(text);
  EXPECT_TRUE(time.has_value()) << text;
  if (!time) return 0;
  EXPECT_EQ(time->zoned, zoned) << text;
  return time->micros;
}

TEST(IsoTime, ReadsDatesAndTimes) {
  EXPECT_EQ(micros_of("1970-01-01", false), 0);
  EXPECT_EQ(micros_of("2013-05-01", false), 1367366400000000);
  EXPECT_EQ(micros_of("2013-05-01T07:00", false), 1367391600000000);
  EXPECT_EQ(micros_of("2013-05-01 07:00:01", false), 1367391601000000);
  EXPECT_EQ(micros_of("1969-12-31T23:59:59.999999", false), -1);
  EXPECT_EQ(micros_of("0001-01-01", false), -62135596800000000);
  EXPECT_EQ(micros_of("9999-12-31T23:59:59.999999", false), 253402300799999999);
}

TEST(IsoTime, CutsFractionsOffAfterMicroseconds) {
  EXPECT_EQ(micros_of("1970-01-01T00:00:00.1", false), 100000);
  EXPECT_EQ(micros_of("1970-01-01T00:00:00.000001999", false), 1);
  EXPECT_EQ(micros_of("1970-01-01T00:00:00.123456789", false), 123456);
}

TEST(IsoTime, TurnsOffsetsIntoUtc) {
  EXPECT_EQ(micros_of("2013-05-01T07:00:00Z", true), 1367391600000000);
  EXPECT_EQ(micros_of("2013-05-01T07:00:00+02:00", true), 1367384400000000);
  EXPECT_EQ(micros_of("2013-05-01 07:00-05:30", true), 1367411400000000);
  EXPECT_EQ(micros_of("1970-01-01T00:00:00.5+00:00", true), 500000);
}

TEST(IsoTime, RefusesEverythingElse) {
  for (const char* text : {"",
                           "2013",
                           "2013-05",
                           "2013-5-01",
                           "13-05-01",
                           "2013-05-01T",
                           "2013-05-01T7:00",
                           "2013-05-01T07",
                           "2013-05-01T07:00:",
                           "2013-05-01T07:00:00.",
                           "2013-05-01T07:00:00.1234567890",
                           "2013-05-01T24:00:00",
                           "2013-05-01T07:60",
                           "2013-05-01T07:00:60",
                           "2013-02-29",
                           "1900-02-29",
                           "2013-04-31",
                           "2013-00-10",
                           "2013-13-01",
                           "2013-01-00",
                           "2013-01-32",
                           "0000-01-01",
                           "-001-01-01",
                           "+2013-01-01",
                           "2013-05-01Z",
                           "2013-05-01T07:00:00z",
                           "2013-05-01T07:00:00+2:00",
                           "2013-05-01T07:00:00+02",
                           "2013-05-01T07:00:00+0200",
                           "2013-05-01T07:00:00+24:00",
                           "2013-05-01T07:00:00+02:60",
                           "2013-05-01T07:00:00 Z",
                           " 2013-05-01",
                           "2013-05-01 ",
                           "2013-05-01t07:00",
                           "2013/05/01",
                           "2013-05-01T07:00:00,5",
                           "20130501",
                           "2013-05-01T07:00:00ZZ"}) {
    EXPECT_FALSE(parse_iso_time(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_iso_time(std::string_view("2013-05-01\0", 11)).has_value());
}

TEST(IsoTime, KnowsLeapYears) {
  EXPECT_EQ(micros_of("2000-02-29", false), 951782400000000);
  EXPECT_EQ(micros_of("2012-02-29", false), 1330473600000000);
}

TEST(IsoTime, DaysAgreeWithTheCalendarOfTheStandardLibrary) {
  using namespace std::chrono;
  for (sys_days day = year{1} / 1 / 1; day <= sys_days(year{9999} / 12 / 31); day += days{1}) {
    const year_month_day ymd(day);
    const auto month_number = static_cast<int>(static_cast<unsigned>(ymd.month()));
    const auto day_number = static_cast<int>(static_cast<unsigned>(ymd.day()));
    ASSERT_EQ(days_from_civil(static_cast<int>(ymd.year()), month_number, day_number), day.time_since_epoch().count());
  }
}

TEST(ValueText, DatesAreReadBackByTheParser) {
  for (std::int64_t day = -719162; day <= 2932896; day += 97) {
    EXPECT_EQ(micros_of(reading::date_text(day), false), day * 86400 * 1000000);
  }
  EXPECT_EQ(reading::date_text(2932897), "+10000-01-01");
  EXPECT_EQ(reading::date_text(-719163), "+0000-12-31");
  EXPECT_EQ(reading::date_text(-719163 - 366), "-0001-12-31");
}

TEST(ValueText, NumbersAreShortAndWholeOnesHaveNoExponent) {
  EXPECT_EQ(reading::number_text(1.0), "1");
  EXPECT_EQ(reading::number_text(-0.0), "0");
  EXPECT_EQ(reading::number_text(100000.0), "100000");
  EXPECT_EQ(reading::number_text(0.1), "0.1");
  EXPECT_EQ(reading::number_text(0.1F), "0.1");
  EXPECT_EQ(reading::number_text(1e300), "1e+300");
}

}  // namespace
}  // namespace longwatch

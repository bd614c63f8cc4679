// Time zones: the system's files, summer time, and files that are not what they should be.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "engine/chunk/time.hpp"
#include "engine/chunk/tzif.hpp"
#include "tests/unit/chunk/expected.hpp"

namespace longwatch {
namespace {

using test::at;

TimeZone zone(const std::string& name) {
  Result<TimeZone> found = TimeZone::find(name);
  if (!found) throw std::runtime_error(found.error().text());
  return found.value();
}

std::string bytes(std::uint64_t value, int count) {
  std::string out;
  for (int i = count - 1; i >= 0; --i) out += static_cast<char>(value >> static_cast<unsigned>(8 * i));
  return out;
}

std::string header(char version, std::uint32_t changes, std::uint32_t types, std::uint32_t leaps = 0) {
  return "TZif" + std::string(1, version) + std::string(15, '\0') + bytes(0, 4) + bytes(0, 4) + bytes(leaps, 4) +
         bytes(changes, 4) + bytes(types, 4) + bytes(4, 4);
}

std::string type(std::int64_t offset) { return bytes(static_cast<std::uint64_t>(offset), 4) + '\0' + '\0'; }

// Two types (+1 h, +2 h) and changes at 100 s (to the second) and 200 s (back), then the footer.
std::string small_file(const std::string& footer) {
  const std::string empty = header('2', 0, 1) + type(0) + "UTC" + '\0';
  return empty + header('2', 2, 2) + bytes(100, 8) + bytes(200, 8) + '\1' + '\0' + type(3600) + type(7200) + "CET" +
         '\0' + "\n" + footer + "\n";
}

TEST(TimeZone, UtcNeedsNoFiles) {
  for (const char* name : {"", "UTC"}) {
    EXPECT_TRUE(zone(name).is_utc());
    EXPECT_EQ(zone(name).to_local(at("2013-07-01")), at("2013-07-01"));
    EXPECT_EQ(zone(name).to_utc(std::numeric_limits<std::int64_t>::min()), std::numeric_limits<std::int64_t>::min());
  }
}

TEST(TimeZone, BerlinChangesTwiceAYear) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_FALSE(berlin.is_utc());
  // 2013-03-31: 02:00 CET becomes 03:00 CEST, at 01:00 UTC.
  EXPECT_EQ(berlin.to_local(at("2013-03-31 00:59:59.5")), at("2013-03-31 01:59:59.5"));
  EXPECT_EQ(berlin.to_local(at("2013-03-31 01:00")), at("2013-03-31 03:00"));
  EXPECT_EQ(berlin.to_utc(at("2013-03-31 01:59:59.5")), at("2013-03-31 00:59:59.5"));
  EXPECT_EQ(berlin.to_utc(at("2013-03-31 02:30")), at("2013-03-31 01:30"));  // never occurs: 03:30 CEST
  EXPECT_EQ(berlin.to_utc(at("2013-03-31 03:00")), at("2013-03-31 01:00"));
  // 2013-10-27: 03:00 CEST becomes 02:00 CET, at 01:00 UTC.
  EXPECT_EQ(berlin.to_local(at("2013-10-27 00:30")), at("2013-10-27 02:30"));
  EXPECT_EQ(berlin.to_local(at("2013-10-27 01:30")), at("2013-10-27 02:30"));
  EXPECT_EQ(berlin.to_utc(at("2013-10-27 02:30")), at("2013-10-27 00:30"));  // occurs twice: the first
  EXPECT_EQ(berlin.to_utc(at("2013-10-27 03:00")), at("2013-10-27 02:00"));
}

TEST(TimeZone, NewYorkAndPlacesWithUnusualClocks) {
  const TimeZone new_york = zone("America/New_York");
  EXPECT_EQ(new_york.to_local(at("2013-03-10 07:00")), at("2013-03-10 03:00"));
  EXPECT_EQ(new_york.to_local(at("2013-11-03 05:59")), at("2013-11-03 01:59"));
  EXPECT_EQ(new_york.to_local(at("2013-11-03 06:00")), at("2013-11-03 01:00"));
  EXPECT_EQ(zone("Asia/Kathmandu").to_local(at("2013-01-01")), at("2013-01-01 05:45"));
  EXPECT_EQ(zone("Australia/Lord_Howe").to_local(at("2013-01-01")), at("2013-01-01 11:00"));
  EXPECT_EQ(zone("Australia/Lord_Howe").to_local(at("2013-07-01")), at("2013-07-01 10:30"));
  // Samoa skipped 2011-12-30.
  EXPECT_EQ(zone("Pacific/Apia").to_local(at("2011-12-30 09:59")), at("2011-12-29 23:59"));
  EXPECT_EQ(zone("Pacific/Apia").to_local(at("2011-12-30 10:00")), at("2011-12-31 00:00"));
  EXPECT_EQ(zone("Pacific/Apia").to_utc(at("2011-12-30 12:00")), at("2011-12-30 22:00"));
}

TEST(TimeZone, FollowsTheRuleBeyondTheListedChanges) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.to_local(at("2099-01-01")), at("2099-01-01 01:00"));
  EXPECT_EQ(berlin.to_local(at("2099-03-29 00:59")), at("2099-03-29 01:59"));
  EXPECT_EQ(berlin.to_local(at("2099-03-29 01:00")), at("2099-03-29 03:00"));
  EXPECT_EQ(zone("America/New_York").to_local(at("2150-07-01")), at("2150-06-30 20:00"));
}

TEST(TimeZone, TheEndsOfTimeDoNotOverflow) {
  using Limits = std::numeric_limits<std::int64_t>;
  EXPECT_EQ(zone("Asia/Tokyo").to_local(Limits::max()), Limits::max());
  EXPECT_EQ(zone("America/New_York").to_local(Limits::min()), Limits::min());
  EXPECT_EQ(zone("Asia/Tokyo").to_utc(Limits::min()), Limits::min());
}

TEST(TimeZone, UnknownAndDangerousNamesAreRefused) {
  for (const char* name : {"Mars/Olympus", "/etc/passwd", "../zoneinfo/UTC", "Europe/../Europe/Berlin", "Europe",
                           "Europe/", "Europe//Berlin", ".", "zone.tab", "Europe/Berlin\n", "-1"}) {
    const Result<TimeZone> found = TimeZone::find(name);
    ASSERT_FALSE(found.ok()) << name;
    EXPECT_EQ(found.error().code, ErrorCode::configuration) << name;
    EXPECT_NE(found.error().what.find(name), std::string::npos);
    EXPECT_FALSE(found.error().hint.empty());
  }
  EXPECT_EQ(TimeZone::find("Europe/Berln").error().hint, "did you mean 'Europe/Berlin'?");
}

class ZoneFolder : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* set = std::getenv("TZDIR")) before_ = set;
    folder_ = std::filesystem::temp_directory_path() / ("longwatch_zones_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    ::setenv("TZDIR", folder_.c_str(), 1);
  }
  void TearDown() override {
    std::filesystem::remove_all(folder_);
    if (before_.empty()) {
      ::unsetenv("TZDIR");
    } else {
      ::setenv("TZDIR", before_.c_str(), 1);
    }
  }
  std::filesystem::path folder_;
  std::string before_;
};

TEST_F(ZoneFolder, TzdirIsReadInsteadOfTheSystems) {
  EXPECT_NE(TimeZone::find("Test/Small").error().hint.find("no zone files"), std::string::npos);
  std::filesystem::create_directories(folder_ / "Test");
  std::ofstream(folder_ / "Test/Small", std::ios::binary) << small_file("CET-1");
  std::ofstream(folder_ / "Broken", std::ios::binary) << "TZif";
  std::ofstream(folder_ / "Empty", std::ios::binary) << "";
  EXPECT_EQ(zone("Test/Small").to_local(150000000), 150000000 + 7200000000);
  EXPECT_EQ(zone("Test/Small").to_local(99999999), 99999999 + 3600000000);
  EXPECT_EQ(TimeZone::find("Broken").error().code, ErrorCode::data);
  EXPECT_EQ(TimeZone::find("Broken").error().where.file, (folder_ / "Broken").string());
  EXPECT_FALSE(TimeZone::find("Empty").ok());
  EXPECT_FALSE(TimeZone::find("Europe/Berlin").ok());
  EXPECT_TRUE(TimeZone::find("UTC").ok());
}

TEST(Tzif, ReadsChangesAndFooter) {
  const Result<ZoneTable> table = parse_tzif(small_file("CET-1"));
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table.value().first_offset, 3600);
  EXPECT_EQ(table.value().changes, (std::vector<ZoneChange>{{100, 7200}, {200, 3600}}));
  // With a rule the table goes on, from after its last change.
  const Result<ZoneTable> longer = parse_tzif(small_file("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(longer.ok());
  ASSERT_GT(longer.value().changes.size(), 4U);
  EXPECT_EQ(longer.value().changes[2], (ZoneChange{at("1970-03-29 01:00") / 1000000, 7200}));
  EXPECT_EQ(longer.value().changes[3], (ZoneChange{at("1970-10-25 01:00") / 1000000, 3600}));
}

TEST(Tzif, VersionOneHasShortTimesAndNoFooter) {
  const std::string file = header('\0', 1, 2) + bytes(0xfffffff6U, 4) + '\1' + type(-3600) + type(0) + "WET" + '\0';
  const Result<ZoneTable> table = parse_tzif(file);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table.value().first_offset, -3600);
  EXPECT_EQ(table.value().changes, (std::vector<ZoneChange>{{-10, 0}}));
}

TEST(Tzif, EveryTruncationIsAnError) {
  const std::string file = small_file("CET-1CEST,M3.5.0,M10.5.0/3");
  ASSERT_TRUE(parse_tzif(file).ok());
  for (std::size_t size = 0; size < file.size(); ++size) {
    const std::string part = file.substr(0, size);  // a copy of its own, so that a read beyond it is seen
    EXPECT_FALSE(parse_tzif(std::string_view(part.data(), part.size())).ok()) << size;
  }
}

TEST(Tzif, NoChangedByteLeadsAstray) {
  const std::string file = small_file("CET-1CEST,M3.5.0,M10.5.0/3");
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::string changed = file;
      changed[i] = static_cast<char>(value);
      const Result<ZoneTable> table = parse_tzif(changed);
      if (!table) continue;
      for (std::size_t c = 1; c < table.value().changes.size(); ++c) {
        EXPECT_LE(table.value().changes[c - 1].utc, table.value().changes[c].utc);
      }
    }
  }
}

TEST(Tzif, RefusesWhatItCannotMean) {
  EXPECT_FALSE(parse_tzif(header('\0', 0, 0)).ok());                                                // no types
  EXPECT_FALSE(parse_tzif(header('\0', 0, 1) + type(100 * 3600) + "ABC" + '\0').ok());              // 100 hours
  EXPECT_FALSE(parse_tzif(header('\0', 1, 1) + bytes(5, 4) + '\1' + type(0) + "ABC" + '\0').ok());  // type 1 of 1
  EXPECT_FALSE(
      parse_tzif(header('\0', 2, 1) + bytes(5, 4) + bytes(5, 4) + std::string(2, '\0') + type(0) + "ABC" + '\0').ok());
  EXPECT_FALSE(parse_tzif(header('\0', 0, 1, 1) + type(0) + "ABC" + '\0' + bytes(0, 8)).ok());  // leap seconds
  EXPECT_FALSE(parse_tzif(header('\0', 0xffffffffU, 1)).ok());
  EXPECT_FALSE(parse_tzif(small_file("CET")).ok());
}

TEST(PosixRule, AllFormsOfDays) {
  const auto instants = [](const char* rule) {
    std::vector<std::int64_t> out;
    const auto changes = posix_changes(rule, 2012, 2012).value();
    for (const ZoneChange& change : changes) out.push_back(change.utc * 1000000);
    return out;
  };
  using Instants = std::vector<std::int64_t>;
  EXPECT_EQ(instants("AAA0BBB,M2.1.3,M11.5.4"), (Instants{at("2012-02-01 02:00"), at("2012-11-29 01:00")}));
  EXPECT_EQ(instants("AAA0BBB,J59/0,J60/0"), (Instants{at("2012-02-28"), at("2012-02-29 23:00")}));  // J60 is March 1
  EXPECT_EQ(instants("AAA0BBB,58/0,59/0"), (Instants{at("2012-02-28"), at("2012-02-28 23:00")}));  // 59 is February 29
  EXPECT_EQ(instants("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1"), (Instants{at("2012-03-25 01:00"), at("2012-10-28 01:00")}));
  // South of the equator the year begins in summer time.
  EXPECT_EQ(
      posix_changes("AEST-10AEDT,M10.1.0,M4.1.0/3", 2012, 2012).value(),
      (std::vector<ZoneChange>{{at("2012-03-31 16:00") / 1000000, 36000}, {at("2012-10-06 16:00") / 1000000, 39600}}));
  EXPECT_EQ(posix_changes("IST-2IDT-3:30:15,M3.4.4/26,M10.5.0", 2012, 2012).value().front().offset, 12615);
  EXPECT_TRUE(posix_changes("UTC0", 1900, 2200).value().empty());
}

TEST(PosixRule, SummerTimeAllYearNeverEnds) {
  const std::vector<ZoneChange> changes = posix_changes("XXX3EDT4,0/0,J365/23", 2012, 2014).value();
  ASSERT_EQ(changes.size(), 6U);
  EXPECT_EQ(changes[1].utc, changes[2].utc);
  EXPECT_EQ(changes[2].offset, -4 * 3600);  // the begin holds
}

TEST(PosixRule, MalformedRulesAreNone) {
  for (const char* rule : {"",
                           "C",
                           "CET",
                           "CET-",
                           "CET-25",
                           "CET-1:60",
                           "CET-1CEST",
                           "CET-1CEST,",
                           "CET-1CEST,M3.5.0",
                           "CET-1CEST,M3.5.0,M10.5.0/3x",
                           "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.0.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0",
                           "CET-1CEST,M3.5.7,M10.5.0",
                           "CET-1CEST,J0,J5",
                           "CET-1CEST,366,5",
                           "CET-1CEST,M3.5.0/168,M10.5.0",
                           "<CET-1",
                           "<+1>-99999999999999999999",
                           "12-1"}) {
    EXPECT_FALSE(posix_changes(rule, 2012, 2012).has_value()) << rule;
  }
}

}  // namespace
}  // namespace longwatch

// The profile's file: round trip, damage of every kind, and versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/base/hash.hpp"
#include "engine/chunk/blocks.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/profile/file_format.hpp"
#include "engine/profile/performance_fields.hpp"
#include "engine/profile/row_estimator_fields.hpp"
#include "tests/unit/profile/example_profile.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kVersionAt = 7;

TEST(ProfileFile, RoundTripKeepsEverything) {
  const ReferenceProfile a = example();
  ASSERT_EQ(a.pca.skipped, "");
  const auto read = ReferenceProfile::deserialize(a.serialize(), "x.profile");
  ASSERT_TRUE(read.ok()) << read.error().text();
  const ReferenceProfile& b = read.value();
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.configuration, b.configuration);
  EXPECT_EQ(a.data_fingerprint, b.data_fingerprint);
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.rows_without_timestamp, b.rows_without_timestamp);
  EXPECT_EQ(a.rows_dropped, b.rows_dropped);
  EXPECT_EQ(a.rows_filtered, b.rows_filtered);
  EXPECT_EQ(a.last_time, b.last_time);
  EXPECT_EQ(a.schema, b.schema);
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t c = 0; c < a.columns.size(); ++c) expect_equal_columns(a.columns[c], b.columns[c]);
  expect_equal_plans(a, b);
  EXPECT_EQ(a.states.slots, b.states.slots);
  EXPECT_EQ(a.states.segments, b.states.segments);
  EXPECT_EQ(a.states.rows, b.states.rows);
  EXPECT_EQ(a.states.numbers, b.states.numbers);
  EXPECT_EQ(a.states.categories, b.states.categories);
  EXPECT_EQ(a.states.reconstruction, b.states.reconstruction);
  EXPECT_EQ(a.gram, b.gram);
  ASSERT_EQ(b.unique.size(), 2U);
  EXPECT_EQ(b.unique[0].column, "i");
  EXPECT_EQ(b.unique[0].slots, a.unique[0].slots);
  EXPECT_EQ(b.unique[1].status, "undefined: so");
  EXPECT_EQ(a.serialize(), b.serialize());
}

TEST(ProfileFile, ReadsVersionOne) {
  const ReferenceProfile a = example();
  const std::string now = a.serialize();
  const std::string content(unwrap_content(now, ReferenceProfile::kVersion).value());
  ByteWriter states;
  states.i64(a.states.slots);
  states.i64(a.states.segments);
  states.u64(a.states.rows.size());
  for (const std::int64_t rows : a.states.rows) states.i64(rows);
  const std::size_t at = content.find(states.bytes());
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(content[at - 1], 0);  // no parts
  std::string before = content;
  before.erase(at - 1, 1);
  ByteWriter performance;
  write_performance(performance, a);
  write_row_estimators(performance, a);
  before.resize(before.size() - performance.bytes().size());
  const auto read = ReferenceProfile::deserialize(wrap_content(before, 1), "x.profile");
  ASSERT_TRUE(read.ok()) << read.error().text();
  ReferenceProfile expected = example();
  expected.performance.unusable = "undefined: the profile was made by an earlier version";
  expected.losses.unusable = expected.performance.unusable;
  expected.domain.unusable = expected.performance.unusable;
  EXPECT_EQ(read.value().serialize(), expected.serialize());
}

TEST(ProfileFile, AnEmptyProfileRoundTrips) {
  const ReferenceProfile empty;
  const auto read = ReferenceProfile::deserialize(empty.serialize(), "x.profile");
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read.value().serialize(), empty.serialize());
}

TEST(ProfileFile, EveryPrefixIsRefused) {
  const std::string bytes = example().serialize();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = ReferenceProfile::deserialize(std::string_view(bytes).substr(0, size), "x.profile");
    ASSERT_FALSE(read.ok()) << size;
    ASSERT_EQ(read.error().code, ErrorCode::data);
    ASSERT_EQ(read.error().where.file, "x.profile");
  }
  EXPECT_FALSE(ReferenceProfile::deserialize(bytes + '\0', "x.profile").ok());
}

TEST(ProfileFile, EveryFlippedByteIsRefused) {
  std::string bytes = example().serialize();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char mask : {'\x01', '\x80', '\xff'}) {
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      ASSERT_FALSE(ReferenceProfile::deserialize(bytes, "x.profile").ok()) << at;
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
    }
  }
}

// Damage under a checksum that is right: an error or a profile that can be written again, never a crash.
class DamagedProfile : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Blocks, DamagedProfile, testing::Bool());
TEST_P(DamagedProfile, DoesNotCrash) {
  const bool with_blocks = GetParam();
  const std::string file = (with_blocks ? example_with_blocks() : example_with_parts()).serialize();
  const std::string content(unwrap_content(file, ReferenceProfile::kVersion).value());
  std::mt19937_64 generator(17);
  int refused = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::string damaged = content;
    for (std::uint64_t flips = 1 + generator() % 3; flips > 0; --flips) {
      damaged[generator() % damaged.size()] = static_cast<char>(generator() % 4 == 0 ? 0xff : generator());
    }
    if (round % 5 == 0) damaged.resize(generator() % damaged.size());
    const auto read = ReferenceProfile::deserialize(wrap_content(damaged, version_of(file)), "x.profile");
    if (read.ok()) {
      EXPECT_FALSE(read.value().serialize().empty());
    } else {
      ++refused;
      EXPECT_EQ(read.error().where.file, "x.profile");
      EXPECT_FALSE(read.error().what.empty());
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(ProfileFile, NamesANewerVersion) {
  std::string bytes = example().serialize();
  bytes[kVersionAt] = 5;
  const auto read = ReferenceProfile::deserialize(bytes, "flights.profile");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().text(),
            "flights.profile: was written by a newer Longwatch (profile version 5, this one reads up to 4) (upgrade "
            "Longwatch)");
}

TEST(ProfileFile, SaysWhatIsWrong) {
  const auto why = [](const std::string& bytes) { return ReferenceProfile::deserialize(bytes, "f").error().text(); };
  std::string bytes = example().serialize();
  EXPECT_THAT(why("PAR1 and so on"), testing::HasSubstr("not a reference profile"));
  EXPECT_THAT(why(""), testing::HasSubstr("not a reference profile"));
  EXPECT_THAT(why(bytes.substr(0, bytes.size() / 2)), testing::HasSubstr("cut short"));
  EXPECT_THAT(why(bytes + "x"), testing::HasSubstr("longer than it says"));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  EXPECT_THAT(why(bytes), testing::HasSubstr("checksum"));
}

TEST(ProfileFile, RefusesContentThatBreaksARule) {
  const auto refused = [](const ReferenceProfile& profile) {
    return !ReferenceProfile::deserialize(profile.serialize(), "f").ok();
  };
  const auto broken = [&](auto&& change) {
    ReferenceProfile profile = example();
    change(profile);
    return refused(profile);
  };
  EXPECT_FALSE(broken([](ReferenceProfile&) {}));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.columns[0].doane_edges[1] += 1e-9; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.columns[0].moments.scale = 3; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.columns[0].deviation = 0; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { std::swap(p.columns[1].categories[0], p.columns[1].categories[1]); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.columns[1].shares.pop_back(); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.columns[2].usable.clear(); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.pca.basis.pop_back(); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.pca.basis[0] = 1.0 / 3; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.chunks[1].index = 5; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.segments.segments[1].definition = 2; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.states.rows.pop_back(); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.states.segments = 3; }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.states.numbers[0].pop_back(); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.states.numbers[0].clear(), p.states.numbers[1].emplace_back(); }));
  EXPECT_TRUE(broken([](ReferenceProfile& p) { p.gram = {4, {1}, {1}}; }));
}

}  // namespace
}  // namespace longwatch

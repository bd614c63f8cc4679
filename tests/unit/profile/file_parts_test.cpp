// The profile's file with segments fitted apart, and with states by block.
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

TEST(ProfileFile, PartsRoundTrip) {
  const ReferenceProfile a = example_with_parts();
  const auto read = ReferenceProfile::deserialize(a.serialize(), "x.profile");
  ASSERT_TRUE(read.ok()) << read.error().text();
  ASSERT_EQ(read.value().parts.size(), 1U);
  const ReferenceProfile& part = read.value().parts[0];
  EXPECT_EQ(part.rows, 5);
  ASSERT_EQ(part.columns.size(), 3U);
  for (std::size_t c = 0; c < 3; ++c) expect_equal_columns(a.parts[0].columns[c], part.columns[c]);
  EXPECT_FALSE(part.columns[0].partition == read.value().columns[0].partition);
  EXPECT_EQ(part.pca.skipped, "fewer than two usable features");
  EXPECT_EQ(part.states.rows, a.parts[0].states.rows);
  EXPECT_EQ(part.states.numbers, a.parts[0].states.numbers);
  EXPECT_EQ(part.states.categories, a.parts[0].states.categories);
  EXPECT_EQ(a.serialize(), read.value().serialize());
}

TEST(ProfileFile, PartsThatDoNotFitAreRefused) {
  const auto why = [](const ReferenceProfile& profile) {
    const auto read = ReferenceProfile::deserialize(profile.serialize(), "x.profile");
    return read.ok() ? "read" : read.error().what;
  };
  ReferenceProfile more = example_with_parts();
  more.parts.push_back(more.parts[0]);
  EXPECT_THAT(why(more), testing::HasSubstr("its parts are not its segments"));
  ReferenceProfile other = example_with_parts();
  other.parts[0].columns[1].column.name = "d";
  EXPECT_THAT(why(other), testing::HasSubstr("the columns of a segment are not those of the model"));
  ReferenceProfile rows = example_with_parts();
  rows.parts[0].rows = 10;
  EXPECT_THAT(why(rows), testing::HasSubstr("a segment has more rows than the reference"));
  ReferenceProfile slots = example_with_parts();
  slots.parts[0].states.slots = 2;
  EXPECT_THAT(why(slots), testing::HasSubstr("the states do not belong"));
}

TEST(ProfileFile, BlocksRoundTripAndBelongToTheChunks) {
  const ReferenceProfile a = example_with_blocks();
  const std::string bytes = a.serialize();
  EXPECT_EQ(version_of(bytes), 4U);
  EXPECT_EQ(version_of(example_with_parts().serialize()), 3U) << "files without blocks are as they were";
  const auto read = ReferenceProfile::deserialize(bytes, "x.profile");
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read.value().serialize(), bytes);
  EXPECT_EQ(read.value().blocks.rows, a.blocks.rows);
  EXPECT_EQ(merge_groups(read.value().blocks, kBlockGroups).rows, a.states.rows);
  ReferenceProfile moved = example_with_blocks();
  moved.blocks.rows[0] += 1;
  EXPECT_FALSE(ReferenceProfile::deserialize(moved.serialize(), "x.profile").ok());
  ReferenceProfile lacking = example_with_blocks();
  lacking.blocks.reconstruction.clear();
  EXPECT_FALSE(ReferenceProfile::deserialize(lacking.serialize(), "x.profile").ok());
}

// Merging is exact: a table by group adds up to the one that never told groups apart.
TEST(ProfileFile, GroupsAddUp) {
  const ReferenceProfile whole = example();
  const StateTable merged = merge_groups(example_with_blocks().blocks, kBlockGroups);
  EXPECT_EQ(merged.slots, whole.states.slots);
  EXPECT_EQ(merged.segments, whole.states.segments);
  EXPECT_EQ(merged.rows, whole.states.rows);
  EXPECT_EQ(merged.numbers, whole.states.numbers);
  EXPECT_EQ(merged.categories, whole.states.categories);
  EXPECT_EQ(merged.reconstruction, whole.states.reconstruction);
}

// What version 1 wrote: the same content without the number of parts before the states.

}  // namespace
}  // namespace longwatch

// The profile's file: round trip, damage of every kind, and versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/base/hash.hpp"
#include "engine/chunk/blocks.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/profile/file_format.hpp"
#include "engine/profile/fit_columns.hpp"
#include "engine/profile/performance_fields.hpp"
#include "engine/profile/row_estimator_fields.hpp"
#include "engine/state/row.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kVersionAt = 7;

NumberState number_state(std::vector<double> values, const Partition& partition, const MomentsPlan& plan) {
  NumberState state;
  HistogramPartial partial;
  partial.resize(partition.cells());
  for (const double x : values) {
    ++state.counts.rows;
    ++state.moments.inside;
    state.moments.minimum = std::min(state.moments.minimum, x);
    state.moments.maximum = std::max(state.moments.maximum, x);
    double power = 1;
    for (int k = 0; k < 4; ++k) {
      power *= row::standard_score(x, plan.centre, plan.scale);
      state.moments.sums[k] += row::power_term(power, std::ldexp(1.0, row::kPowerBits[k]));
    }
    const std::size_t cell = partition.cell_of(x);
    ++partial.counts[cell];
    partial.touched[cell / 64] = 1;
    if (cell % 2 == 0)
      partial.sums[cell / 2] += row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
    state.distinct.add_hash(hash_number(x));
  }
  ++state.counts.rows;
  ++state.counts.nulls;
  state.histogram.add(partial);
  return state;
}

CategoryState category_state(std::int64_t a, std::int64_t b) {
  CategoryState state;
  state.counts.rows = a + b + 1;
  state.counts.nulls = 1;
  state.categories = {{0, a}, {1, b}};
  state.distinct.add_hash(hash_text("a"));
  state.distinct.add_hash(hash_text("b"));
  return state;
}

// Two columns, two segments, two chunks and the rows of none.
ReferenceProfile example() {
  ReferenceProfile profile;
  profile.model = "late_15_minutes";
  profile.configuration = "task: binary\n";
  profile.data_fingerprint = 0xfedcba9876543210ULL;
  profile.rows = 9;
  profile.rows_without_timestamp = 2;
  profile.rows_dropped = 1;
  profile.rows_filtered = 7;
  profile.last_time = 1367366400000000;
  profile.schema = {{"x", "double"}, {"c", "string"}, {"\xff", "list<int32>"}};
  ColumnProfile x;
  x.column = {"x", Role::feature, ColumnKind::continuous, "double", false};
  std::vector<double> values = {1, 2.5, 4, 8, 8};
  fit_numbers(values, 1, 1024, x);
  ColumnProfile c;
  c.column = {"c", Role::target, ColumnKind::categorical, "string", true};
  fit_categories({{"b", 3}, {"a", 2}}, 1, c);
  ColumnProfile nothing;
  nothing.column.name = "nothing";
  nothing.usable = "undefined: no finite value in the reference";
  profile.columns = {x, c, nothing};
  profile.gram = {4, {10, -20}, {static_cast<int128>(1) << 54, 500, static_cast<int128>(1) << 55}};
  profile.pca = fit_pca(profile.gram, {"x", "c"}, 0.65);
  profile.chunks = {{0, "2013-04", true, 1364774400000000, 1367366400000000, 4},
                    {1, "2013-05", true, 1367366400000000, 1370044800000000, 3}};
  profile.segments = {{{"carrier"}, {"carrier", "origin"}}, {{-1, "", "", false}, {0, "carrier", "UA", false}}};
  StateTable& states = profile.states;
  states.slots = 3;
  states.segments = 2;
  states.rows = {4, 3, 2, 1, 0, 0};
  states.numbers.resize(3);
  states.categories.resize(3);
  for (int cell = 0; cell < 6; ++cell) {
    states.numbers[0].push_back(number_state({1, 1.25, 2.0 + cell}, x.partition, x.moments));
    states.numbers[2].emplace_back();
    states.categories[1].push_back(category_state(1 + cell, 2));
    states.reconstruction.push_back(number_state({0.5, 1.5}, profile.pca.error_partition, profile.pca.error_moments));
  }
  profile.unique = {{"i", "", {{3, 1, 2, 0}, {4, 0, 1, 3}, {2, 0, 0, 2}}}, {"j", "undefined: so", {}}};
  return profile;
}

void expect_equal_columns(const ColumnProfile& a, const ColumnProfile& b) {
  EXPECT_EQ(a.column.name, b.column.name);
  EXPECT_EQ(a.column.role, b.column.role);
  EXPECT_EQ(a.column.kind, b.column.kind);
  EXPECT_EQ(a.column.file_type, b.column.file_type);
  EXPECT_EQ(a.column.integer, b.column.integer);
  EXPECT_EQ(a.usable, b.usable);
  EXPECT_EQ(a.partition, b.partition);
  EXPECT_EQ(a.moments, b.moments);
  EXPECT_EQ(a.doane_edges, b.doane_edges);
  EXPECT_EQ(a.quantile_edges, b.quantile_edges);
  EXPECT_EQ(a.categories, b.categories);
  EXPECT_EQ(a.cut, b.cut);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.deviation, b.deviation);
  EXPECT_EQ(a.imputed, b.imputed);
  EXPECT_EQ(a.shares, b.shares);
}

void expect_equal_plans(const ReferenceProfile& a, const ReferenceProfile& b) {
  EXPECT_EQ(a.pca.skipped, b.pca.skipped);
  EXPECT_EQ(a.pca.features, b.pca.features);
  EXPECT_EQ(a.pca.rank, b.pca.rank);
  EXPECT_EQ(a.pca.basis, b.pca.basis);
  EXPECT_EQ(a.pca.eigenvalues, b.pca.eigenvalues);
  EXPECT_EQ(a.pca.error_partition, b.pca.error_partition);
  EXPECT_EQ(a.pca.error_moments, b.pca.error_moments);
  ASSERT_EQ(a.chunks.size(), b.chunks.size());
  for (std::size_t i = 0; i < a.chunks.size(); ++i) {
    EXPECT_EQ(a.chunks[i].index, b.chunks[i].index);
    EXPECT_EQ(a.chunks[i].key, b.chunks[i].key);
    EXPECT_EQ(a.chunks[i].timed, b.chunks[i].timed);
    EXPECT_EQ(a.chunks[i].start, b.chunks[i].start);
    EXPECT_EQ(a.chunks[i].end, b.chunks[i].end);
    EXPECT_EQ(a.chunks[i].rows, b.chunks[i].rows);
  }
  EXPECT_EQ(a.segments.definitions, b.segments.definitions);
  ASSERT_EQ(a.segments.segments.size(), b.segments.segments.size());
  for (std::size_t i = 0; i < a.segments.segments.size(); ++i) {
    EXPECT_EQ(a.segments.segments[i].definition, b.segments.segments[i].definition);
    EXPECT_EQ(a.segments.segments[i].columns, b.segments.segments[i].columns);
    EXPECT_EQ(a.segments.segments[i].value, b.segments.segments[i].value);
    EXPECT_EQ(a.segments.segments[i].missing, b.segments.segments[i].missing);
  }
}

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

// The example with its one segment fitted apart.
ReferenceProfile example_with_parts() {
  ReferenceProfile profile = example();
  ReferenceProfile& part = profile.parts.emplace_back();
  part.rows = 5;
  part.columns = profile.columns;
  part.columns[0].partition = {};
  std::vector<double> values = {-3, 5, 6};
  fit_numbers(values, 2, 16, part.columns[0]);
  part.pca.skipped = "fewer than two usable features";
  const auto keep = [](auto& states) { states.resize(std::min<std::size_t>(states.size(), 3)); };
  StateTable& all = profile.states;
  all.segments = 1;
  keep(all.rows);
  for (auto& states : all.numbers) keep(states);
  for (auto& states : all.categories) keep(states);
  keep(all.reconstruction);
  part.states = all;
  part.states.reconstruction.clear();
  for (NumberState& state : part.states.numbers[0])
    state = number_state({-3, 7}, part.columns[0].partition, part.columns[0].moments);
  return profile;
}

// The same state, its first value and its first category's rows apart from the rest.
std::pair<NumberState, NumberState> halves(std::vector<double> values, const Partition& partition,
                                           const MomentsPlan& plan) {
  NumberState first = number_state({values[0]}, partition, plan);
  first.counts.rows -= 1;
  first.counts.nulls -= 1;
  values.erase(values.begin());
  return {first, number_state(values, partition, plan)};
}
std::pair<CategoryState, CategoryState> halves(std::int64_t a, std::int64_t b) {
  CategoryState first, second;
  first.counts.rows = a;
  first.categories = {{0, a}};
  first.distinct.add_hash(hash_text("a"));
  second.counts.rows = b + 1;
  second.counts.nulls = 1;
  second.categories = {{1, b}};
  second.distinct.add_hash(hash_text("b"));
  return {first, second};
}

// The example with the states of every chunk in groups 3 and 20; the last slot (rows of no chunk) has no groups.
ReferenceProfile example_with_blocks() {
  ReferenceProfile profile = example();
  const ColumnProfile& x = profile.columns[0];
  StateTable& blocks = profile.blocks;
  blocks.slots = 2 * kBlockGroups + 1;
  blocks.segments = 2;
  const auto cells = static_cast<std::size_t>(blocks.cells());
  blocks.rows.resize(cells);
  blocks.numbers = {std::vector<NumberState>(cells), {}, std::vector<NumberState>(cells)};
  blocks.categories = {{}, std::vector<CategoryState>(cells), {}};
  blocks.reconstruction.resize(cells);
  for (int cell = 0; cell < 6; ++cell) {
    const std::int64_t slot = cell % 3 == 2 ? 2 * kBlockGroups : cell % 3 * kBlockGroups + 3;
    const std::size_t one = blocks.cell(cell / 3, slot);
    const std::size_t two = cell % 3 == 2 ? one : one + 17;
    const auto put = [&](auto& states, const auto& both) {
      states[one].merge(both.first);
      states[two].merge(both.second);
    };
    const std::int64_t rows = profile.states.rows[static_cast<std::size_t>(cell)];
    blocks.rows[one] += rows / 2;
    blocks.rows[two] += rows - rows / 2;
    put(blocks.numbers[0], halves({1, 1.25, 2.0 + cell}, x.partition, x.moments));
    put(blocks.categories[1], halves(1 + cell, 2));
    put(blocks.reconstruction, halves({0.5, 1.5}, profile.pca.error_partition, profile.pca.error_moments));
  }
  return profile;
}

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

// The laws of every kind of state: identity, associativity, commutativity, any split of the rows, bytes there and back,
// and no harm from damaged bytes. Rows hold every special value.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "engine/state/category_state.hpp"
#include "engine/state/class_state.hpp"
#include "engine/state/gram_state.hpp"
#include "engine/state/number_state.hpp"
#include "engine/state/residual_state.hpp"
#include "engine/state/score_state.hpp"
#include "tests/support/class_oracle.hpp"
#include "tests/support/random.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch {
namespace {

using test::Random;

constexpr MomentsPlan kPlan{3, 0.5};  // gate: -13 ... 19

const Partition& partition() {
  static const Partition kPartition = Partition::make({-1e308, -2, -1, 0, 0.5, 1, 2, 3, 4, 5, 19, 1e6}, 2, 9).value();
  return kPartition;
}

std::optional<double> random_number(Random& random) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  constexpr double kMax = std::numeric_limits<double>::max();
  static const std::vector<std::optional<double>> kSpecial = {std::nullopt, std::nan(""),
                                                              kInf,         -kInf,
                                                              0.0,          -0.0,
                                                              5e-324,       -5e-324,
                                                              1e308,        -1e308,
                                                              kMax,         -kMax,
                                                              19.0,         std::nextafter(19, 20),
                                                              -13.0,        std::nextafter(-13, -14),
                                                              2003.0,       -1997.0,
                                                              1e6,          0.5};
  switch (random.below(4)) {
    case 0:
      return kSpecial[random.below(kSpecial.size())];
    case 1:
      return static_cast<double>(random.below(6));
    case 2:
      return 3 + 2000 * random.normal();
    default:
      return 3 + 2 * random.normal();
  }
}

double finite_number(Random& random) {
  for (;;) {
    const auto value = random_number(random);
    if (value && std::isfinite(*value)) return *value;
  }
}

// A kind says what a row is, how it is added, and how a state is read back.
struct NumberKind {
  using State = NumberState;
  using Row = std::optional<double>;
  static Row row(Random& random) { return random_number(random); }
  static void update(State& state, const Row& value) {
    test::update_number(state, partition(), kPlan, value ? &*value : nullptr);
  }
  static Result<State> read(ByteReader& in) { return State::deserialize(in, partition().cells()); }
};
struct MomentsKind {
  using State = MomentsState;
  using Row = double;
  static Row row(Random& random) { return finite_number(random); }
  static void update(State& state, Row value) { test::update_moments(state, kPlan, value); }
  static Result<State> read(ByteReader& in) { return State::deserialize(in); }
};
struct HistogramKind {
  using State = HistogramState;
  using Row = double;
  static Row row(Random& random) { return finite_number(random); }
  static void update(State& state, Row value) { test::update_histogram(state, partition(), value); }
  static Result<State> read(ByteReader& in) { return State::deserialize(in, partition().cells()); }
};
struct DistinctKind {
  using State = DistinctState;
  using Row = std::uint64_t;
  static Row row(Random& random) {
    return random.next() & (random.below(2) == 0 ? ~std::uint64_t{0} : ~std::uint64_t{0} >> 50);
  }
  static void update(State& state, Row hash) { state.add_hash(hash); }
  static Result<State> read(ByteReader& in) { return State::deserialize(in); }
};
struct ExactSumKind {
  using State = ExactSum;
  using Row = double;
  static Row row(Random& random) {
    return random.below(50) == 0 ? random_number(random).value_or(0) : finite_number(random);
  }
  static void update(State& state, Row value) { state.add(value); }
  static Result<State> read(ByteReader& in) { return State::deserialize(in); }
};
struct CategoryKind {
  using State = CategoryState;
  using Row = std::optional<std::string>;
  static Row row(Random& random) {
    const std::size_t value = random.below(200);
    if (value < 5) return std::nullopt;
    if (value == 5) return "";
    return std::string("v").append(std::to_string(value % 150));
  }
  static void update(State& state, const Row& text) {
    static const std::vector<std::string> kCategories = {"v7", "v8", "v9", "v100", "never"};
    test::update_category(state, kCategories, text ? &*text : nullptr);
  }
  static Result<State> read(ByteReader& in) { return State::deserialize(in, 5); }
};
struct GramKind {
  using State = GramState;
  using Row = std::vector<double>;
  static Row row(Random& random) {
    Row z(4);
    for (double& value : z) value = random.below(20) == 0 ? finite_number(random) * 1e5 : random.normal() * 4;
    return z;
  }
  static void update(State& state, const Row& z) { test::update_gram(state, z); }
  static Result<State> read(ByteReader& in) { return State::deserialize(in); }
};
struct ClassKind {
  using State = ClassState;
  using Row = test::ClassRow;
  // Three classes with scores and one without.
  static Row row(Random& random) {
    Row out;
    const double grain = random.below(2) == 0 ? 8 : 0x1p20;
    const double a = std::floor(random.uniform() * grain) / grain;
    const double b = std::floor(random.uniform() * (1 - a) * grain) / grain;
    out.scores = {a, 1 - a - b, b};
    if (random.below(10) == 0) out.scores[random.below(3)] = random_number(random);
    if (random.below(30) == 0) out.scores = {0.0, -0.0, 1.0005};
    out.predicted = static_cast<int>(random.below(6)) - 2;
    out.label = static_cast<int>(random.below(6)) - 2;
    return out;
  }
  static void update(State& state, const Row& value) {
    static const std::vector<test::OracleMap> kMaps = {
        {{0.1, 0.6}, {0.0, 1.0}}, {}, {{0.2, 0.4, 0.9}, {0.0, 0.125, 0.75}}};
    test::update_classes(state, 4, {0, 1, 3}, kMaps, value);
  }
  static Result<State> read(ByteReader& in) { return State::deserialize(in, 4); }
};

struct ScoreKind {
  using State = ScoreState;
  struct Row {
    double score;
    std::int16_t prediction;
    std::int16_t label;
  };
  static Row row(Random& random) {
    static const std::vector<double> kScores = {0, 1, 0.5, 5e-324, std::nextafter(1, 0), -0.1, 1.1, std::nan("")};
    const double score =
        random.below(4) == 0 ? kScores[random.below(kScores.size())] : static_cast<double>(random.below(400)) / 400;
    return {score, static_cast<std::int16_t>(random.below(3) - 1), static_cast<std::int16_t>(random.below(3) - 1)};
  }
  static void update(State& state, const Row& value) {
    test::update_scores(state, value.score, 0.5, value.prediction, value.label);
  }
  static Result<State> read(ByteReader& in) { return State::deserialize(in); }
};
struct ResidualKind {
  using State = ResidualState;
  using Row = std::pair<std::optional<double>, std::optional<double>>;
  static Row row(Random& random) { return {random_number(random), random_number(random)}; }
  static void update(State& state, const Row& value) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    test::update_residuals(state, value.first.value_or(kNaN), value.second.value_or(kNaN), 3);
  }
  static Result<State> read(ByteReader& in) { return State::deserialize(in); }
};

template <class State>
std::string bytes_of(const State& state) {
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

template <class Kind>
typename Kind::State random_state(std::uint64_t seed, std::size_t rows) {
  Random random(seed);
  typename Kind::State state;
  for (std::size_t i = 0; i < rows; ++i) Kind::update(state, Kind::row(random));
  return state;
}

template <class State>
State merged(State a, const State& b) {
  a.merge(b);
  return a;
}

// Equal states must also have equal bytes, whatever their histories.
template <class State>
void expect_same(const State& a, const State& b) {
  EXPECT_TRUE(a == b);
  EXPECT_EQ(bytes_of(a), bytes_of(b));
}

template <class Kind>
class StateLaws : public testing::Test {};
using Kinds =
    testing::Types<NumberKind, MomentsKind, HistogramKind, DistinctKind, ExactSumKind, CategoryKind, GramKind,
                   ScoreKind, ResidualKind, ClassKind>;
TYPED_TEST_SUITE(StateLaws, Kinds);

const std::vector<std::size_t> kSizes = {0, 1, 2, 7, 100, 1'500};

TYPED_TEST(StateLaws, Identity) {
  using State = typename TypeParam::State;
  for (const std::size_t rows : kSizes) {
    const State state = random_state<TypeParam>(rows + 1, rows);
    expect_same(merged(state, State()), state);
    expect_same(merged(State(), state), state);
  }
}

TYPED_TEST(StateLaws, MergeIsCommutativeAndAssociative) {
  std::uint64_t seed = 0;
  for (const std::size_t m : kSizes) {
    for (const std::size_t n : kSizes) {
      const auto a = random_state<TypeParam>(++seed, m);
      const auto b = random_state<TypeParam>(++seed, n);
      const auto c = random_state<TypeParam>(++seed, 40);
      expect_same(merged(a, b), merged(b, a));
      expect_same(merged(merged(a, b), c), merged(a, merged(b, c)));
    }
  }
}

TYPED_TEST(StateLaws, DifferentRowsGiveDifferentStates) {
  const auto state = random_state<TypeParam>(1, 100);
  EXPECT_FALSE(state == random_state<TypeParam>(2, 100));
  EXPECT_FALSE(state == typename TypeParam::State());
}

TYPED_TEST(StateLaws, AnySplitAndOrderOfTheRows) {
  using State = typename TypeParam::State;
  Random random(77);
  std::vector<typename TypeParam::Row> rows;
  for (int i = 0; i < 1'000; ++i) rows.push_back(TypeParam::row(random));
  State whole;
  for (const auto& row : rows) TypeParam::update(whole, row);
  for (const std::size_t parts : {1, 2, 3, 17, 400}) {
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
    std::vector<State> states(parts);
    for (const auto& row : rows) TypeParam::update(states[random.below(parts)], row);
    while (states.size() > 1) {  // a merge tree of random shape
      const State last = states.back();
      states.pop_back();
      states[random.below(states.size())].merge(last);
    }
    expect_same(states[0], whole);
  }
}

TYPED_TEST(StateLaws, ReadsWhatItWrote) {
  for (const std::size_t rows : kSizes) {
    const auto state = random_state<TypeParam>(rows + 9, rows);
    const std::string bytes = bytes_of(state);
    ByteReader in(bytes);
    const auto read = TypeParam::read(in);
    ASSERT_TRUE(read.ok()) << read.error().text();
    EXPECT_EQ(in.remaining(), 0U);
    expect_same(read.value(), state);
    const auto more = random_state<TypeParam>(rows + 10, 30);
    expect_same(merged(read.value(), more), merged(state, more));
  }
}

TYPED_TEST(StateLaws, EveryTruncationIsAnError) {
  for (const std::size_t rows : {0, 3, 100}) {
    const std::string bytes = bytes_of(random_state<TypeParam>(rows, rows));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ByteReader in(std::string_view(bytes).substr(0, size));
      const auto read = TypeParam::read(in);
      ASSERT_FALSE(read.ok()) << size << " of " << bytes.size() << " bytes";
      EXPECT_EQ(read.error().code, ErrorCode::data);
      EXPECT_FALSE(read.error().what.empty());
    }
  }
}

// Damaged bytes are refused, or mean a state that keeps all rules: it can be written, read again and merged.
TYPED_TEST(StateLaws, DamagedBytesDoNoHarm) {
  Random random(5);
  for (const std::size_t rows : {1, 20, 300}) {
    const auto state = random_state<TypeParam>(rows, rows);
    const std::string bytes = bytes_of(state);
    for (int i = 0; i < 3'000; ++i) {
      std::string damaged = bytes;
      for (std::size_t flips = 0; flips <= random.below(3); ++flips) {
        damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
      }
      ByteReader in(damaged);
      const auto read = TypeParam::read(in);
      if (!read.ok()) continue;
      const std::string again = bytes_of(read.value());
      ByteReader second(again);
      const auto reread = TypeParam::read(second);
      ASSERT_TRUE(reread.ok()) << reread.error().text();
      EXPECT_TRUE(reread.value() == read.value());
      bytes_of(merged(read.value(), state));  // may mean nothing, but must be safe
    }
  }
}

TYPED_TEST(StateLaws, NoiseDoesNoHarm) {
  Random random(6);
  for (int i = 0; i < 5'000; ++i) {
    std::string noise;
    for (std::size_t size = random.below(60); noise.size() < size;) {
      noise.push_back(static_cast<char>(random.below(3) == 0 ? random.next() : random.below(4)));
    }
    ByteReader in(noise);
    const auto read = TypeParam::read(in);
    EXPECT_TRUE(read.ok() || read.error().code == ErrorCode::data);
  }
}

// Nothing vanishes: every row is in exactly one place.
TEST(NumberStateRows, AddUp) {
  Random random(12);
  NumberState state;
  for (int i = 0; i < 3'000; ++i) NumberKind::update(state, NumberKind::row(random));
  std::int64_t in_cells = 0;
  state.histogram.for_each([&](std::uint32_t, std::int64_t count, std::int64_t) { in_cells += count; });
  EXPECT_EQ(state.counts.rows, 3'000);
  EXPECT_GT(state.counts.nulls, 0);
  EXPECT_GT(state.counts.nans, 0);
  EXPECT_EQ(in_cells, state.counts.finite());
  EXPECT_EQ(state.moments.inside + state.moments.outside, state.counts.finite());
  EXPECT_GT(state.moments.outside, 0);
}

TEST(NumberStateRows, PartsOfDifferentRowsAreRefused) {
  const NumberState state = random_state<NumberKind>(1, 50);
  const auto readable = [](const NumberState& s) {
    const std::string bytes = bytes_of(s);
    ByteReader in(bytes);
    return NumberKind::read(in).ok();
  };
  EXPECT_TRUE(readable(state));
  NumberState rows = state;
  rows.counts.rows += 1;
  EXPECT_FALSE(readable(rows));
  NumberState inside = state;
  inside.moments.inside += 1;
  EXPECT_FALSE(readable(inside));
  NumberState histogram = state;
  histogram.histogram.merge(state.histogram);
  EXPECT_FALSE(readable(histogram));
  NumberState distinct;
  distinct.distinct.add_hash(1);
  EXPECT_FALSE(readable(distinct));
}

}  // namespace
}  // namespace longwatch

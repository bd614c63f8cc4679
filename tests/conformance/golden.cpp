// States made once on the CPU and kept as files: what any backend of any later version computes has the same bytes.
// LONGWATCH_UPDATE=1 in the environment rewrites the files, with the portable CPU code.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

#include "tests/conformance/conformance.hpp"

namespace longwatch::test {
namespace {

constexpr std::size_t kRows = 1500;

/// Near normal, and the same on every machine: no function of a mathematics library has a part in it.
double bell(Random& random) {
  double sum = -4;
  for (int i = 0; i < 8; ++i) sum += random.uniform();
  return sum;
}

/// Bells over 44 powers of two, with all that is special about numbers.
std::vector<double> wild_values(std::uint64_t seed) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kSpecial[] = {0.0, -0.0, 5e-324, -1e-310, kInfinity, -kInfinity, 1e300, -3e38, 8, -8};
  Random random(seed);
  std::vector<double> out(kRows);
  for (double& value : out) {
    const std::uint64_t kind = random.below(60);
    value = bell(random);
    if (kind < std::size(kSpecial)) value = kSpecial[kind];
    if (kind == 10) value = std::numeric_limits<double>::quiet_NaN();
    if (kind > 50) value *= static_cast<double>(std::uint64_t{1} << random.below(44));
  }
  return out;
}

std::vector<double> whole_values(std::uint64_t seed, std::uint64_t below) {
  Random random(seed);
  std::vector<double> out(kRows);
  for (double& value : out) value = static_cast<double>(random.below(below));
  return out;
}

std::unique_ptr<TestColumn> column_of(ValueType type, const std::vector<double>& values, Nulls nulls) {
  return make_column(type, values, nulls, 5, Rows::range, 11);
}

void expect_done(const std::unique_ptr<Ticket>& ticket) {
  const Result<void> done = ticket->wait();
  EXPECT_TRUE(done.ok()) << done.error().text();
}

std::string number_state(Backend& backend, ValueType type, const std::vector<double>& values) {
  std::vector<double> edges;
  for (int i = -40; i <= 40; ++i) edges.push_back(i * 0.125);
  for (int i = 6; i < 300; i += 3) edges.push_back(i);
  const Partition partition = Partition::make(std::move(edges), 10, 90).value();
  NumberPlan plan{&partition, {0.5, 0x1p-2}, nullptr};
  backend.prepare(plan);
  const auto column = column_of(type, values, Nulls::tenth);
  NumberPartial partial;
  partial.reset(plan);
  const NumberItem item{column->view, column->selection, &plan, &partial};
  expect_done(backend.numbers({&item, 1}));
  NumberState state;
  state.counts.merge(partial.counts);
  state.moments.merge(partial.moments);
  state.histogram.add(partial.histogram);
  state.distinct.add(partial.registers.data());
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

std::string category_state(Backend& backend) {
  const auto column = column_of(ValueType::code32, whole_values(3, 300), Nulls::tenth);
  CategoryPartial partial;
  partial.by_code.assign(300, 0);
  const CategoryItem item{column->view, column->selection, &partial};
  expect_done(backend.categories({&item, 1}));
  CategoryState state;
  state.counts = partial.counts;
  for (std::uint32_t code = 0; code < partial.by_code.size(); ++code) {
    if (partial.by_code[code] != 0) state.categories.push_back({code, partial.by_code[code]});
  }
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

std::vector<double> score_values(std::uint64_t seed) {
  Random random(seed);
  std::vector<double> out(kRows);
  for (double& value : out) value = static_cast<double>(random.below(1024)) / 1000 - 0.01;  // some are no probability
  out[7] = std::numeric_limits<double>::quiet_NaN();
  return out;
}

// Codes 0 and 1 are classes, 2 is none of them.
constexpr std::int16_t kClasses[] = {0, 1, -1};

std::string score_state(Backend& backend) {
  const auto score = column_of(ValueType::float32, score_values(4), Nulls::tenth);
  const auto prediction = column_of(ValueType::code32, whole_values(5, 3), Nulls::tenth);
  const auto label = column_of(ValueType::code32, whole_values(6, 3), Nulls::alternating);
  ScoreState state;
  const ScoreItem item{score->view,
                       {prediction->view, kClasses, std::size(kClasses)},
                       {label->view, kClasses, std::size(kClasses)},
                       0.3,
                       score->selection,
                       &state};
  expect_done(backend.scores({&item, 1}));
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

std::string residual_state(Backend& backend) {
  const auto prediction = column_of(ValueType::float64, wild_values(7), Nulls::tenth);
  const auto label = column_of(ValueType::float64, wild_values(8), Nulls::last);
  ResidualState state;
  const ResidualItem item{prediction->view, label->view, 2.5, prediction->selection, &state};
  expect_done(backend.residuals({&item, 1}));
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

std::string class_state(Backend& backend) {
  constexpr std::int16_t kFour[] = {0, 1, 2, -1};
  std::vector<std::vector<double>> scores(3, std::vector<double>(kRows));
  Random random(9);
  for (std::size_t i = 0; i < kRows; ++i) {  // add up to 1, but for the rows that are spoilt
    const double first = static_cast<double>(random.below(513)) / 1024;
    const double second = static_cast<double>(random.below(513)) / 1024;
    scores[0][i] = first;
    scores[1][i] = second;
    scores[2][i] = 1 - first - second + (random.below(20) == 0 ? 0.25 : 0);
  }
  std::vector<std::unique_ptr<TestColumn>> columns;
  std::vector<ColumnView> views;
  for (const auto& values : scores) {
    columns.push_back(column_of(ValueType::float64, values, Nulls::tenth));
    views.push_back(columns.back()->view);
  }
  const auto prediction = column_of(ValueType::code32, whole_values(10, 4), Nulls::tenth);
  const auto label = column_of(ValueType::code32, whole_values(11, 4), Nulls::alternating);
  const double knots[] = {0.0625, 0.25, 0.75};
  const double probabilities[] = {0, 0.375, 0.875};
  const ClassPlan plan{3, {0, 1, 2}, {{}, {knots, probabilities, 3}, {}}};
  ClassPartial partial;
  partial.reset(3);
  const ClassItem item{views,   {prediction->view, kFour, 4}, {label->view, kFour, 4}, prediction->selection, &plan,
                       &partial};
  expect_done(backend.classes({&item, 1}));
  ByteWriter out;
  partial.take().serialize(out);
  return out.take();
}

/// Columns of all types with their encoders; a few z lie beyond the gate.
struct Encoded {
  Encoded() {
    Random random(12);
    for (double& z : by_code) z = static_cast<double>(random.below(2048)) / 256 - 4;
    by_code[3] = 21.5;
    constexpr ValueType kTypes[] = {ValueType::float64, ValueType::float32, ValueType::code32};
    for (std::uint64_t i = 0; i < 7; ++i) {
      const ValueType type = kTypes[i % 3];
      columns.push_back(column_of(type, type == ValueType::code32 ? whole_values(i, 20) : wild_values(20 + i),
                                  i % 2 == 0 ? Nulls::tenth : Nulls::none));
      views.push_back(columns.back()->view);
      encoders.push_back({0.25, 0.5, 0.125, type == ValueType::code32 ? by_code : nullptr});
    }
  }
  [[nodiscard]] EncodedRows rows() const { return {views, encoders, 5, static_cast<std::int64_t>(kRows)}; }
  double by_code[20];
  std::vector<std::unique_ptr<TestColumn>> columns;
  std::vector<ColumnView> views;
  std::vector<FeatureEncoder> encoders;
};

std::string gram_state(Backend& backend) {
  const Encoded encoded;
  GramState state;
  state.sums.assign(7, 0);
  state.products.assign(28, 0);
  expect_done(backend.gram(encoded.rows(), &state));
  ByteWriter out;
  state.serialize(out);
  return out.take();
}

std::string row_errors(Backend& backend) {
  const Encoded encoded;
  Random random(13);
  std::vector<double> basis(7 * 2);
  for (double& entry : basis) entry = static_cast<double>(random.below(1U << 24)) * 0x1p-26;
  std::vector<double> errors(kRows, -1);
  expect_done(backend.row_errors(encoded.rows(), {7, 2, basis.data()}, errors.data()));
  ByteWriter out;
  for (const double error : errors) out.f64(error);
  return out.take();
}

struct Golden {
  const char* name;
  std::function<std::string(Backend&)> make;
};

const Golden kGoldens[] = {
    {"number_wild64", [](Backend& on) { return number_state(on, ValueType::float64, wild_values(1)); }},
    {"number_wild32", [](Backend& on) { return number_state(on, ValueType::float32, wild_values(1)); }},
    {"number_whole", [](Backend& on) { return number_state(on, ValueType::float32, whole_values(2, 320)); }},
    {"category", category_state},
    {"score", score_state},
    {"residual", residual_state},
    {"class", class_state},
    {"gram", gram_state},
    {"row_errors", row_errors},
};

TEST(GoldenStates, EveryBackendMakesTheBytesOfTheFiles) {
  for (const Golden& golden : kGoldens) {
    const std::string path = std::string(LONGWATCH_SOURCE_FOLDER "/tests/conformance/states/") + golden.name + ".state";
    if (std::getenv("LONGWATCH_UPDATE") != nullptr) {
      const std::string bytes = golden.make(*make_cpu_backend(VectorLevel::portable).value());
      std::ofstream(path, std::ios::binary) << bytes;
    }
    std::ifstream file(path, std::ios::binary);
    const std::string want{std::istreambuf_iterator<char>(file), {}};
    ASSERT_GT(want.size(), 100U) << path << ": run test_conformance with LONGWATCH_UPDATE=1";
    for (const auto& backend : usable_backends())
      EXPECT_TRUE(golden.make(*backend) == want) << golden.name << ", " << backend->description();
  }
}

/// The files hold what they are named for, not states without rows.
TEST(GoldenStates, AreReadBack) {
  const auto read = [](const char* name) {
    std::ifstream file(std::string(LONGWATCH_SOURCE_FOLDER "/tests/conformance/states/") + name + ".state",
                       std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const std::string number = read("number_wild64");
  ByteReader numbers(number);
  const auto state = NumberState::deserialize(numbers, 2 * 179 + 1);
  ASSERT_TRUE(state.ok()) << state.error().text();
  EXPECT_EQ(state.value().counts.rows, static_cast<std::int64_t>(kRows));
  EXPECT_GT(state.value().moments.outside, 0);
  const std::string classes = read("class");
  ByteReader in(classes);
  const auto rows = ClassState::deserialize(in, 3);
  ASSERT_TRUE(rows.ok()) << rows.error().text();
  EXPECT_GT(rows.value().scored(), 0);
  EXPECT_GT(rows.value().unnormalised_scores, 0);
}

}  // namespace
}  // namespace longwatch::test

// Replicates of outcome tables against an oracle that draws a whole table first and evaluates it afterwards, metric by
// metric; whatever the size, the cut of the replicates and the company of other items.

#include <cmath>
#include <cstring>
#include <limits>

#include "engine/state/compensated.hpp"
#include "engine/state/resample.hpp"
#include "tests/conformance/conformance.hpp"

namespace longwatch::test {
namespace {

constexpr std::uint64_t kKey = 0x0123456789abcdefULL;

/// What the tables hold.
enum class Kind : std::uint8_t { usual, small, huge, empty_cells, one_class, no_rows };
constexpr Kind kKinds[] = {Kind::usual, Kind::small, Kind::huge, Kind::empty_cells, Kind::one_class, Kind::no_rows};

double count_of(Kind kind, Random& random) {
  switch (kind) {
    case Kind::usual:
      return static_cast<double>(random.below(40));  // on both sides of what is inverted
    case Kind::small:
      return static_cast<double>(random.below(3));
    case Kind::huge:
      return static_cast<double>(random.below(std::uint64_t{1} << 40));
    case Kind::empty_cells:
      return random.below(4) == 0 ? static_cast<double>(random.below(30)) : 0;
    case Kind::one_class:
      return 1 + static_cast<double>(random.below(9));
    case Kind::no_rows:
      break;
  }
  return 0;
}

/// How the map of an estimate varies.
enum class Map : std::uint8_t { fixed, blocks, slope };

/// A table of either kind that owns its arrays.
struct Table {
  std::vector<row::RealizedCell> realized;
  std::vector<row::EstimatedCell> estimated;
  std::vector<row::MapShare> shares;
  std::vector<double> deviations;
  row::MapNoise noise{};
  double unscored[row::kOutcomes] = {};

  [[nodiscard]] ReplicateItem item(row::Draw draw) const {
    ReplicateItem out;
    out.draw = draw;
    out.key = kKey;
    out.cells = static_cast<std::int64_t>(draw == row::Draw::rows ? realized.size() : estimated.size());
    out.realized = realized.data();
    out.estimated = estimated.data();
    out.shares = shares.data();
    out.share_count = static_cast<std::int64_t>(shares.size());
    out.deviations = deviations.data();
    out.blocks = static_cast<std::int64_t>(deviations.size());
    out.noise = noise;
    std::memcpy(out.unscored, unscored, sizeof unscored);
    return out;
  }
};

template <class Cell>
void set_losses(Cell& cell, Random& random) {
  for (auto& loss : cell.loss) {
    for (double& of_label : loss) of_label = random.uniform() * 3;
  }
}

Table realized_table(Kind kind, std::size_t cells, std::uint64_t seed) {
  Random random(seed);
  Table out;
  out.realized.resize(cells);
  for (row::RealizedCell& cell : out.realized) {
    for (double& count : cell.count) count = count_of(kind, random);
    if (kind == Kind::one_class) cell.count[row::kTruePositive] = cell.count[row::kFalseNegative] = 0;
    set_losses(cell, random);
  }
  for (double& count : out.unscored) count = count_of(kind, random);
  return out;
}

/// Two or three blocks of the map meet in every cell; every third cell begins with the block that ended the one before.
void add_shares(Table& table, std::size_t cell, Random& random) {
  row::EstimatedCell& to = table.estimated[cell];
  to.first_share = static_cast<std::int32_t>(table.shares.size());
  to.shares = static_cast<std::int32_t>(2 + cell % 2);
  auto block = static_cast<std::int32_t>(table.deviations.size());
  if (block > 0 && cell % 3 == 0) --block;
  for (std::int32_t i = 0; i < to.shares; ++i) {
    if (block + i >= static_cast<std::int32_t>(table.deviations.size()))
      table.deviations.push_back(random.uniform() * 0.2);
    table.shares.push_back({block + i, 1.0 / to.shares});
  }
}

Table estimated_table(Kind kind, Map map, std::size_t cells, std::uint64_t seed) {
  Random random(seed);
  Table out;
  out.estimated.resize(cells);
  for (std::size_t j = 0; j < cells; ++j) {
    row::EstimatedCell& cell = out.estimated[j];
    for (double& count : cell.count) count = count_of(kind, random);
    const std::uint64_t end = random.below(8);
    cell.probability = kind == Kind::one_class || end == 0 ? 0 : end == 1 ? 1 : random.uniform();
    const bool inside = cell.probability > 0 && cell.probability < 1;
    cell.logit = inside ? std::log(cell.probability / (1 - cell.probability)) : 0;
    set_losses(cell, random);
    if (map == Map::blocks) add_shares(out, j, random);
  }
  if (map == Map::slope) out.noise = {0.3, -0.1, 0.2};
  for (double& count : out.unscored) count = count_of(kind, random);
  return out;
}

/// One replicate as a table: masses by outcome, then by cell.
using Masses = std::vector<double>[row::kOutcomes];

double poisson(std::uint64_t key, std::uint64_t place, double count) {
  return count > 0 ? resample::poisson(count, resample::bits_at(key, place), resample::kPoisson) : 0;
}
double normal(std::uint64_t key, std::uint64_t place) {
  return resample::normal(resample::uniform(resample::bits_at(key, place)));
}

void draw_rows(const ReplicateItem& item, std::uint64_t key, Masses& masses, double unscored[row::kOutcomes]) {
  std::uint64_t place = 0;
  for (int p = 0; p < 2; ++p) {
    for (int i = 2 * p; i < 2 * p + 2; ++i) unscored[i] = poisson(key, place++, item.unscored[i]);
    for (std::int64_t j = 0; j < item.cells; ++j) {
      for (int i = 2 * p; i < 2 * p + 2; ++i) masses[i].push_back(poisson(key, place++, item.realized[j].count[i]));
    }
  }
}

std::vector<double> draw_map(const ReplicateItem& item, std::uint64_t key) {
  constexpr std::uint64_t kMap = std::uint64_t{1} << 21;
  std::vector<double> moves;
  for (std::int64_t b = 0; b < item.blocks; ++b)
    moves.push_back(normal(key, kMap + static_cast<std::uint64_t>(b)) * item.deviations[b]);
  const double intercept = item.noise.root > 0 ? item.noise.root * normal(key, kMap) : 0;
  const double slope =
      item.noise.root > 0 ? item.noise.cross * normal(key, kMap) + item.noise.rest * normal(key, kMap + 1) : 0;
  std::vector<double> out;
  for (std::int64_t j = 0; j < item.cells; ++j) {
    const row::EstimatedCell& cell = item.estimated[j];
    double c = cell.probability;
    for (std::int32_t i = 0; i < cell.shares; ++i) {
      const row::MapShare& share = item.shares[cell.first_share + i];
      c += share.share * moves[static_cast<std::size_t>(share.block)];
    }
    if (intercept != 0 && c > 0 && c < 1) c += c * (1 - c) * (intercept + slope * cell.logit);
    out.push_back(std::min(1.0, std::max(0.0, c)));
  }
  return out;
}

void draw_estimate(const ReplicateItem& item, std::uint64_t key, Masses& masses, double unscored[row::kOutcomes]) {
  const std::vector<double> probability = draw_map(item, key);
  for (int p = 0; p < 2; ++p) {
    for (std::size_t j = 0; j < probability.size(); ++j) {
      const std::uint64_t place = 2 * j + static_cast<std::uint64_t>(p);
      const double count = item.estimated[j].count[p];
      const bool labels = item.draw == row::Draw::labels;
      const double n = labels ? count : poisson(key, place, count);
      const double drawn = resample::binomial(n, probability[j], resample::bits_at(key, (1 << 20) + place));
      const double positive = count == 0 ? 0 : labels ? drawn : n * probability[j];
      masses[2 * p].push_back(positive);
      masses[2 * p + 1].push_back(n - positive);
    }
  }
  for (int i = 0; i < row::kOutcomes; ++i) unscored[i] = item.unscored[i];
}

double ratio(double value, double by) { return by > 0 ? value / by : std::numeric_limits<double>::quiet_NaN(); }
double area(double value, double by) { return by > 0 ? std::min(value / by, 1.0) : ratio(value, by); }

double score_of(int which, const std::vector<double>& positive, const std::vector<double>& negative,
                const ReplicateItem& item) {
  CompensatedSum positives, negatives, rows, sum;
  double loss = 0, plain_rows = 0;
  for (std::size_t j = 0; j < positive.size(); ++j) {
    const double p = positive[j], q = negative[j];
    if (which == row::kRocArea) sum.add(q * (positives.value() + p / 2));
    positives.add(p);
    negatives.add(q);
    rows.add(p + q);
    plain_rows += p + q;
    if (which == row::kPrecisionArea && p > 0) sum.add(p * (positives.value() / rows.value()));
    if (which < row::kFirstMeanLoss) continue;
    const int i = which - row::kFirstMeanLoss;
    const auto& by_label = item.draw == row::Draw::rows ? item.realized[j].loss[i] : item.estimated[j].loss[i];
    loss += p * by_label[1] + q * by_label[0];
  }
  if (which == row::kRocArea) return area(sum.value(), positives.value() * negatives.value());
  return which == row::kPrecisionArea ? area(sum.value(), positives.value()) : ratio(loss, plain_rows);
}

/// What replicates say: masses, then scores, by replicate.
struct Said {
  std::vector<row::OutcomeMasses> masses;
  std::vector<double> scores[row::kScores];
  explicit Said(std::size_t count) : masses(count) {
    for (auto& values : scores) values.assign(count, -1);
  }
  void wanted_by(ReplicateItem& item) {
    item.count = static_cast<std::int64_t>(masses.size());
    item.masses = masses.data();
    for (int i = 0; i < row::kScores; ++i) item.scores[i] = scores[i].data();
  }
  bool operator==(const Said& other) const {  // bits: a NaN equals itself
    const auto same = [](const auto& a, const auto& b) {
      return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0);
    };
    bool out = same(masses, other.masses);
    for (int i = 0; i < row::kScores; ++i) out = out && same(scores[i], other.scores[i]);
    return out;
  }
};

Said oracle(const ReplicateItem& item, std::size_t count) {
  Said out(count);
  for (std::size_t r = 0; r < count; ++r) {
    const std::uint64_t key = resample::key_of(item.key, static_cast<std::uint64_t>(item.first) + r);
    Masses masses;
    double sums[row::kOutcomes];
    if (item.draw == row::Draw::rows) {
      draw_rows(item, key, masses, sums);
    } else {
      draw_estimate(item, key, masses, sums);
    }
    std::vector<double> positive, negative;
    for (std::size_t j = 0; j < static_cast<std::size_t>(item.cells); ++j) {
      positive.push_back(masses[row::kFalseNegative][j] + masses[row::kTruePositive][j]);
      negative.push_back(masses[row::kTrueNegative][j] + masses[row::kFalsePositive][j]);
      for (int i = 0; i < row::kOutcomes; ++i) sums[i] += masses[i][j];
    }
    std::memcpy(out.masses[r].mass, sums, sizeof sums);
    for (int i = 0; i < row::kScores; ++i) out.scores[i][r] = score_of(i, positive, negative, item);
  }
  return out;
}

void compare(ReplicateItem item, std::size_t count) {
  const Said want = oracle(item, count);
  for (const auto& backend : usable_backends()) {
    Said got(count);
    got.wanted_by(item);
    ASSERT_TRUE(backend->replicates({&item, 1})->wait().ok());
    EXPECT_TRUE(got == want) << item.cells << " cells, " << count << " replicates, " << backend->description();
  }
}

TEST(Replicates, RealizedTablesOfEverySize) {
  for (const std::size_t cells : {0, 1, 2, 31, 32, 33, 127, 128, 129}) {
    const Table table = realized_table(Kind::usual, cells, cells + 1);
    for (const std::size_t count : {0, 1, 2, 31, 32, 33}) compare(table.item(row::Draw::rows), count);
  }
  compare(realized_table(Kind::usual, 1'024, 5).item(row::Draw::rows), 33);
  compare(realized_table(Kind::usual, 20, 6).item(row::Draw::rows), 1'000);
}

TEST(Replicates, EstimatesOfEverySize) {
  for (const row::Draw draw : {row::Draw::population, row::Draw::labels}) {
    for (const std::size_t cells : {0, 1, 2, 31, 32, 33, 129}) {
      const Table table = estimated_table(Kind::usual, Map::blocks, cells, cells + 1);
      for (const std::size_t count : {0, 1, 31, 33}) compare(table.item(draw), count);
    }
    compare(estimated_table(Kind::usual, Map::blocks, 1'024, 5).item(draw), 33);
    compare(estimated_table(Kind::usual, Map::slope, 20, 6).item(draw), 1'000);
  }
}

TEST(Replicates, TablesOfEveryKind) {
  for (const Kind kind : kKinds) {
    compare(realized_table(kind, 40, 11).item(row::Draw::rows), 70);
    for (const Map map : {Map::fixed, Map::blocks, Map::slope}) {
      const Table table = estimated_table(kind, map, 40, 12);
      compare(table.item(row::Draw::population), 70);
      compare(table.item(row::Draw::labels), 70);
    }
  }
}

/// What no metric is defined for says so with one NaN, and counts nothing.
TEST(Replicates, WithoutRowsAreNaN) {
  for (const auto& backend : usable_backends()) {
    const Table table = realized_table(Kind::no_rows, 5, 1);
    ReplicateItem item = table.item(row::Draw::rows);
    Said got(3);
    got.wanted_by(item);
    ASSERT_TRUE(backend->replicates({&item, 1})->wait().ok());
    for (int r = 0; r < 3; ++r) {
      for (const auto& values : got.scores) EXPECT_TRUE(std::isnan(values[static_cast<std::size_t>(r)]));
      for (const double mass : got.masses[static_cast<std::size_t>(r)].mass) EXPECT_EQ(mass, 0);
    }
  }
}

TEST(Replicates, AnyCutGivesTheSameBits) {
  const Table table = estimated_table(Kind::usual, Map::blocks, 50, 3);
  ReplicateItem whole = table.item(row::Draw::labels);
  const Said want = oracle(whole, 200);
  for (const auto& backend : usable_backends()) {
    Said got(200);
    got.wanted_by(whole);
    std::vector<ReplicateItem> parts;
    for (std::int64_t at = 0; at < 200; at += 37) {
      ReplicateItem part = whole;
      part.first = at;
      part.count = std::min<std::int64_t>(37, 200 - at);
      part.masses += at;
      for (double*& scores : part.scores) scores += at;
      parts.push_back(part);
    }
    ASSERT_TRUE(backend->replicates(parts)->wait().ok());
    EXPECT_TRUE(got == want) << backend->description();
  }
}

/// Items of all draws and sizes that share arrays; some want little.
TEST(Replicates, OfManyTablesInOneSubmission) {
  std::vector<Table> tables;
  for (const std::size_t cells : {300, 0, 3, 64, 1, 130}) {
    tables.push_back(realized_table(Kind::usual, cells, cells));
    const Table estimate = estimated_table(Kind::small, cells % 2 == 0 ? Map::blocks : Map::slope, cells, cells);
    tables.back().estimated = estimate.estimated;
    tables.back().shares = estimate.shares;
    tables.back().deviations = estimate.deviations;
    tables.back().noise = estimate.noise;
  }
  std::vector<ReplicateItem> items;
  std::vector<std::size_t> counts;
  for (const Table& table : tables) {
    for (const row::Draw draw : {row::Draw::rows, row::Draw::population, row::Draw::labels}) {
      items.push_back(table.item(draw));
      items.back().key = kKey + items.size();
      counts.push_back(items.size() * 29 % 150);
    }
  }
  for (const auto& backend : usable_backends()) {
    std::vector<Said> got(counts.begin(), counts.end());
    for (std::size_t i = 0; i < items.size(); ++i) {
      got[i].wanted_by(items[i]);
      if (i % 3 == 1) items[i].masses = nullptr;
      if (i % 4 == 2) items[i].scores[i % row::kScores] = nullptr;
    }
    ASSERT_TRUE(backend->replicates(items)->wait().ok());
    for (std::size_t i = 0; i < items.size(); ++i) {
      Said want = oracle(items[i], counts[i]);
      if (items[i].masses == nullptr) want.masses = Said(counts[i]).masses;
      for (int s = 0; s < row::kScores; ++s) {
        if (items[i].scores[s] == nullptr) want.scores[s].assign(counts[i], -1);
      }
      EXPECT_TRUE(got[i] == want) << "item " << i << ", " << backend->description();
    }
  }
}

TEST(Replicates, NoItemsAreNoWork) {
  for (const auto& backend : usable_backends()) EXPECT_TRUE(backend->replicates({})->wait().ok());
}

TEST(Replicates, AnEstimateOfMoreCellsThanPlacesIsAnError) {
  Table table;
  table.estimated.resize(static_cast<std::size_t>(kMostEstimatedCells) + 1);
  for (const auto& backend : usable_backends()) {
    const ReplicateItem item = table.item(row::Draw::labels);
    EXPECT_FALSE(backend->replicates({&item, 1})->wait().ok()) << backend->description();
  }
}

}  // namespace
}  // namespace longwatch::test

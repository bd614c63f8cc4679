// Small submissions of every kind, timed.
#include "engine/backend/calibrate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "engine/base/hash.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kRows = 65'536;
constexpr std::int64_t kFewRows = 8'192;
constexpr std::size_t kFeatures = 16;
constexpr std::int64_t kRank = 4;
constexpr std::size_t kClasses = 3;
constexpr int kEdges = 1'024;
constexpr std::int64_t kReplicates = 256;
constexpr std::int64_t kCells = 64;

ColumnView view_of(ValueType type, const void* values) { return {type, values, nullptr, 0, kRows, 0, nullptr}; }

// Random columns that all submissions share.
struct Samples {
  Samples() {
    for (std::int64_t i = 0; i < kRows; ++i) {
      const std::uint64_t bits = hash_number(static_cast<double>(i));
      uniform.push_back(static_cast<double>(bits >> 11) * 0x1p-53);
      bell.push_back(uniform.back() + static_cast<double>(bits << 32 >> 43) * 0x1p-21 - 1);
      codes.push_back(static_cast<std::int32_t>(bits & 1));
    }
    std::vector<double> edges;
    for (int i = 0; i < kEdges; ++i) edges.push_back(2.0 * i / kEdges - 1);
    partition = Partition::make(std::move(edges), 0, kEdges - 1);
  }
  [[nodiscard]] ClassColumn classes() const { return {view_of(ValueType::code32, codes.data()), kCodes, 2}; }

  static constexpr std::int16_t kCodes[] = {0, 1};
  std::vector<double> uniform, bell;
  std::vector<std::int32_t> codes;
  Result<Partition> partition = Error{};
};

// Seconds of the quickest of three calls, after one that is not counted.
Result<double> seconds_of(const std::function<std::unique_ptr<Ticket>()>& submit) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 4; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    LW_CHECK(submit()->wait());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (i > 0) best = std::min(best, took.count());
  }
  return best;
}

class Calibration {
 public:
  explicit Calibration(Backend& backend) : backend_(backend) {}

  Result<WorkRates> run() {
    LW_TRY(const Partition partition, samples_.partition);
    NumberPlan plan{&partition, {0, 1}, nullptr};
    backend_.prepare(plan);
    LW_TRY(rates_.start, seconds_of([&] { return numbers(plan, 1); }));
    LW_CHECK(rate(WorkKind::numbers, kRows, [&] { return numbers(plan, kRows); }));
    LW_CHECK(rate(WorkKind::categories, kRows, [&] { return categories(); }));
    LW_CHECK(rate(WorkKind::scores, kRows, [&] { return scores(); }));
    LW_CHECK(rate(WorkKind::residuals, kFewRows, [&] { return residuals(); }));
    LW_CHECK(rate(WorkKind::classes, kFewRows * static_cast<std::int64_t>(kClasses + 1), [&] { return classes(); }));
    const std::vector<ColumnView> columns(kFeatures, view_of(ValueType::float64, samples_.bell.data()));
    const std::vector<FeatureEncoder> encoders(kFeatures);
    const EncodedRows rows{columns, encoders, 0, kFewRows};
    LW_CHECK(
        rate(WorkKind::gram, kFewRows * static_cast<std::int64_t>(kFeatures * kFeatures), [&] { return gram(rows); }));
    LW_CHECK(rate(WorkKind::row_errors, kFewRows * static_cast<std::int64_t>(kFeatures) * kRank,
                  [&] { return row_errors(rows); }));
    LW_CHECK(rate(WorkKind::replicates, kReplicates * (kCells + 1), [&] { return replicates(); }));
    return rates_;
  }

 private:
  Result<void> rate(WorkKind kind, std::int64_t units, const std::function<std::unique_ptr<Ticket>()>& submit) {
    LW_TRY(const double seconds, seconds_of(submit));
    rates_.per_unit[static_cast<std::size_t>(kind)] =
        std::max(0.0, seconds - rates_.start) / static_cast<double>(units);
    return {};
  }

  std::unique_ptr<Ticket> numbers(const NumberPlan& plan, std::int64_t count) {
    partial_.reset(plan);
    const NumberItem item{view_of(ValueType::float64, samples_.bell.data()), {0, count, nullptr}, &plan, &partial_};
    return backend_.numbers({&item, 1});
  }
  std::unique_ptr<Ticket> categories() {
    counts_.by_code.assign(2, 0);
    const CategoryItem item{view_of(ValueType::code32, samples_.codes.data()), {0, kRows, nullptr}, &counts_};
    return backend_.categories({&item, 1});
  }
  std::unique_ptr<Ticket> scores() {
    scores_ = {};
    const ScoreItem item{view_of(ValueType::float64, samples_.uniform.data()),
                         samples_.classes(),
                         samples_.classes(),
                         0.5,
                         {0, kRows, nullptr},
                         &scores_};
    return backend_.scores({&item, 1});
  }
  std::unique_ptr<Ticket> residuals() {
    const ResidualItem item{view_of(ValueType::float64, samples_.bell.data()),
                            view_of(ValueType::float64, samples_.uniform.data()),
                            0,
                            {0, kFewRows, nullptr},
                            &residuals_};
    return backend_.residuals({&item, 1});
  }
  std::unique_ptr<Ticket> classes() {
    class_counts_.reset(kClasses);
    const ClassItem item{class_scores_,          samples_.classes(), samples_.classes(),
                         {0, kFewRows, nullptr}, &class_plan_,       &class_counts_};
    return backend_.classes({&item, 1});
  }
  std::unique_ptr<Ticket> gram(const EncodedRows& rows) {
    gram_.sums.assign(kFeatures, 0);
    gram_.products.assign(kFeatures * (kFeatures + 1) / 2, 0);
    return backend_.gram(rows, &gram_);
  }
  std::unique_ptr<Ticket> row_errors(const EncodedRows& rows) {
    return backend_.row_errors(rows, {static_cast<std::int64_t>(kFeatures), kRank, basis_.data()}, errors_.data());
  }

  std::unique_ptr<Ticket> replicates() {
    ReplicateItem item;
    item.count = kReplicates;
    item.cells = kCells;
    item.realized = cells_.data();
    item.masses = masses_.data();
    return backend_.replicates({&item, 1});
  }

  Backend& backend_;
  Samples samples_;
  WorkRates rates_;
  NumberPartial partial_;
  CategoryPartial counts_;
  ScoreState scores_;
  ResidualState residuals_;
  ClassPartial class_counts_;
  GramState gram_;
  std::vector<ColumnView> class_scores_{kClasses, view_of(ValueType::float64, samples_.uniform.data())};
  ClassPlan class_plan_{kClasses, {0, 1, 2}, {}};
  std::vector<double> basis_ = std::vector<double>(kFeatures * kRank, 0.25);
  std::vector<row::RealizedCell> cells_ = std::vector<row::RealizedCell>(kCells, {{20, 30, 40, 10}, {}});
  std::vector<row::OutcomeMasses> masses_ = std::vector<row::OutcomeMasses>(kReplicates);
  std::vector<double> errors_ = std::vector<double>(kFewRows);
};

}  // namespace

Result<WorkRates> calibrate(Backend& backend) { return Calibration(backend).run(); }

}  // namespace longwatch

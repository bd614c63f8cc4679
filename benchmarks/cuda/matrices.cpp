// Gram matrices and row errors of the PCA. What is read is the columns, once.

#include <cmath>

#include "benchmarks/cuda/bench.hpp"
#include "benchmarks/cuda/columns.hpp"

namespace longwatch {
namespace {

class Features {
 public:
  Features(std::size_t features, std::int64_t rows)
      : rows_(rows), values_(draw_columns<float>(Shape::bell, features, static_cast<std::size_t>(rows))) {
    for (const std::vector<float>& values : values_) {
      ColumnView view;
      view.type = ValueType::float32;
      view.values = values.data();
      view.length = rows;
      views_.push_back(view);
    }
    encoders_.resize(features);
  }
  [[nodiscard]] EncodedRows rows() const { return {views_, encoders_, 0, rows_}; }
  [[nodiscard]] EncodedRows one_row() const { return {views_, encoders_, 0, 1}; }
  [[nodiscard]] double bytes() const { return 4.0 * static_cast<double>(rows_) * static_cast<double>(views_.size()); }
  [[nodiscard]] std::string text() const {
    return std::to_string(rows_) + " rows, " + std::to_string(views_.size()) + " features of float32";
  }

 private:
  std::int64_t rows_;
  std::vector<std::vector<float>> values_;
  std::vector<ColumnView> views_;
  std::vector<FeatureEncoder> encoders_;
};

void gram_case(Bench& bench, const Features& of, std::size_t features) {
  const std::string name = "gram, " + std::to_string(features) + " features";
  if (!bench.wanted(name, 3 * of.bytes())) return;
  GramState out;
  out.sums.assign(features, 0);
  out.products.assign(features * (features + 1) / 2, 0);
  (void)bench.backend().gram(of.one_row(), &out)->wait();
  if (!bench.launched(name)) return;
  const Result<void> done = bench.backend().gram(of.rows(), &out)->wait();
  if (!done.ok()) return bench.fail(name, done.error().text());
  bench.report(name, of.text(), of.bytes());
}

void row_error_case(Bench& bench, const Features& of, std::size_t features, std::size_t rank) {
  const std::string name = "row errors, " + std::to_string(features) + " features, rank " + std::to_string(rank);
  if (!bench.wanted(name, 3 * of.bytes())) return;
  std::uint64_t state = 7;
  std::vector<double> basis(features * rank);
  for (double& entry : basis) entry = std::round(draw(Shape::bell, state) / 8 * 0x1p24) * 0x1p-24;
  std::vector<double> errors(static_cast<std::size_t>(of.rows().count));
  const PcaBasis pca{static_cast<std::int64_t>(features), static_cast<std::int64_t>(rank), basis.data()};
  (void)bench.backend().row_errors(of.one_row(), pca, errors.data())->wait();
  if (!bench.launched(name)) return;
  const Result<void> done = bench.backend().row_errors(of.rows(), pca, errors.data())->wait();
  if (!done.ok()) return bench.fail(name, done.error().text());
  bench.report(name, of.text(), of.bytes());
}

}  // namespace

void matrix_cases(Bench& bench) {
  struct Size {
    std::size_t features;
    std::size_t rank;
    std::int64_t divisor;
  };
  for (const Size& size : {Size{50, 20, 2}, {500, 200, 20}}) {
    const std::int64_t rows = bench.sizes().chunks * bench.sizes().rows / size.divisor;
    const Features of(size.features, rows < 1 ? 1 : rows);
    gram_case(bench, of, size.features);
    row_error_case(bench, of, size.features, size.rank);
  }
}

}  // namespace longwatch

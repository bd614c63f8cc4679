// The PCA of the features, from the exact sums of a Gram matrix.
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "engine/profile/fit_columns.hpp"

namespace longwatch {
namespace {

constexpr double kBasisUnit = 16'777'216;  // 2^24: what a backend's exact projection needs
constexpr double kFinestError = 0x1p-20;   // errors below this are the rounding of rows and basis
constexpr int kErrorOctaves = 10;          // the partition of the row error spans 2^-10 ... 2^10 of its typical size
constexpr int kErrorSteps = 32;            // edges per octave

// (n P - s t) / (n (n - 1)), P in units of 2^-54, s and t of 2^-36: integers where they fit, else long double.
double covariance(std::int64_t rows, int128 product, int128 s, int128 t) {
  int128 scaled = 0;
  int128 squared = 0;
  int128 difference = 0;
  const bool fits = !__builtin_mul_overflow(static_cast<int128>(rows) << 18, product, &scaled) &&
                    !__builtin_mul_overflow(s, t, &squared) && !__builtin_sub_overflow(scaled, squared, &difference);
  const auto n = static_cast<long double>(rows);
  const long double numerator = fits ? static_cast<long double>(difference)
                                     : n * std::ldexp(static_cast<long double>(product), 18) -
                                           static_cast<long double>(s) * static_cast<long double>(t);
  return static_cast<double>(std::ldexp(numerator / n / (n - 1), -72));
}

Eigen::MatrixXd covariance_matrix(const GramState& gram) {
  const auto size = static_cast<Eigen::Index>(gram.sums.size());
  Eigen::MatrixXd out(size, size);
  std::size_t at = 0;
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      const int128 s = gram.sums[static_cast<std::size_t>(i)];
      const int128 t = gram.sums[static_cast<std::size_t>(j)];
      out(i, j) = covariance(gram.rows, gram.products[at++], s, t);
      out(j, i) = out(i, j);
    }
  }
  return out;
}

// The fewest components whose cumulated share exceeds `variance`: searchsorted(cumsum(ratios), variance, 'right') + 1.
std::int64_t rank_for(const std::vector<double>& eigenvalues, double total, double variance) {
  double share = 0;
  std::int64_t rank = 0;
  for (const double eigenvalue : eigenvalues) {
    share += eigenvalue / total;
    ++rank;
    if (share > variance) break;
  }
  return rank;
}

// Rounded to the unit; the first of the largest entries is positive.
void append_component(const Eigen::VectorXd& vector, std::vector<double>& basis) {
  const std::size_t begin = basis.size();
  std::size_t largest = begin;
  for (const double entry : vector) {
    basis.push_back(std::nearbyint(entry * kBasisUnit) / kBasisUnit);
    if (std::abs(basis.back()) > std::abs(basis[largest])) largest = basis.size() - 1;
  }
  const double sign = basis[largest] < 0 ? -1 : 1;
  for (std::size_t i = begin; i < basis.size(); ++i) basis[i] = sign * basis[i] + 0.0;  // no -0
}

// The row error has mean square = the sum of the dropped eigenvalues; edges and moments are laid around its root.
void plan_errors(PcaProfile& profile) {
  double dropped = 0;
  const auto kept = static_cast<std::size_t>(profile.rank);
  for (std::size_t i = profile.eigenvalues.size(); i > kept; --i) dropped += profile.eigenvalues[i - 1];
  const double typical = std::sqrt(dropped) < kFinestError ? 1 : std::sqrt(dropped);
  std::vector<double> edges = {0};
  for (int k = -kErrorOctaves * kErrorSteps; k <= kErrorOctaves * kErrorSteps; ++k) {
    edges.push_back(typical * std::exp2(k / static_cast<double>(kErrorSteps)));
  }
  const std::size_t last = edges.size() - 1;
  profile.error_partition = Partition::make(std::move(edges), 0, last).value();
  int exponent = 0;
  std::frexp(typical, &exponent);
  profile.error_moments = {typical, std::ldexp(1.0, -exponent)};
}

std::string reason_to_skip(const GramState& gram, std::size_t features) {
  if (features < 2) return "fewer than two usable features";
  if (gram.rows < 2) return "the reference has fewer than two rows";
  const bool sized = gram.sums.size() == features && gram.products.size() == features * (features + 1) / 2;
  if (!sized) return "the Gram matrix is not one of these features";
  return "";
}

}  // namespace

PcaProfile fit_pca(const GramState& gram, std::vector<std::string> features, double variance) {
  PcaProfile profile;
  profile.features = std::move(features);
  profile.skipped = reason_to_skip(gram, profile.features.size());
  if (!profile.skipped.empty()) return profile;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance_matrix(gram));
  if (solver.info() != Eigen::Success) {
    profile.skipped = "the eigenvalues of the features' covariance did not converge";
    return profile;
  }
  double total = 0;
  for (Eigen::Index i = solver.eigenvalues().size(); i-- > 0;) {
    profile.eigenvalues.push_back(std::max(0.0, solver.eigenvalues()[i]));
    total += profile.eigenvalues.back();
  }
  if (!(total > 0)) {
    profile.eigenvalues.clear();
    profile.skipped = "no feature varies in the reference";
    return profile;
  }
  profile.rank = rank_for(profile.eigenvalues, total, variance);
  for (std::int64_t k = 0; k < profile.rank; ++k) {
    append_component(solver.eigenvectors().col(solver.eigenvalues().size() - 1 - k), profile.basis);
  }
  plan_errors(profile);
  return profile;
}

}  // namespace longwatch

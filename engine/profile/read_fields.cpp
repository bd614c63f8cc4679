// What was learned of columns, and the PCA, from bytes.
#include "engine/profile/read_fields.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace longwatch {
namespace {

bool is_power_of_two(double x) {
  int exponent = 0;
  return std::isfinite(x) && x > 0 && std::frexp(x, &exponent) == 0.5;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

template <class T>
bool increases(std::span<const T> values) {
  return std::adjacent_find(values.begin(), values.end(), [](const T& a, const T& b) { return !(a < b); }) ==
         values.end();
}

bool are_edges_of(std::span<const double> edges, const Partition& partition) {
  return increases(edges) &&
         std::includes(partition.edges().begin(), partition.edges().end(), edges.begin(), edges.end());
}

Result<MomentsPlan> read_moments(ByteReader& in) {
  MomentsPlan plan;
  plan.centre = in.f64();
  plan.scale = in.f64();
  LW_CHECK(in.finish("profile"));
  if (!std::isfinite(plan.centre) || !is_power_of_two(plan.scale))
    return broken_profile("a moments plan is not finite");
  return plan;
}

Result<ModelColumn> read_model_column(ByteReader& in) {
  ModelColumn column;
  column.name = in.text();
  const std::uint64_t role = in.u64();
  const std::uint64_t kind = in.u64();
  column.file_type = in.text();
  LW_TRY(column.integer, read_flag(in));
  if (role > static_cast<std::uint64_t>(Role::target)) return broken_profile("a column has an unknown role");
  if (kind > static_cast<std::uint64_t>(ColumnKind::categorical)) return broken_profile("a column has an unknown kind");
  column.role = static_cast<Role>(role);
  column.kind = static_cast<ColumnKind>(kind);
  return column;
}

Result<void> check_column(const ColumnProfile& profile) {
  const bool continuous = profile.column.kind == ColumnKind::continuous;
  if (profile.categories.size() > kMaxCategories || !increases(std::span(profile.categories)))
    return broken_profile("categories out of order");
  if (profile.shares.size() != profile.categories.size()) return broken_profile("shares do not match categories");
  if (continuous ? !profile.categories.empty() : !profile.partition.edges().empty())
    return broken_profile("a column is of two kinds");
  if (profile.usable.empty() && (continuous ? profile.partition.edges().empty() : profile.categories.empty())) {
    return broken_profile("a usable column has nothing learned");
  }
  if (!are_edges_of(profile.doane_edges, profile.partition) ||
      !are_edges_of(profile.quantile_edges, profile.partition)) {
    return broken_profile("edges that are not edges of the partition");
  }
  const bool encoding = std::isfinite(profile.mean) && std::isfinite(profile.imputed) &&
                        std::isnormal(profile.deviation) && profile.deviation > 0 && all_finite(profile.shares);
  return encoding ? Result<void>() : broken_profile("an encoding is not finite");
}

Result<void> check_pca(const PcaProfile& pca) {
  const auto features = static_cast<std::int64_t>(pca.features.size());
  if (pca.rank < 0 || pca.rank > features || static_cast<std::int64_t>(pca.basis.size()) != features * pca.rank) {
    return broken_profile("the PCA's basis has the wrong size");
  }
  const auto exact = [](double v) { return std::abs(v) <= 1 && std::floor(v * 0x1p24) == v * 0x1p24; };
  if (!std::all_of(pca.basis.begin(), pca.basis.end(), exact))
    return broken_profile("an entry of the PCA's basis is no multiple of 2^-24");
  if (!all_finite(pca.eigenvalues)) return broken_profile("an eigenvalue is not finite");
  const bool fitted = pca.rank > 0 && static_cast<std::int64_t>(pca.eigenvalues.size()) == features &&
                      !pca.error_partition.edges().empty();
  if (pca.skipped.empty() && features > 0 && !fitted) return broken_profile("the PCA is incomplete");
  return {};
}

}  // namespace

Error broken_profile(const std::string& what) {
  return {ErrorCode::data, "the profile breaks a rule of its format: " + what, {}, "fit the reference again"};
}

Result<bool> read_flag(ByteReader& in) {
  const std::uint64_t value = in.u64();
  if (value > 1) return broken_profile("a flag is neither 0 nor 1");
  return value == 1;
}

std::vector<double> read_doubles(ByteReader& in) {
  std::vector<double> out(in.count(sizeof(double)));
  for (double& value : out) value = in.f64();
  return out;
}

std::vector<std::string> read_texts(ByteReader& in) {
  std::vector<std::string> out;
  for (std::uint64_t left = in.count(1); left > 0 && !in.failed(); --left) out.emplace_back(in.text());
  return out;
}

Result<ColumnProfile> read_column(ByteReader& in) {
  ColumnProfile profile;
  LW_TRY(profile.column, read_model_column(in));
  profile.usable = in.text();
  LW_TRY(profile.partition, Partition::deserialize(in));
  LW_TRY(profile.moments, read_moments(in));
  profile.doane_edges = read_doubles(in);
  profile.quantile_edges = read_doubles(in);
  profile.categories = read_texts(in);
  LW_TRY(profile.cut, read_flag(in));
  profile.mean = in.f64();
  profile.deviation = in.f64();
  profile.imputed = in.f64();
  profile.shares = read_doubles(in);
  LW_CHECK(in.finish("profile"));
  LW_CHECK(check_column(profile));
  return profile;
}

Result<PcaProfile> read_pca(ByteReader& in) {
  PcaProfile pca;
  pca.skipped = in.text();
  pca.features = read_texts(in);
  pca.rank = in.i64();
  pca.basis = read_doubles(in);
  pca.eigenvalues = read_doubles(in);
  LW_TRY(pca.error_partition, Partition::deserialize(in));
  LW_TRY(pca.error_moments, read_moments(in));
  LW_CHECK(in.finish("profile"));
  LW_CHECK(check_pca(pca));
  return pca;
}

}  // namespace longwatch

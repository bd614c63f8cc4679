// Loss models with the states they gave; rows of the reference with the scores of its chunks.
#include "engine/profile/row_estimator_fields.hpp"

#include <algorithm>
#include <cmath>

#include "engine/profile/read_fields.hpp"

namespace longwatch {
namespace {

void write(ByteWriter& out, const std::vector<std::string>& texts) {
  out.u64(texts.size());
  for (const std::string& text : texts) out.text(text);
}

void write(ByteWriter& out, const LossProfile& losses) {
  out.text(losses.unusable);
  write(out, losses.columns);
  out.i64(losses.training_rows);
  out.i64(losses.labelled_rows);
  out.i64(losses.chunks);
  for (const LossModel& model : losses.models) {
    out.text(model.unusable);
    out.text(model.trees);
    out.f64(model.residual_variance);
    out.f64(model.chunk_variance);
    out.f64(model.square_mean);
  }
}

bool is_variance(double value) { return std::isfinite(value) && value >= 0; }

// Whether the profile has all of these columns.
bool has_columns(const ReferenceProfile& profile, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::any_of(profile.columns.begin(), profile.columns.end(),
                       [&](const ColumnProfile& column) { return column.column.name == name; });
  });
}

Result<LossProfile> read_losses(ByteReader& in, const ReferenceProfile& profile) {
  LossProfile out;
  out.unusable = in.text();
  out.columns = read_texts(in);
  out.training_rows = in.i64();
  out.labelled_rows = in.i64();
  out.chunks = in.i64();
  for (LossModel& model : out.models) {
    model.unusable = in.text();
    model.trees = in.text();
    model.residual_variance = in.f64();
    model.chunk_variance = in.f64();
    model.square_mean = in.f64();
    if (!is_variance(model.residual_variance) || !is_variance(model.chunk_variance) || !is_variance(model.square_mean))
      return broken_profile("a variance of estimated losses is negative or not finite");
  }
  LW_CHECK(in.finish("profile"));
  if (out.training_rows < 0 || out.labelled_rows < 0 || out.chunks < 0)
    return broken_profile("a number of rows is negative");
  if (!has_columns(profile, out.columns) || (out.unusable.empty() && out.columns.empty()))
    return broken_profile("its loss models read columns that it lacks");
  return out;
}

Result<DomainProfile> read_domain(ByteReader& in, const ReferenceProfile& profile) {
  DomainProfile out;
  out.unusable = in.text();
  out.columns = read_texts(in);
  out.values = read_doubles(in);
  LW_CHECK(in.finish("profile"));
  const bool rows = out.columns.empty() ? out.values.empty() : out.values.size() % out.columns.size() == 0;
  if (!rows || !has_columns(profile, out.columns) || (out.unusable.empty() && out.columns.empty()))
    return broken_profile("the rows that it keeps are not of its columns");
  if (std::any_of(out.values.begin(), out.values.end(), [](double value) { return std::isinf(value); }))
    return broken_profile("a row that it keeps is infinite");
  return out;
}

Result<void> read_scores(ByteReader& in, ReferenceProfile& profile) {
  const std::uint64_t count = in.count(4);
  if (count != 0 && count + 1 != static_cast<std::uint64_t>(profile.states.slots))
    return broken_profile("the domain classifier's scores do not belong to its chunks");
  for (std::uint64_t left = count; left > 0; --left) {
    DomainScore score;
    score.status = in.text();
    score.auroc = in.f64();
    score.error = in.f64();
    score.rows = in.i64();
    score.reference_rows = in.i64();
    LW_CHECK(in.finish("profile"));
    if (score.status == "ok" && !(score.auroc >= 0 && score.auroc <= 1))
      return broken_profile("an area under a curve is not in [0, 1]");
    if (score.rows < 0 || score.reference_rows < 0) return broken_profile("a number of rows is negative");
    profile.states.domain.push_back(std::move(score));
  }
  return in.finish("profile");
}

Result<void> read_states(ByteReader& in, ReferenceProfile& profile) {
  const std::uint64_t count = in.count(3);
  if (count != 0 && count != profile.states.rows.size())
    return broken_profile("there are estimated losses for the wrong number of cells");
  for (std::uint64_t cell = 0; cell < count; ++cell) {
    LW_TRY(LossState state, LossState::deserialize(in));
    if (state.estimated + state.unestimated != profile.states.rows[cell])
      return broken_profile("estimated losses are not of the rows of their cells");
    profile.states.losses.push_back(std::move(state));
  }
  return {};
}

}  // namespace

void write_row_estimators(ByteWriter& out, const ReferenceProfile& profile) {
  write(out, profile.losses);
  out.u64(profile.states.losses.size());
  for (const LossState& state : profile.states.losses) state.serialize(out);
  out.text(profile.domain.unusable);
  write(out, profile.domain.columns);
  out.u64(profile.domain.values.size());
  for (const double value : profile.domain.values) out.f64(value);
  out.u64(profile.states.domain.size());
  for (const DomainScore& score : profile.states.domain) {
    out.text(score.status);
    out.f64(score.auroc);
    out.f64(score.error);
    out.i64(score.rows);
    out.i64(score.reference_rows);
  }
}

Result<void> read_row_estimators(ByteReader& in, ReferenceProfile& profile) {
  LW_TRY(profile.losses, read_losses(in, profile));
  LW_CHECK(read_states(in, profile));
  LW_TRY(profile.domain, read_domain(in, profile));
  return read_scores(in, profile);
}

}  // namespace longwatch

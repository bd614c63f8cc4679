// Errors of regressors: exact sums and a logarithmic histogram.
#include "engine/state/residual_state.hpp"

#include <algorithm>

namespace longwatch {
namespace {

using Bins = std::vector<std::pair<std::int32_t, std::int64_t>>;

Bins merged(const Bins& a, const Bins& b) {
  Bins out;
  out.reserve(a.size() + b.size());
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->first < right->first)) {
      out.push_back(*left++);
    } else if (left == a.end() || right->first < left->first) {
      out.push_back(*right++);
    } else {
      out.emplace_back(left->first, left->second + right->second);
      ++left;
      ++right;
    }
  }
  return out;
}

bool valid(const ResidualState& state) {
  for (const std::int64_t count : {state.rows, state.labelled, state.unlabelled, state.unpredicted, state.labels_alone,
                                   state.zero_labels, state.negatives}) {
    if (count < 0 || count > state.rows) return false;
  }
  return state.rows <= kMaxStateRows && state.labelled + state.unlabelled + state.unpredicted == state.rows &&
         state.labels_alone <= state.unpredicted && state.zero_labels <= state.labelled &&
         state.negatives <= state.labelled;
}

}  // namespace

void ResidualState::add(double prediction, double label, double centre) {
  const row::ResidualTerms terms = row::residual_terms(prediction, label, centre);
  for (int i = 0; i < row::kResidualTerms; ++i) sums[i].add(terms.value[i]);
  zero_labels += terms.zero_label ? 1 : 0;
  negatives += terms.negative ? 1 : 0;
  labelled += 1;
  rows += 1;
  const std::int32_t bin = row::error_bin(terms.value[row::kError]);
  const auto at = std::lower_bound(errors.begin(), errors.end(), bin,
                                   [](const auto& entry, std::int32_t wanted) { return entry.first < wanted; });
  if (at != errors.end() && at->first == bin) {
    at->second += 1;
  } else {
    errors.insert(at, {bin, 1});
  }
}

void ResidualState::merge(const ResidualState& other) {
  rows += other.rows;
  labelled += other.labelled;
  unlabelled += other.unlabelled;
  unpredicted += other.unpredicted;
  labels_alone += other.labels_alone;
  zero_labels += other.zero_labels;
  negatives += other.negatives;
  for (int i = 0; i < row::kResidualTerms; ++i) sums[i].merge(other.sums[i]);
  errors = merged(errors, other.errors);
}

bool ResidualState::operator==(const ResidualState& other) const {
  return rows == other.rows && labelled == other.labelled && unlabelled == other.unlabelled &&
         unpredicted == other.unpredicted && labels_alone == other.labels_alone && zero_labels == other.zero_labels &&
         negatives == other.negatives && errors == other.errors &&
         std::equal(std::begin(sums), std::end(sums), std::begin(other.sums));
}

void ResidualState::serialize(ByteWriter& out) const {
  for (const std::int64_t count : {rows, labelled, unlabelled, unpredicted, labels_alone, zero_labels, negatives})
    out.i64(count);
  for (const ExactSum& sum : sums) sum.serialize(out);
  out.u64(errors.size());
  for (const auto& [bin, count] : errors) {
    out.i64(bin);
    out.i64(count);
  }
}

Result<ResidualState> ResidualState::deserialize(ByteReader& in) {
  ResidualState out;
  for (std::int64_t* count : {&out.rows, &out.labelled, &out.unlabelled, &out.unpredicted, &out.labels_alone,
                              &out.zero_labels, &out.negatives})
    *count = in.i64();
  for (ExactSum& sum : out.sums) {
    LW_TRY(sum, ExactSum::deserialize(in));
  }
  std::int64_t binned = 0;
  for (std::uint64_t left = in.count(2); left > 0; --left) {
    const std::int64_t bin = in.i64();
    const std::int64_t count = in.i64();
    const bool ordered = out.errors.empty() || out.errors.back().first < bin;
    if (!ordered || bin < -row::kErrorBins || bin > row::kErrorBins || count < 1 || count > kMaxStateRows)
      return malformed("residuals", "the bins of errors");
    out.errors.emplace_back(static_cast<std::int32_t>(bin), count);
    binned += count;
  }
  LW_CHECK(in.finish("residuals"));
  if (!valid(out) || binned != out.labelled) return malformed("residuals", "the rows do not add up");
  return out;
}

}  // namespace longwatch

// The bytes of a ClassState, and what is refused of them.
#include <cmath>

#include "engine/state/class_row.hpp"
#include "engine/state/class_state.hpp"
#include "engine/state/exact_sum.hpp"

namespace longwatch {
namespace {

constexpr const char* kWhat = "class scores";

bool within(int128 sum, std::int64_t rows) {
  return sum >= 0 && sum <= static_cast<int128>(rows) << row::kProbabilityBits;
}

// Takes `part` from `left`; false where it is negative or more.
bool take(std::int64_t part, std::int64_t& left) {
  if (part < 0 || part > left) return false;
  left -= part;
  return true;
}

bool take(const std::vector<std::int64_t>& parts, std::int64_t& left) {
  for (const std::int64_t part : parts) {
    if (!take(part, left)) return false;
  }
  return true;
}

void write(ByteWriter& out, const PredictedRows& rows) {
  out.u64(rows.predicted);
  for (const std::int64_t count : rows.labels) out.i64(count);
  out.i64(rows.scored);
  for (const int128 sum : rows.sums) out.i128(sum);
  for (const int128 sum : rows.products) out.i128(sum);
}

PredictedRows read_predicted(ByteReader& in, std::size_t classes) {
  PredictedRows out;
  out.predicted = static_cast<std::uint32_t>(in.u64());
  out.labels.resize(classes + 1);
  for (std::int64_t& count : out.labels) count = in.i64();
  out.scored = in.i64();
  out.sums.resize(classes);
  for (int128& sum : out.sums) sum = in.i128();
  out.products.resize(product_sums(classes));
  for (int128& sum : out.products) sum = in.i128();
  return out;
}

// The rows of one predicted class; takes them from `left`, the scored ones from `scored`.
bool valid(const PredictedRows& rows, std::size_t classes, std::int64_t& left, std::int64_t& scored) {
  std::int64_t own = left;
  if (rows.predicted >= classes || !take(rows.labels, own) || own == left) return false;
  const std::int64_t predicted = left - own;
  left = own;
  if (rows.scored > predicted || !take(rows.scored, scored)) return false;
  for (const int128 sum : rows.sums) {
    if (!within(sum, rows.scored)) return false;
  }
  for (const int128 sum : rows.products) {
    if (!within(sum, rows.scored)) return false;
  }
  return true;
}

// The entries of one class: in order, of no more rows than `scored`, and all of them or none.
bool valid(const std::vector<ClassEntry>& entries, std::int64_t scored, bool gridded) {
  std::int64_t left = scored;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ScoreEntry& key = entries[i].key;
    if (!row::is_probability(key.score) || std::signbit(key.score) || key.code() > 5) return false;
    if (gridded && key.score != grid_score(key.score)) return false;
    if (key.count() < 1 || !take(key.count(), left) || !within(entries[i].sum, key.count())) return false;
    if (i == 0) continue;
    const ScoreEntry& last = entries[i - 1].key;
    if (key.score < last.score || (key.score == last.score && key.code() <= last.code())) return false;
  }
  return entries.empty() || left == 0;
}

// The scored rows of a class by code cannot be more than the rows of that prediction and label.
bool valid_codes(const ClassState& state, std::size_t c) {
  std::int64_t most[6] = {};
  for (const PredictedRows& rows : state.predicted) {
    std::int64_t* by_label = most + (rows.predicted == c ? 3 : 0);
    for (std::size_t label = 0; label < state.classes; ++label) by_label[label == c ? 1 : 0] += rows.labels[label];
    by_label[2] += rows.labels[state.classes];
  }
  for (const ClassEntry& entry : state.entries[c]) {
    if (!take(entry.key.count(), most[entry.key.code()])) return false;
  }
  return true;
}

Result<void> check(const ClassState& state) {
  std::int64_t left = state.rows;
  for (const std::int64_t part : {state.missing_scores, state.invalid_scores, state.unnormalised_scores}) {
    if (!take(part, left)) return malformed(kWhat, "the rows without usable scores");
  }
  for (const std::int64_t part : {state.unmapped_predictions, state.unmapped_labels}) {
    if (part < 0 || part > state.rows) return malformed(kWhat, "the unmapped classes");
  }
  std::int64_t scored = state.scored();
  left = state.rows;
  for (std::size_t i = 0; i < state.predicted.size(); ++i) {
    if (!valid(state.predicted[i], state.classes, left, scored)) return malformed(kWhat, "the predicted rows");
    if (i > 0 && state.predicted[i].predicted <= state.predicted[i - 1].predicted)
      return malformed(kWhat, "the order of the classes");
  }
  if (!take(state.unpredicted, left)) return malformed(kWhat, "the rows without a prediction");
  if (left != 0 || scored != 0) return malformed(kWhat, "the counts do not add up to the rows");
  for (std::size_t c = 0; c < state.classes; ++c) {
    if (!valid(state.entries[c], state.scored(), state.gridded) || !valid_codes(state, c))
      return malformed(kWhat, "the entries");
  }
  if (!state.gridded && state.keys() > kMaxScoreKeys) return malformed(kWhat, "too many entries");
  return {};
}

}  // namespace

void ClassState::serialize(ByteWriter& out) const {
  out.i64(rows);
  if (rows == 0) return;
  for (const std::int64_t count :
       {missing_scores, invalid_scores, unnormalised_scores, unmapped_predictions, unmapped_labels})
    out.i64(count);
  out.u64(classes);
  out.u64(gridded ? 1 : 0);
  out.u64(predicted.size());
  for (const PredictedRows& rows_of : predicted) write(out, rows_of);
  for (const std::int64_t count : unpredicted) out.i64(count);
  for (const auto& of_class : entries) {
    out.u64(of_class.size());
    for (const ClassEntry& entry : of_class) {
      out.f64(entry.key.score);
      out.u64(entry.key.packed);
      out.i128(entry.sum);
    }
  }
}

Result<ClassState> ClassState::deserialize(ByteReader& in, std::size_t classes) {
  ClassState out;
  out.rows = in.i64();
  LW_CHECK(in.finish(kWhat));
  if (out.rows == 0) return out;
  if (out.rows < 0 || out.rows > kMaxStateRows) return malformed(kWhat, "the number of rows");
  for (std::int64_t* count : {&out.missing_scores, &out.invalid_scores, &out.unnormalised_scores,
                              &out.unmapped_predictions, &out.unmapped_labels})
    *count = in.i64();
  out.classes = in.u64();
  if (out.classes != classes || classes == 0 || classes > kMaxClasses)
    return malformed(kWhat, "the number of classes is another");
  const std::uint64_t gridded = in.u64();
  if (gridded > 1) return malformed(kWhat, "the grid");
  out.gridded = gridded == 1;
  for (std::uint64_t left = in.count(4 * classes); left > 0 && !in.failed(); --left)
    out.predicted.push_back(read_predicted(in, classes));
  out.unpredicted.resize(classes + 1);
  for (std::int64_t& count : out.unpredicted) count = in.i64();
  out.entries.resize(classes);
  for (auto& of_class : out.entries) {
    of_class.resize(in.count(11));
    for (ClassEntry& entry : of_class) {
      entry.key.score = in.f64();
      entry.key.packed = in.u64();
      entry.sum = in.i128();
    }
  }
  LW_CHECK(in.finish(kWhat));
  LW_CHECK(check(out));
  return out;
}

}  // namespace longwatch

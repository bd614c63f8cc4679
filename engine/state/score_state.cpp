// Multisets of scores: merged like sorted lists, put on a grid where they grow too large.
#include "engine/state/score_state.hpp"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "engine/base/side_by_side.hpp"
#include "engine/state/exact_sum.hpp"

namespace longwatch {
namespace {

// A type of its own, not a function, so that sorting and merging compare in place.
struct Before {
  bool operator()(const ScoreEntry& a, const ScoreEntry& b) const {
    return a.score != b.score ? a.score < b.score : a.code() < b.code();
  }
};
constexpr Before before;

bool same_key(const ScoreEntry& a, const ScoreEntry& b) { return a.score == b.score && a.code() == b.code(); }

// Adds up neighbours with the same key.
void join_equal(std::vector<ScoreEntry>& entries) {
  if (entries.empty()) return;
  std::size_t last = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (same_key(entries[last], entries[i])) {
      entries[last] =
          ScoreEntry::of(entries[last].score, entries[last].code(), entries[last].count() + entries[i].count());
    } else {
      entries[++last] = entries[i];
    }
  }
  entries.resize(last + 1);
}

// Which list comes next is as good as random, so it is worked out, not branched on.
std::vector<ScoreEntry> merged(std::span<const ScoreEntry> a, std::span<const ScoreEntry> b) {
  constexpr std::uint64_t kCode = 7;
  std::vector<ScoreEntry> out(a.size() + b.size());
  std::size_t i = 0, j = 0, end = 0;
  while (i < a.size() && j < b.size()) {
    const std::uint64_t x = a[i].packed, y = b[j].packed;
    const auto x_score = std::bit_cast<std::uint64_t>(a[i].score);  // in order, as no score is negative
    const auto y_score = std::bit_cast<std::uint64_t>(b[j].score);
    const bool tied = x_score == y_score;
    const bool less = (x_score < y_score) | (tied & ((x & kCode) < (y & kCode)));
    const bool same = tied & ((x & kCode) == (y & kCode));
    const auto take_x = static_cast<std::uint64_t>(less | same);
    const std::uint64_t of_x = 0 - take_x;  // all bits or none: compilers make branches of conditions
    out[end].score = std::bit_cast<double>((x_score & of_x) | (y_score & ~of_x));
    out[end].packed = ((x & of_x) | (y & ~of_x)) + ((0 - static_cast<std::uint64_t>(same)) & y & ~kCode);
    ++end;
    i += take_x;
    j += static_cast<std::size_t>(!less);
  }
  end = static_cast<std::size_t>(
      std::copy(a.begin() + static_cast<std::ptrdiff_t>(i), a.end(), out.begin() + static_cast<std::ptrdiff_t>(end)) -
      out.begin());
  end = static_cast<std::size_t>(
      std::copy(b.begin() + static_cast<std::ptrdiff_t>(j), b.end(), out.begin() + static_cast<std::ptrdiff_t>(end)) -
      out.begin());
  out.resize(end);
  return out;
}

std::vector<ScoreEntry> on_grid(std::span<const ScoreEntry> entries) {
  std::vector<ScoreEntry> out;
  out.reserve(entries.size());
  for (const ScoreEntry& entry : entries)
    out.push_back(ScoreEntry::of(grid_score(entry.score), entry.code(), entry.count()));
  sort_scores(out);
  return out;
}

bool valid_entries(const std::vector<ScoreEntry>& entries, std::int64_t rows) {
  std::int64_t left = rows;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ScoreEntry& entry = entries[i];
    if (!(entry.score >= 0 && entry.score <= 1) || std::signbit(entry.score) || entry.code() > 5) return false;
    if (entry.count() < 1 || entry.count() > left) return false;
    left -= entry.count();
    if (i > 0 && !before(entries[i - 1], entry)) return false;
  }
  return true;
}

}  // namespace

double grid_score(double score) {
  const double cell = std::min(std::floor(score * kScoreGrid), kScoreGrid - 1);
  return (cell + 0.5) / kScoreGrid;
}

ScoreState merge_scores(std::span<const ScoreState> states) {
  if (states.empty()) return {};
  if (states.size() == 1) return states.front();
  ScoreState halves[2];
  const std::size_t half = states.size() / 2;
  side_by_side(2, [&](std::size_t k) { halves[k] = merge_scores(k == 0 ? states.first(half) : states.subspan(half)); });
  halves[0].merge(halves[1]);
  return std::move(halves[0]);
}

void sort_scores(std::vector<ScoreEntry>& entries) {
  std::sort(entries.begin(), entries.end(), before);
  join_equal(entries);
}

void count_scores(std::vector<std::uint64_t> (&keys)[2], std::vector<ScoreEntry>& out) {
  for (std::vector<std::uint64_t>& some : keys) hwy::Sorter()(some.data(), some.size(), hwy::SortAscending());
  out.clear();
  out.reserve(keys[0].size() + keys[1].size());
  std::size_t at[2] = {0, 0};
  const auto take_equal = [&](int predicted) {
    const std::vector<std::uint64_t>& some = keys[predicted];
    std::size_t& i = at[predicted];
    const std::uint64_t key = some[i];
    const std::size_t first = i;
    while (i < some.size() && some[i] == key) ++i;
    const int code = static_cast<int>(key & 3) + (predicted == 1 ? 3 : 0);
    out.push_back(ScoreEntry::of(std::bit_cast<double>(key >> 2), code, static_cast<std::int64_t>(i - first)));
  };
  while (at[0] < keys[0].size() && at[1] < keys[1].size())
    take_equal(keys[0][at[0]] >> 2 <= keys[1][at[1]] >> 2 ? 0 : 1);
  for (int predicted = 0; predicted < 2; ++predicted) {
    while (at[predicted] < keys[predicted].size()) take_equal(predicted);
  }
}

std::int64_t ScoreState::scored() const {
  return std::accumulate(entries.begin(), entries.end(), std::int64_t{0},
                         [](std::int64_t sum, const ScoreEntry& entry) { return sum + entry.count(); });
}

std::int64_t ScoreState::labelled() const {
  constexpr auto kUnknown = static_cast<int>(LabelCode::unknown);
  std::int64_t out = unpredicted[0] + unpredicted[1];
  for (int code = 0; code < 6; ++code) out += code % 3 == kUnknown ? 0 : unscored[code];
  for (const ScoreEntry& entry : entries) out += entry.label() == LabelCode::unknown ? 0 : entry.count();
  return out;
}

void ScoreState::add(std::span<const ScoreEntry> sorted) {
  if (sorted.empty()) return;
  if (gridded) {
    entries = merged(entries, on_grid(sorted));
    return;
  }
  entries = entries.empty() ? std::vector<ScoreEntry>(sorted.begin(), sorted.end()) : merged(entries, sorted);
  if (entries.size() > kMaxScoreKeys) to_grid();
}

void ScoreState::to_grid() {
  if (gridded) return;
  entries = on_grid(entries);
  gridded = true;
}

void ScoreState::merge(const ScoreState& other) {
  rows += other.rows;
  missing_scores += other.missing_scores;
  invalid_scores += other.invalid_scores;
  unmapped_predictions += other.unmapped_predictions;
  unmapped_labels += other.unmapped_labels;
  for (int i = 0; i < 6; ++i) unscored[i] += other.unscored[i];
  for (int i = 0; i < 3; ++i) unpredicted[i] += other.unpredicted[i];
  if (other.gridded) to_grid();
  add(other.entries);
}

void ScoreState::serialize(ByteWriter& out) const {
  for (const std::int64_t count : {rows, missing_scores, invalid_scores, unmapped_predictions, unmapped_labels})
    out.i64(count);
  for (const std::int64_t count : unscored) out.i64(count);
  for (const std::int64_t count : unpredicted) out.i64(count);
  out.u64(gridded ? 1 : 0);
  out.u64(entries.size());
  for (const ScoreEntry& entry : entries) {
    out.f64(entry.score);
    out.u64(entry.packed);
  }
}

Result<ScoreState> ScoreState::deserialize(ByteReader& in) {
  ScoreState out;
  for (std::int64_t* count :
       {&out.rows, &out.missing_scores, &out.invalid_scores, &out.unmapped_predictions, &out.unmapped_labels})
    *count = in.i64();
  for (std::int64_t& count : out.unscored) count = in.i64();
  for (std::int64_t& count : out.unpredicted) count = in.i64();
  const std::uint64_t gridded = in.u64();
  out.gridded = gridded == 1;
  out.entries.resize(in.count(9));
  for (ScoreEntry& entry : out.entries) {
    entry.score = in.f64();
    entry.packed = in.u64();
  }
  LW_CHECK(in.finish("scores"));
  if (gridded > 1 || out.rows < 0 || out.rows > kMaxStateRows) return malformed("scores", "the number of rows");
  std::int64_t counted = 0;
  const auto count = [&](std::int64_t part) {
    if (part < 0 || part > out.rows - counted) return false;
    counted += part;
    return true;
  };
  for (const std::int64_t part : out.unscored) {
    if (!count(part)) return malformed("scores", "the rows without a score");
  }
  for (const std::int64_t part : out.unpredicted) {
    if (!count(part)) return malformed("scores", "the rows without a prediction");
  }
  const std::int64_t without = out.missing_scores + out.invalid_scores;
  if (out.missing_scores < 0 || out.invalid_scores < 0 || without != counted)
    return malformed("scores", "the rows without a score do not add up");
  if (out.unmapped_labels < 0 || out.unmapped_labels > out.rows || out.unmapped_predictions < 0 ||
      out.unmapped_predictions > out.rows)
    return malformed("scores", "the unmapped classes");
  if (!valid_entries(out.entries, out.rows - counted)) return malformed("scores", "the entries");
  if (out.scored() != out.rows - counted) return malformed("scores", "the counts do not add up to the rows");
  if (!out.gridded && out.entries.size() > kMaxScoreKeys) return malformed("scores", "too many entries");
  return out;
}

}  // namespace longwatch

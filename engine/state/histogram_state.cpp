// Histogram counts and sums per cell: sparse while few cells are occupied, dense after. The form never shows: equality
// and bytes are those of the content.
#include <algorithm>

#include "engine/state/number_state.hpp"

namespace longwatch {
namespace {

constexpr std::size_t kGroup = 64;  // cells a touched flag stands for
constexpr const char* kWhat = "histogram state";

void add_range(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from, std::size_t begin,
               std::size_t end) {
  end = std::min(end, from.size());
  std::int64_t* target = to.data();
  const std::int64_t* source = from.data();
  for (std::size_t i = begin; i < end; ++i) target[i] += source[i];
}

void zero_range(std::vector<std::int64_t>& values, std::size_t begin, std::size_t end) {
  end = std::min(end, values.size());
  std::fill(values.begin() + static_cast<std::ptrdiff_t>(begin), values.begin() + static_cast<std::ptrdiff_t>(end), 0);
}

std::size_t occupied_cells(const HistogramPartial& partial) {
  std::size_t occupied = 0;
  for (std::size_t group = 0; group < partial.touched.size(); ++group) {
    if (partial.touched[group] == 0) continue;
    const std::size_t end = std::min((group + 1) * kGroup, partial.counts.size());
    for (std::size_t cell = group * kGroup; cell < end; ++cell) occupied += partial.counts[cell] != 0 ? 1 : 0;
  }
  return occupied;
}

// The occupied cells of a partial, in order.
std::vector<HistogramState::Entry> entries_of(const HistogramPartial& partial, std::size_t occupied) {
  std::vector<HistogramState::Entry> entries;
  entries.reserve(occupied);
  for (std::size_t group = 0; group < partial.touched.size(); ++group) {
    if (partial.touched[group] == 0) continue;
    const std::size_t end = std::min((group + 1) * kGroup, partial.counts.size());
    for (std::size_t cell = group * kGroup; cell < end; ++cell) {
      if (partial.counts[cell] == 0) continue;
      entries.push_back(
          {static_cast<std::uint32_t>(cell), partial.counts[cell], cell % 2 == 0 ? partial.sums[cell / 2] : 0});
    }
  }
  return entries;
}

}  // namespace

void HistogramPartial::resize(std::size_t cells) {
  clear();
  counts.resize(cells);
  sums.resize((cells + 1) / 2);
  touched.resize((cells + kGroup - 1) / kGroup);
}

void HistogramPartial::clear() {
  for (std::size_t group = 0; group < touched.size(); ++group) {
    if (touched[group] == 0) continue;
    zero_range(counts, group * kGroup, (group + 1) * kGroup);
    zero_range(sums, group * kGroup / 2, (group + 1) * kGroup / 2);
    touched[group] = 0;
  }
  below = ExactSum();
  above = ExactSum();
}

void HistogramState::add(const HistogramPartial& partial) {
  cells_ = std::max(cells_, partial.counts.size());
  const std::size_t occupied = counts_.empty() ? occupied_cells(partial) : 0;
  if (occupied > cells_ / 4) become_dense();
  if (counts_.empty()) {
    merge_entries(entries_of(partial, occupied));
  } else {
    for (std::size_t group = 0; group < partial.touched.size(); ++group) {
      if (partial.touched[group] == 0) continue;
      add_range(counts_, partial.counts, group * kGroup, (group + 1) * kGroup);
      add_range(sums_, partial.sums, group * kGroup / 2, (group + 1) * kGroup / 2);
    }
  }
  below_.merge(partial.below);
  above_.merge(partial.above);
}

void HistogramState::merge(const HistogramState& other) {
  cells_ = std::max(cells_, other.cells_);
  if (!other.counts_.empty()) {
    become_dense();
    add_range(counts_, other.counts_, 0, cells_);
    add_range(sums_, other.sums_, 0, cells_);
  } else if (counts_.empty()) {
    merge_entries(other.entries_);
  } else {
    for (const Entry& entry : other.entries_) {
      counts_[entry.cell] += entry.count;
      sums_[entry.cell / 2] += entry.sum;  // 0 for the atom that shares the index
    }
  }
  below_.merge(other.below_);
  above_.merge(other.above_);
}

// Most added cells are there already: those are added in place, the rest is sorted in at the end.
void HistogramState::merge_entries(const std::vector<Entry>& added) {
  const auto by_cell = [](const Entry& a, const Entry& b) { return a.cell < b.cell; };
  const std::size_t size = entries_.size();
  std::size_t at = 0;
  for (const Entry& entry : added) {
    while (at < size && entries_[at].cell < entry.cell) ++at;
    if (at < size && entries_[at].cell == entry.cell) {
      entries_[at].count += entry.count;
      entries_[at].sum += entry.sum;
    } else {
      entries_.push_back(entry);
    }
  }
  std::inplace_merge(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(size), entries_.end(), by_cell);
  if (entries_.size() > cells_ / 4) become_dense();
}

void HistogramState::become_dense() {
  if (!counts_.empty()) return;
  counts_.assign(cells_, 0);
  sums_.assign((cells_ + 1) / 2, 0);
  for (const Entry& entry : entries_) {
    counts_[entry.cell] = entry.count;
    sums_[entry.cell / 2] += entry.sum;
  }
  entries_ = std::vector<Entry>();
}

bool HistogramState::operator==(const HistogramState& other) const {
  if (below_ != other.below_ || above_ != other.above_) return false;
  if (counts_.empty() == other.counts_.empty()) {
    return entries_ == other.entries_ && counts_ == other.counts_ && sums_ == other.sums_;
  }
  const auto all = [](const HistogramState& state) {
    std::vector<Entry> entries;
    state.for_each([&](std::uint32_t cell, std::int64_t count, std::int64_t sum) {
      entries.push_back({cell, count, sum});
    });
    return entries;
  };
  return all(*this) == all(other);
}

void HistogramState::serialize(ByteWriter& out) const {
  std::uint64_t occupied = 0;
  for_each([&](std::uint32_t, std::int64_t, std::int64_t) { ++occupied; });
  out.u64(occupied);
  std::uint32_t next = 0;
  for_each([&](std::uint32_t cell, std::int64_t count, std::int64_t sum) {
    out.u64(cell - next);
    out.u64(static_cast<std::uint64_t>(count));
    if (cell % 2 == 0) out.u64(static_cast<std::uint64_t>(sum));
    next = cell + 1;
  });
  below_.serialize(out);
  above_.serialize(out);
}

Result<HistogramState> HistogramState::deserialize(ByteReader& in, std::size_t cells) {
  constexpr std::uint64_t kMostRows = std::numeric_limits<std::int32_t>::max();
  HistogramState state;
  state.cells_ = cells;
  const std::uint64_t occupied = in.count(2);
  std::uint64_t rows = 0;
  for (std::uint64_t i = 0, next = 0; i < occupied; ++i) {
    const std::uint64_t step = in.u64();
    if (next >= cells || step >= cells - next) return malformed(kWhat, "a cell beyond the partition");
    const std::uint64_t cell = next + step;
    const std::uint64_t count = in.u64();
    const std::uint64_t sum = cell % 2 == 0 ? in.u64() : 0;
    LW_CHECK(in.finish(kWhat));
    if (count == 0 || count > kMostRows - rows) return malformed(kWhat, "a count out of range");
    const bool bounded = cell != 0 && cell != cells - 1;
    if (sum > (bounded ? count << 32 : 0)) return malformed(kWhat, "a sum out of range");
    state.entries_.push_back(
        {static_cast<std::uint32_t>(cell), static_cast<std::int64_t>(count), static_cast<std::int64_t>(sum)});
    rows += count;
    next = cell + 1;
  }
  LW_TRY(state.below_, ExactSum::deserialize(in));
  LW_TRY(state.above_, ExactSum::deserialize(in));
  LW_CHECK(in.finish(kWhat));
  const auto occupies = [&](std::size_t cell) {
    return !state.entries_.empty() &&
           (cell == 0 ? state.entries_.front().cell == 0 : state.entries_.back().cell == cell);
  };
  if (state.below_.special_terms() != 0 || state.above_.special_terms() != 0)
    return malformed(kWhat, "a sum of infinite values");
  if ((!state.below_.empty() && !occupies(0)) || (!state.above_.empty() && !(cells > 1 && occupies(cells - 1)))) {
    return malformed(kWhat, "a sum without values");
  }
  if (state.entries_.size() > cells / 4) state.become_dense();
  return state;
}

std::size_t HistogramState::bytes() const {
  return entries_.capacity() * sizeof(Entry) + (counts_.capacity() + sums_.capacity()) * sizeof(std::int64_t);
}

}  // namespace longwatch

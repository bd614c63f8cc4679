// Counts by category, and the 64 unseen values with the smallest hash.
#include "engine/state/category_state.hpp"

#include <algorithm>
#include <tuple>

#include "engine/base/hash.hpp"

namespace longwatch {
namespace {

constexpr const char* kWhat = "category state";

// Both lists sorted and without repeats by `less`; counts of equal items add up.
template <class Item, class Less>
std::vector<Item> merged(const std::vector<Item>& a, const std::vector<Item>& b, Less less) {
  std::vector<Item> out;
  out.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out), less);
  std::size_t last = 0;
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (less(out[last], out[i])) {
      if (++last != i) out[last] = std::move(out[i]);
    } else {
      out[last].count += out[i].count;
    }
  }
  if (!out.empty()) out.resize(last + 1);
  return out;
}

bool by_hash_and_text(const UnseenValue& a, const UnseenValue& b) {
  return std::tie(a.hash, a.text) < std::tie(b.hash, b.text);
}

Result<std::int64_t> read_count(ByteReader& in, std::int64_t least) {
  const std::uint64_t value = in.u64();
  LW_CHECK(in.finish(kWhat));
  if (value < static_cast<std::uint64_t>(least) || value > static_cast<std::uint64_t>(kMaxStateRows)) {
    return malformed(kWhat, "a count out of range");
  }
  return static_cast<std::int64_t>(value);
}

Result<std::vector<CategoryState::Entry>> read_categories(ByteReader& in, std::size_t categories) {
  std::vector<CategoryState::Entry> entries;
  const std::uint64_t size = in.count(2);
  for (std::uint64_t i = 0, next = 0; i < size; ++i) {
    const std::uint64_t step = in.u64();
    if (next >= categories || step >= categories - next) return malformed(kWhat, "a code beyond the categories");
    LW_TRY(const std::int64_t count, read_count(in, 1));
    entries.push_back({static_cast<std::uint32_t>(next + step), count});
    next += step + 1;
  }
  return entries;
}

Result<std::vector<UnseenValue>> read_unseen_values(ByteReader& in) {
  std::vector<UnseenValue> values;
  const std::uint64_t size = in.count(2);
  if (size > kKeptUnseen) return malformed(kWhat, "too many unseen values");
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::string_view text = in.text();
    LW_TRY(const std::int64_t count, read_count(in, 1));
    UnseenValue value{hash_text(text), std::string(text), count};
    if (!values.empty() && !by_hash_and_text(values.back(), value))
      return malformed(kWhat, "unseen values out of order");
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

// A value among the 64 smallest of the union is among the 64 smallest wherever it occurs, so its count is complete.
void CategoryState::merge(const CategoryState& other_state) {
  counts.merge(other_state.counts);
  categories =
      merged(categories, other_state.categories, [](const Entry& a, const Entry& b) { return a.code < b.code; });
  other += other_state.other;
  unseen += other_state.unseen;
  unseen_values = merged(unseen_values, other_state.unseen_values, by_hash_and_text);
  if (unseen_values.size() > kKeptUnseen) unseen_values.resize(kKeptUnseen);
  distinct.merge(other_state.distinct);
}

void CategoryState::serialize(ByteWriter& out) const {
  counts.serialize(out);
  out.u64(categories.size());
  std::uint32_t next = 0;
  for (const Entry& entry : categories) {
    out.u64(entry.code - next);
    out.u64(static_cast<std::uint64_t>(entry.count));
    next = entry.code + 1;
  }
  out.u64(static_cast<std::uint64_t>(other));
  out.u64(static_cast<std::uint64_t>(unseen));
  out.u64(unseen_values.size());
  for (const UnseenValue& value : unseen_values) {
    out.text(value.text);
    out.u64(static_cast<std::uint64_t>(value.count));
  }
  distinct.serialize(out);
}

Result<CategoryState> CategoryState::deserialize(ByteReader& in, std::size_t categories) {
  CategoryState state;
  LW_TRY(state.counts, CountsState::deserialize(in));
  LW_TRY(state.categories, read_categories(in, categories));
  LW_TRY(state.other, read_count(in, 0));
  LW_TRY(state.unseen, read_count(in, 0));
  LW_TRY(state.unseen_values, read_unseen_values(in));
  LW_TRY(state.distinct, DistinctState::deserialize(in));
  std::int64_t seen = 0;
  for (const Entry& entry : state.categories) seen += entry.count;
  std::int64_t kept = 0;
  for (const UnseenValue& value : state.unseen_values) kept += value.count;
  const bool all_kept = state.unseen_values.size() < kKeptUnseen;
  if (all_kept ? kept != state.unseen : kept > state.unseen)
    return malformed(kWhat, "unseen values that do not add up");
  const std::int64_t present = seen + state.other + state.unseen;
  if (state.counts.rows != state.counts.missing() + present)
    return malformed(kWhat, "counts that do not add up to the rows");
  if (present == 0 && state.distinct != DistinctState()) return malformed(kWhat, "distinct values without values");
  return state;
}

}  // namespace longwatch

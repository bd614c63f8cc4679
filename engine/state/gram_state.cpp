// Exact sums of standardised features and of their products.
#include "engine/state/gram_state.hpp"

#include <algorithm>

#include "engine/state/exact_sum.hpp"

namespace longwatch {
namespace {

constexpr const char* kWhat = "Gram state";
constexpr int128 kMostUnits = int128{1} << 51;    // |z| <= row::kGramLimit, in units of 2^-36
constexpr int128 kMostProduct = int128{1} << 85;  // its square in units of 2^-54, and some
constexpr int128 kMostSum = int128{1} << 126;     // so that merging two never overflows unnoticed
constexpr std::uint64_t kMostFeatures = 65'536;

void add_all(std::vector<int128>& to, const std::vector<int128>& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = static_cast<int128>(static_cast<uint128>(to[i]) + static_cast<uint128>(from[i]));
  }
}

int128 magnitude(int128 value) { return value < 0 ? -value : value; }

// True where `rows` terms of at most `most` each can give `sum`.
bool possible(int128 sum, std::int64_t rows, int128 most) {
  if (sum > kMostSum || sum < -kMostSum) return false;
  return rows == 0 ? sum == 0 : magnitude(sum) / rows <= most;
}

}  // namespace

void GramState::merge(const GramState& other) {
  rows += other.rows;
  add_all(sums, other.sums);
  add_all(products, other.products);
}

void GramState::serialize(ByteWriter& out) const {
  out.u64(static_cast<std::uint64_t>(rows));
  out.u64(sums.size());
  for (const int128 sum : sums) out.i128(sum);
  for (const int128 product : products) out.i128(product);
}

Result<GramState> GramState::deserialize(ByteReader& in) {
  GramState state;
  const std::uint64_t rows = in.u64();
  const std::uint64_t features = in.count(2);
  LW_CHECK(in.finish(kWhat));
  if (rows > static_cast<std::uint64_t>(kMaxStateRows)) return malformed(kWhat, "a count out of range");
  const std::uint64_t products = features * (features + 1) / 2;
  if (features > kMostFeatures || products > in.remaining() / 2)
    return malformed(kWhat, "fewer products than features ask for");
  state.rows = static_cast<std::int64_t>(rows);
  state.sums.resize(features);
  state.products.resize(products);
  for (int128& sum : state.sums) sum = in.i128();
  for (int128& product : state.products) product = in.i128();
  LW_CHECK(in.finish(kWhat));
  for (std::uint64_t i = 0; i < features; ++i) {
    if (!possible(state.sums[i], state.rows, kMostUnits)) return malformed(kWhat, "a sum out of range");
    if (state.products[i * (i + 1) / 2 + i] < 0) return malformed(kWhat, "a negative sum of squares");
  }
  const auto fits = [&](int128 product) { return possible(product, state.rows, kMostProduct); };
  if (!std::all_of(state.products.begin(), state.products.end(), fits))
    return malformed(kWhat, "a product out of range");
  return state;
}

}  // namespace longwatch

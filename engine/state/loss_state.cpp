// Counts, then the sums of every loss.
#include "engine/state/loss_state.hpp"

namespace longwatch {

void LossState::merge(const LossState& other) {
  estimated += other.estimated;
  unestimated += other.unestimated;
  negative += other.negative;
  for (std::size_t i = 0; i < kLosses; ++i) losses[i].merge(other.losses[i]);
}

void LossState::serialize(ByteWriter& out) const {
  out.u64(static_cast<std::uint64_t>(estimated));
  out.u64(static_cast<std::uint64_t>(unestimated));
  out.u64(static_cast<std::uint64_t>(negative));
  for (const LossSums& sums : losses) {
    sums.sum.serialize(out);
    sums.squares.serialize(out);
  }
}

Result<LossState> LossState::deserialize(ByteReader& in) {
  constexpr const char* kWhat = "estimated losses";
  LossState out;
  const std::uint64_t estimated = in.u64();
  const std::uint64_t unestimated = in.u64();
  const std::uint64_t negative = in.u64();
  if (estimated > std::uint64_t{kMaxStateRows} || unestimated > std::uint64_t{kMaxStateRows})
    return malformed(kWhat, "more rows than a state holds");
  out.estimated = static_cast<std::int64_t>(estimated);
  if (negative > estimated) return malformed(kWhat, "more negative predictions than predictions");
  out.unestimated = static_cast<std::int64_t>(unestimated);
  out.negative = static_cast<std::int64_t>(negative);
  for (LossSums& sums : out.losses) {
    LW_TRY(sums.sum, ExactSum::deserialize(in));
    LW_TRY(sums.squares, ExactSum::deserialize(in));
    if (estimated == 0 && !(sums.sum.empty() && sums.squares.empty())) return malformed(kWhat, "a sum of no rows");
  }
  LW_CHECK(in.finish(kWhat));
  return out;
}

}  // namespace longwatch

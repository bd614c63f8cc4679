// ExactSum: a Kulisch-like accumulator whose 64 slots take 32 exponents each.
#include "engine/state/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/state/exact_row.hpp"

namespace longwatch {
namespace {

constexpr int kSlotBits = row::kExactSlotBits;
constexpr int kUnitExponent = row::kExactUnitExponent;
constexpr int kLimbs = row::kExactSlots + 4;  // the slots, and room for the carry out of the last

// Sums wrap instead of overflowing: only damaged bytes can get there, and they must not be undefined behaviour.
int128 wrapping_sum(int128 a, int128 b) {
  return static_cast<int128>(static_cast<uint128>(a) + static_cast<uint128>(b));
}

// The magnitude of a sum as 32-bit limbs, the lowest first.
struct Magnitude {
  std::array<std::uint32_t, kLimbs> limbs{};
  bool negative = false;
};

// Carries from the lowest slot up, into two's complement.
std::array<std::uint32_t, kLimbs> propagate(const std::array<int128, 64>& slots) {
  std::array<std::uint32_t, kLimbs> limbs{};
  int128 carry = 0;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    if (i < slots.size()) carry = wrapping_sum(carry, slots[i]);
    limbs[i] = static_cast<std::uint32_t>(carry);
    carry >>= kSlotBits;
  }
  return limbs;
}

Magnitude magnitude_of(const std::array<int128, 64>& slots) {
  Magnitude out{propagate(slots), false};
  out.negative = (out.limbs.back() >> 31) != 0;
  if (!out.negative) return out;
  std::uint64_t carry = 1;
  for (std::uint32_t& limb : out.limbs) {
    carry += static_cast<std::uint32_t>(~limb);
    limb = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  return out;
}

// The four highest limbs hold at least 97 bits; whatever lies below them only decides ties.
double rounded(const Magnitude& magnitude) {
  int top = kLimbs - 1;
  while (top > 0 && magnitude.limbs[static_cast<std::size_t>(top)] == 0) --top;
  const int bottom = std::max(top - 3, 0);
  uint128 window = 0;
  for (int i = top; i >= bottom; --i) window = (window << 32) | magnitude.limbs[static_cast<std::size_t>(i)];
  const bool sticky =
      std::any_of(magnitude.limbs.begin(), magnitude.limbs.begin() + bottom, [](auto limb) { return limb != 0; });
  if (sticky) window |= 1;
  // The conversion rounds once, to nearest even. ldexp is exact then: a sum below 2^-1022 is a multiple of 2^-1074.
  const double value = std::ldexp(static_cast<double>(window), kSlotBits * bottom - kUnitExponent);
  return magnitude.negative ? -value : value;
}

}  // namespace

ExactSum::ExactSum(const ExactSum& other)
    : slots_(other.slots_ ? std::make_unique<Slots>(*other.slots_) : nullptr),
      positive_inf_(other.positive_inf_),
      negative_inf_(other.negative_inf_),
      nan_(other.nan_) {}

ExactSum& ExactSum::operator=(const ExactSum& other) {
  if (this != &other) *this = ExactSum(other);
  return *this;
}

void ExactSum::add(double term) {
  if (term == 0) return;
  const row::ExactTerm part = row::exact_term(term);
  if (part.slot < 0) {
    const int special = -1 - part.slot;
    ++(special == row::kNaNTerm ? nan_ : special == row::kNegativeInf ? negative_inf_ : positive_inf_);
    return;
  }
  if (!slots_) slots_ = std::make_unique<Slots>();
  int128& slot = (*slots_)[static_cast<std::size_t>(part.slot)];
  slot = wrapping_sum(slot, static_cast<int128>(part.units));
}

void ExactSum::merge(const ExactSum& other) {
  positive_inf_ += other.positive_inf_;
  negative_inf_ += other.negative_inf_;
  nan_ += other.nan_;
  if (!other.slots_) return;
  if (!slots_) slots_ = std::make_unique<Slots>();
  for (std::size_t i = 0; i < slots_->size(); ++i) (*slots_)[i] = wrapping_sum((*slots_)[i], (*other.slots_)[i]);
}

double ExactSum::value() const {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  if (nan_ != 0 || (positive_inf_ != 0 && negative_inf_ != 0)) return std::numeric_limits<double>::quiet_NaN();
  if (positive_inf_ != 0) return kInf;
  if (negative_inf_ != 0) return -kInf;
  return slots_ ? rounded(magnitude_of(*slots_)) : 0;
}

bool ExactSum::all_slots_zero() const {
  return !slots_ || std::all_of(slots_->begin(), slots_->end(), [](int128 slot) { return slot == 0; });
}

bool ExactSum::empty() const { return special_terms() == 0 && all_slots_zero(); }

bool ExactSum::operator==(const ExactSum& other) const {
  if (positive_inf_ != other.positive_inf_ || negative_inf_ != other.negative_inf_ || nan_ != other.nan_) return false;
  if (!slots_ || !other.slots_) return all_slots_zero() && other.all_slots_zero();
  return *slots_ == *other.slots_;
}

// First a number: twice the occupied slots, plus 1 where special terms follow them.
void ExactSum::serialize(ByteWriter& out) const {
  const std::size_t occupied =
      slots_ ? slots_->size() - static_cast<std::size_t>(std::count(slots_->begin(), slots_->end(), int128{0})) : 0;
  const bool special = special_terms() != 0;
  out.u64(2 * occupied + (special ? 1 : 0));
  for (std::size_t i = 0; occupied != 0 && i < slots_->size(); ++i) {
    if ((*slots_)[i] == 0) continue;
    out.u64(i);
    out.i128((*slots_)[i]);
  }
  if (!special) return;
  for (const std::int64_t count : {positive_inf_, negative_inf_, nan_}) out.u64(static_cast<std::uint64_t>(count));
}

Result<ExactSum> ExactSum::deserialize(ByteReader& in) {
  constexpr const char* kWhat = "exact sum";
  constexpr int128 kLargest = static_cast<int128>(kMaxStateRows) << (53 + kSlotBits - 1);
  ExactSum sum;
  const std::uint64_t head = in.u64();
  const std::uint64_t occupied = head / 2;
  if (occupied > std::tuple_size_v<Slots>) return malformed(kWhat, "too many slots");
  if (occupied != 0) sum.slots_ = std::make_unique<Slots>();
  for (std::uint64_t i = 0, next = 0; i < occupied; ++i) {
    const std::uint64_t slot = in.u64();
    const int128 value = in.i128();
    LW_CHECK(in.finish(kWhat));
    if (slot < next || slot >= sum.slots_->size()) return malformed(kWhat, "slots out of order");
    if (value == 0 || value > kLargest || value < -kLargest) return malformed(kWhat, "a slot out of range");
    (*sum.slots_)[slot] = value;
    next = slot + 1;
  }
  if (head % 2 != 0) {
    for (std::int64_t* count : {&sum.positive_inf_, &sum.negative_inf_, &sum.nan_}) {
      const std::uint64_t value = in.u64();
      if (value > static_cast<std::uint64_t>(kMaxStateRows)) return malformed(kWhat, "a count out of range");
      *count = static_cast<std::int64_t>(value);
    }
    if (sum.special_terms() == 0 && !in.failed()) return malformed(kWhat, "special terms announced, none counted");
  }
  LW_CHECK(in.finish(kWhat));
  return sum;
}

}  // namespace longwatch

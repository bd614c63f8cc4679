// Which columns a device keeps.
#include "cuda/residents.hpp"

#include <algorithm>
#include <utility>

namespace longwatch::cuda {
namespace {

std::int64_t bytes_of(const ColumnView& view) {
  const std::int64_t rows = view.whole->rows;
  return rows * view.whole->value_bytes + (view.whole->validity == nullptr ? 0 : rows / 8 + 1);
}

}  // namespace

Residents::Pin Residents::find(const ColumnView& view) {
  if (view.whole == nullptr || view.type == ValueType::micros64) return nullptr;
  const WholeColumn& whole = *view.whole;
  const std::int64_t bytes = bytes_of(view);
  {
    const std::lock_guard guard(lock_);
    used_at_[whole.table] = ++clock_;
    if (const auto found = kept_.find(whole.serial); found != kept_.end()) {
      if (found->second.pin != nullptr) ++hits_;
      return found->second.pin;
    }
    while (bytes_ + bytes > limit_ && evict_locked(whole.table)) {
    }
    if (bytes_ + bytes > limit_) return nullptr;
    kept_.emplace(whole.serial, Kept{nullptr, whole.table, bytes});
    bytes_ += bytes;
  }
  Pin pin = make(view);
  const std::lock_guard guard(lock_);
  if (pin != nullptr) {
    kept_[whole.serial].pin = pin;
  } else {
    kept_.erase(whole.serial);
    bytes_ -= bytes;
  }
  return pin;
}

Residents::Pin Residents::make(const ColumnView& view) {
  const std::int32_t type = view.type == ValueType::code32 && view.whole->value_bytes == 2 ? kCode16 : type_of(view);
  const Column column{view.whole->values, view.whole->validity, 0, type};
  while (true) {
    Status status{};
    void* const kept = module_.keep(context_, &column, view.whole->rows, &status);
    if (kept != nullptr) {
      return {kept,
              [&module = module_, context = context_](const void* at) { module.drop(context, const_cast<void*>(at)); }};
    }
    if (status.code != kNoMemory || !evict(view.whole->table)) return nullptr;
  }
}

bool Residents::evict(std::optional<std::uint64_t> but) {
  const std::lock_guard guard(lock_);
  return evict_locked(but);
}

bool Residents::give_way() {
  const std::lock_guard guard(lock_);
  if (bytes_ == 0) return false;
  limit_ = bytes_ / 2;
  while (bytes_ > limit_ && evict_locked({})) {
  }
  return bytes_ <= limit_;
}

bool Residents::evict_locked(std::optional<std::uint64_t> but) {
  const std::pair<const std::uint64_t, Kept>* oldest = nullptr;
  for (const auto& entry : kept_) {
    if (entry.second.pin == nullptr || entry.second.table == but) continue;
    if (oldest == nullptr || used_at_[entry.second.table] < used_at_[oldest->second.table]) oldest = &entry;
  }
  if (oldest == nullptr) return false;
  const std::uint64_t table = oldest->second.table;
  std::erase_if(kept_, [&](const auto& entry) {
    if (entry.second.table != table || entry.second.pin == nullptr) return false;
    bytes_ -= entry.second.bytes;
    return true;
  });
  return true;
}

std::int64_t Residents::bytes() const {
  const std::lock_guard guard(lock_);
  return bytes_;
}

std::int64_t Residents::hits() const {
  const std::lock_guard guard(lock_);
  return hits_;
}

}  // namespace longwatch::cuda

#pragma once
// Columns that stay on a device between submissions: those that stay in host memory (WholeColumn), so that whatever
// happens to the device, nothing is lost.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "cuda/abi.hpp"
#include "engine/source/column.hpp"

namespace longwatch::cuda {

/// What a view's values are to the module.
inline std::int32_t type_of(const ColumnView& view) {
  return view.type == ValueType::float32 ? kFloat32 : view.type == ValueType::float64 ? kFloat64 : kCode32;
}

/// The kept columns of one context. When room is short those of the table that was least recently used go first.
/// Thread-safe.
class Residents {
 public:
  /// A kept column, for a submission to hold while it uses it; null where there is none.
  using Pin = std::shared_ptr<const void>;

  /// Keeps at most `limit` bytes.
  Residents(const Module& module, Context* context, std::int64_t limit)
      : module_(module), context_(context), limit_(limit) {}

  /// The device's copy of the column that `view` is part of, made now where it is the first time. Null where the view
  /// is of no such column, another thread makes the copy, or there is no room. O(1), the first time O(rows).
  Pin find(const ColumnView& view);
  /// Lets the columns of the least recently used table go, except `but`. False where there are none.
  bool evict(std::optional<std::uint64_t> but = {});
  /// Work found no memory: keeps half as much from now on. False where nothing is kept.
  bool give_way();

  [[nodiscard]] std::int64_t bytes() const;
  /// How often a submission found its column there.
  [[nodiscard]] std::int64_t hits() const;

 private:
  struct Kept {
    Pin pin;  ///< null while it is made
    std::uint64_t table = 0;
    std::int64_t bytes = 0;
  };
  Pin make(const ColumnView& view);
  bool evict_locked(std::optional<std::uint64_t> but);

  const Module& module_;
  Context* context_;
  std::int64_t limit_;
  mutable std::mutex lock_;
  std::map<std::uint64_t, Kept> kept_;              ///< by serial
  std::map<std::uint64_t, std::uint64_t> used_at_;  ///< by table
  std::uint64_t clock_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t hits_ = 0;
};

}  // namespace longwatch::cuda

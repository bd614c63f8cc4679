#pragma once
// Items of one column of a slab, submitted together to a backend that works in batches (Backend::in_batches).

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/accumulate/routing.hpp"
#include "engine/backend/backend.hpp"
#include "engine/state/row.hpp"

namespace longwatch::accumulating {

/// Bytes of partials that a batch may hold, and cells whose partials grow with their rows.
inline constexpr std::size_t kBatchBytes = 16 << 20;
inline constexpr std::size_t kCellsAtOnce = 256;

/// Items of a batch, so that their partials, of `bytes` each, stay within kBatchBytes; at least one.
inline std::size_t batch_items(std::size_t bytes) { return std::max<std::size_t>(1, kBatchBytes / bytes); }

/// Bytes of a numeric item's partial, about.
inline std::size_t partial_bytes(const NumberPlan& plan) {
  return 12 * plan.partition->cells() + row::kDistinctRegisters + sizeof(NumberPartial);
}

/// Partials of one column's cells, and the submission that fills them. Neither the view nor what it points to may go
/// before `finish` or the end of the batch, which waits.
template <class Partial>
class Batch {
 public:
  /// `prepare(item, partial)` makes an item of its cell's rows and a partial with room; `submit(items)` hands all over.
  template <class Item, class Prepare, class Submit>
  static Batch of(std::span<const CellRows> cells, const Item& like, const Prepare& prepare, const Submit& submit) {
    Batch out;
    out.cells_.assign(cells.begin(), cells.end());
    out.partials_.resize(cells.size());
    std::vector<Item> items(cells.size(), like);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      items[i].rows = cells[i].rows;
      items[i].out = &out.partials_[i];
      prepare(out.partials_[i]);
    }
    out.ticket_ = submit(std::span<const Item>(items));
    return out;
  }
  Batch(Batch&&) noexcept = default;
  Batch& operator=(Batch&& other) noexcept {
    if (ticket_ != nullptr) (void)ticket_->wait();
    cells_ = std::move(other.cells_);
    partials_ = std::move(other.partials_);
    ticket_ = std::move(other.ticket_);
    return *this;
  }
  ~Batch() {
    if (ticket_ != nullptr) (void)ticket_->wait();  // it writes to the partials
  }

  /// Waits, and calls merge(cell, partial) for each.
  template <class Merge>
  Result<void> finish(const Merge& merge) {
    const std::unique_ptr<Ticket> ticket = std::move(ticket_);
    LW_CHECK(ticket->wait());
    for (std::size_t i = 0; i < cells_.size(); ++i) merge(cells_[i].cell, partials_[i]);
    return {};
  }

 private:
  Batch() = default;
  std::vector<CellRows> cells_;
  std::vector<Partial> partials_;
  std::unique_ptr<Ticket> ticket_;
};

}  // namespace longwatch::accumulating

#pragma once
// Items of some columns of a slab, submitted together to a backend that works in batches (Backend::in_batches).

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
/// Columns of a slab that one submission takes. What a submission costs does not depend on its size, so many are better
/// than one; but a device should have work while the others are decoded.
inline constexpr std::size_t kColumnsTogether = 8;

/// Cells of a batch, so that their partials, of `bytes` for each, stay within kBatchBytes; at least one.
inline std::size_t batch_cells(std::size_t bytes) { return std::max<std::size_t>(1, kBatchBytes / bytes); }

/// Bytes of a numeric item's partial, about.
inline std::size_t partial_bytes(const NumberPlan& plan) {
  return 12 * plan.partition->cells() + row::kDistinctRegisters + sizeof(NumberPartial);
}

/// Partials of some cells seen through some columns, and the submission that fills them. Neither a view nor what it
/// points to may go before `finish` or the end of the batch, which waits.
template <class Partial>
class Batch {
 public:
  /// `columns`: an item of each, without rows and partial. `prepare(column, partial)` makes room in a partial for the
  /// column of that number; `submit(items)` hands all over.
  template <class Item, class Prepare, class Submit>
  static Batch of(std::span<const CellRows> cells, std::span<const Item> columns, const Prepare& prepare,
                  const Submit& submit) {
    Batch out;
    out.cells_.assign(cells.begin(), cells.end());
    out.partials_.resize(cells.size() * columns.size());
    std::vector<Item> items;
    items.reserve(out.partials_.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
      for (const CellRows& cell : cells) {
        Partial& partial = out.partials_[items.size()];
        prepare(c, partial);
        items.push_back(columns[c]);
        items.back().rows = cell.rows;
        items.back().out = &partial;
      }
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

  /// Waits, and calls merge(column, cell, partial) for each.
  template <class Merge>
  Result<void> finish(const Merge& merge) {
    const std::unique_ptr<Ticket> ticket = std::move(ticket_);
    LW_CHECK(ticket->wait());
    for (std::size_t i = 0; i < partials_.size(); ++i)
      merge(i / cells_.size(), cells_[i % cells_.size()].cell, partials_[i]);
    return {};
  }

 private:
  Batch() = default;
  std::vector<CellRows> cells_;
  std::vector<Partial> partials_;  // by column, then by cell
  std::unique_ptr<Ticket> ticket_;
};

}  // namespace longwatch::accumulating

// What is common to all backends.

#include "engine/backend/backend.hpp"

#include <utility>

#include "engine/state/row.hpp"

namespace longwatch {
namespace {

class DoneTicket final : public Ticket {
 public:
  explicit DoneTicket(Result<void> result) : result_(std::move(result)) {}
  Result<void> wait() override { return result_; }

 private:
  Result<void> result_;
};

}  // namespace

std::unique_ptr<Ticket> done_ticket(Result<void> result) { return std::make_unique<DoneTicket>(std::move(result)); }

ColumnView error_column(std::span<const double> errors) {
  ColumnView view;
  view.values = errors.data();
  view.length = static_cast<std::int64_t>(errors.size());
  return view;
}

void NumberPartial::reset(const NumberPlan& plan) {
  const std::size_t cells = plan.partition->cells();
  counts = {};
  moments = {};
  if (histogram.counts.size() == cells) {
    histogram.clear();
  } else {
    histogram.resize(cells);
  }
  registers.assign(row::kDistinctRegisters, 0);
}

}  // namespace longwatch

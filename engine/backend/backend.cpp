// What is common to all backends.

#include "engine/backend/backend.hpp"

#include "engine/state/row.hpp"

namespace longwatch {

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

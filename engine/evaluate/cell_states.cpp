// Merging from both ends: states cannot be subtracted.
#include "engine/evaluate/cell_states.hpp"

namespace longwatch {
namespace {

template <class State>
const State* at(const std::vector<State>& cells, std::size_t cell) {
  return cells.empty() ? nullptr : &cells[cell];
}

template <class State>
void merge(const State* from, State& to) {
  if (from != nullptr) to.merge(*from);
}

template <class State>
const State* if_any(const State* kind, const State& state) {
  return kind == nullptr ? nullptr : &state;
}

}  // namespace

CellStates CellStates::of(const StateTable& table, std::int32_t column, std::size_t cell) {
  CellStates out;
  out.rows = table.rows[cell];
  if (column >= 0) {
    const auto c = static_cast<std::size_t>(column);
    if (c < table.numbers.size()) out.number = at(table.numbers[c], cell);
    if (c < table.categories.size()) out.category = at(table.categories[c], cell);
    return out;
  }
  out.reconstruction = at(table.reconstruction, cell);
  out.scores = at(table.scores, cell);
  out.classes = at(table.classes, cell);
  out.residuals = at(table.residuals, cell);
  out.losses = at(table.losses, cell);
  return out;
}

void MergedCell::add(const CellStates& cell) {
  kinds_ = cell;
  rows_ += cell.rows;
  merge(cell.number, number_);
  merge(cell.category, category_);
  merge(cell.reconstruction, reconstruction_);
  merge(cell.scores, scores_);
  merge(cell.classes, classes_);
  merge(cell.residuals, residuals_);
  merge(cell.losses, losses_);
}

CellStates MergedCell::states() const {
  CellStates out;
  out.rows = rows_;
  out.number = if_any(kinds_.number, number_);
  out.category = if_any(kinds_.category, category_);
  out.reconstruction = if_any(kinds_.reconstruction, reconstruction_);
  out.scores = if_any(kinds_.scores, scores_);
  out.classes = if_any(kinds_.classes, classes_);
  out.residuals = if_any(kinds_.residuals, residuals_);
  out.losses = if_any(kinds_.losses, losses_);
  return out;
}

LeaveOneOut::LeaveOneOut(const StateTable& table, std::int32_t column, std::size_t first, std::int64_t groups) {
  for (std::size_t g = 0; g < static_cast<std::size_t>(groups); ++g) {
    const CellStates group = CellStates::of(table, column, first + g);
    if (group.rows > 0) groups_.push_back(group);
  }
  from_end_.resize(groups_.size());
  for (std::size_t i = groups_.size(); i-- > 0;) {
    if (i + 1 < groups_.size()) from_end_[i] = from_end_[i + 1];
    from_end_[i].add(groups_[i]);
  }
}

bool LeaveOneOut::next() {
  if (at_ == groups_.size()) return false;
  left_ = before_;
  if (at_ + 1 < groups_.size()) left_.add(from_end_[at_ + 1].states());
  before_.add(groups_[at_]);
  from_end_[at_] = {};
  ++at_;
  return true;
}

}  // namespace longwatch

#pragma once
// A source that decodes a column once and keeps it, as far as a budget allows, for the passes that read it again.

#include <memory>

#include "engine/base/memory_budget.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// `source`, keeping the numbers and categories of a column chunk the first time it is read to its end while `budget`
/// has room; later readers borrow them. What does not fit is decoded again. The same values either way. The budget is
/// given back when the last copy of the returned pointer and of its readers goes.
std::shared_ptr<Source> cached_source(std::shared_ptr<Source> source, std::shared_ptr<MemoryBudget> budget);

}  // namespace longwatch

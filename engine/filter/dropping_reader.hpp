#pragma once
// A reader that decodes a column of a row group and delivers only its kept rows.

#include <memory>

#include "engine/filter/group_mask.hpp"
#include "engine/source/source.hpp"

namespace longwatch {

/// Reads through `inner`, which reads all rows of the masked group as `as`. `mask` is borrowed and has bits. Memory: a
/// slab of `inner`, the delivered rows, and for categories their texts.
std::unique_ptr<ColumnReader> dropping_reader(std::unique_ptr<ColumnReader> inner, const GroupMask& mask, ReadAs as);

}  // namespace longwatch

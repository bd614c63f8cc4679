#pragma once
// The column readers of this room, one maker a way of reading.

#include <cstdint>
#include <memory>

#include "engine/source/leaf_type.hpp"
#include "engine/source/source.hpp"
#include "engine/source/table_file.hpp"

namespace longwatch::reading {

/// What a number means that is read as a time.
enum class EpochUnit : std::uint8_t { years, seconds, milliseconds, microseconds, nanoseconds };

/// A reader of categories that tells when its dictionary is a new one, and not the last one with texts added.
class CategoryReader : public ColumnReader {
 public:
  /// While it stays the same, the texts of an earlier slab keep their codes in the next.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

/// nullptr where a column of this type cannot be read so. They throw what the library throws.
std::unique_ptr<ColumnReader> number_reader(const LeafColumn& column, OpenChunk chunk);
std::unique_ptr<CategoryReader> category_reader(const LeafColumn& column, OpenChunk chunk);
/// `unit` counts for integer, floating and decimal columns only.
std::unique_ptr<ColumnReader> time_reader(const LeafColumn& column, OpenChunk chunk, EpochUnit unit);

}  // namespace longwatch::reading

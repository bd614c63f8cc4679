// Counts the codes of a categorical item.

#include <string>
#include <utility>

#include "cpu/kernels.hpp"

namespace longwatch::cpu {
namespace {

/// Returns the nulls, or -1 where a code has no counter.
template <bool kListed, bool kNullable>
std::int64_t count_codes(const CategoryItem& item) {
  const auto* codes = static_cast<const std::uint32_t*>(item.column.values);  // a negative code is a large one
  const std::size_t size = item.out->by_code.size();
  std::int64_t* counts = item.out->by_code.data();
  std::int64_t nulls = 0;
  for (std::int64_t i = 0; i < item.rows.count; ++i) {
    const std::int64_t at = kListed ? item.rows.rows[i] : item.rows.begin + i;
    if constexpr (kNullable) {
      if (!item.column.valid(at)) {
        nulls += 1;
        continue;
      }
    }
    const std::uint32_t code = codes[at];
    if (code >= size) return -1;
    counts[code] += 1;
  }
  return nulls;
}

std::int64_t count_rows(const CategoryItem& item) {
  const bool nullable = item.column.validity != nullptr && item.column.nulls != 0;
  if (item.rows.rows != nullptr) return nullable ? count_codes<true, true>(item) : count_codes<true, false>(item);
  return nullable ? count_codes<false, true>(item) : count_codes<false, false>(item);
}

}  // namespace

Result<void> add_categories(const CategoryItem& item) {
  const std::int64_t nulls = count_rows(item);
  if (nulls < 0) {
    std::string what = "a category code lies outside its dictionary of " + std::to_string(item.out->by_code.size());
    return Error{ErrorCode::internal, std::move(what), {}, "the reader must check codes; please report this"};
  }
  item.out->counts.rows += item.rows.count;
  item.out->counts.nulls += nulls;
  return {};
}

}  // namespace longwatch::cpu

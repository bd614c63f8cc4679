// Columns that stay on the device between submissions.

#include <memory>

#include "cuda/columns.hpp"
#include "cuda/table.hpp"

namespace longwatch::cuda {

void* keep_column(Context& context, const Column& column, std::int64_t rows, Status& status) {
  constexpr std::int64_t kAlignment = 256;
  const std::int64_t validity = (value_bytes(column, rows) + kAlignment - 1) / kAlignment * kAlignment;
  auto kept = std::make_unique<KeptOnDevice>(
      KeptOnDevice{{nullptr, nullptr, 0, 0, column.type}, nullptr, validity + validity_bytes(column, 0, rows)});
  bool there = false;
  {
    Run run(context, status);
    kept->memory = run.room_to_keep(kept->bytes);
    if (auto* const at = static_cast<unsigned char*>(kept->memory); at != nullptr) {
      run.copy_in(at, column.values, static_cast<std::size_t>(value_bytes(column, rows)));
      kept->column.values = at;
      if (column.validity != nullptr) {
        run.copy_in(at + validity, column.validity + column.bit_offset / 8,
                    static_cast<std::size_t>(validity_bytes(column, 0, rows)));
        kept->column.validity = at + validity;
        kept->column.first_bit = column.bit_offset % 8;
      }
    }
    there = run.wait();
  }
  if (there) return kept.release();
  free_kept(context, kept->memory, kept->bytes);
  return nullptr;
}

void drop_column(Context& context, void* of) {
  const std::unique_ptr<KeptOnDevice> kept(static_cast<KeptOnDevice*>(of));
  if (kept != nullptr) free_kept(context, kept->memory, kept->bytes);
}

}  // namespace longwatch::cuda

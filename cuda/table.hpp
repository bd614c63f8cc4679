#pragma once
// The functions behind a module's table (see abi.hpp). Those of the kinds may throw for want of memory, which the table
// turns into a status.

#include "cuda/abi.hpp"

namespace longwatch::cuda {

void probe(Probe* out);
void describe(std::int32_t device, DeviceInfo* out);
Context* open(std::int32_t device, Status* status);
void close(Context* context);

/// numbers.cu. O(n) and O(K) an item.
void run_numbers(Context& context, const NumberJob* jobs, std::int64_t count, Status& status);
void* make_plan(Context& context, const CellIndex& index, Status& status);
void free_plan(Context& context, void* plan);

/// categories.cu. Counts a code beyond its dictionary as kOutOfRange. O(n) and O(codes) an item.
void run_categories(Context& context, const CategoryJob* jobs, std::int64_t count, Status& status);

/// scores.cu. The same of a code of a class. O(n log n) at most an item.
void run_scores(Context& context, const ScoreJob* jobs, std::int64_t count, Status& status);

/// residuals.cu. O(n) an item.
void run_residuals(Context& context, const ResidualJob* jobs, std::int64_t count, Status& status);

}  // namespace longwatch::cuda

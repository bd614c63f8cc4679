#pragma once
// The functions behind a module's table (see abi.hpp). Those of the kinds may throw for want of memory, which the table
// turns into a status.

#include <memory>

#include "cuda/device.hpp"

namespace longwatch::cuda {

void probe(Probe* out);
void describe(std::int32_t device, DeviceInfo* out);
/// `memory`: the budget of device memory in bytes; 0: nine tenths of what is free.
Context* open(std::int32_t device, std::int64_t memory, Status* status);
void close(Context* context);

void use_blas(Context& context, const BlasModule& blas, Status& status);

/// kept_columns.cu. O(rows).
void* keep_column(Context& context, const Column& column, std::int64_t rows, Status& status);
void drop_column(Context& context, void* kept);

/// numbers.cu. O(n) and O(K) an item.
std::unique_ptr<Submission> begin_numbers(Context& context, const NumberJob* jobs, std::int64_t count);
void* make_plan(Context& context, const CellIndex& index, Status& status);
void free_plan(Context& context, void* plan);

/// categories.cu. Counts a code beyond its dictionary as kOutOfRange. O(n) and O(codes) an item.
std::unique_ptr<Submission> begin_categories(Context& context, const CategoryJob* jobs, std::int64_t count);

/// scores.cu. The same of a code of a class. O(n log n) at most an item.
void run_scores(Context& context, const ScoreJob* jobs, std::int64_t count, Status& status);

/// residuals.cu. O(n) an item.
std::unique_ptr<Submission> begin_residuals(Context& context, const ResidualJob* jobs, std::int64_t count);

/// replicates.cu. O(replicates x cells) a job.
void run_replicates(Context& context, const ReplicateJob* jobs, std::int64_t count, Status& status);

/// classes.cu. Counts a code beyond its dictionary or a class beyond the item's as kOutOfRange. O(rows K log rows) at
/// most an item.
void run_classes(Context& context, const ClassJob* jobs, std::int64_t count, Status& status);

/// gram.cu. O(rows F^2).
void run_gram(Context& context, const EncodedJob& rows, WideTotal* sums, WideTotal* products, Status& status);

/// row_errors.cu. O(rows F rank), and what run_numbers takes.
void run_row_errors(Context& context, const EncodedJob& rows, const Basis& basis, double* errors, Status& status);
void run_error_numbers(Context& context, const EncodedJob& rows, const Basis& basis, const NumberJob* jobs,
                       std::int64_t count, Status& status);

}  // namespace longwatch::cuda

// Gram matrices of many features by cuBLAS: rows are encoded into two matrices, coarse parts and rests in units, whose
// products are exact in any order for so many rows as are multiplied at a time. What comes out is the same integers as
// from gram.cu.

#include <algorithm>

#include "cuda/gram.hpp"

namespace longwatch::cuda {
namespace {

constexpr std::int64_t kMostBlocks = 16;  // of kExactRows rows: mixed products of 2^13 rows are exact
constexpr std::int64_t kBlockBytes = std::int64_t{256} << 20;  // of their products
static_assert(kMostBlocks * kExactRows <= std::int64_t{1} << 13);

/// Some rows as matrices, column-major, and their products.
struct BlasLaunch {
  GramLaunch gram;
  std::int64_t from;  ///< the first row
  std::int64_t rows;
  std::int64_t blocks;
  double* coarse;  ///< blocks * kExactRows rows, zeros beyond `rows`
  double* rest;
  const double* whole;  ///< coarse' coarse, by block
  const double* mixed;  ///< coarse' rest
};

/// Encodes the rows and sums them by feature.
LW_KERNEL(encode_kernel, BlasLaunch) {
  LW_THREAD(t);
  const std::int64_t height = job.blocks * kExactRows;
  for (std::int64_t f = t.block(); f < job.gram.count; f += t.blocks()) {
    std::int64_t coarse = 0;
    std::int64_t rest = 0;
    for (std::int64_t r = t.rank(); r < height; r += t.size()) {
      Units units{0, 0};
      if (r < job.rows && job.gram.wide.features[job.from + r] == 0)
        units = units_of(z_at(job.gram.features[f], job.gram.begin + job.from + r));
      job.coarse[f * height + r] = units.coarse;
      job.rest[f * height + r] = units.rest;
      coarse += static_cast<std::int64_t>(units.coarse);
      rest += static_cast<std::int64_t>(units.rest);
    }
    for (int mask = 16; mask > 0; mask /= 2) {
      coarse += LW_SHUFFLE_XOR(t, coarse, mask);
      rest += LW_SHUFFLE_XOR(t, rest, mask);
    }
    if (t.lane() == 0) add_narrow(job.gram.sums[f], (static_cast<int128>(coarse) << kProductShift) + rest);
  }
  LW_END;
}

/// Adds the products of the rows to those of the pairs.
LW_KERNEL(collect_kernel, BlasLaunch) {
  LW_THREAD(t);
  const std::int64_t n = job.gram.count;
  const std::int64_t all = std::int64_t{t.blocks()} * t.size();
  for (std::int64_t at = std::int64_t{t.block()} * t.size() + t.rank(); at < n * n; at += all) {
    const std::int64_t i = at / n;
    const std::int64_t j = at % n;
    if (j > i) continue;
    std::int64_t whole = 0;  // 2^44 a row
    for (std::int64_t b = 0; b < job.blocks; ++b) whole += static_cast<std::int64_t>(job.whole[b * n * n + at]);
    const std::int64_t mixed =
        static_cast<std::int64_t>(job.mixed[at]) + static_cast<std::int64_t>(job.mixed[j * n + i]);
    add_narrow(job.gram.products[i * (i + 1) / 2 + j], (static_cast<int128>(whole) << kProductShift) + mixed);
  }
  LW_END;
}

/// A handle for the length of a piece of work.
class Handle {
 public:
  Handle(Context& context, Run& run) : context_(context), run_(run) {
    if (!run.ok()) return;
#if defined(__CUDACC__)
    handle_ = context.blas_module->lend(context.blas, run.stream().handle, &run.status());
#else
    handle_ = context.blas_module->lend(context.blas, nullptr, &run.status());
#endif
  }
  ~Handle() {
    (void)run_.wait();
    if (handle_ != nullptr) context_.blas_module->give_back(context_.blas, handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void multiply(const double* left, const double* right, std::int64_t rows, std::int64_t batches, std::int64_t n,
                double* out) {
    if (run_.ok()) context_.blas_module->products(handle_, left, right, rows, batches, n, out, &run_.status());
  }

 private:
  Context& context_;
  Run& run_;
  void* handle_ = nullptr;
};

}  // namespace

void add_products(Context& context, Run& run, const GramLaunch& gram, std::int64_t rows) {
  const std::int64_t n = gram.count;
  const std::int64_t fitting = std::clamp<std::int64_t>(kBlockBytes / (8 * n * n), 1, kMostBlocks);
  const std::int64_t most = std::min(fitting, (rows + kExactRows - 1) / kExactRows);
  BlasLaunch job{};
  job.gram = gram;
  job.coarse = run.room<double>(most * kExactRows * n);
  job.rest = run.room<double>(most * kExactRows * n);
  auto* const whole = run.room<double>(most * n * n);
  auto* const mixed = run.room<double>(n * n);
  job.whole = whole;
  job.mixed = mixed;
  Handle handle(context, run);
  for (; job.from < rows && run.ok(); job.from += job.rows) {
    job.rows = std::min(most * kExactRows, rows - job.from);
    job.blocks = (job.rows + kExactRows - 1) / kExactRows;
    run.launch(encode_kernel, n, 0, job);
    handle.multiply(job.coarse, job.coarse, kExactRows, job.blocks, n, whole);
    handle.multiply(job.coarse, job.rest, job.blocks * kExactRows, 1, n, mixed);
    run.launch(collect_kernel, (n * n + run.tuning().threads - 1) / run.tuning().threads, 0, job);
  }
}

}  // namespace longwatch::cuda

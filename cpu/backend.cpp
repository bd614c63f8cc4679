// The CPU backend: runs every item at once, on the calling thread, at the vector level chosen when it was made.

#include <algorithm>
#include <exception>
#include <new>
#include <utility>
#include <vector>

#include "cpu/cell_table.hpp"
#include "cpu/kernels.hpp"
#include "cpu/level.hpp"
#include "engine/base/side_by_side.hpp"

namespace longwatch {
namespace {

using namespace cpu;

/// Runs `work`, which may throw for want of memory.
template <class Work>
Result<void> guarded(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::memory, "the CPU backend ran out of memory", {}, "lower --memory or --threads"};
  } catch (const std::exception& failure) {
    return Error{
        ErrorCode::internal, std::string("the CPU backend failed: ") + failure.what(), {}, "please report this"};
  }
}

template <class Work>
std::unique_ptr<Ticket> done(const Work& work) {
  return done_ticket(guarded(work));
}

constexpr std::int64_t kTileRows = 4'096;  // of row errors, for one thread

/// work(0) ... work(count - 1) side by side; the first failure.
template <class Work>
Result<void> all_done(std::int64_t count, const Work& work) {
  std::vector<Result<void>> results(static_cast<std::size_t>(count));
  side_by_side(results.size(), [&](std::size_t i) { results[i] = work(static_cast<std::int64_t>(i)); });
  for (Result<void>& result : results) LW_CHECK(std::move(result));
  return {};
}

NumberKernel kernel_of([[maybe_unused]] VectorLevel level) {
#if defined(LONGWATCH_X86_LEVELS)
  if (level == VectorLevel::avx512) return number_block_avx512;
  if (level == VectorLevel::avx2) return number_block_avx2;
#endif
  return number_block_portable;
}

const MatrixKernels& matrix_kernels_of([[maybe_unused]] VectorLevel level) {
#if defined(LONGWATCH_X86_LEVELS)
  if (level == VectorLevel::avx512) return matrix_kernels_avx512();
  if (level == VectorLevel::avx2) return matrix_kernels_avx2();
#endif
  return matrix_kernels_portable();
}

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(VectorLevel level) : level_(level) {}

  [[nodiscard]] std::string description() const override { return "cpu (" + std::string(level_name(level_)) + ")"; }

  void prepare(NumberPlan& plan) override {
    plan.prepared = nullptr;
    (void)guarded([&]() -> Result<void> {
      LW_TRY(CellTable table, CellTable::make(*plan.partition));
      plan.prepared = std::make_shared<const CellTable>(std::move(table));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> numbers(std::span<const NumberItem> items) override {
    return done([&]() -> Result<void> {
      for (const NumberItem& item : items) LW_CHECK(add_numbers(item, kernel_of(level_)));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> categories(std::span<const CategoryItem> items) override {
    return done([&]() -> Result<void> {
      for (const CategoryItem& item : items) LW_CHECK(add_categories(item));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> scores(std::span<const ScoreItem> items) override {
    return done([&]() -> Result<void> {
      for (const ScoreItem& item : items) LW_CHECK(add_scores(item));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> residuals(std::span<const ResidualItem> items) override {
    return done([&]() -> Result<void> {
      for (const ResidualItem& item : items) LW_CHECK(add_residuals(item));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> classes(std::span<const ClassItem> items) override {
    return done([&]() -> Result<void> {
      for (const ClassItem& item : items) LW_CHECK(add_classes(item));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> gram(const EncodedRows& rows, GramState* out) override {
    return done([&] { return add_gram(rows, matrix_kernels_of(level_), *out); });
  }

  [[nodiscard]] std::unique_ptr<Ticket> row_errors(const EncodedRows& rows, const PcaBasis& pca,
                                                   double* errors) override {
    return done([&] { return write_row_errors(rows, pca, matrix_kernels_of(level_), errors); });
  }

  [[nodiscard]] std::unique_ptr<Ticket> replicates(std::span<const ReplicateItem> items) override {
    return done([&]() -> Result<void> {
      for (const ReplicateItem& item : items) LW_CHECK(write_replicates(item));
      return {};
    });
  }

  [[nodiscard]] std::unique_ptr<Ticket> error_numbers(const EncodedRows& rows, const PcaBasis& pca,
                                                      std::span<const NumberItem> items) override {
    return done([&]() -> Result<void> {
      std::vector<double> errors(static_cast<std::size_t>(rows.count));
      LW_CHECK(all_done((rows.count + kTileRows - 1) / kTileRows, [&](std::int64_t tile) {
        const std::int64_t at = tile * kTileRows;
        const EncodedRows some{rows.columns, rows.encoders, rows.begin + at, std::min(kTileRows, rows.count - at)};
        return write_row_errors(some, pca, matrix_kernels_of(level_), errors.data() + at);
      }));
      return all_done(static_cast<std::int64_t>(items.size()), [&](std::int64_t i) {
        NumberItem item = items[static_cast<std::size_t>(i)];
        item.column = error_column(errors);
        return add_numbers(item, kernel_of(level_));
      });
    });
  }

 private:
  VectorLevel level_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_cpu_backend(VectorLevel level) {
  LW_TRY(const VectorLevel usable, cpu::usable_level(level));
  return std::unique_ptr<Backend>(std::make_unique<CpuBackend>(usable));
}

}  // namespace longwatch

// The module's table: what is left to do here is to let nothing throw across it.

#include <exception>
#include <memory>
#include <new>

#include "cuda/device.hpp"
#include "cuda/table.hpp"
#if !defined(__CUDACC__)
#include "cuda/emulation/module.hpp"
#endif

namespace longwatch::cuda {

namespace {

template <class Work>
void guarded(Status* status, const Work& work) noexcept {
  try {
    *status = {};
    work();
  } catch (const std::bad_alloc&) {
    set_status(*status, kNoMemory, "no host memory");
  } catch (const std::exception& failure) {
    set_status(*status, kFailed, failure.what());
  }
}

/// A submission that failed at once is none.
template <class Begin>
Submission* begun(Status* status, const Begin& begin) noexcept {
  std::unique_ptr<Submission> out;
  guarded(status, [&] {
    out = begin();
    *status = out->how();
  });
  return status->code == kDone ? out.release() : nullptr;
}

void finish(Submission* submission, Status* status) noexcept {
  const std::unique_ptr<Submission> own(submission);
  guarded(status, [&] {
    if (own->run.wait()) own->take();
    *status = own->how();
  });
}

constexpr Module kModule = {
    kAbiVersion,
    probe,
    describe,
    [](std::int32_t device, std::int64_t memory, Status* status) {
      Context* context = nullptr;
      guarded(status, [&] { context = open(device, memory, status); });
      return context;
    },
    close,
    [](const Context* context) { return context->budget; },
    [](Context* context, const CellIndex* index, Status* status) {
      void* plan = nullptr;
      guarded(status, [&] { plan = make_plan(*context, *index, *status); });
      return plan;
    },
    [](Context* context, void* plan) { free_plan(*context, plan); },
    [](Context* context, const Column* column, std::int64_t rows, Status* status) {
      void* kept = nullptr;
      guarded(status, [&] { kept = keep_column(*context, *column, rows, *status); });
      return kept;
    },
    [](Context* context, void* kept) { drop_column(*context, kept); },
    [](Context* context, const NumberJob* jobs, std::int64_t count, Status* status) {
      return begun(status, [&] { return begin_numbers(*context, jobs, count); });
    },
    [](Context* context, const CategoryJob* jobs, std::int64_t count, Status* status) {
      return begun(status, [&] { return begin_categories(*context, jobs, count); });
    },
    [](Context* context, const ScoreJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_scores(*context, jobs, count, *status); });
    },
    [](Context* context, const ResidualJob* jobs, std::int64_t count, Status* status) {
      return begun(status, [&] { return begin_residuals(*context, jobs, count); });
    },
    finish,
    [](Context* context, const ReplicateJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_replicates(*context, jobs, count, *status); });
    },
    [](Context* context, const ClassJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_classes(*context, jobs, count, *status); });
    },
    [](Context* context, const BlasModule* blas, Status* status) {
      guarded(status, [&] { use_blas(*context, *blas, *status); });
    },
    [](Context* context, const EncodedJob* rows, WideTotal* sums, WideTotal* products, Status* status) {
      guarded(status, [&] { run_gram(*context, *rows, sums, products, *status); });
    },
    [](Context* context, const EncodedJob* rows, const Basis* basis, double* errors, Status* status) {
      guarded(status, [&] { run_row_errors(*context, *rows, *basis, errors, *status); });
    },
    [](Context* context, const EncodedJob* rows, const Basis* basis, const NumberJob* jobs, std::int64_t count,
       Status* status) { guarded(status, [&] { run_error_numbers(*context, *rows, *basis, jobs, count, *status); }); },
};

}  // namespace

#if !defined(__CUDACC__)
const Module& emulated_module() { return kModule; }
#endif

}  // namespace longwatch::cuda

#if defined(__CUDACC__)
extern "C" __attribute__((visibility("default"))) const longwatch::cuda::Module* longwatch_cuda_module() {
  return &longwatch::cuda::kModule;
}
#endif

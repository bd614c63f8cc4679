// The module's table: what is left to do here is to let nothing throw across it.

#include <cstdio>
#include <exception>
#include <new>

#include "cuda/device.hpp"
#include "cuda/table.hpp"
#if !defined(__CUDACC__)
#include "cuda/emulation/module.hpp"
#endif

namespace longwatch::cuda {

void set_status(Status& status, StatusCode code, const char* text) {
  status.code = code;
  std::snprintf(status.text, sizeof status.text, "%s", text);
}

void Run::fail(StatusCode code, const char* text) {
  if (ok()) set_status(status_, code, text);
}

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

constexpr Module kModule = {
    kAbiVersion,
    probe,
    describe,
    [](std::int32_t device, Status* status) {
      Context* context = nullptr;
      guarded(status, [&] { context = open(device, status); });
      return context;
    },
    close,
    [](Context* context, const CellIndex* index, Status* status) {
      void* plan = nullptr;
      guarded(status, [&] { plan = make_plan(*context, *index, *status); });
      return plan;
    },
    [](Context* context, void* plan) { free_plan(*context, plan); },
    [](Context* context, const NumberJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_numbers(*context, jobs, count, *status); });
    },
    [](Context* context, const CategoryJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_categories(*context, jobs, count, *status); });
    },
    [](Context* context, const ScoreJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_scores(*context, jobs, count, *status); });
    },
    [](Context* context, const ResidualJob* jobs, std::int64_t count, Status* status) {
      guarded(status, [&] { run_residuals(*context, jobs, count, *status); });
    },
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

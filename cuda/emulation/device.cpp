// Devices by the emulation: host memory, copies at once, and kernels run by emulate().
#include "cuda/device.hpp"

#include <cstdlib>
#include <cstring>

#include "cuda/emulation/module.hpp"
#include "cuda/table.hpp"

namespace longwatch::cuda {
namespace {

/// Counts down to the failure that was asked for: false from then on, or with `once` that once.
bool allowed(std::int64_t& left, bool once) {
  if (left < 0) return true;
  if (left == 0 && !once) return false;
  return left-- > 0;
}

}  // namespace

Context* open_emulation(const Emulation& emulation) {
  auto context = std::make_unique<Context>();
  context->tuning = {emulation.threads,    emulation.blocks, 1,
                     emulation.piece_rows, emulation.shared, emulation.arena,
                     emulation.stage,      emulation.stages, emulation.blas_features};
  context->budget = emulation.memory;
  context->order = emulation.order;
  context->allocations_left = emulation.allocations;
  context->launches_left = emulation.launches;
  context->fail_once = emulation.once;
  if (emulation.blas_features == kBlasFeatures) return context.release();
  context->blas_module = &emulated_blas();
  context->blas = context->blas_module->open(0, nullptr);
  return context.release();
}

void probe(Probe* out) {
  *out = {};
  out->devices = 1;
}

void describe(std::int32_t, DeviceInfo* out) {
  *out = {};
  std::strcpy(out->name, "emulation");
}

Context* open(std::int32_t, std::int64_t memory, Status*) {
  Emulation emulation;
  if (memory > 0) emulation.memory = memory;
  return open_emulation(emulation);
}

void use_blas(Context&, const BlasModule&, Status& status) {
  set_status(status, kFailed, "the emulation has no use for it");
}

void close(Context* context) {
  if (context == nullptr) return;
  for (void* const stage : context->idle_stages) std::free(stage);
  delete context;
}

void Run::raw_open() { stream_.order = context_.order; }
void Run::raw_close() {}

void* Run::raw_allocate(std::size_t bytes) {
  void* at = nullptr;
  {
    const std::lock_guard<std::mutex> guard(context_.lock);
    if (allowed(context_.allocations_left, context_.fail_once)) at = std::malloc(bytes);
  }
  if (at == nullptr) {
    fail(kNoMemory, "no device memory");
    return nullptr;
  }
  std::memset(at, 0xa5, bytes);  // nothing may count on what it holds
  return at;
}

void Run::raw_free(void* at) { std::free(at); }

void free_kept(Context& context, void* at, std::int64_t bytes) {
  if (at == nullptr) return;
  std::free(at);
  const std::lock_guard<std::mutex> guard(context.lock);
  context.taken -= bytes;
}

void* Run::raw_stage(std::size_t bytes) { return std::malloc(bytes); }
void Run::raw_zero(void* at, std::size_t bytes) { std::memset(at, 0, bytes); }
void Run::raw_copy_in(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
void Run::raw_copy_out(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }
void Run::raw_wait() {}
void Run::raw_notify(std::int64_t bytes) { give_back(context_, bytes); }

void Run::launched(const Grid& grid, const std::function<Fiber(Slot&)>& begin) {
  {
    const std::lock_guard<std::mutex> guard(context_.lock);
    if (!allowed(context_.launches_left, context_.fail_once)) return fail(kFailed, "a kernel cannot be launched");
  }
  const std::string stuck = emulate(grid, stream_.order, begin);
  if (!stuck.empty()) fail(kFailed, stuck.c_str());
}

}  // namespace longwatch::cuda

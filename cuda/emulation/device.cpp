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
  context->tuning = {emulation.threads, emulation.blocks, emulation.piece_rows, emulation.shared};
  context->order = emulation.order;
  context->allocations_left = emulation.allocations;
  context->launches_left = emulation.launches;
  context->fail_once = emulation.once;
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

Context* open(std::int32_t, Status*) { return open_emulation({}); }

void close(Context* context) { delete context; }

Run::Run(Context& context, Status& status) : context_(context), status_(status) {
  status_ = {};
  stream_.order = context.order;
}

Run::~Run() {
  for (void* const at : taken_) std::free(at);
}

void* Run::allocate(std::size_t bytes) {
  if (!ok()) return nullptr;
  const std::lock_guard<std::mutex> guard(context_.lock);
  void* const at =
      allowed(context_.allocations_left, context_.fail_once) ? std::malloc(bytes == 0 ? 1 : bytes) : nullptr;
  if (at == nullptr) {
    fail(kNoMemory, "no device memory");
    return nullptr;
  }
  std::memset(at, 0xa5, bytes);  // nothing may count on what it holds
  taken_.push_back(at);
  return at;
}

void* Run::keep(void* at) {
  std::erase(taken_, at);
  return at;
}

void free_kept(Context&, void* at) { std::free(at); }

void Run::zero(void* at, std::size_t bytes) { std::memset(at, 0, bytes); }
void Run::copy_in(void* to, const void* from, std::size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}
void Run::copy_out(void* to, const void* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

void Run::launched(const Grid& grid, const std::function<Fiber(Slot&)>& begin) {
  {
    const std::lock_guard<std::mutex> guard(context_.lock);
    if (!allowed(context_.launches_left, context_.fail_once)) return fail(kFailed, "a kernel cannot be launched");
  }
  const std::string stuck = emulate(grid, stream_.order, begin);
  if (!stuck.empty()) fail(kFailed, stuck.c_str());
}

bool Run::wait() { return ok(); }

}  // namespace longwatch::cuda

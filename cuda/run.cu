// One submission: its device memory comes from few large pieces, and its copies go through staging blocks, so that a
// submission of many small arrays costs few calls of the driver.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "cuda/device.hpp"

namespace longwatch::cuda {
namespace {

constexpr std::size_t kAlignment = 256;
constexpr std::chrono::seconds kPatience(60);  // for a device that is lost gives nothing back

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

void set_status(Status& status, StatusCode code, const char* text) {
  status.code = code;
  std::snprintf(status.text, sizeof status.text, "%s", text);
}

void give_back(Context& context, std::int64_t bytes) {
  const std::lock_guard<std::mutex> guard(context.lock);
  context.taken -= bytes;
  context.running -= bytes;
  context.given_back.notify_all();
}

Run::Run(Context& context, Status& status) : context_(context), status_(status) {
  status_ = {};
  raw_open();
}

Run::~Run() {
  if (!closed_) {
    raw_wait();
    for (const Arena& arena : arenas_) raw_free(arena.at);
  }
  raw_wait();  // staging blocks are in use until then
  if (!closed_ && budget_ > 0) give_back(context_, budget_);
  {
    const std::lock_guard<std::mutex> guard(context_.lock);
    for (const Stage& stage : stages_) context_.idle_stages.push_back(stage.at);
  }
  raw_close();
}

void Run::fail(StatusCode code, const char* text) {
  if (ok()) set_status(status_, code, text);
}

void Run::reserve(std::int64_t bytes) {
  if (!ok()) return;
  std::unique_lock<std::mutex> guard(context_.lock);
  (void)context_.given_back.wait_for(
      guard, kPatience, [&] { return context_.running == 0 || bytes <= context_.budget - context_.taken; });
  if (bytes > context_.budget - context_.taken) return fail(kNoMemory, "more device memory than the budget has");
  context_.taken += bytes;
  context_.running += bytes;
  budget_ += bytes;
  reserved_ += bytes;
}

bool Run::take_budget(std::int64_t bytes, bool to_keep) {
  if (!to_keep) {
    const std::int64_t here = std::min(bytes, reserved_);
    reserved_ -= here;
    bytes -= here;
  }
  const std::lock_guard<std::mutex> guard(context_.lock);
  if (bytes > context_.budget - context_.taken) return false;
  context_.taken += bytes;
  if (to_keep) return true;
  context_.running += bytes;
  budget_ += bytes;
  return true;
}

void* Run::allocate(std::size_t bytes) {
  if (!ok()) return nullptr;
  bytes = aligned(std::max<std::size_t>(bytes, 1));
  if (arenas_.empty() || arenas_.back().bytes - arenas_.back().used < bytes) {
    const std::size_t size = std::max({bytes, tuning().arena, aligned(static_cast<std::size_t>(reserved_))});
    if (!take_budget(static_cast<std::int64_t>(size), false)) {
      fail(kNoMemory, "no device memory within the budget");
      return nullptr;
    }
    void* const at = raw_allocate(size);
    if (at == nullptr) return nullptr;
    arenas_.push_back({at, size, 0});
  }
  Arena& arena = arenas_.back();
  void* const at = static_cast<unsigned char*>(arena.at) + arena.used;
  arena.used += bytes;
  return at;
}

void* Run::room_to_keep(std::int64_t bytes) {
  if (!ok()) return nullptr;
  if (!take_budget(bytes, true)) {
    fail(kNoMemory, "no device memory within the budget");
    return nullptr;
  }
  void* const at = raw_allocate(static_cast<std::size_t>(std::max<std::int64_t>(bytes, 1)));
  if (at != nullptr) return at;
  const std::lock_guard<std::mutex> guard(context_.lock);
  context_.taken -= bytes;
  return nullptr;
}

void Run::zero(void* at, std::size_t bytes) {
  if (ok() && bytes > 0) raw_zero(at, bytes);
}

unsigned char* Run::stage(std::size_t* bytes) {
  const std::size_t size = tuning().stage;
  if (stages_.empty() || stages_.back().used >= size) {
    void* block = nullptr;
    bool may_make = false;
    {
      const std::lock_guard<std::mutex> guard(context_.lock);
      if (!context_.idle_stages.empty()) {
        block = context_.idle_stages.back();
        context_.idle_stages.pop_back();
      } else if (context_.stages_made < tuning().stages) {
        ++context_.stages_made;
        may_make = true;
      }
    }
    if (may_make) block = raw_stage(size);
    if (block == nullptr) return nullptr;
    stages_.push_back({static_cast<unsigned char*>(block), 0});
  }
  Stage& last = stages_.back();
  *bytes = std::min(*bytes, size - last.used);
  unsigned char* const at = last.at + last.used;
  last.used = std::min(size, last.used + aligned(*bytes));
  return at;
}

bool Run::in_last_arena(const unsigned char* at) const {
  if (arenas_.empty()) return false;
  const auto* const begin = static_cast<const unsigned char*>(arenas_.back().at);
  return at >= begin && at < begin + arenas_.back().bytes;
}

void Run::copy_in(void* to, const void* from, std::size_t bytes) {
  auto* at = static_cast<unsigned char*>(to);
  const auto* source = static_cast<const unsigned char*>(from);
  while (ok() && bytes > 0) {
    std::size_t part = bytes;
    unsigned char* const staged = stage(&part);
    if (staged == nullptr) {
      flush();
      return raw_copy_in(at, source, bytes);
    }
    std::memcpy(staged, source, part);
    // What lies between two arrays is sent along: one copy instead of two.
    if (!in_last_arena(at) || !in_last_arena(unsent_.to) || at - unsent_.to != staged - unsent_.from) flush();
    if (unsent_.bytes == 0) unsent_ = {at, staged, 0};
    unsent_.bytes = static_cast<std::size_t>(at - unsent_.to) + part;
    at += part;
    source += part;
    bytes -= part;
  }
}

void Run::flush() {
  if (ok() && unsent_.bytes > 0) raw_copy_in(unsent_.to, unsent_.from, unsent_.bytes);
  unsent_ = {};
}

void Run::copy_out(void* to, const void* from, std::size_t bytes) {
  auto* at = static_cast<unsigned char*>(to);
  const auto* source = static_cast<const unsigned char*>(from);
  while (ok() && bytes > 0) {
    std::size_t part = bytes;
    unsigned char* const staged = stage(&part);
    if (staged == nullptr) return raw_copy_out(at, source, bytes);
    raw_copy_out(staged, source, part);
    arrivals_.push_back({at, staged, part});
    at += part;
    source += part;
    bytes -= part;
  }
}

void Run::close() {
  flush();
  closed_ = true;
  for (const Arena& arena : arenas_) raw_free(arena.at);
  arenas_.clear();
  if (budget_ > 0) raw_notify(budget_);
}

bool Run::wait() {
  flush();
  raw_wait();
  if (ok()) {
    for (const Arrival& arrival : arrivals_) std::memcpy(arrival.to, arrival.from, arrival.bytes);
  }
  arrivals_.clear();
  return ok();
}

}  // namespace longwatch::cuda

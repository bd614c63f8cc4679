// A dictionary built from values as they come.
#include "engine/source/text_pool.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "engine/base/hash.hpp"
#include "engine/source/guard.hpp"

namespace longwatch::reading {
namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kBlock = 16 << 10;
constexpr std::size_t kMostTexts = 16'384;
constexpr std::size_t kMostBytes = 16 << 20;

}  // namespace

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};  // the one state of the process: serials must differ across sources
  return ++last;
}

ByteTable::ByteTable() : slots_(kFirstSlots, -1) {}

std::int32_t ByteTable::code(std::string_view bytes, bool& added) {
  const std::uint64_t hash = hash_text(bytes);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] >= 0; slot = (slot + 1) & mask) {
    const auto known = static_cast<std::size_t>(slots_[slot]);
    if (hashes_[known] == hash && keys_[known] == bytes) {
      added = false;
      return slots_[slot];
    }
  }
  added = true;
  const auto fresh = static_cast<std::int32_t>(keys_.size());
  keys_.push_back(store(bytes));
  hashes_.push_back(hash);
  slots_[slot] = fresh;
  if (keys_.size() * 2 > slots_.size()) grow();
  return fresh;
}

void ByteTable::grow() {
  slots_.assign(slots_.size() * 2, -1);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    std::size_t slot = hashes_[i] & mask;
    while (slots_[slot] >= 0) slot = (slot + 1) & mask;
    slots_[slot] = static_cast<std::int32_t>(i);
  }
}

std::string_view ByteTable::store(std::string_view bytes) {
  if (bytes.size() > block_left_) {
    block_left_ = std::max(kBlock, bytes.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_left_));
    block_at_ = blocks_.back().get();
    stored_ += block_left_;
  }
  char* const at = block_at_;
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  block_at_ += bytes.size();
  block_left_ -= bytes.size();
  return {at, bytes.size()};
}

void TextPool::trim() {
  const bool many = texts_->keys().size() > kMostTexts || raws_->keys().size() > kMostTexts;
  if (!many && texts_->stored_bytes() + raws_->stored_bytes() <= kMostBytes) return;
  raws_ = std::make_unique<ByteTable>();
  texts_ = std::make_shared<ByteTable>();
  codes_.clear();
  last_ = -1;
  dictionary_ = {};
  generation_ = next_serial();
}

void TextPool::require(std::int64_t more) const {
  const auto stored = static_cast<std::int64_t>(texts_->stored_bytes() + raws_->stored_bytes());
  if (more > limit_ - stored)
    throw Corrupt("its values would take more memory than those of a column chunk of its size may");
}

const CategoryDictionary* TextPool::dictionary() {
  const std::vector<std::string_view>& texts = texts_->keys();
  if (dictionary_.serial == 0 || texts.size() != dictionary_.texts.size()) {
    const auto known = static_cast<std::ptrdiff_t>(dictionary_.texts.size());
    dictionary_.texts.insert(dictionary_.texts.end(), texts.begin() + known, texts.end());
    dictionary_.owner = texts_;
    dictionary_.serial = next_serial();
  }
  return &dictionary_;
}

}  // namespace longwatch::reading

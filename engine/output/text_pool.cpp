// Interning of texts.
#include "engine/output/text_pool.hpp"

#include <utility>

#include "engine/base/text.hpp"

namespace longwatch {

Text TextPool::intern(std::string_view text) {
  if (text.empty()) return {};
  const std::lock_guard lock(mutex_);
  if (const auto found = texts_.find(text); found != texts_.end()) return Text(&*found);
  return Text(&*texts_.insert(valid_utf8(text)).first);
}

}  // namespace longwatch

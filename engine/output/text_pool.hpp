#pragma once
// Texts of result rows, stored once and passed around as one pointer.

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

namespace longwatch {

/// A text that lives in a TextPool (which must outlive it): 8 bytes, cheap to copy. Empty by default.
class Text {
 public:
  Text() = default;
  /// The empty view (of a null pointer) where there is no text.
  [[nodiscard]] std::string_view view() const {
    return text_ == nullptr ? std::string_view{} : std::string_view{*text_};
  }
  [[nodiscard]] bool empty() const { return text_ == nullptr; }
  friend bool operator==(Text a, Text b) { return a.text_ == b.text_ || a.view() == b.view(); }

 private:
  friend class TextPool;
  explicit Text(const std::string* text) : text_(text) {}
  const std::string* text_ = nullptr;
};

/// Stores each distinct text once, repaired to valid UTF-8 (valid_utf8). Thread-safe; intern outside of inner loops.
class TextPool {
 public:
  /// The pooled text; the empty text has no storage.
  Text intern(std::string_view text);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::mutex mutex_;
  std::unordered_set<std::string, Hash, std::equal_to<>> texts_;
};

}  // namespace longwatch

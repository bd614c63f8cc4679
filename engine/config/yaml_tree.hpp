#pragma once
// A YAML document as a tree with places: what yaml-cpp's own nodes lose (duplicate keys, bytes instead of characters)
// is kept or refused here. No other file knows yaml-cpp.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace longwatch {

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20U;
inline constexpr int kMaxConfigDepth = 32;
inline constexpr std::size_t kMaxConfigNodes = 1'000'000;  ///< with every alias written out

enum class NodeKind : std::uint8_t { null, scalar, list, map };

/// One value of the document. Aliases share their node, so a tree is small however often an anchor is used.
struct Node {
  NodeKind kind = NodeKind::null;
  std::string text;                                ///< of a scalar, with ${NAME} replaced
  bool quoted = false;                             ///< a scalar in quotes is text, whatever it looks like
  int line = -1;                                   ///< 1-based
  int character = -1;                              ///< 1-based, in Unicode characters
  std::vector<std::shared_ptr<const Node>> items;  ///< of a list; of a map, its values
  std::vector<std::shared_ptr<const Node>> keys;   ///< of a map: scalars, as many as items, all distinct
  std::size_t size = 1;                            ///< nodes of this subtree, aliases written out
};
using NodePtr = std::shared_ptr<const Node>;

/// Parses one YAML document. `<<: *anchor` merges maps. An empty document is a null node. Errors, with their place: bad
/// syntax, bytes that are no UTF-8 text, more than one document, a duplicate key (both lines), a key that is no text,
/// an unset variable, and everything beyond the limits above.
Result<NodePtr> parse_yaml(const std::string& text, const std::string& file);

/// `text` with ${NAME} and ${NAME:-default} replaced from the environment; $${ is a literal ${. As in a shell, the
/// default also stands in for an empty variable. Errors (without a place): an unset variable without default, a
/// malformed ${.
Result<std::string> expand_variables(const std::string& text);

}  // namespace longwatch

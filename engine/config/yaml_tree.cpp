// Builds the tree from yaml-cpp's parser events.

#include "engine/config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

// Carries an Error out of yaml-cpp's callbacks, which have no other way to stop.
struct Refused : std::exception {
  explicit Refused(Error e) : error(std::move(e)) {}
  Error error;
};

// Turns yaml-cpp's 0-based (line, byte) into a 1-based (line, character).
class Places {
 public:
  Places(const std::string& text, std::string file) : text_(text), file_(std::move(file)) {
    continuations_.reserve(text.size() + 1);
    int count = 0;
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      continuations_.push_back(count);
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) ++count;
      if (text[i] == '\n') line_starts_.push_back(i + 1);
    }
    continuations_.push_back(count);
  }

  [[nodiscard]] Location of(const YAML::Mark& mark) const {
    Location where;
    where.file = file_;
    if (mark.is_null() || mark.line < 0 || mark.column < 0) return where;
    where.line = mark.line + 1;
    where.column_at = mark.column + 1;
    const auto line = static_cast<std::size_t>(mark.line);
    if (line >= line_starts_.size()) return where;
    const std::size_t start = line_starts_[line];
    const std::size_t at = start + static_cast<std::size_t>(mark.column);
    if (at < continuations_.size()) where.column_at -= continuations_[at] - continuations_[start];
    return where;
  }

  /// Whether `word` is written there.
  [[nodiscard]] bool reads(const YAML::Mark& mark, std::string_view word) const {
    const auto line = static_cast<std::size_t>(mark.line);
    if (mark.is_null() || mark.line < 0 || mark.column < 0 || line >= line_starts_.size()) return false;
    const std::size_t at = line_starts_[line] + static_cast<std::size_t>(mark.column);
    return at < text_.size() && text_.compare(at, word.size(), word) == 0;
  }

  [[nodiscard]] Location at_byte(std::size_t byte) const {
    YAML::Mark mark;
    while (static_cast<std::size_t>(mark.line) + 1 < line_starts_.size() &&
           line_starts_[static_cast<std::size_t>(mark.line) + 1] <= byte)
      ++mark.line;
    mark.column = static_cast<int>(byte - line_starts_[static_cast<std::size_t>(mark.line)]);
    return of(mark);
  }

 private:
  const std::string& text_;  // borrowed
  std::string file_;
  std::vector<int> continuations_;  // UTF-8 continuation bytes before each byte
  std::vector<std::size_t> line_starts_;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const Places& places) : places_(places) {}

  [[nodiscard]] NodePtr root() const { return root_ ? root_ : std::make_shared<const Node>(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) refuse(mark, "a second document begins here", "one file describes one fleet; remove the '---'");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const bool key = expects_key() && places_.reads(mark, "null");  // `null: 0.01`: a threshold's name, not a missing key
    auto node = make(key ? NodeKind::scalar : NodeKind::null, mark);
    if (key) node->text = "null";
    add(node, anchor, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias may not stand inside its own anchor", "");
    add(found->second, 0, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(NodeKind::scalar, mark);
    node->quoted = tag != "?";  // yaml-cpp's tag of a plain scalar
    node->text = value;
    if (!expects_key()) {
      auto expanded = expand_variables(value);
      if (!expanded.ok()) refuse(mark, expanded.error().what, expanded.error().hint);
      node->text = std::move(expanded).value();
    }
    add(node, anchor, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(NodeKind::list, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(NodeKind::map, mark, anchor);
  }
  void OnMapEnd() override {
    refuse_duplicates(*open_.back().node);
    merge_maps(*open_.back().node);
    close();
  }

 private:
  struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor;
    YAML::Mark mark;
  };

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string what, std::string hint) const {
    throw Refused({ErrorCode::configuration, std::move(what), places_.of(mark), std::move(hint)});
  }
  [[noreturn]] void refuse(const Node& node, std::string what, std::string hint) const {
    Location where = places_.of(YAML::Mark::null_mark());
    where.line = node.line;
    where.column_at = node.character;
    throw Refused({ErrorCode::configuration, std::move(what), std::move(where), std::move(hint)});
  }

  [[nodiscard]] std::shared_ptr<Node> make(NodeKind kind, const YAML::Mark& mark) const {
    auto node = std::make_shared<Node>();
    const Location where = places_.of(mark);
    node->kind = kind;
    node->line = where.line;
    node->character = where.column_at;
    return node;
  }

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node->kind == NodeKind::map &&
           open_.back().node->keys.size() == open_.back().node->items.size();
  }

  void open(NodeKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxConfigDepth) {
      refuse(mark, "lists and maps are nested more than " + std::to_string(kMaxConfigDepth) + " deep", "");
    }
    if (expects_key()) refuse(mark, "a key must be text, not a list or a map", "a plain text in braces needs quotes");
    open_.push_back({make(kind, mark), anchor, mark});
  }

  void close() {
    const Open done = std::move(open_.back());
    open_.pop_back();
    add(done.node, done.anchor, done.mark);
  }

  void add(const NodePtr& node, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = node;
      return;
    }
    Node& parent = *open_.back().node;
    parent.size += node->size;
    if (parent.size > kMaxConfigNodes) {
      refuse(mark, "the configuration has more than 1,000,000 values, aliases written out",
             "split the fleet, or use 'defaults'");
    }
    if (!expects_key()) {
      parent.items.push_back(node);
    } else if (node->kind != NodeKind::scalar || node->text.empty()) {
      refuse(mark, "a key must be text and not empty", "");
    } else {
      parent.keys.push_back(node);
    }
  }

  void refuse_duplicates(const Node& map) const {
    std::unordered_map<std::string_view, int> lines;
    for (const NodePtr& key : map.keys) {
      const auto [first, fresh] = lines.emplace(key->text, key->line);
      if (!fresh) {
        refuse(*key, "the key '" + key->text + "' is written twice", "first on line " + std::to_string(first->second));
      }
    }
  }

  // `<<: *map` or `<<: [*map, *other]`: their entries stand before the map's own, which win; earlier ones win over
  // later.
  void merge_maps(Node& map) const {
    for (std::size_t i = 0; i < map.keys.size(); ++i) {
      if (map.keys[i]->text != "<<" || map.keys[i]->quoted) continue;
      const NodePtr value = map.items[i];
      map.keys.erase(map.keys.begin() + static_cast<std::ptrdiff_t>(i));
      map.items.erase(map.items.begin() + static_cast<std::ptrdiff_t>(i));
      std::vector<NodePtr> sources = value->kind == NodeKind::list ? value->items : std::vector<NodePtr>{value};
      Node merged;
      std::unordered_set<std::string_view> seen;
      for (const NodePtr& key : map.keys) seen.insert(key->text);
      for (const NodePtr& source : sources) {
        if (source->kind != NodeKind::map) refuse(*source, "'<<' merges a map or a list of maps", "");
        for (std::size_t k = 0; k < source->keys.size(); ++k) {
          if (!seen.insert(source->keys[k]->text).second) continue;
          merged.keys.push_back(source->keys[k]);
          merged.items.push_back(source->items[k]);
        }
      }
      map.keys.insert(map.keys.begin(), merged.keys.begin(), merged.keys.end());
      map.items.insert(map.items.begin(), merged.items.begin(), merged.items.end());
      return;
    }
  }

  const Places& places_;
  NodePtr root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, NodePtr> anchors_;
};

// yaml-cpp takes the byte 0x04 for the end of the file and guesses at other encodings, so both are refused beforehand.
std::optional<Error> check_bytes(const std::string& text, const Places& places) {
  if (valid_utf8(text) != text) {
    std::size_t first = 0;
    const std::string repaired = valid_utf8(text);
    while (repaired[first] == text[first]) ++first;
    return Error{ErrorCode::configuration, "the file is not UTF-8 text", places.at_byte(first), "save it as UTF-8"};
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool allowed = byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
    if (!allowed)
      return Error{ErrorCode::configuration, "a control character stands here", places.at_byte(i), "remove it"};
  }
  return std::nullopt;
}

}  // namespace

Result<NodePtr> parse_yaml(const std::string& text, const std::string& file) {
  Location whole;
  whole.file = file;
  if (text.size() > kMaxConfigBytes) {
    return Error{ErrorCode::configuration, "the configuration is larger than 1 MiB", whole,
                 "split the fleet, or use 'defaults'"};
  }
  const std::string content = text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
  const Places places(content, file);
  if (auto bad = check_bytes(content, places)) return *std::move(bad);
  try {
    std::istringstream in(content);
    YAML::Parser parser(in);
    TreeBuilder builder(places);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.root();
  } catch (const Refused& refused) {
    return refused.error;
  } catch (const YAML::Exception& exception) {
    return Error{ErrorCode::configuration, "not valid YAML: " + exception.msg, places.of(exception.mark),
                 "look for a missing colon, quote or bracket, or wrong indentation, here or just above"};
  } catch (const std::exception& exception) {
    return Error{ErrorCode::configuration, std::string("not valid YAML: ") + exception.what(), whole, ""};
  }
}

}  // namespace longwatch

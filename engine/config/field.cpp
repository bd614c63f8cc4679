// Reads texts, numbers, labels and lists of the configuration.

#include "engine/config/field.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

namespace longwatch {
namespace {

std::string describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "nothing";
    case NodeKind::list:
      return node.items.empty() ? "an empty list" : "a list";
    case NodeKind::map:
      return node.items.empty() ? "an empty map" : "a map";
    case NodeKind::scalar:
      break;
  }
  if (node.text.empty()) return "an empty text";
  const std::string shown = node.text.size() > 60 ? valid_utf8(node.text.substr(0, 57)) + "..." : node.text;
  return (node.quoted ? "the text '" : "'") + shown + "'";
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  return text;
}

// A bound as people write it: whole numbers without an exponent.
std::string bound(double value) {
  if (std::abs(value) < 1e15 && value == std::floor(value)) return std::to_string(static_cast<long long>(value));
  return shortest(value);
}

}  // namespace

bool parse_number(const std::string& text, double& out) {
  const char* begin = text.data() + (text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(begin, end, out);
  return code == std::errc{} && stop == end && begin != end && std::isfinite(out);
}

Location Field::location() const {
  Location where;
  where.file = file_;
  where.line = node_.line;
  where.column_at = node_.character;
  return where;
}

Error Field::error(std::string what, std::string hint) const {
  return {ErrorCode::configuration, one_line(std::move(what)), location(), std::move(hint)};
}

Error Field::wrong_type() const {
  return error("'" + path_ + "' must be " + key_.type + ", not " + describe(node_),
               "for example " + key_.name + ": " + key_.example);
}

Result<std::string> Field::text() const {
  if (!is(NodeKind::scalar) || node_.text.empty()) return wrong_type();
  return node_.text;
}

Result<std::string> Field::label() const {
  LW_TRY(std::string content, text());
  if (node_.quoted) return content;
  double value = 0;
  if (parse_number(content, value)) return shortest(value);
  if (content == "True" || content == "TRUE") return std::string("true");
  if (content == "False" || content == "FALSE") return std::string("false");
  return content;
}

Result<double> Field::number(double least, double greatest) const {
  double value = 0;
  if (!is(NodeKind::scalar) || node_.quoted || !parse_number(node_.text, value)) return wrong_type();
  if (value < least || value > greatest) {
    const std::string limit = value < least ? "at least " + bound(least) : "at most " + bound(greatest);
    return error("'" + path_ + "' must be " + limit + ", not " + node_.text);
  }
  return value;
}

Result<std::int64_t> Field::integer(std::int64_t least, std::int64_t greatest) const {
  LW_TRY(const double value, number(static_cast<double>(least), static_cast<double>(greatest)));
  if (value != std::floor(value)) return error("'" + path_ + "' must be a whole number, not " + node_.text);
  return static_cast<std::int64_t>(value);
}

Result<std::size_t> Field::choice() const {
  if (!is(NodeKind::scalar)) return wrong_type();
  const auto found = std::find(key_.allowed.begin(), key_.allowed.end(), node_.text);
  if (found != key_.allowed.end()) return static_cast<std::size_t>(found - key_.allowed.begin());
  return error("'" + path_ + "' must be " + key_.type + ", not " + describe(node_),
               known_names_hint(node_.text, key_.allowed));
}

Result<std::vector<std::string>> Field::texts() const {
  std::vector<std::string> out;
  if (is(NodeKind::scalar)) {
    LW_TRY(std::string only, text());
    part(node_, "[0]").mark();
    out.push_back(std::move(only));
    return out;
  }
  if (!is(NodeKind::list) || node_.items.empty()) return wrong_type();
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < node_.items.size(); ++i) {
    const Field item = part(*node_.items[i], "[" + std::to_string(i) + "]");
    if (!item.is(NodeKind::scalar) || item.node().text.empty()) {
      return item.error("'" + item.path() + "' must be a text, not " + describe(item.node()),
                        "'" + key_.name + "' is " + key_.type);
    }
    if (!seen.insert(item.node().text).second) {
      return item.error("'" + item.node().text + "' stands twice in '" + path_ + "'", "remove one");
    }
    item.mark();
    out.push_back(item.node().text);
  }
  return out;
}

Error unknown_key(const Field& parent, const Node& key, std::span<const std::string> known) {
  const Field at = parent.part(key, "");
  if (key.text == "weight" || key.text == "weights" || key.text == "sample_weight") {
    return at.error("Longwatch does not support row weights: every row counts once", "remove '" + key.text + "'");
  }
  const std::string inside = parent.path().empty() ? "" : " in '" + parent.path() + "'";
  return at.error("unknown key '" + key.text + "'" + inside, known_names_hint(key.text, known));
}

}  // namespace longwatch

// "key=value" lines, tree by tree. Numbers are checked as numbers and passed on as they were written.
#include "engine/trees/model_text.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "engine/state/bytes.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kMostLeaves = 65'536;

Error broken(const char* why) { return malformed("boosted trees", why); }

// One tree's lines, by key.
using Lines = std::map<std::string_view, std::string_view>;

std::string_view value_of(const Lines& lines, std::string_view key) {
  const auto found = lines.find(key);
  return found == lines.end() ? std::string_view() : found->second;
}

template <class T>
bool parse(std::string_view token, T& out) {
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  return error == std::errc() && end == token.data() + token.size();
}

// `count` numbers of a line, each of which `fits(i, number)`.
template <class T, class Fits>
bool has_numbers(const Lines& lines, std::string_view key, std::int64_t count, const Fits& fits) {
  std::string_view rest = value_of(lines, key);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t blank = rest.find(' ');
    T number{};
    if (!parse(rest.substr(0, blank), number) || !fits(i, number)) return false;
    rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
    if (blank == std::string_view::npos && i + 1 < count) return false;
  }
  return rest.empty();
}

// Categories of a tree's nodes: bit sets one after another in `cat_threshold`, begun at `cat_boundaries`.
bool has_categories(const Lines& lines, std::int64_t sets) {
  std::uint64_t last = 0;
  const auto grows = [&](std::int64_t i, std::uint64_t at) {
    const bool fits = i == 0 ? at == 0 : at >= last && at < (std::uint64_t{1} << 31);
    last = at;
    return fits;
  };
  if (!has_numbers<std::uint64_t>(lines, "cat_boundaries", sets + 1, grows)) return false;
  return has_numbers<std::uint32_t>(lines, "cat_threshold", static_cast<std::int64_t>(last),
                                    [](std::int64_t, std::uint32_t) { return true; });
}

bool has_nodes(const Lines& lines, std::int64_t leaves, std::int64_t sets, std::int32_t columns) {
  const std::int64_t nodes = leaves - 1;
  std::vector<bool> categorical;
  const auto child = [&](std::int64_t node, std::int64_t at) {
    return at < 0 ? ~at < leaves : at > node && at < nodes;
  };
  const auto column = [&](std::int64_t, std::int64_t at) { return at >= 0 && at < columns; };
  const auto decision = [&](std::int64_t, std::int64_t bits) {
    categorical.push_back((bits & 1) != 0);
    return bits >= 0 && bits < 12;
  };
  const auto threshold = [&](std::int64_t node, double at) {
    // Infinite where what is missing is told from all that is there.
    if (!categorical[static_cast<std::size_t>(node)]) return !std::isnan(at);
    return at >= 0 && at < static_cast<double>(sets) && std::floor(at) == at;
  };
  return has_numbers<std::int64_t>(lines, "split_feature", nodes, column) &&
         has_numbers<std::int64_t>(lines, "decision_type", nodes, decision) &&
         has_numbers<double>(lines, "threshold", nodes, threshold) &&
         has_numbers<std::int64_t>(lines, "left_child", nodes, child) &&
         has_numbers<std::int64_t>(lines, "right_child", nodes, child);
}

Result<void> add_tree(const Lines& lines, std::int32_t columns, std::int64_t tree, std::string& out) {
  std::int64_t leaves = 0;
  std::int64_t sets = 0;
  if (!parse(value_of(lines, "num_leaves"), leaves) || leaves < 1 || leaves > kMostLeaves)
    return broken("a tree without leaves");
  if (!parse(value_of(lines, "num_cat"), sets) || sets < 0 || sets >= leaves)
    return broken("more sets of categories than nodes");
  if (!has_numbers<double>(lines, "leaf_value", leaves, [](std::int64_t, double x) { return std::isfinite(x); }))
    return broken("a leaf without a finite value");
  if (leaves > 1 && !has_nodes(lines, leaves, sets, columns)) return broken("a node that leads nowhere");
  if (sets > 0 && !has_categories(lines, sets)) return broken("a set of categories that is cut short");
  if (value_of(lines, "is_linear") != "0") return broken("trees of another kind");
  out += "Tree=" + std::to_string(tree) + "\n";
  for (const std::string_view key : {"num_leaves", "num_cat", "split_feature", "threshold", "decision_type",
                                     "left_child", "right_child", "leaf_value", "cat_boundaries", "cat_threshold"}) {
    if (!lines.contains(key)) continue;
    ((out += key) += "=") += value_of(lines, key);
    out += "\n";
  }
  out += "is_linear=0\nshrinkage=1\n\n\n";
  return {};
}

// The next line, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// The lines up to an empty one; false where one is no "key=value".
bool take_lines(std::string_view& text, Lines& out) {
  out.clear();
  for (;;) {
    const std::string_view line = take_line(text);
    if (line.empty()) return true;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return false;
    if (!out.emplace(line.substr(0, equals), line.substr(equals + 1)).second) return false;
  }
}

std::string header(std::int32_t columns, std::string_view objective) {
  std::string out = "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=";
  out += std::to_string(columns - 1);
  ((out += "\nobjective=") += objective) += "\nfeature_names=";
  for (std::int32_t i = 0; i < columns; ++i) (out += i == 0 ? "f" : " f") += std::to_string(i);
  out += "\nfeature_infos=";
  for (std::int32_t i = 0; i < columns; ++i) out += i == 0 ? "none" : " none";
  return out + "\n\n";
}

}  // namespace

Result<std::string> check_model_text(std::string_view text, std::int32_t columns) {
  if (take_line(text) != "tree") return broken("they do not begin as trees do");
  Lines lines;
  if (!take_lines(text, lines)) return broken("a line without a key");
  const std::string_view objective = value_of(lines, "objective");
  if (value_of(lines, "num_class") != "1" || value_of(lines, "num_tree_per_iteration") != "1" ||
      (objective != "regression" && objective != "binary sigmoid:1")) {
    return broken("trees of another kind");
  }
  if (value_of(lines, "max_feature_idx") != std::to_string(columns - 1)) return broken("they are of other columns");
  std::string out = header(columns, objective);
  for (std::int64_t tree = 0;; ++tree) {
    while (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    if (text.substr(0, text.find('\n')) == "end of trees") break;
    if (text.empty()) return broken("they end early");
    if (!take_lines(text, lines) || value_of(lines, "Tree") != std::to_string(tree)) return broken("a tree is missing");
    LW_CHECK(add_tree(lines, columns, tree, out));
  }
  return out + "end of trees\n\n";
}

}  // namespace longwatch

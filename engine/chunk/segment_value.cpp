// Joins and splits the values of crossings.
#include "engine/chunk/segment_value.hpp"

namespace longwatch {

std::string join_parts(std::span<const SegmentPart> parts) {
  if (parts.size() == 1) return std::string(parts[0].value_or(""));
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += ',';
    if (!parts[i]) {
      out += "\\N";
      continue;
    }
    for (const char c : *parts[i]) {
      if (c == ',' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

std::vector<std::optional<std::string>> split_parts(std::string_view text) {
  std::vector<std::optional<std::string>> parts(1, std::string());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      parts.emplace_back(std::string());
    } else if (text[i] != '\\' || i + 1 == text.size()) {
      *parts.back() += text[i];
    } else if (text[++i] == 'N') {
      parts.back().reset();  // always a part of its own
      while (i + 1 < text.size() && text[i + 1] != ',') ++i;
    } else {
      *parts.back() += text[i];
    }
  }
  return parts;
}

}  // namespace longwatch

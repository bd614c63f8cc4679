// ${NAME} in configuration values.

#include <cstdlib>

#include "engine/config/yaml_tree.hpp"

namespace longwatch {
namespace {

bool is_variable_name(const std::string& name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!known) return false;
  }
  return true;
}

Error malformed(std::string what) {
  return {ErrorCode::configuration, std::move(what), {}, "write ${NAME} or ${NAME:-default}, and $${ for a literal ${"};
}

// The value of what stands between the braces.
Result<std::string> value_of(const std::string& inside) {
  const std::size_t mark = inside.find(":-");
  const std::string name = inside.substr(0, mark);
  if (!is_variable_name(name)) return malformed("'" + name + "' is no name of an environment variable");
  const char* value = std::getenv(name.c_str());
  if (mark != std::string::npos) return value == nullptr || *value == 0 ? inside.substr(mark + 2) : std::string(value);
  if (value != nullptr) return std::string(value);
  return Error{ErrorCode::configuration,
               "the environment variable '" + name + "' is not set",
               {},
               "set it, or give a default: ${" + name + ":-default}"};
}

}  // namespace

Result<std::string> expand_variables(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t mark = text.find("${", at);
    if (mark == std::string::npos) return out + text.substr(at);
    if (mark > at && text[mark - 1] == '$') {
      out += text.substr(at, mark - 1 - at) + "${";
      at = mark + 2;
      continue;
    }
    const std::size_t end = text.find('}', mark);
    if (end == std::string::npos) return malformed("'${' is not closed");
    LW_TRY(const std::string value, value_of(text.substr(mark + 2, end - mark - 2)));
    out += text.substr(at, mark - at) + value;
    at = end + 1;
  }
}

}  // namespace longwatch

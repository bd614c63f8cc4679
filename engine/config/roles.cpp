#include "engine/config/roles.hpp"

namespace longwatch {

const char* role_name(Role role) {
  switch (role) {
    case Role::feature:
      return "feature";
    case Role::score:
      return "score";
    case Role::prediction:
      return "prediction";
    case Role::target:
      return "target";
  }
  return "";
}

const char* kind_name(ColumnKind kind) { return kind == ColumnKind::continuous ? "continuous" : "categorical"; }

}  // namespace longwatch

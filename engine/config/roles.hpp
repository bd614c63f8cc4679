#pragma once
// Which columns of a table a model uses, and as what.

#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/config.hpp"

namespace longwatch {

enum class Role : std::uint8_t { feature, score, prediction, target };
enum class ColumnKind : std::uint8_t { continuous, categorical };

/// A column whose states are kept.
struct ModelColumn {
  std::string name;
  Role role = Role::feature;
  ColumnKind kind = ColumnKind::continuous;
  std::string file_type;  ///< ColumnInfo::type_text in the reference
  bool integer = false;   ///< integer or boolean in the reference file
};

const char* role_name(Role role);
const char* kind_name(ColumnKind kind);

}  // namespace longwatch

#pragma once
// Which vector code this machine can run.

#include <string_view>

#include "engine/backend/backend.hpp"

namespace longwatch::cpu {

/// The level to run: `wanted` itself, or for `best` the highest one this processor has. Fails with a usage error where
/// the processor lacks `wanted`.
Result<VectorLevel> usable_level(VectorLevel wanted);

/// "portable", "avx2", "avx512".
std::string_view level_name(VectorLevel level);

}  // namespace longwatch::cpu

#pragma once
// The text form of boosted trees, held against everything that scoring relies on before LightGBM reads it.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace longwatch {

/// The trees of `text` (LightGBM's text form, versions v3 and v4) over `columns` columns, without what scoring does not
/// need (gains, counts, parameters, offsets): about a third of it. LightGBM believes what it reads, so a text passes
/// only where children follow their parents, every index is inside its array and every number is one; what passes
/// comes out unchanged when it passes again. O(text). Errors: a text that is cut short or breaks a rule (data).
Result<std::string> check_model_text(std::string_view text, std::int32_t columns);

}  // namespace longwatch

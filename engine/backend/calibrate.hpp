#pragma once
// How fast a backend is here and now.

#include "engine/backend/mixed_backend.hpp"

namespace longwatch {

/// Times small seeded submissions of every kind, the best of three after a first one, waited for one by one; what a
/// device must copy is in it. Some 50 ms. Fails where the backend does.
Result<WorkRates> calibrate(Backend& backend);

}  // namespace longwatch

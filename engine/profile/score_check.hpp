#pragma once
// Whether a model's scores are probabilities at all.

#include "engine/profile/profile.hpp"

namespace longwatch {

/// Where more than half of the reference's scores lie outside [0, 1], estimates make no sense: says so in
/// `performance.not_estimated`, with the scores' range. Needs the states of a binary model's profile.
void check_scores(ReferenceProfile& profile);

}  // namespace longwatch

#pragma once
// The table of metrics as text for people.

#include <string>

namespace longwatch {

/// A Markdown table of all metrics, one row each, in the order of all_metrics(): docs/metrics.md holds it, and a test
/// compares the two.
std::string metrics_markdown();

}  // namespace longwatch

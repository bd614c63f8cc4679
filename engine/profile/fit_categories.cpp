// Learns a categorical column: its dictionary, and its frequency encoding for the PCA.
#include <algorithm>

#include "engine/profile/fit_columns.hpp"
#include "engine/profile/fit_rules.hpp"

namespace longwatch {
namespace {

bool by_text(const CategoryCount& a, const CategoryCount& b) { return a.text < b.text; }
bool more_frequent(const CategoryCount& a, const CategoryCount& b) {
  return a.count != b.count ? a.count > b.count : a.text < b.text;
}

// Shares of all rows, and the mean and deviation of the rows' shares. Rows of a category beyond the cut encode as 0, as
// rows of an unseen one do.
void encode(const std::vector<CategoryCount>& kept, std::int64_t rows, ColumnProfile& profile) {
  const auto n = static_cast<long double>(rows);
  int128 squares = 0;
  std::int64_t rest = rows;
  for (const CategoryCount& category : kept) {
    squares += static_cast<int128>(category.count) * category.count;
    rest -= category.count;
    profile.shares.push_back(static_cast<double>(static_cast<long double>(category.count) / n));
  }
  const long double mean = static_cast<long double>(squares) / n / n;
  long double variance = static_cast<long double>(rest) / n * mean * mean;
  for (const CategoryCount& category : kept) {
    const long double share = static_cast<long double>(category.count) / n;
    variance += share * (share - mean) * (share - mean);
  }
  profile.mean = static_cast<double>(mean);
  profile.deviation = scaler_deviation(mean, variance, rows);
}

}  // namespace

void fit_categories(std::vector<CategoryCount> counts, std::int64_t missing, ColumnProfile& profile) {
  if (counts.empty()) {
    profile.usable = "undefined: no value in the reference";
    return;
  }
  if (counts.size() > kMaxDistinctTexts) {
    profile.usable = "undefined: more than 1,048,576 distinct values (an identifier?)";
    return;
  }
  std::int64_t rows = missing;
  for (const CategoryCount& category : counts) rows += category.count;
  profile.cut = counts.size() > kMaxCategories;
  if (profile.cut) {
    std::nth_element(counts.begin(), counts.begin() + kMaxCategories, counts.end(), more_frequent);
    counts.resize(kMaxCategories);
  }
  std::sort(counts.begin(), counts.end(), by_text);
  const auto frequent = std::min_element(counts.begin(), counts.end(), more_frequent);
  frequent->count += missing;  // a missing value is imputed as the most frequent one
  profile.imputed = static_cast<double>(static_cast<long double>(frequent->count) / static_cast<long double>(rows));
  encode(counts, rows, profile);
  for (CategoryCount& category : counts) profile.categories.push_back(std::move(category.text));
}

}  // namespace longwatch

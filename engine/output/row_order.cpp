// Sorts rows by ranks of their texts, so that comparing two rows compares a few integers.
#include "engine/output/row_order.hpp"

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace longwatch {
namespace {

// Numbers the texts of one column of the rows, first as they come, then by rank among them.
class TextRanks {
 public:
  /// The code of a text; the same address keeps its code.
  std::uint32_t code(std::string_view text) {
    if (texts_.empty() || text.data() != last_) {
      last_ = text.data();
      const auto [at, fresh] = codes_.try_emplace(last_, static_cast<std::uint32_t>(texts_.size()));
      if (fresh) texts_.push_back(text);
      last_code_ = at->second;
    }
    return last_code_;
  }
  /// After all codes were given: code -> rank. Equal texts have equal ranks; the empty text has the least.
  void rank() {
    std::vector<std::uint32_t> order(texts_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return texts_[a] < texts_[b]; });
    ranks_.resize(texts_.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      const bool same = i > 0 && texts_[order[i]] == texts_[order[i - 1]];
      ranks_[order[i]] = same ? ranks_[order[i - 1]] : static_cast<std::uint32_t>(i);
    }
  }
  void to_rank(std::uint32_t& code) const { code = ranks_[code]; }

 private:
  std::unordered_map<const char*, std::uint32_t> codes_;
  std::vector<std::string_view> texts_;
  std::vector<std::uint32_t> ranks_;
  const char* last_ = nullptr;
  std::uint32_t last_code_ = 0;
};

struct SortKey {
  std::uint32_t model, version, period, segment_order, segment_column, segment_missing, segment_value;
  std::uint64_t chunk;
  std::uint32_t column, family, metric, row;

  [[nodiscard]] auto parts() const {
    return std::tie(model, version, period, segment_order, segment_column, segment_missing, segment_value, chunk,
                    column, family, metric);
  }
};

// Everything that is written and not in the key; numbers by their bits, which order all of them.
auto rest_of(const ResultRow& row) {
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  return std::make_tuple(row.chunk_key.view(), row.chunk_start, row.chunk_end, row.rows, bits(row.value),
                         bits(row.standard_error), bits(row.ci_lower), bits(row.ci_upper), bits(row.pi_lower),
                         bits(row.pi_upper), row.interval_method.view(), bits(row.p_value), bits(row.q_value),
                         bits(row.threshold_lower), bits(row.threshold_upper), bits(row.minimum_detectable),
                         bits(row.resolution), row.outside, row.alert, row.status.view(), bits(row.labels_rate));
}

std::vector<SortKey> sort_keys(const std::vector<ResultRow>& rows, const std::vector<std::uint32_t>& chosen) {
  TextRanks model, version, segment_column, segment_value, column, family, metric;
  std::vector<SortKey> keys;
  keys.reserve(chosen.size());
  for (const std::uint32_t at : chosen) {
    const ResultRow& row = rows[at];
    keys.push_back({.model = model.code(row.model.view()),
                    .version = version.code(row.model_version.view()),
                    .period = std::string_view(row.period) == "reference" ? 0U : 1U,
                    .segment_order = static_cast<std::uint32_t>(row.segment_order),
                    .segment_column = segment_column.code(row.segment_column.view()),
                    .segment_missing = row.segment_missing ? 1U : 0U,
                    .segment_value = segment_value.code(row.segment_value.view()),
                    .chunk = static_cast<std::uint64_t>(row.chunk_index),  // -1 becomes the greatest
                    .column = column.code(row.column.view()),
                    .family = family.code(row.family),
                    .metric = metric.code(row.metric.view()),
                    .row = at});
  }
  for (TextRanks* ranks : {&model, &version, &segment_column, &segment_value, &column, &family, &metric}) ranks->rank();
  for (SortKey& key : keys) {
    model.to_rank(key.model);
    version.to_rank(key.version);
    segment_column.to_rank(key.segment_column);
    segment_value.to_rank(key.segment_value);
    column.to_rank(key.column);
    family.to_rank(key.family);
    metric.to_rank(key.metric);
  }
  return keys;
}

}  // namespace

std::vector<std::uint32_t> sorted_rows(const std::vector<ResultRow>& rows, const std::vector<std::uint32_t>& chosen) {
  std::vector<SortKey> keys = sort_keys(rows, chosen);
  tbb::parallel_sort(keys.begin(), keys.end(), [&](const SortKey& a, const SortKey& b) {
    const auto order = a.parts() <=> b.parts();
    return order != 0 ? order < 0 : rest_of(rows[a.row]) < rest_of(rows[b.row]);
  });
  std::vector<std::uint32_t> sorted;
  sorted.reserve(keys.size());
  for (const SortKey& key : keys) sorted.push_back(key.row);
  return sorted;
}

}  // namespace longwatch

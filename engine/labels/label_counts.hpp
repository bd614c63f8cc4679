#pragma once
// What became of the labels of a file that were joined to rows by id.

#include <cstdint>

namespace longwatch {

/// Labels are known or missing (null, NaN, an empty text). An id whose known labels differ is conflicting: its label
/// counts as missing.
struct LabelCounts {
  std::int64_t rows = 0;             ///< of the data
  std::int64_t matched = 0;          ///< rows whose label is from the labels file
  std::int64_t unlabelled = 0;       ///< rows without a known label, neither from the file nor of their own
  std::int64_t replaced = 0;         ///< of `matched`: the data had another label, which gave way
  std::int64_t repeated = 0;         ///< of `matched`: rows beyond the first with their id
  std::int64_t without_id = 0;       ///< rows of the data that have no id
  std::int64_t labels = 0;           ///< rows of the labels file
  std::int64_t labels_without_id = 0;
  std::int64_t ids = 0;              ///< distinct ids of the labels file
  std::int64_t duplicate_ids = 0;    ///< ids that stand there more than once, with one label
  std::int64_t conflicting_ids = 0;  ///< ids that stand there with different labels
  std::int64_t unmatched_ids = 0;    ///< ids that no row of the data has

  void add(const LabelCounts& other) {
    rows += other.rows;
    matched += other.matched;
    unlabelled += other.unlabelled;
    replaced += other.replaced;
    repeated += other.repeated;
    without_id += other.without_id;
    labels += other.labels;
    labels_without_id += other.labels_without_id;
    ids += other.ids;
    duplicate_ids += other.duplicate_ids;
    conflicting_ids += other.conflicting_ids;
    unmatched_ids += other.unmatched_ids;
  }
  bool operator==(const LabelCounts&) const = default;
};

}  // namespace longwatch

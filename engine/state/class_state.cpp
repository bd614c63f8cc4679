// Classes against the rest: merged like sorted lists, put on a grid together where they grow too large.
#include "engine/state/class_state.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace longwatch {
namespace {

bool before(const ClassEntry& a, const ClassEntry& b) {
  return a.key.score != b.key.score ? a.key.score < b.key.score : a.key.code() < b.key.code();
}

void join_equal(std::vector<ClassEntry>& entries) {
  if (entries.empty()) return;
  std::size_t last = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    ClassEntry& kept = entries[last];
    if (before(kept, entries[i])) {
      entries[++last] = entries[i];
    } else {
      kept.key = ScoreEntry::of(kept.key.score, kept.key.code(), kept.key.count() + entries[i].key.count());
      kept.sum += entries[i].sum;
    }
  }
  entries.resize(last + 1);
}

void sort_entries(std::vector<ClassEntry>& entries) {
  std::sort(entries.begin(), entries.end(), before);
  join_equal(entries);
}

void put_on_grid(std::vector<ClassEntry>& entries) {
  for (ClassEntry& entry : entries)
    entry.key = ScoreEntry::of(grid_score(entry.key.score), entry.key.code(), entry.key.count());
  sort_entries(entries);
}

void merge_entries(std::vector<ClassEntry>& into, const std::vector<ClassEntry>& other) {
  if (other.empty()) return;
  std::vector<ClassEntry> out;
  out.reserve(into.size() + other.size());
  std::merge(into.begin(), into.end(), other.begin(), other.end(), std::back_inserter(out), before);
  join_equal(out);
  if (out.capacity() > out.size() + out.size() / 2) out.shrink_to_fit();
  into = std::move(out);
}

template <class T>
void add_to(std::vector<T>& into, const std::vector<T>& other) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] += other[i];
}

void merge_predicted(std::vector<PredictedRows>& into, const std::vector<PredictedRows>& other) {
  for (const PredictedRows& rows : other) {
    const auto at = std::lower_bound(into.begin(), into.end(), rows.predicted,
                                     [](const PredictedRows& a, std::uint32_t b) { return a.predicted < b; });
    if (at == into.end() || at->predicted != rows.predicted) {
      into.insert(at, rows);
      continue;
    }
    add_to(at->labels, rows.labels);
    at->scored += rows.scored;
    add_to(at->sums, rows.sums);
    add_to(at->products, rows.products);
  }
}

}  // namespace

std::int64_t ClassState::labelled() const {
  std::int64_t out = 0;
  for (std::size_t c = 0; c < classes; ++c) out += unpredicted[c];
  for (const PredictedRows& rows_of : predicted) {
    for (std::size_t c = 0; c < classes; ++c) out += rows_of.labels[c];
  }
  return out;
}

const PredictedRows* ClassState::rows_predicted(std::size_t predicted_class) const {
  const auto at = std::lower_bound(predicted.begin(), predicted.end(), predicted_class,
                                   [](const PredictedRows& a, std::size_t b) { return a.predicted < b; });
  return at == predicted.end() || at->predicted != predicted_class ? nullptr : &*at;
}

std::size_t ClassState::keys() const {
  std::size_t out = 0;
  for (const auto& of_class : entries) out += of_class.size();
  return out;
}

void ClassState::to_grid() {
  if (gridded) return;
  for (auto& of_class : entries) put_on_grid(of_class);
  gridded = true;
}

void ClassState::merge(const ClassState& other) {
  if (other.rows == 0) return;
  if (rows == 0) {
    *this = other;
    return;
  }
  rows += other.rows;
  missing_scores += other.missing_scores;
  invalid_scores += other.invalid_scores;
  unnormalised_scores += other.unnormalised_scores;
  unmapped_predictions += other.unmapped_predictions;
  unmapped_labels += other.unmapped_labels;
  merge_predicted(predicted, other.predicted);
  add_to(unpredicted, other.unpredicted);
  if (other.gridded) to_grid();
  for (std::size_t c = 0; c < classes; ++c) {
    if (!gridded || other.gridded) {
      merge_entries(entries[c], other.entries[c]);
      continue;
    }
    std::vector<ClassEntry> gridded_entries = other.entries[c];
    put_on_grid(gridded_entries);
    merge_entries(entries[c], gridded_entries);
  }
  if (keys() > kMaxScoreKeys) to_grid();
}

void ClassPartial::reset(std::size_t classes) {
  counts = {};
  counts.classes = classes;
  labels.assign(classes * (classes + 1), 0);
  scored.assign(classes, 0);
  sums.assign(classes * classes, 0);
  products.assign(classes * product_sums(classes), 0);
  unpredicted.assign(classes + 1, 0);
  entries.resize(classes);
  for (auto& of_class : entries) of_class.clear();
}

ClassState ClassPartial::take() {
  if (counts.rows == 0) return {};
  ClassState out = counts;
  const std::size_t k = out.classes;
  const std::size_t pairs = product_sums(k);
  const auto part = [](const auto& all, std::size_t at, std::size_t size) {
    return std::span(all).subspan(at * size, size);
  };
  for (std::size_t p = 0; p < k; ++p) {
    const auto label_counts = part(labels, p, k + 1);
    if (std::all_of(label_counts.begin(), label_counts.end(), [](std::int64_t n) { return n == 0; })) continue;
    PredictedRows rows_of;
    rows_of.predicted = static_cast<std::uint32_t>(p);
    rows_of.labels.assign(label_counts.begin(), label_counts.end());
    rows_of.scored = scored[p];
    const auto p_sums = part(sums, p, k);
    rows_of.sums.assign(p_sums.begin(), p_sums.end());
    const auto p_products = part(products, p, pairs);
    rows_of.products.assign(p_products.begin(), p_products.end());
    out.predicted.push_back(std::move(rows_of));
  }
  out.unpredicted = unpredicted;
  for (auto& of_class : entries) sort_entries(of_class);
  out.entries = std::move(entries);
  if (out.keys() > kMaxScoreKeys) out.to_grid();
  return out;
}

}  // namespace longwatch

#pragma once
// Cells for the metrics' tests: a column learned from reference rows, with the states of reference and chunk.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/metrics/metric.hpp"
#include "engine/profile/fit_columns.hpp"
#include "tests/support/state_oracle.hpp"

namespace longwatch::test {

/// What tests/data/metrics/make.py worked out.
inline nlohmann::json expected_values(const std::string& file) {
  const auto folder = std::filesystem::path(LONGWATCH_SOURCE_FOLDER) / "tests" / "data" / "metrics";
  std::ifstream in(folder / file);
  EXPECT_TRUE(in.good()) << folder / file;
  return nlohmann::json::parse(in);
}

/// A number of the expected values; NaN and the infinities are texts there.
inline double number(const nlohmann::json& value) {
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

/// The metric of that name.
inline const Metric& metric(std::string_view name) {
  for (const Metric* entry : all_metrics()) {
    if (entry->name == name) return *entry;
  }
  ADD_FAILURE() << "no metric " << name;
  return *all_metrics().front();
}

/// The state of rows; NaN stands for a missing value.
inline NumberState number_state(const std::vector<double>& rows, const ColumnProfile& column) {
  NumberState state;
  HistogramPartial partial;
  const Partition& partition = column.partition;
  partial.resize(partition.cells());
  for (const double x : rows) {
    state.counts.rows += 1;
    if (std::isnan(x)) {
      state.counts.nans += 1;
      continue;
    }
    state.distinct.add_hash(hash_number(x));
    if (std::isinf(x)) {
      (x > 0 ? state.counts.positive_inf : state.counts.negative_inf) += 1;
      continue;
    }
    update_moments(state.moments, column.moments, x);
    const std::size_t cell = partition.cell_of(x);
    partial.counts[cell] += 1;
    partial.touched[cell / 64] = 1;
    if (cell == 0) {
      partial.below.add(x);
    } else if (cell + 1 == partition.cells()) {
      partial.above.add(x);
    } else if (cell % 2 == 0) {
      partial.sums[cell / 2] += row::offset_term(x, partition.left(cell / 2), partition.unit(cell / 2));
    }
  }
  state.histogram.add(partial);
  return state;
}

/// Reference and chunk of one numeric column.
struct NumberCells {
  ColumnProfile column;
  NumberState reference, chunk;
  NumberView reference_view, chunk_view;

  NumberCells(const std::vector<double>& reference_rows, const std::vector<double>& chunk_rows,
              std::int64_t quantiles = 1024) {
    std::vector<double> finite;
    for (const double x : reference_rows) {
      if (std::isfinite(x)) finite.push_back(x);
    }
    const auto missing = static_cast<std::int64_t>(reference_rows.size() - finite.size());
    fit_numbers(finite, missing, quantiles, column);
    reference = number_state(reference_rows, column);
    chunk = number_state(chunk_rows, column);
    reference_view = NumberView::of(reference, column);
    chunk_view = NumberView::of(chunk, column);
  }
  NumberCells(const NumberCells&) = delete;

  [[nodiscard]] MetricInput input() const {
    MetricInput out;
    out.numbers = &chunk_view;
    out.reference_numbers = &reference_view;
    out.rows = chunk.counts.rows;
    return out;
  }
  [[nodiscard]] MetricValue value(std::string_view name) const { return metric(name).compute(input()); }
};

/// Rows by category; the empty text is a missing value.
using CategoryRows = std::map<std::string, std::int64_t>;

/// Reference and chunk of one categorical column.
struct CategoryCells {
  ColumnProfile column;
  CategoryState reference, chunk;
  CategoryView reference_view, chunk_view;

  CategoryCells(const CategoryRows& reference_rows, const CategoryRows& chunk_rows) {
    std::vector<CategoryCount> counts;
    std::int64_t missing = 0;
    for (const auto& [text, count] : reference_rows) {
      if (text.empty()) {
        missing = count;
      } else {
        counts.push_back({text, count});
      }
    }
    column.column.kind = ColumnKind::categorical;
    fit_categories(counts, missing, column);
    add(reference_rows, reference);
    add(chunk_rows, chunk);
    refresh();
  }
  CategoryCells(const CategoryCells&) = delete;

  /// After a change to the states.
  void refresh() {
    reference_view = CategoryView::of(reference, column);
    chunk_view = CategoryView::of(chunk, column);
  }
  [[nodiscard]] MetricInput input() const {
    MetricInput out;
    out.categories = &chunk_view;
    out.reference_categories = &reference_view;
    out.rows = chunk.counts.rows;
    return out;
  }
  [[nodiscard]] MetricValue value(std::string_view name) const { return metric(name).compute(input()); }

 private:
  void add(const CategoryRows& rows, CategoryState& state) const {
    for (const auto& [text, count] : rows) {
      for (std::int64_t i = 0; i < count; ++i)
        update_category(state, column.categories, text.empty() ? nullptr : &text);
    }
  }
};

}  // namespace longwatch::test

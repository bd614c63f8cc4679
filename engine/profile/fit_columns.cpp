// Reads the reference's columns, a few at a time, and learns each.
#include "engine/profile/fit_columns.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <new>
#include <optional>
#include <unordered_map>

#include "engine/profile/column_buffers.hpp"
#include "engine/profile/fit_rules.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65'536;

Location place_of(const std::string& column) {
  Location where;
  where.column = column;
  return where;
}

// Calls f(view, last) for every slab of a column; `last` marks the last of a row group; f returns false to stop early.
template <class F>
Result<void> for_each_slab(const Source& source, const std::string& column, ReadAs as, F&& f) {
  for (const RowGroup& group : source.row_groups()) {
    LW_TRY(const std::unique_ptr<ColumnReader> reader, source.read(group, column, as));
    for (std::int64_t left = group.rows; left > 0;) {
      LW_TRY(const ColumnView view, reader->next(std::min(left, kSlabRows)));
      if (view.length <= 0) {
        return Error{ErrorCode::data, "the row group ends before its number of rows", place_of(column), ""};
      }
      left -= view.length;
      if (!f(view, left == 0)) return {};
    }
  }
  return {};
}

template <class T>
void append_finite(const ColumnView& view, std::vector<double>& out) {
  const T* values = static_cast<const T*>(view.values);
  std::size_t kept = out.size();
  out.resize(kept + static_cast<std::size_t>(view.length));
  double* const to = out.data();
  if (view.nulls == 0) {
    for (std::int64_t row = 0; row < view.length; ++row) {
      to[kept] = values[row];
      kept += std::isfinite(values[row]) ? 1 : 0;
    }
  } else {
    for (std::int64_t row = 0; row < view.length; ++row) {
      to[kept] = values[row];
      kept += view.valid(row) && std::isfinite(values[row]) ? 1 : 0;
    }
  }
  out.resize(kept);
}

Result<void> learn_numbers(const Source& source, std::int64_t quantiles, ColumnBuffers& buffers,
                           ColumnProfile& profile) {
  const ColumnBuffers::Lease lease = buffers.take();
  std::vector<double>& values = *lease;
  values.clear();
  values.reserve(static_cast<std::size_t>(source.rows()));
  LW_CHECK(for_each_slab(source, profile.column.name, ReadAs::number, [&](const ColumnView& view, bool) {
    if (view.type == ValueType::float32) {
      append_finite<float>(view, values);
    } else {
      append_finite<double>(view, values);
    }
    return true;
  }));
  fit_numbers(values, source.rows() - static_cast<std::int64_t>(values.size()), quantiles, profile);
  return {};
}

// Counts texts: rows by code, codes by text once per dictionary.
class TextCounter {
 public:
  /// `labels`: what texts stand for; null: themselves.
  TextCounter(bool nan_is_missing, const LabelRule* labels) : nan_is_missing_(nan_is_missing), labels_(labels) {}

  void add(const ColumnView& view) {
    if (view.nulls == view.length) return;
    if (dictionary_.serial != view.dictionary->serial || by_code_.empty()) {
      flush();
      dictionary_ = *view.dictionary;
      by_code_.assign(dictionary_.texts.size(), 0);
    }
    const auto* codes = static_cast<const std::int32_t*>(view.values);
    for (std::int64_t row = 0; row < view.length; ++row) {
      if (view.valid(row)) ++by_code_[static_cast<std::size_t>(codes[row])];
    }
  }

  // Must be called before the last view's reader goes.
  void flush() {
    for (std::size_t code = 0; code < by_code_.size(); ++code) {
      if (by_code_[code] == 0 || (nan_is_missing_ && dictionary_.texts[code] == "nan")) continue;
      const std::string_view text = dictionary_.texts[code];
      by_text_[labels_ == nullptr ? std::string(text) : labels_->of(text)] += by_code_[code];
    }
    by_code_.clear();
    dictionary_ = {};
  }

  [[nodiscard]] std::size_t distinct() const { return by_text_.size(); }

  std::vector<CategoryCount> take() {
    std::vector<CategoryCount> out;
    out.reserve(by_text_.size());
    while (!by_text_.empty()) {
      auto node = by_text_.extract(by_text_.begin());
      out.push_back({std::move(node.key()), node.mapped()});
    }
    return out;
  }

 private:
  bool nan_is_missing_;
  const LabelRule* labels_;
  CategoryDictionary dictionary_;
  std::vector<std::int64_t> by_code_;
  std::unordered_map<std::string, std::int64_t> by_text_;
};

Result<void> learn_categories(const Source& source, const LabelRule* labels, ColumnProfile& profile) {
  const ColumnInfo* info = source.find(profile.column.name);
  // A number that is NaN is missing, the text "nan" is not.
  TextCounter counter(info != nullptr && info->type == FileType::floating,
                      holds_labels(profile.column.role) ? labels : nullptr);
  LW_CHECK(for_each_slab(source, profile.column.name, ReadAs::category, [&](const ColumnView& view, bool last) {
    counter.add(view);
    if (last) counter.flush();
    return counter.distinct() <= kMaxDistinctTexts;
  }));
  std::vector<CategoryCount> counts = counter.take();
  std::int64_t present = 0;
  for (const CategoryCount& category : counts) present += category.count;
  fit_categories(std::move(counts), source.rows() - present, profile);
  return {};
}

// The room's edge: nothing is thrown beyond here.
Result<void> learn(const Source& source, std::int64_t quantiles, ColumnBuffers& buffers, const LabelRule* labels,
                   ColumnProfile& profile) {
  try {
    return profile.column.kind == ColumnKind::continuous ? learn_numbers(source, quantiles, buffers, profile)
                                                         : learn_categories(source, labels, profile);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::memory,
                 std::to_string(source.rows()) + " reference rows of the column do not fit in memory",
                 place_of(profile.column.name), "use a smaller reference or fewer threads"};
  } catch (const std::exception& failure) {
    return Error{ErrorCode::internal, std::string("learning the column failed: ") + failure.what(),
                 place_of(profile.column.name), ""};
  }
}

}  // namespace

Result<std::vector<ColumnProfile>> fit_columns(const Source& source, const std::vector<ModelColumn>& columns,
                                               std::int64_t quantiles, MemoryBudget& budget, const LabelRule* labels) {
  std::vector<ColumnProfile> profiles(columns.size());
  std::vector<std::optional<Error>> errors(columns.size());
  std::atomic<std::size_t> first_failed{columns.size()};
  ColumnBuffers buffers(budget, source.rows());
  const auto learn_column = [&](std::size_t c) {
    if (c > first_failed.load(std::memory_order_relaxed)) return;  // its result would not be returned
    profiles[c].column = columns[c];
    Result<void> result = learn(source, quantiles, buffers, labels, profiles[c]);
    if (result.ok()) return;
    errors[c] = std::move(result.error());
    std::size_t failed = first_failed.load();
    while (c < failed && !first_failed.compare_exchange_weak(failed, c)) {
    }
  };
  tbb::parallel_for(std::size_t{0}, columns.size(), learn_column, tbb::simple_partitioner());
  if (first_failed < columns.size()) return std::move(*errors[first_failed]);
  return profiles;
}

}  // namespace longwatch

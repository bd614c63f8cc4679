// A hash join: both sides by the leading bits of their ids, then partition by partition.
#include "engine/labels/hash_join.hpp"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>

#include "engine/chunk/row_groups.hpp"
#include "engine/labels/join_partitions.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabRows = 65'536;
constexpr const char* kDoing = "joining labels";

// Calls work(rows, first row of the source) for a row group's slabs.
template <class Work>
Result<void> for_each_slab(const RowGroup& group, const Control& control, const Work& work) {
  for (std::int64_t done = 0; done < group.rows;) {
    if (control.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
    const std::int64_t rows = std::min(group.rows - done, kSlabRows);
    LW_CHECK(work(static_cast<std::size_t>(rows), group.first_row + done));
    done += rows;
  }
  return {};
}

class Join {
 public:
  Join(const LabelTables& tables, const LabelOptions& options, const Control& control)
      : tables_(tables),
        control_(control),
        memory_(options.memory),
        labels_(options.memory / 2, options.folder),
        rows_(options.memory / 2, options.folder),
        column_(std::make_shared<LabelColumn>(tables.numbers, tables.rows->rows())) {}

  Result<LabelCounts> run(const LabelRule& rule) {
    counts_.rows = tables_.rows->rows();
    counts_.labels = tables_.labels->rows();
    LW_CHECK(over_groups(*tables_.labels, [&](const RowGroup& group) { return read_labels_of(group); }));
    LW_CHECK(over_groups(*tables_.rows, [&](const RowGroup& group) { return read_ids_of(group); }));
    // The own labels' texts must be known before labels can be compared.
    if (tables_.own != nullptr && !tables_.numbers)
      LW_CHECK(over_groups(*tables_.rows, [&](const RowGroup& group) { return learn_own(group); }));
    if (!tables_.numbers) column_->texts()->finish(rule);
    LW_CHECK(match());
    if (tables_.own != nullptr)
      LW_CHECK(over_groups(*tables_.rows, [&](const RowGroup& group) { return fill_own(group); }));
    counts_.labels_without_id = labels_without_id_;
    counts_.without_id = without_id_;
    counts_.replaced = replaced_;
    for (std::int64_t row = 0; row < counts_.rows; ++row) counts_.unlabelled += column_->get(row) == kNoLabel ? 1 : 0;
    return counts_;
  }

  [[nodiscard]] std::shared_ptr<const LabelColumn> column() const { return column_; }

 private:
  template <class Work>
  static Result<void> over_groups(const Source& source, const Work& work) {
    const std::vector<RowGroup>& groups = source.row_groups();
    return for_each_group(groups.size(), [&](std::size_t g) -> Result<void> { return work(groups[g]); });
  }

  Result<void> read_labels_of(const RowGroup& group) {
    LW_TRY(IdReader ids, IdReader::open(*tables_.labels, group, *tables_.label_id));
    LW_TRY(LabelReader labels, LabelReader::open(*tables_.labels, group, *tables_.label, column_->texts()));
    std::vector<Hash128> hashes;
    std::vector<std::uint8_t> present;
    std::vector<std::uint64_t> values;
    std::vector<JoinRecord> records;
    return for_each_slab(group, control_, [&](std::size_t rows, std::int64_t) -> Result<void> {
      hashes.resize(rows);
      present.resize(rows);
      values.resize(rows);
      LW_CHECK(ids.next(hashes, present));
      LW_CHECK(labels.next(values));
      for (std::size_t i = 0; i < rows; ++i) {
        if (present[i] != 0) records.push_back({hashes[i], values[i]});
      }
      labels_without_id_ += static_cast<std::int64_t>(rows - records.size());
      return labels_.add(records);
    });
  }

  Result<void> read_ids_of(const RowGroup& group) {
    LW_TRY(IdReader ids, IdReader::open(*tables_.rows, group, *tables_.row_id));
    std::vector<Hash128> hashes;
    std::vector<std::uint8_t> present;
    std::vector<JoinRecord> records;
    return for_each_slab(group, control_, [&](std::size_t rows, std::int64_t first) -> Result<void> {
      hashes.resize(rows);
      present.resize(rows);
      LW_CHECK(ids.next(hashes, present));
      for (std::size_t i = 0; i < rows; ++i) {
        if (present[i] != 0) records.push_back({hashes[i], static_cast<std::uint64_t>(first) + i});
      }
      without_id_ += static_cast<std::int64_t>(rows - records.size());
      return rows_.add(records);
    });
  }

  Result<void> learn_own(const RowGroup& group) {
    LW_TRY(LabelReader own, LabelReader::open(*tables_.rows, group, *tables_.own, column_->texts()));
    std::vector<std::uint64_t> values;
    return for_each_slab(group, control_, [&](std::size_t rows, std::int64_t) {
      values.resize(rows);
      return own.next(values);
    });
  }

  // A row's own label counts where the labels have none.
  Result<void> fill_own(const RowGroup& group) {
    LW_TRY(LabelReader own, LabelReader::open(*tables_.rows, group, *tables_.own, column_->texts()));
    std::vector<std::uint64_t> values;
    return for_each_slab(group, control_, [&](std::size_t rows, std::int64_t first) -> Result<void> {
      values.resize(rows);
      LW_CHECK(own.next(values));
      std::int64_t replaced = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        const std::int64_t row = first + static_cast<std::int64_t>(i);
        const std::uint64_t joined = column_->get(row);
        if (joined == kNoLabel) {
          column_->set(row, values[i]);
        } else if (values[i] != kNoLabel && !column_->same(joined, values[i])) {
          ++replaced;
        }
      }
      replaced_ += replaced;
      return {};
    });
  }

  // As many partitions at a time as fit into the budget.
  Result<void> match() {
    const std::int64_t largest = std::max<std::int64_t>(labels_.largest_on_disk() + rows_.largest_on_disk(), 1);
    const auto together = static_cast<std::size_t>(
        std::clamp<std::int64_t>(memory_ / largest, 1, tbb::this_task_arena::max_concurrency()));
    tbb::enumerable_thread_specific<LabelCounts> counts;
    std::vector<std::optional<Error>> failures(JoinPartitions::kPartitions);
    std::size_t next = 0;
    tbb::parallel_pipeline(
        together, tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) {
                    if (next >= JoinPartitions::kPartitions) flow.stop();
                    return next++;
                  }) & tbb::make_filter<std::size_t, void>(tbb::filter_mode::parallel, [&](std::size_t at) {
                    if (at >= JoinPartitions::kPartitions) return;
                    auto done = without_exceptions(kDoing, [&] { return match_partition(at, counts.local()); });
                    if (!done.ok()) failures[at] = std::move(done.error());
                  }));
    for (auto& failure : failures) {
      if (failure) return std::move(*failure);
    }
    for (const LabelCounts& part : counts) counts_.add(part);
    return {};
  }

  // Both sides are sorted by id.
  Result<void> match_partition(std::size_t at, LabelCounts& counts) {
    if (control_.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
    LW_TRY(const std::vector<JoinRecord> labels, labels_.take(at));
    LW_TRY(const std::vector<JoinRecord> rows, rows_.take(at));
    std::size_t row = 0;
    for (std::size_t first = 0, end = 0; first < labels.size(); first = end) {
      const Hash128& id = labels[first].id;
      for (end = first; end < labels.size() && labels[end].id == id;) ++end;
      while (row < rows.size() && rows[row].id < id) ++row;
      const std::size_t first_row = row;
      while (row < rows.size() && rows[row].id == id) ++row;
      const std::uint64_t label = label_of(labels, first, end, counts);
      ++counts.ids;
      counts.unmatched_ids += row == first_row ? 1 : 0;
      if (label == kNoLabel || row == first_row) continue;
      counts.matched += static_cast<std::int64_t>(row - first_row);
      counts.repeated += static_cast<std::int64_t>(row - first_row) - 1;
      for (std::size_t i = first_row; i < row; ++i) column_->set(static_cast<std::int64_t>(rows[i].value), label);
    }
    return {};
  }

  // The one label of an id that stands at [first, end).
  std::uint64_t label_of(const std::vector<JoinRecord>& labels, std::size_t first, std::size_t end,
                         LabelCounts& counts) const {
    std::uint64_t out = kNoLabel;
    for (std::size_t i = first; i < end; ++i) {
      const std::uint64_t label = labels[i].value;
      if (label == kNoLabel) continue;
      if (out != kNoLabel && !column_->same(out, label)) {
        ++counts.conflicting_ids;
        return kNoLabel;
      }
      out = out == kNoLabel ? label : column_->preferred(out, label);
    }
    counts.duplicate_ids += end - first > 1 ? 1 : 0;
    return out;
  }

  const LabelTables& tables_;
  const Control& control_;
  std::int64_t memory_;
  JoinPartitions labels_;
  JoinPartitions rows_;
  std::shared_ptr<LabelColumn> column_;
  LabelCounts counts_;
  std::atomic<std::int64_t> labels_without_id_{0};
  std::atomic<std::int64_t> without_id_{0};
  std::atomic<std::int64_t> replaced_{0};
};

}  // namespace

Result<JoinedLabels> join_tables(const LabelTables& tables, const LabelRule& rule, const LabelOptions& options,
                                 const Control& control) {
  const auto join = std::make_unique<Join>(tables, options, control);
  JoinedLabels out;
  LW_TRY(out.counts, join->run(rule));
  out.labels = join->column();
  return out;
}

}  // namespace longwatch

// Readers that record what they deliver, and readers of what was recorded.
#include "engine/source/cached_source.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "engine/source/kept_column.hpp"
#include "engine/source/text_pool.hpp"

namespace longwatch {
namespace {

using reading::KeptColumn;
using Key = std::tuple<int, int, std::string, ReadAs>;  // file, row group, column

// What was kept so far. Shared by the source and its readers.
class Store {
 public:
  explicit Store(std::shared_ptr<MemoryBudget> budget) : budget_(std::move(budget)), table_(reading::next_serial()) {}
  ~Store() { budget_->give_back(taken_); }

  [[nodiscard]] std::shared_ptr<const KeptColumn> find(const Key& key) const {
    const std::lock_guard guard(lock_);
    const auto found = kept_.find(key);
    return found == kept_.end() ? nullptr : found->second;
  }
  void add(const Key& key, std::shared_ptr<const KeptColumn> column, std::int64_t bytes) {
    const std::lock_guard guard(lock_);
    if (kept_.emplace(key, std::move(column)).second) {
      taken_ += bytes;
    } else {
      budget_->give_back(bytes);
    }
  }
  [[nodiscard]] MemoryBudget& budget() { return *budget_; }
  [[nodiscard]] std::uint64_t table() const { return table_; }

 private:
  std::shared_ptr<MemoryBudget> budget_;
  std::uint64_t table_;
  mutable std::mutex lock_;
  std::map<Key, std::shared_ptr<const KeptColumn>> kept_;
  std::int64_t taken_ = 0;
};

class KeptReader final : public ColumnReader {
 public:
  explicit KeptReader(std::shared_ptr<const KeptColumn> column) : column_(std::move(column)) {}

  Result<ColumnView> next(std::int64_t max_rows) override {
    const std::int64_t rows = std::clamp<std::int64_t>(max_rows, 0, column_->rows() - at_);
    at_ += rows;
    return column_->view(at_ - rows, rows, codes_);
  }

 private:
  std::shared_ptr<const KeptColumn> column_;
  std::int64_t at_ = 0;
  std::vector<std::int32_t> codes_;
};

class RecordingReader final : public ColumnReader {
 public:
  RecordingReader(std::unique_ptr<ColumnReader> reader, std::shared_ptr<Store> store, Key key, std::int64_t rows,
                  std::int64_t bytes)
      : reader_(std::move(reader)), store_(std::move(store)), key_(std::move(key)), rows_(rows), bytes_(bytes) {
    kept_ = std::make_shared<KeptColumn>(rows, store_->table());
  }
  ~RecordingReader() override { give_up(); }

  Result<ColumnView> next(std::int64_t max_rows) override {
    LW_TRY(const ColumnView view, reader_->next(max_rows));
    if (kept_ != nullptr) record(view);
    return view;
  }
  [[nodiscard]] bool zoned() const override { return reader_->zoned(); }

 private:
  void record(const ColumnView& view) {
    try {
      if (!kept_->append(view)) return give_up();
      if (kept_->rows() < rows_) return;
      kept_->finish();
      store_->add(key_, std::move(kept_), bytes_);
    } catch (const std::bad_alloc&) {
      give_up();
    }
  }
  void give_up() {
    if (kept_ == nullptr) return;
    kept_ = nullptr;
    store_->budget().give_back(bytes_);
  }

  std::unique_ptr<ColumnReader> reader_;
  std::shared_ptr<Store> store_;
  Key key_;
  std::int64_t rows_;
  std::int64_t bytes_;
  std::shared_ptr<KeptColumn> kept_;  // null: done, or not to be kept
};

class CachedSource final : public Source {
 public:
  CachedSource(std::shared_ptr<Source> source, std::shared_ptr<MemoryBudget> budget)
      : source_(std::move(source)), store_(std::make_shared<Store>(std::move(budget))) {}

  [[nodiscard]] const std::vector<SourceFile>& files() const override { return source_->files(); }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return source_->row_groups(); }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return source_->columns(); }
  [[nodiscard]] std::int64_t rows() const override { return source_->rows(); }
  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override { return source_->find(name); }

  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                           ReadAs as) const override {
    Key key{group.file, group.index, column, as};
    if (auto kept = store_->find(key)) return std::unique_ptr<ColumnReader>(std::make_unique<KeptReader>(kept));
    LW_TRY(std::unique_ptr<ColumnReader> reader, source_->read(group, column, as));
    const std::int64_t bytes = KeptColumn::bytes_for(group.rows, as == ReadAs::category);
    if (as == ReadAs::time || group.rows == 0 || !store_->budget().take(bytes)) return reader;
    return std::unique_ptr<ColumnReader>(
        std::make_unique<RecordingReader>(std::move(reader), store_, std::move(key), group.rows, bytes));
  }

 private:
  std::shared_ptr<Source> source_;
  std::shared_ptr<Store> store_;
};

}  // namespace

std::shared_ptr<Source> cached_source(std::shared_ptr<Source> source, std::shared_ptr<MemoryBudget> budget) {
  return std::make_shared<CachedSource>(std::move(source), std::move(budget));
}

}  // namespace longwatch

// All but one column is the source's.
#include "engine/labels/labelled_source.hpp"

#include <algorithm>
#include <utility>

namespace longwatch {
namespace {

class LabelledSource final : public Source {
 public:
  LabelledSource(std::shared_ptr<Source> source, ColumnInfo info, std::shared_ptr<const LabelColumn> labels)
      : source_(std::move(source)), columns_(source_->columns()), name_(info.name), labels_(std::move(labels)) {
    const auto own = std::find_if(columns_.begin(), columns_.end(), [&](const ColumnInfo& c) { return c.name == name_; });
    if (own == columns_.end()) {
      columns_.push_back(std::move(info));
    } else {
      *own = std::move(info);
    }
  }

  [[nodiscard]] const std::vector<SourceFile>& files() const override { return source_->files(); }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return source_->row_groups(); }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return columns_; }
  [[nodiscard]] std::int64_t rows() const override { return source_->rows(); }
  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override {
    if (name != name_) return source_->find(name);
    const auto named = [&](const ColumnInfo& column) { return column.name == name; };
    const auto first = std::find_if(columns_.begin(), columns_.end(), named);
    return std::any_of(first + 1, columns_.end(), named) ? nullptr : &*first;
  }

  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                           ReadAs as) const override {
    if (column != name_ || find(column) == nullptr) return source_->read(group, column, as);
    if (labels_ == nullptr) return Error{ErrorCode::internal, "the labels are not joined", {}, ""};
    return labels_reader(labels_, group.first_row, group.rows, as);
  }

 private:
  std::shared_ptr<Source> source_;
  std::vector<ColumnInfo> columns_;
  std::string name_;
  std::shared_ptr<const LabelColumn> labels_;
};

}  // namespace

std::shared_ptr<Source> labelled_source(std::shared_ptr<Source> source, ColumnInfo info,
                                        std::shared_ptr<const LabelColumn> labels) {
  return std::make_shared<LabelledSource>(std::move(source), std::move(info), std::move(labels));
}

}  // namespace longwatch

// Each column of Longwatch's result tables, in the order of the files.
#include "engine/output/result_columns.hpp"

#include <arrow/builder.h>

#include <cmath>
#include <string_view>

#include "engine/output/array_columns.hpp"
#include "engine/output/parquet_file.hpp"

namespace longwatch {
namespace {

using Array = Result<std::shared_ptr<arrow::Array>>;

class Texts final : public ResultColumn {
 public:
  using Get = std::string_view (*)(const ResultRow&);
  Texts(std::string name, Get get) : ResultColumn(std::move(name), text_type()), get_(get) {}
  void append(std::span<const ResultRow* const> rows) override {
    for (const ResultRow* row : rows) column_.add(get_(*row));
  }
  Array array() override { return column_.array(); }
  void clear() override { column_.clear(); }

 private:
  Get get_;
  TextColumn column_;
};

class Numbers final : public ResultColumn {
 public:
  Numbers(std::string name, double ResultRow::*member)
      : ResultColumn(std::move(name), arrow::float64()), member_(member) {}
  void append(std::span<const ResultRow* const> rows) override {
    for (const ResultRow* row : rows) column_.add(row->*member_, !std::isnan(row->*member_));
  }
  Array array() override { return column_.array(type()); }
  void clear() override { column_.clear(); }

 private:
  double ResultRow::*member_;
  FixedColumn<double> column_;
};

class Integers final : public ResultColumn {
 public:
  // A value equal to `none` is null.
  Integers(std::string name, std::int64_t ResultRow::*member, std::int64_t none, std::shared_ptr<arrow::DataType> type)
      : ResultColumn(std::move(name), std::move(type)), member_(member), none_(none) {}
  void append(std::span<const ResultRow* const> rows) override {
    for (const ResultRow* row : rows) column_.add(row->*member_, row->*member_ != none_);
  }
  Array array() override { return column_.array(type()); }
  void clear() override { column_.clear(); }

 private:
  std::int64_t ResultRow::*member_;
  std::int64_t none_;
  FixedColumn<std::int64_t> column_;
};

class Flags final : public ResultColumn {
 public:
  Flags(std::string name, int ResultRow::*member) : ResultColumn(std::move(name), arrow::boolean()), member_(member) {}
  void append(std::span<const ResultRow* const> rows) override {
    for (const ResultRow* row : rows) values_.push_back(row->*member_);
  }
  Array array() override {
    arrow::BooleanBuilder builder;
    std::shared_ptr<arrow::Array> array;
    LW_CHECK(guarded(name(), [&] {
      ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<std::int64_t>(values_.size())));
      for (const int value : values_) value < 0 ? builder.UnsafeAppendNull() : builder.UnsafeAppend(value != 0);
      return builder.Finish(&array);
    }));
    return array;
  }
  void clear() override { values_.clear(); }

 private:
  int ResultRow::*member_;
  std::vector<int> values_;
};

// Texts that are all different, so without a dictionary.
class Identifiers final : public ResultColumn {
 public:
  using Get = std::string (*)(const ResultRow&);
  Identifiers(std::string name, Get get) : ResultColumn(std::move(name), arrow::utf8()), get_(get) {}
  void append(std::span<const ResultRow* const> rows) override {
    for (const ResultRow* row : rows) values_.push_back(get_(*row));
  }
  Array array() override {
    arrow::StringBuilder builder;
    std::shared_ptr<arrow::Array> array;
    LW_CHECK(guarded(name(), [&] {
      ARROW_RETURN_NOT_OK(builder.AppendValues(values_));
      return builder.Finish(&array);
    }));
    return array;
  }
  void clear() override { values_.clear(); }

 private:
  Get get_;
  std::vector<std::string> values_;
};

template <Text ResultRow::*kMember>
std::string_view text_of(const ResultRow& row) {
  return (row.*kMember).view();
}
template <const char* ResultRow::*kMember>
std::string_view name_of(const ResultRow& row) {
  return *(row.*kMember) == '\0' ? std::string_view{} : std::string_view{row.*kMember};
}
std::string_view segment_value_of(const ResultRow& row) {
  if (row.segment_missing) return {};
  if (row.segment_value.empty() && !row.segment_column.empty()) return std::string_view{""};  // a value, not a null
  return row.segment_value.view();
}
std::string_view status_of(const ResultRow& row) {
  return row.status.empty() ? std::string_view{"ok"} : row.status.view();
}

// Adds columns to a list, one call each.
class Columns {
 public:
  void text(const char* name, Texts::Get get) { list_.push_back(std::make_unique<Texts>(name, get)); }
  void number(const char* name, double ResultRow::*member) { list_.push_back(std::make_unique<Numbers>(name, member)); }
  void flag(const char* name, int ResultRow::*member) { list_.push_back(std::make_unique<Flags>(name, member)); }
  void identifier(const char* name, Identifiers::Get get) { list_.push_back(std::make_unique<Identifiers>(name, get)); }
  void integer(const char* name, std::int64_t ResultRow::*member, std::int64_t none) {
    list_.push_back(std::make_unique<Integers>(name, member, none, arrow::int64()));
  }
  void instant(const char* name, std::int64_t ResultRow::*member) {
    list_.push_back(std::make_unique<Integers>(name, member, ResultRow::kNoTime, instant_type()));
  }
  void chunk_key() {
    text("model", text_of<&ResultRow::model>);
    text("model_version", text_of<&ResultRow::model_version>);
    text("segment_column", text_of<&ResultRow::segment_column>);
    text("segment_value", segment_value_of);
    text("period", name_of<&ResultRow::period>);
    integer("chunk_index", &ResultRow::chunk_index, -1);
    text("chunk_key", text_of<&ResultRow::chunk_key>);
    instant("chunk_start", &ResultRow::chunk_start);
    instant("chunk_end", &ResultRow::chunk_end);
  }
  void metric_key() {
    text("column", text_of<&ResultRow::column>);
    text("family", name_of<&ResultRow::family>);
    text("metric", text_of<&ResultRow::metric>);
  }
  ResultColumns take() { return std::move(list_); }

 private:
  ResultColumns list_;
};

}  // namespace

ResultColumns results_columns() {
  Columns columns;
  columns.chunk_key();
  columns.integer("rows", &ResultRow::rows, INT64_MIN);
  columns.metric_key();
  columns.number("value", &ResultRow::value);
  columns.number("standard_error", &ResultRow::standard_error);
  columns.number("ci_lower", &ResultRow::ci_lower);
  columns.number("ci_upper", &ResultRow::ci_upper);
  columns.number("pi_lower", &ResultRow::pi_lower);
  columns.number("pi_upper", &ResultRow::pi_upper);
  columns.text("interval_method", text_of<&ResultRow::interval_method>);
  columns.number("p_value", &ResultRow::p_value);
  columns.number("q_value", &ResultRow::q_value);
  columns.number("threshold_lower", &ResultRow::threshold_lower);
  columns.number("threshold_upper", &ResultRow::threshold_upper);
  columns.number("minimum_detectable", &ResultRow::minimum_detectable);
  columns.number("resolution", &ResultRow::resolution);
  columns.flag("outside", &ResultRow::outside);
  columns.flag("alert", &ResultRow::alert);
  columns.text("status", status_of);
  columns.number("labels_rate", &ResultRow::labels_rate);
  return columns.take();
}

ResultColumns alerts_columns() {
  Columns columns;
  columns.identifier("alert_id", alert_id);
  columns.chunk_key();
  columns.metric_key();
  columns.number("value", &ResultRow::value);
  columns.number("threshold_lower", &ResultRow::threshold_lower);
  columns.number("threshold_upper", &ResultRow::threshold_upper);
  columns.number("p_value", &ResultRow::p_value);
  columns.number("q_value", &ResultRow::q_value);
  columns.number("fleet_q_value", &ResultRow::fleet_q_value);
  columns.integer("rows", &ResultRow::rows, INT64_MIN);
  return columns.take();
}

}  // namespace longwatch

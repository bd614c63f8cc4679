// Tests slabs of decoded rows.
#include "engine/filter/row_test.hpp"

#include <algorithm>

#include "engine/chunk/timestamps.hpp"

namespace longwatch {
namespace {

template <class T>
bool among(const std::vector<T>& sorted, const T& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

// Whether a present value passes.
template <class T>
bool holds(FilterOperator op, const std::vector<T>& limits, const T& value) {
  switch (op) {
    case FilterOperator::equals:
      return value == limits.front();
    case FilterOperator::not_equals:
      return !(value == limits.front());
    case FilterOperator::less_than:
      return value < limits.front();
    case FilterOperator::at_most:
      return value <= limits.front();
    case FilterOperator::greater_than:
      return value > limits.front();
    case FilterOperator::at_least:
      return value >= limits.front();
    case FilterOperator::in:
      return among(limits, value);
    case FilterOperator::not_in:
      return !among(limits, value);
    case FilterOperator::missing:
      return false;
    case FilterOperator::not_missing:
      return true;
  }
  return false;
}

// `at(i)`: the value of row i; `present(i)`: whether it has one.
template <class T, class Present, class At>
void compare(FilterOperator op, const std::vector<T>& limits, std::int64_t rows, const Present& present, const At& at,
             std::uint8_t* keep) {
  if (op == FilterOperator::missing) {
    for (std::int64_t i = 0; i < rows; ++i) keep[i] &= present(i) ? 0 : 1;
    return;
  }
  for (std::int64_t i = 0; i < rows; ++i) keep[i] &= present(i) && holds<T>(op, limits, at(i)) ? 1 : 0;
}

Error misread(const RowGroup& group, const std::string& column) {
  Location where;
  where.row_group = group.index;
  where.column = column;
  return {ErrorCode::internal, "the reader did not deliver the rows it was asked for", where, ""};
}

class NumberTest final : public TestReader {
 public:
  NumberTest(const ColumnTest& test, const RowGroup& group, std::unique_ptr<ColumnReader> reader)
      : test_(test), group_(group), reader_(std::move(reader)) {}

  Result<void> apply(std::int64_t rows, std::uint8_t* keep) override {
    LW_TRY(const ColumnView view, reader_->next(rows));
    if (view.length != rows) return misread(group_, test_.column);
    if (view.type == ValueType::float32) {
      values<float>(view, keep);
    } else {
      values<double>(view, keep);
    }
    return {};
  }

 private:
  template <class T>
  void values(const ColumnView& view, std::uint8_t* keep) const {
    const auto* values = static_cast<const T*>(view.values);
    const auto present = [&](std::int64_t i) { return view.valid(i) && values[i] == values[i]; };
    const auto at = [&](std::int64_t i) { return static_cast<double>(values[i]); };
    for (const Comparison& comparison : test_.comparisons) {
      const bool narrow = std::is_same_v<T, float>;
      compare<double>(comparison.op, narrow ? comparison.numbers32 : comparison.numbers, view.length, present, at,
                      keep);
    }
  }

  const ColumnTest& test_;
  const RowGroup& group_;
  std::unique_ptr<ColumnReader> reader_;
};

class TextTest final : public TestReader {
 public:
  TextTest(const ColumnTest& test, const RowGroup& group, std::unique_ptr<ColumnReader> reader)
      : test_(test), group_(group), reader_(std::move(reader)) {}

  Result<void> apply(std::int64_t rows, std::uint8_t* keep) override {
    LW_TRY(const ColumnView view, reader_->next(rows));
    if (view.length != rows || view.type != ValueType::code32) return misread(group_, test_.column);
    if (view.nulls < rows) use(*view.dictionary);
    const auto* codes = static_cast<const std::int32_t*>(view.values);
    for (std::int64_t i = 0; i < rows; ++i) {
      const bool pass = view.valid(i) ? passes_[static_cast<std::size_t>(codes[i])] != 0 : passes_missing();
      keep[i] &= pass ? 1 : 0;
    }
    return {};
  }

 private:
  // Decided once a text, for as long as the dictionary stays.
  void use(const CategoryDictionary& dictionary) {
    if (serial_ == dictionary.serial && passes_.size() == dictionary.texts.size()) return;
    serial_ = dictionary.serial;
    passes_.assign(dictionary.texts.size(), 1);
    for (std::size_t code = 0; code < passes_.size(); ++code) {
      const std::string text(dictionary.texts[code]);
      for (const Comparison& comparison : test_.comparisons) {
        if (!holds(comparison.op, comparison.texts, text)) passes_[code] = 0;
      }
    }
  }

  [[nodiscard]] bool passes_missing() const {
    return std::all_of(test_.comparisons.begin(), test_.comparisons.end(),
                       [](const Comparison& comparison) { return comparison.op == FilterOperator::missing; });
  }

  const ColumnTest& test_;
  const RowGroup& group_;
  std::unique_ptr<ColumnReader> reader_;
  std::uint64_t serial_ = 0;
  std::vector<std::uint8_t> passes_;
};

class TimeTest final : public TestReader {
 public:
  TimeTest(const ColumnTest& test, const RowGroup& group, TimestampReader reader)
      : test_(test), group_(group), reader_(std::move(reader)) {}

  Result<void> apply(std::int64_t rows, std::uint8_t* keep) override {
    LW_TRY(const TimeSlab slab, reader_.next());
    if (slab.view.length != rows) return misread(group_, test_.column);
    const auto present = [&](std::int64_t i) { return slab.view.valid(i); };
    const auto at = [&](std::int64_t i) { return slab.utc[i]; };
    for (const Comparison& comparison : test_.comparisons)
      compare<std::int64_t>(comparison.op, comparison.times, rows, present, at, keep);
    return {};
  }

 private:
  const ColumnTest& test_;
  const RowGroup& group_;
  TimestampReader reader_;
};

}  // namespace

Result<std::unique_ptr<TestReader>> open_test(const Source& source, const RowGroup& group, const ColumnTest& test,
                                              const TimeZone& zone) {
  if (test.as == CompareAs::time) {
    LW_TRY(TimestampReader reader, TimestampReader::open(source, group, test.column, zone));
    return std::unique_ptr<TestReader>(std::make_unique<TimeTest>(test, group, std::move(reader)));
  }
  const bool number = test.as == CompareAs::number;
  LW_TRY(auto reader, source.read(group, test.column, number ? ReadAs::number : ReadAs::category));
  if (number) return std::unique_ptr<TestReader>(std::make_unique<NumberTest>(test, group, std::move(reader)));
  return std::unique_ptr<TestReader>(std::make_unique<TextTest>(test, group, std::move(reader)));
}

}  // namespace longwatch

#include "engine/output/result_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "tests/unit/output/parquet_text.hpp"

namespace longwatch {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Rows of two models with every kind of null; all distinct.
std::vector<ResultRow> sample(TextPool& pool) {
  std::vector<ResultRow> rows;
  for (const char* model : {"fraud", "churn"}) {
    for (int segment = 0; segment < 3; ++segment) {
      for (int chunk = -1; chunk < 3; ++chunk) {
        for (const char* column : {"", "age", "city"}) {
          ResultRow row;
          row.model = pool.intern(model);
          row.segment_order = segment;
          if (segment > 0) row.segment_column = pool.intern("region");
          if (segment == 1) row.segment_value = pool.intern("north");
          row.segment_missing = segment == 2;
          row.chunk_index = chunk;
          if (chunk >= 0) row.chunk_key = pool.intern("2013-0" + std::to_string(chunk + 1));
          if (chunk >= 0) row.chunk_start = chunk * 1'000'000, row.chunk_end = (chunk + 1) * 1'000'000;
          row.rows = 100 + chunk;
          row.column = pool.intern(column);
          row.family = "univariate_drift";
          row.metric = pool.intern("jensen_shannon");
          row.value = 0.25 * chunk;
          row.outside = chunk == 1 ? 1 : 0;
          row.alert = row.outside;
          rows.push_back(row);
        }
      }
    }
  }
  return rows;
}

TEST(ResultTable, SchemaIsTheDocumentedOne) {
  const auto table = table_of(encode_results({}, "Europe/Berlin").value());
  EXPECT_EQ(table->num_rows(), 0);
  const auto& schema = *table->schema();
  const std::vector<std::string> names = {
      "model",       "model_version", "segment_column",  "segment_value",   "period",
      "chunk_index", "chunk_key",     "chunk_start",     "chunk_end",       "rows",
      "column",      "family",        "metric",          "value",           "standard_error",
      "ci_lower",    "ci_upper",      "pi_lower",        "pi_upper",        "interval_method",
      "p_value",     "q_value",       "threshold_lower", "threshold_upper", "minimum_detectable",
      "resolution",  "outside",       "alert",           "status",          "labels_rate"};
  EXPECT_EQ(schema.field_names(), names);
  for (const char* name : {"model", "chunk_key", "family", "status", "interval_method"}) {
    EXPECT_EQ(schema.GetFieldByName(name)->type()->ToString(), "string") << name;
  }
  EXPECT_EQ(schema.GetFieldByName("chunk_start")->type()->ToString(), "timestamp[us, tz=UTC]");
  EXPECT_EQ(schema.GetFieldByName("rows")->type()->ToString(), "int64");
  EXPECT_EQ(schema.GetFieldByName("p_value")->type()->ToString(), "double");
  EXPECT_EQ(schema.GetFieldByName("alert")->type()->ToString(), "bool");
  EXPECT_EQ(schema.metadata()->Get("longwatch.calendar_zone").ValueOrDie(), "Europe/Berlin");
}

TEST(ResultTable, SameRowsInAnyOrderGiveTheSameBytes) {
  TextPool pool;
  std::vector<ResultRow> rows = sample(pool);
  rows.push_back(rows.front());  // equal keys, another value: the order of the two is not the input's
  rows.back().value = 7;
  rows.push_back(rows.front());
  rows.back().status = pool.intern("undefined: why");
  const std::string expected = encode_results(rows, "UTC").value();
  std::mt19937 random(1);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(rows.begin(), rows.end(), random);
    EXPECT_EQ(encode_results(rows, "UTC").value(), expected);
  }
  TextPool other;
  for (ResultRow& row : rows) row.model = other.intern(row.model.view());  // the pool does not matter
  EXPECT_EQ(encode_results(rows, "UTC").value(), expected);
  rows.front().value += 1;
  EXPECT_NE(encode_results(rows, "UTC").value(), expected);
}

TEST(ResultTable, RowsAreSortedAsDocumented) {
  TextPool pool;
  std::vector<ResultRow> rows = sample(pool);
  for (ResultRow& row : rows) row.period = row.chunk_index == 2 ? "reference" : "analysis";
  std::shuffle(rows.begin(), rows.end(), std::mt19937(2));
  const auto table = table_of(encode_results(rows, "UTC").value());
  ASSERT_EQ(table->num_rows(), 72);
  // churn first; reference first; all, then north, then the missing segment; null chunk last; model metrics first.
  EXPECT_EQ(cell(*table, "model", 0), "churn");
  EXPECT_EQ(cell(*table, "period", 0), "reference");
  EXPECT_EQ(cell(*table, "column", 0), "null");
  EXPECT_EQ(cell(*table, "column", 1), "age");
  EXPECT_EQ(cell(*table, "segment_column", 0), "null");
  EXPECT_EQ(cell(*table, "segment_value", 3), "north");
  EXPECT_EQ(cell(*table, "segment_value", 6), "null");
  EXPECT_EQ(cell(*table, "segment_column", 6), "region");
  EXPECT_EQ(cell(*table, "period", 9), "analysis");
  EXPECT_EQ(cell(*table, "chunk_index", 9), "0");
  EXPECT_EQ(cell(*table, "chunk_index", 12), "1");
  EXPECT_EQ(cell(*table, "chunk_index", 15), "null");
  EXPECT_EQ(cell(*table, "chunk_key", 15), "null");
  EXPECT_EQ(cell(*table, "chunk_start", 15), "null");
  EXPECT_EQ(cell(*table, "model", 36), "fraud");
}

TEST(ResultTable, NullsAndSpecialValues) {
  TextPool pool;
  ResultRow row;
  row.model = pool.intern("m");
  row.segment_column = pool.intern("region");  // and an empty, present value
  row.column = pool.intern(std::string_view("a\xFF", 2));
  row.value = kInf;
  row.resolution = -0.0;
  row.chunk_start = 0;
  const auto table = table_of(encode_results({row}, "UTC").value());
  EXPECT_EQ(cell(*table, "segment_value", 0), "");
  EXPECT_EQ(cell(*table, "column", 0), "a\\xFF");
  EXPECT_EQ(cell(*table, "value", 0), "inf");
  EXPECT_EQ(cell(*table, "status", 0), "ok");
  EXPECT_EQ(cell(*table, "resolution", 0), "-0");
  EXPECT_EQ(cell(*table, "chunk_start", 0), "1970-01-01 00:00:00.000000Z");
  for (const char* name : {"model_version", "chunk_index", "chunk_key", "chunk_end", "standard_error", "p_value",
                           "outside", "alert", "family", "labels_rate", "interval_method"}) {
    EXPECT_EQ(cell(*table, name, 0), "null") << name;
  }
}

TEST(ResultTable, ManyRowGroupsKeepEveryRow) {
  TextPool pool;
  std::vector<ResultRow> rows(300'001);
  const Text model = pool.intern("m");
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].model = model;
    rows[i].chunk_index = static_cast<std::int64_t>(rows.size() - i);
    rows[i].value = static_cast<double>(i % 977);
    sum += rows[i].value;
  }
  const auto table = table_of(encode_results(rows, "UTC").value());
  ASSERT_EQ(table->num_rows(), 300'001);
  double read = 0;
  std::int64_t expected_chunk = 0;
  for (const auto& chunk : table->GetColumnByName("value")->chunks()) {
    for (const auto value : static_cast<const arrow::DoubleArray&>(*chunk)) read += value.value();
  }
  for (const auto& chunk : table->GetColumnByName("chunk_index")->chunks()) {
    for (const auto value : static_cast<const arrow::Int64Array&>(*chunk)) ASSERT_EQ(value.value(), ++expected_chunk);
  }
  EXPECT_EQ(read, sum);
}

TEST(AlertTable, HoldsTheAlertsOnly) {
  TextPool pool;
  std::vector<ResultRow> rows = sample(pool);
  const std::string bytes = encode_alerts(rows).value();
  const auto table = table_of(bytes);
  EXPECT_EQ(table->schema()->field(0)->name(), "alert_id");
  EXPECT_EQ(table->num_rows(), 18);  // chunk 1 of 2 models x 3 segments x 3 columns
  std::set<std::string> ids;
  for (std::int64_t i = 0; i < table->num_rows(); ++i) {
    EXPECT_EQ(cell(*table, "chunk_index", i), "1");
    EXPECT_EQ(cell(*table, "alert_id", i).size(), 16U);
    ids.insert(cell(*table, "alert_id", i));
  }
  EXPECT_EQ(ids.size(), 18U);
  std::shuffle(rows.begin(), rows.end(), std::mt19937(3));
  EXPECT_EQ(encode_alerts(rows).value(), bytes);
  EXPECT_EQ(table_of(encode_alerts({}).value())->num_columns(), 20);
}

TEST(AlertTable, AnIdDependsOnTheKeyAndNotOnTheValue) {
  TextPool pool;
  ResultRow row = sample(pool)[20];
  const std::string id = alert_id(row);
  row.value = 99;
  row.rows = 1;
  EXPECT_EQ(alert_id(row), id);
  ResultRow other = row;
  other.period = "reference";
  EXPECT_NE(alert_id(other), id);
  other = row;
  other.segment_missing = !row.segment_missing;
  EXPECT_NE(alert_id(other), id);
  other = row;
  other.metric = pool.intern("hellinger");
  EXPECT_NE(alert_id(other), id);
  other = row;
  other.family = "realized_performance";  // estimated and realized metrics share their names
  EXPECT_NE(alert_id(other), id);
}

TEST(TextPool, StoresATextOnce) {
  TextPool pool;
  const Text a = pool.intern("age");
  EXPECT_EQ(a.view().data(), pool.intern(std::string("age")).view().data());
  EXPECT_TRUE(pool.intern("").empty());
  EXPECT_EQ(pool.intern("").view().data(), nullptr);
  EXPECT_EQ(pool.intern(std::string_view("\xC3", 1)).view(), "\\xC3");
  EXPECT_FALSE(a == pool.intern("agE"));
}

}  // namespace
}  // namespace longwatch

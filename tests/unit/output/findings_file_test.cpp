#include "engine/output/findings_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/output/parquet_text.hpp"

namespace longwatch {
namespace {

ResultRow alert(TextPool& pool, const char* model, int chunk) {
  ResultRow row;
  row.model = pool.intern(model);
  row.chunk_index = chunk;
  row.chunk_key = pool.intern("2013-0" + std::to_string(chunk + 1));
  row.chunk_start = chunk;
  row.chunk_end = chunk + 1;
  row.family = "estimated_performance";
  row.metric = pool.intern("roc_auc");
  row.alert = 1;
  return row;
}

FindingRow finding(TextPool& pool, std::uint32_t at, std::int64_t rank, const char* column) {
  FindingRow row;
  row.alert = at;
  row.rank = rank;
  row.column = pool.intern(column);
  row.change = -0.25;
  row.correlation = 0.5;
  row.column_alert = rank == 1;
  row.column_alerts = 7;
  return row;
}

TEST(FindingsFile, HasTheDocumentedColumnsInTheOrderOfAlertsThenRank) {
  TextPool pool;
  // Not sorted: model b, and the later chunk, come first.
  const std::vector<ResultRow> alerts{alert(pool, "b", 0), alert(pool, "a", 1), alert(pool, "a", 0)};
  std::vector<FindingRow> findings;
  for (std::uint32_t at = 0; at < 3; ++at) {
    findings.push_back(finding(pool, at, 2, "age"));
    findings.push_back(finding(pool, at, 1, "city"));
  }
  findings[0].drift_metric = pool.intern("jensen_shannon");
  const std::string bytes = encode_findings(alerts, findings).value();
  const auto table = table_of(bytes);
  const std::vector<std::string> names = {
      "alert_id",    "model",         "model_version",         "segment_column",        "segment_value",
      "period",      "chunk_index",   "chunk_key",             "chunk_start",           "chunk_end",
      "family",      "metric",        "change",                "rank",                  "column",
      "drift_metric", "drift_value",  "drift_threshold_lower", "drift_threshold_upper", "column_alert",
      "column_alerts", "correlation", "correlation_p_value",   "rank_by_alerts",        "rank_by_correlation"};
  EXPECT_EQ(table->schema()->field_names(), names);
  ASSERT_EQ(table->num_rows(), 6);
  const char* models[] = {"a", "a", "a", "a", "b", "b"};
  const char* chunks[] = {"0", "0", "1", "1", "0", "0"};
  for (std::int64_t i = 0; i < 6; ++i) {
    EXPECT_EQ(cell(*table, "model", i), models[i]);
    EXPECT_EQ(cell(*table, "chunk_index", i), chunks[i]);
    EXPECT_EQ(cell(*table, "rank", i), i % 2 == 0 ? "1" : "2");
    EXPECT_EQ(cell(*table, "column", i), i % 2 == 0 ? "city" : "age");
    EXPECT_EQ(cell(*table, "column_alert", i), i % 2 == 0 ? "true" : "false");
    EXPECT_EQ(cell(*table, "alert_id", i), alert_id(alerts[i < 2 ? 2 : i < 4 ? 1 : 0]));
    EXPECT_EQ(cell(*table, "correlation_p_value", i), "null");
    EXPECT_EQ(cell(*table, "segment_value", i), "null");
  }
  EXPECT_EQ(cell(*table, "drift_metric", 5), "jensen_shannon");
  EXPECT_EQ(cell(*table, "drift_metric", 4), "null");
  std::shuffle(findings.begin(), findings.end(), std::mt19937(4));
  EXPECT_EQ(encode_findings(alerts, findings).value(), bytes);
}

TEST(FindingsFile, MayBeEmptyOrLong) {
  EXPECT_EQ(table_of(encode_findings({}, {}).value())->num_rows(), 0);
  TextPool pool;
  std::vector<FindingRow> findings;
  for (int i = 0; i < 300'000; ++i) findings.push_back(finding(pool, 0, i + 1, "age"));
  const auto table = table_of(encode_findings({alert(pool, "a", 0)}, findings).value());
  ASSERT_EQ(table->num_rows(), 300'000);
  EXPECT_EQ(cell(*table, "rank", 299'999), "300000");
}

}  // namespace
}  // namespace longwatch

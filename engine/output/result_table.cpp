// Encodes sorted result rows as Parquet in memory, and names alerts.
#include "engine/output/result_table.hpp"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>

#include <cstdio>
#include <numeric>
#include <string_view>
#include <utility>

#include "engine/base/hash.hpp"
#include "engine/output/os_error.hpp"
#include "engine/output/parquet_file.hpp"
#include "engine/output/result_columns.hpp"
#include "engine/output/row_file.hpp"
#include "engine/output/row_order.hpp"

namespace longwatch {
namespace {

Result<std::string> encode(ResultColumns columns, const std::vector<ResultRow>& rows,
                           const std::vector<std::uint32_t>& order, const std::string& name,
                           std::shared_ptr<const arrow::KeyValueMetadata> metadata) {
  std::shared_ptr<arrow::io::BufferOutputStream> sink;
  LW_CHECK(guarded(name, [&] { return arrow::io::BufferOutputStream::Create().Value(&sink); }));
  LW_TRY(RowFile file, RowFile::create(sink, std::move(columns), std::move(metadata), name));
  LW_CHECK(file.add(rows, order));
  LW_CHECK(file.finish());
  std::shared_ptr<arrow::Buffer> buffer;
  LW_CHECK(guarded(name, [&] { return sink->Finish().Value(&buffer); }));
  return buffer->ToString();
}

Result<void> check_count(const std::vector<ResultRow>& rows, const std::string& name) {
  if (rows.size() < UINT32_MAX) return {};
  return file_error(ErrorCode::output, name, "more than 4,294,967,294 rows", "analyse fewer models in one run");
}

}  // namespace

std::string alert_id(const ResultRow& row) {
  std::uint64_t hash = row.segment_missing ? 1 : 0;
  const std::string_view parts[] = {
      row.model.view(), row.segment_column.view(), row.segment_value.view(), row.chunk_key.view(),
      row.period,       row.column.view(),         row.family,               row.metric.view()};
  for (const std::string_view part : parts) hash = hash_text(part, hash);
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

Result<std::string> encode_results(const std::vector<ResultRow>& rows, const std::string& calendar_zone) {
  LW_CHECK(check_count(rows, "results.parquet"));
  std::vector<std::uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0U);
  return encode(results_columns(), rows, sorted_rows(rows, all), "results.parquet",
                arrow::key_value_metadata({"longwatch.calendar_zone"}, {calendar_zone}));
}

Result<std::string> encode_alerts(const std::vector<ResultRow>& rows) {
  LW_CHECK(check_count(rows, "alerts.parquet"));
  std::vector<std::uint32_t> alerts;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].alert == 1) alerts.push_back(i);
  }
  return encode(alerts_columns(), rows, sorted_rows(rows, alerts), "alerts.parquet", nullptr);
}

}  // namespace longwatch

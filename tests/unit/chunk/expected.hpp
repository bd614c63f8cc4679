#pragma once
// What the tests of this folder share: instants from text, sources whose times are instants, plans row by row.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/chunk/plan.hpp"
#include "tests/support/memory_source.hpp"

namespace longwatch::test {

/// Microseconds of "2013-05-01", "2013-05-01 07:00" or "2013-05-01 07:00:00.5"; by the standard library's calendar.
inline std::int64_t at(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  double second = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%d %d:%d:%lf", &year, &month, &day, &hour, &minute, &second) < 3) {
    throw std::invalid_argument(text);
  }
  using namespace std::chrono;
  const sys_days date = std::chrono::year{year} / month / day;
  return duration_cast<microseconds>(date.time_since_epoch()).count() + (hour * 60 + minute) * 60000000LL +
         static_cast<std::int64_t>(second * 1e6);
}

inline Times times(const std::vector<std::string>& texts) {
  Times out;
  for (const std::string& text : texts) {
    out.push_back(text.empty() ? std::nullopt : std::optional<std::int64_t>(at(text)));
  }
  return out;
}

/// A source with one column "t" of times.
inline std::shared_ptr<MemorySource> timed(Times values, std::vector<std::int64_t> row_groups = {}) {
  return memory_source({time_column("t", std::move(values))}, std::move(row_groups));
}

/// Another source whose times are all UTC instants.
class ZonedSource final : public Source {
 public:
  explicit ZonedSource(std::shared_ptr<Source> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] const std::vector<SourceFile>& files() const override { return inner_->files(); }
  [[nodiscard]] const std::vector<RowGroup>& row_groups() const override { return inner_->row_groups(); }
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const override { return inner_->columns(); }
  [[nodiscard]] std::int64_t rows() const override { return inner_->rows(); }
  [[nodiscard]] const ColumnInfo* find(const std::string& name) const override { return inner_->find(name); }
  [[nodiscard]] Result<std::unique_ptr<ColumnReader>> read(const RowGroup& group, const std::string& column,
                                                           ReadAs as) const override {
    LW_TRY(auto reader, inner_->read(group, column, as));
    return std::unique_ptr<ColumnReader>(std::make_unique<Reader>(std::move(reader)));
  }

 private:
  class Reader final : public ColumnReader {
   public:
    explicit Reader(std::unique_ptr<ColumnReader> inner) : inner_(std::move(inner)) {}
    Result<ColumnView> next(std::int64_t max_rows) override { return inner_->next(max_rows); }
    [[nodiscard]] bool zoned() const override { return true; }

   private:
    std::unique_ptr<ColumnReader> inner_;
  };
  std::shared_ptr<Source> inner_;
};

inline ChunkRule by_period(PeriodUnit unit, std::int64_t count = 1, std::string zone = "UTC") {
  return {ChunkKind::period, count, unit, std::move(zone), Incomplete::keep};
}
inline ChunkRule by_size(std::int64_t size, Incomplete incomplete = Incomplete::keep) {
  return {ChunkKind::size, size, PeriodUnit::day, "UTC", incomplete};
}
inline ChunkRule by_number(std::int64_t number, Incomplete incomplete = Incomplete::keep) {
  return {ChunkKind::number, number, PeriodUnit::day, "UTC", incomplete};
}

/// The chunk of every row of the source, in order.
inline std::vector<int> chunk_of_rows(const ChunkPlan& plan) {
  std::vector<int> out;
  for (const auto& runs : plan.runs) {
    for (const ChunkRun& run : runs) out.insert(out.end(), static_cast<std::size_t>(run.rows), run.chunk);
  }
  return out;
}

/// "key rows [start, end)" of every chunk.
inline std::vector<std::string> described(const ChunkPlan& plan) {
  std::vector<std::string> out;
  for (const Chunk& chunk : plan.chunks) {
    out.push_back(chunk.key + " " + std::to_string(chunk.rows) + " " + iso_text(chunk.start, false, true) + " " +
                  iso_text(chunk.end, false, true));
  }
  return out;
}

}  // namespace longwatch::test

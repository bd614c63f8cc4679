// Rows repeat their keys: each text is interned once per model, segment, chunk and column, never per row.
#include "engine/rows.hpp"

#include <unordered_map>

namespace longwatch {
namespace {

class RowMaker {
 public:
  RowMaker(const ModelConfig& model, const ReferenceProfile& profile, const AnalysisStates* analysis, TextPool& pool)
      : model_(model), profile_(profile), analysis_(analysis), pool_(pool) {
    base_.model = pool.intern(model.name);
    base_.model_version = pool.intern(model.version);
    for (const Metric* metric : all_metrics()) {
      std::vector<Text> names;
      if (metric->variants == nullptr) {
        names.push_back(pool.intern(metric->name));
      } else {
        for (const std::string& name : metric->variants(model, profile)) names.push_back(pool.intern(name));
      }
      metric_names_.emplace(metric, std::move(names));
    }
    for (const ColumnProfile& column : profile.columns) columns_.push_back(pool.intern(column.column.name));
    for (const UniqueColumn& column : profile.unique) columns_.push_back(pool.intern(column.column));
    const SegmentPlan& plan = analysis == nullptr ? profile.segments : analysis->segments;
    for (const Segment& segment : plan.segments)
      segments_.push_back({pool.intern(segment.columns), pool.intern(segment.value), segment.missing});
    for (const Chunk& chunk : profile.chunks) reference_keys_.push_back(pool.intern(chunk.key));
    if (analysis != nullptr) {
      for (const Chunk& chunk : analysis->chunks.chunks) analysis_keys_.push_back(pool.intern(chunk.key));
    }
    ok_ = pool.intern("ok");
  }

  ResultRow row(const Judged& judged) {
    ResultRow out = base_;
    const auto segment = static_cast<std::size_t>(judged.segment);
    out.segment_column = segments_[segment].columns;
    out.segment_value = segments_[segment].value;
    out.segment_missing = segments_[segment].missing;
    out.segment_order = judged.segment;
    chunk(judged, out);
    out.rows = judged.rows;
    if (judged.column >= 0) out.column = columns_[static_cast<std::size_t>(judged.column)];
    if (judged.metric != nullptr) {
      out.family = family_name(judged.metric->family);
      out.metric = metric_names_.at(judged.metric)[static_cast<std::size_t>(judged.variant)];
    } else {
      out.family = family_name(Family::data_quality);
      out.metric = pool_.intern(constraint_name(model_.constraints[static_cast<std::size_t>(judged.constraint)].kind));
    }
    out.value = judged.value.value;
    out.standard_error = judged.value.standard_error;
    out.ci_lower = judged.value.ci_lower;
    out.ci_upper = judged.value.ci_upper;
    out.pi_lower = judged.value.pi_lower;
    out.pi_upper = judged.value.pi_upper;
    if (*judged.value.interval_method != '\0') out.interval_method = pool_.intern(judged.value.interval_method);
    out.p_value = judged.value.p_value;
    out.labels_rate = judged.value.labels_rate;
    out.resolution = judged.value.resolution;
    out.threshold_lower = judged.lower;
    out.threshold_upper = judged.upper;
    out.outside = judged.outside;
    out.alert = judged.alert;
    out.q_value = judged.q_value;
    out.minimum_detectable = judged.minimum_detectable;
    out.status = judged.value.status == "ok" ? ok_ : pool_.intern(judged.value.status);
    return out;
  }

  /// A data-quality value of a whole period.
  ResultRow period_row(bool reference, std::int64_t rows, const char* metric, std::string_view column, double value) {
    ResultRow out = base_;
    out.period = reference ? "reference" : "analysis";
    out.rows = rows;
    out.column = pool_.intern(column);
    out.family = family_name(Family::data_quality);
    out.metric = pool_.intern(metric);
    out.value = value;
    out.status = ok_;
    return out;
  }

 private:
  struct SegmentTexts {
    Text columns;
    Text value;
    bool missing;
  };

  void chunk(const Judged& judged, ResultRow& out) const {
    out.period = judged.reference ? "reference" : "analysis";
    if (judged.chunk < 0) return;
    const auto at = static_cast<std::size_t>(judged.chunk);
    const Chunk& chunk = judged.reference ? profile_.chunks[at] : analysis_->chunks.chunks[at];
    out.chunk_index = chunk.index;
    out.chunk_key = judged.reference ? reference_keys_[at] : analysis_keys_[at];
    if (chunk.timed) {
      out.chunk_start = chunk.start;
      out.chunk_end = chunk.end;
    }
  }

  const ModelConfig& model_;
  const ReferenceProfile& profile_;
  const AnalysisStates* analysis_;
  TextPool& pool_;
  ResultRow base_;
  Text ok_;
  std::unordered_map<const Metric*, std::vector<Text>> metric_names_;  // by variant
  std::vector<Text> columns_;
  std::vector<SegmentTexts> segments_;
  std::vector<Text> reference_keys_;
  std::vector<Text> analysis_keys_;
};

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// What became of joined labels.
void label_rows(RowMaker& maker, bool reference, const std::string& target, const LabelCounts& counts,
                std::vector<ResultRow>& out) {
  const std::pair<const char*, double> values[] = {
      {"labels_matched_rate", share(counts.matched, counts.rows)},
      {"labels_missing_rate", share(counts.unlabelled, counts.rows)},
      {"labels_replaced_count", static_cast<double>(counts.replaced)},
      {"labels_repeated_count", static_cast<double>(counts.repeated)},
      {"labels_duplicate_ids", static_cast<double>(counts.duplicate_ids)},
      {"labels_conflicting_ids", static_cast<double>(counts.conflicting_ids)},
      {"labels_unmatched_ids", static_cast<double>(counts.unmatched_ids)},
  };
  for (const auto& [metric, value] : values)
    out.push_back(maker.period_row(reference, counts.rows, metric, target, value));
}

const char* change_name(SchemaChange::Kind kind) {
  switch (kind) {
    case SchemaChange::Kind::missing_column:
      return "missing_column";
    case SchemaChange::Kind::new_column:
      return "new_column";
    case SchemaChange::Kind::type_change:
      return "type_change";
  }
  return "";
}

}  // namespace

std::vector<ResultRow> result_rows(const ModelConfig& model, const ReferenceProfile& profile,
                                   const AnalysisStates* analysis, const std::vector<Judged>& judged, TextPool& pool) {
  RowMaker maker(model, profile, analysis, pool);
  std::vector<ResultRow> out;
  out.reserve(judged.size() + 8);
  for (const Judged& value : judged) out.push_back(maker.row(value));
  if (!model.filter.empty()) {
    const std::int64_t read = profile.rows + profile.rows_filtered;
    out.push_back(maker.period_row(true, read, "filtered_rate", "", share(profile.rows_filtered, read)));
  }
  if (!model.timestamp.empty()) {
    out.push_back(maker.period_row(true, profile.rows, "timestamp_missing_rate", model.timestamp,
                                   share(profile.rows_without_timestamp, profile.rows)));
  }
  if (profile.labels) label_rows(maker, true, model.target, *profile.labels, out);
  if (analysis == nullptr) return out;
  if (analysis->labels) label_rows(maker, false, model.target, analysis->labels->counts, out);
  const std::int64_t rows = analysis->source->rows();
  const RowCounts& counts = analysis->counts;
  if (!model.filter.empty())
    out.push_back(maker.period_row(false, counts.read, "filtered_rate", "", share(counts.filtered, counts.read)));
  if (!model.timestamp.empty()) {
    // Under a time window rows without a timestamp are left out; their share is of the rows that the filter kept.
    out.push_back(maker.period_row(
        false, counts.read - counts.filtered, "timestamp_missing_rate", model.timestamp,
        share(analysis->chunks.rows_without_timestamp + counts.without_timestamp, counts.read - counts.filtered)));
    out.push_back(maker.period_row(false, rows, "timestamp_outside_rate", model.timestamp,
                                   share(analysis->chunks.rows_before, rows)));
  }
  for (const SchemaChange& change : analysis->schema_changes) {
    ResultRow row = maker.period_row(false, rows, change_name(change.kind), change.column, 1);
    const bool alarming = change.kind != SchemaChange::Kind::new_column;
    row.outside = alarming ? 1 : 0;
    row.alert = row.outside;
    out.push_back(row);
  }
  return out;
}

}  // namespace longwatch

// A profile as bytes. deserialize.cpp reads the same fields in the same order.
#include "engine/profile/file_format.hpp"
#include "engine/profile/performance_fields.hpp"
#include "engine/profile/profile.hpp"
#include "engine/profile/row_estimator_fields.hpp"

namespace longwatch {
namespace {

constexpr int kVersionWithoutBlocks = 3;

void write(ByteWriter& out, const std::vector<double>& values) {
  out.u64(values.size());
  for (const double value : values) out.f64(value);
}

void write(ByteWriter& out, const std::vector<std::string>& texts) {
  out.u64(texts.size());
  for (const std::string& text : texts) out.text(text);
}

void write(ByteWriter& out, const MomentsPlan& plan) {
  out.f64(plan.centre);
  out.f64(plan.scale);
}

void write(ByteWriter& out, const ColumnProfile& profile) {
  out.text(profile.column.name);
  out.u64(static_cast<std::uint64_t>(profile.column.role));
  out.u64(static_cast<std::uint64_t>(profile.column.kind));
  out.text(profile.column.file_type);
  out.u64(profile.column.integer ? 1 : 0);
  out.text(profile.usable);
  profile.partition.serialize(out);
  write(out, profile.moments);
  write(out, profile.doane_edges);
  write(out, profile.quantile_edges);
  write(out, profile.categories);
  out.u64(profile.cut ? 1 : 0);
  out.f64(profile.mean);
  out.f64(profile.deviation);
  out.f64(profile.imputed);
  write(out, profile.shares);
}

void write(ByteWriter& out, const PcaProfile& pca) {
  out.text(pca.skipped);
  write(out, pca.features);
  out.i64(pca.rank);
  write(out, pca.basis);
  write(out, pca.eigenvalues);
  pca.error_partition.serialize(out);
  write(out, pca.error_moments);
}

void write(ByteWriter& out, const Chunk& chunk) {
  out.i64(chunk.index);
  out.text(chunk.key);
  out.u64(chunk.timed ? 1 : 0);
  out.i64(chunk.start);
  out.i64(chunk.end);
  out.i64(chunk.rows);
}

void write(ByteWriter& out, const SegmentPlan& plan) {
  out.u64(plan.definitions.size());
  for (const SegmentDefinition& definition : plan.definitions) write(out, definition);
  out.u64(plan.segments.size());
  for (const Segment& segment : plan.segments) {
    out.i64(segment.definition);
    out.text(segment.columns);
    out.text(segment.value);
    out.u64(segment.missing ? 1 : 0);
  }
}

void write(ByteWriter& out, const UniqueColumn& column) {
  out.text(column.column);
  out.text(column.status);
  out.u64(column.slots.size());
  for (const UniqueCounts& slot : column.slots) {
    out.i64(slot.rows);
    out.i64(slot.missing);
    out.i64(slot.first);
    out.i64(slot.repeated);
  }
}

template <class State>
void write_states(ByteWriter& out, const std::vector<State>& states) {
  out.u64(states.size());
  for (const State& state : states) state.serialize(out);
}

void write(ByteWriter& out, const StateTable& table) {
  out.i64(table.slots);
  out.i64(table.segments);
  out.u64(table.rows.size());
  for (const std::int64_t rows : table.rows) out.i64(rows);
  out.u64(table.numbers.size());
  for (const auto& cells : table.numbers) write_states(out, cells);
  out.u64(table.categories.size());
  for (const auto& cells : table.categories) write_states(out, cells);
  write_states(out, table.reconstruction);
}

}  // namespace

std::string ReferenceProfile::serialize() const {
  ByteWriter out;
  out.text(model);
  out.text(configuration);
  out.u64(data_fingerprint);
  out.i64(rows);
  out.i64(rows_without_timestamp);
  out.i64(rows_dropped);
  out.i64(rows_filtered);
  out.i64(last_time);
  out.u64(schema.size());
  for (const SchemaColumn& column : schema) {
    out.text(column.name);
    out.text(column.type);
  }
  out.u64(columns.size());
  for (const ColumnProfile& column : columns) write(out, column);
  write(out, pca);
  out.u64(chunks.size());
  for (const Chunk& chunk : chunks) write(out, chunk);
  write(out, segments);
  out.u64(parts.size());
  write(out, states);
  out.u64(unique.size());
  for (const UniqueColumn& column : unique) write(out, column);
  gram.serialize(out);
  for (const ReferenceProfile& part : parts) {
    out.i64(part.rows);
    for (const ColumnProfile& column : part.columns) write(out, column);
    write(out, part.pca);
    write(out, part.states);
    part.gram.serialize(out);
  }
  write_performance(out, *this);
  for (const ReferenceProfile& part : parts) write_performance(out, part);
  write_row_estimators(out, *this);
  for (const ReferenceProfile& part : parts) write_row_estimators(out, part);
  if (blocks.rows.empty()) return wrap_content(out.bytes(), kVersionWithoutBlocks);
  write(out, blocks);
  write_performance_states(out, blocks);
  for (const ReferenceProfile& part : parts) {
    write(out, part.blocks);
    write_performance_states(out, part.blocks);
  }
  return wrap_content(out.bytes(), kVersion);
}

}  // namespace longwatch

// A profile from bytes. serialize.cpp writes the same fields in the same order.
#include "engine/chunk/blocks.hpp"
#include "engine/profile/block_states.hpp"
#include "engine/profile/file_format.hpp"
#include "engine/profile/performance_fields.hpp"
#include "engine/profile/read_fields.hpp"
#include "engine/profile/row_estimator_fields.hpp"

namespace longwatch {
namespace {

Result<std::vector<Chunk>> read_chunks(ByteReader& in) {
  std::vector<Chunk> chunks;
  for (std::uint64_t left = in.count(6); left > 0; --left) {
    Chunk chunk;
    chunk.index = in.i64();
    chunk.key = in.text();
    LW_TRY(chunk.timed, read_flag(in));
    chunk.start = in.i64();
    chunk.end = in.i64();
    chunk.rows = in.i64();
    LW_CHECK(in.finish("profile"));
    if (chunk.index != static_cast<std::int64_t>(chunks.size()) || chunk.rows < 0) {
      return broken_profile("a chunk has a wrong index or number of rows");
    }
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

Result<SegmentPlan> read_segments(ByteReader& in) {
  SegmentPlan plan;
  for (std::uint64_t left = in.count(1); left > 0 && !in.failed(); --left) plan.definitions.push_back(read_texts(in));
  for (std::uint64_t left = in.count(4); left > 0; --left) {
    Segment segment;
    const std::int64_t definition = in.i64();
    segment.columns = in.text();
    segment.value = in.text();
    LW_TRY(segment.missing, read_flag(in));
    LW_CHECK(in.finish("profile"));
    const bool all = plan.segments.empty();
    if (all ? definition != -1 : definition < 0 || definition >= static_cast<std::int64_t>(plan.definitions.size())) {
      return broken_profile("a segment has no definition");
    }
    segment.definition = static_cast<int>(definition);
    plan.segments.push_back(std::move(segment));
  }
  return plan;
}

// No states at all, or those of every cell.
template <class State>
Result<std::vector<State>> read_states(ByteReader& in, std::size_t cells, std::size_t size) {
  const std::uint64_t count = in.count(1);
  if (count != 0 && count != cells) return broken_profile("a column has states for the wrong number of cells");
  std::vector<State> states;
  for (std::uint64_t left = count; left > 0; --left) {
    LW_TRY(State state, State::deserialize(in, size));
    states.push_back(std::move(state));
  }
  return states;
}

// Per column: the states of every cell where the column is of `kind`, else none. All may be missing together.
template <class State>
Result<std::vector<std::vector<State>>> read_by_column(ByteReader& in, const ReferenceProfile& profile, ColumnKind kind,
                                                       std::size_t cells) {
  std::vector<std::vector<State>> out;
  const std::uint64_t count = in.count(1);
  if (count != 0 && count != profile.columns.size()) return broken_profile("the states do not match the columns");
  for (std::uint64_t c = 0; c < count; ++c) {
    const ColumnProfile& column = profile.columns[c];
    const bool continuous = kind == ColumnKind::continuous;
    LW_TRY(auto states, read_states<State>(in, column.column.kind == kind ? cells : 0,
                                           continuous ? column.partition.cells() : column.categories.size()));
    out.push_back(std::move(states));
  }
  return out;
}

// `profile`: its columns and PCA.
Result<StateTable> read_table(ByteReader& in, const ReferenceProfile& profile, std::size_t segments,
                              std::size_t slots) {
  StateTable table;
  table.slots = in.i64();
  table.segments = in.i64();
  for (std::uint64_t left = in.count(1); left > 0; --left) table.rows.push_back(in.i64());
  LW_CHECK(in.finish("profile"));
  const bool fits = table.slots == static_cast<std::int64_t>(slots) &&
                    table.segments == static_cast<std::int64_t>(segments) && table.rows.size() == segments * slots;
  const bool empty = table.slots == 1 && table.segments == 1 && table.rows.empty();
  if (!fits && !empty) return broken_profile("the states do not belong to its chunks and segments");
  const std::size_t cells = table.rows.size();
  LW_TRY(table.numbers, read_by_column<NumberState>(in, profile, ColumnKind::continuous, cells));
  LW_TRY(table.categories, read_by_column<CategoryState>(in, profile, ColumnKind::categorical, cells));
  LW_TRY(table.reconstruction, read_states<NumberState>(in, cells, profile.pca.error_partition.cells()));
  return table;
}

Result<GramState> read_gram(ByteReader& in, const PcaProfile& pca) {
  LW_TRY(GramState gram, GramState::deserialize(in));
  LW_CHECK(in.finish("profile"));
  if (!gram.sums.empty() && gram.sums.size() != pca.features.size())
    return broken_profile("the Gram matrix does not match the PCA's features");
  return gram;
}

Result<std::vector<UniqueColumn>> read_unique(ByteReader& in, const ReferenceProfile& profile) {
  std::vector<UniqueColumn> out;
  for (std::uint64_t left = in.count(3); left > 0; --left) {
    UniqueColumn& column = out.emplace_back();
    column.column = in.text();
    column.status = in.text();
    for (std::uint64_t slots = in.count(4); slots > 0; --slots) {
      UniqueCounts slot;
      slot.rows = in.i64();
      slot.missing = in.i64();
      slot.first = in.i64();
      slot.repeated = in.i64();
      const bool counts = slot.missing >= 0 && slot.first >= 0 && slot.repeated >= 0 && slot.rows <= profile.rows &&
                          slot.missing <= slot.rows && slot.first <= slot.rows &&
                          slot.repeated == slot.rows - slot.missing - slot.first;
      if (!counts) return broken_profile("the counts of repeated values do not add up");
      column.slots.push_back(slot);
    }
    LW_CHECK(in.finish("profile"));
    if (column.slots.size() != (column.status.empty() ? profile.chunks.size() + 1 : 0))
      return broken_profile("the counts of repeated values do not belong to its chunks");
  }
  return out;
}

// What was learned of each segment apart.
Result<void> read_parts(ByteReader& in, std::uint64_t count, ReferenceProfile& profile) {
  const std::size_t slots = profile.chunks.size() + 1;
  for (std::uint64_t left = count; left > 0; --left) {
    ReferenceProfile& part = profile.parts.emplace_back();
    part.rows = in.i64();
    LW_CHECK(in.finish("profile"));
    if (part.rows < 0 || part.rows > profile.rows) return broken_profile("a segment has more rows than the reference");
    for (const ColumnProfile& whole : profile.columns) {
      LW_TRY(ColumnProfile column, read_column(in));
      if (column.column.name != whole.column.name || column.column.kind != whole.column.kind)
        return broken_profile("the columns of a segment are not those of the model");
      part.columns.push_back(std::move(column));
    }
    LW_TRY(part.pca, read_pca(in));
    LW_TRY(part.states, read_table(in, part, 1, slots));
    LW_TRY(part.gram, read_gram(in, part.pca));
  }
  return {};
}

// The states by group of blocks, which add up to those of the chunks.
Result<void> read_blocks(ByteReader& in, std::size_t segments, std::size_t chunks, ReferenceProfile& profile) {
  const auto groups = static_cast<std::size_t>(kBlockGroups);
  LW_TRY(profile.blocks, read_table(in, profile, segments, chunks * groups + 1));
  LW_CHECK(read_performance_states(in, profile, profile.blocks));
  LW_CHECK(in.finish("profile"));
  const StateTable& whole = profile.states;
  const bool same = profile.blocks.numbers.size() == whole.numbers.size() &&
                    profile.blocks.categories.size() == whole.categories.size() &&
                    profile.blocks.reconstruction.empty() == whole.reconstruction.empty();
  StateTable rows;
  rows.slots = profile.blocks.slots;
  rows.rows = profile.blocks.rows;
  if (!same || merge_groups(rows, kBlockGroups).rows != whole.rows)
    return broken_profile("its states by block are not those of its chunks");
  return {};
}

Result<void> read_summary(ByteReader& in, ReferenceProfile& profile) {
  profile.model = in.text();
  profile.configuration = in.text();
  profile.data_fingerprint = in.u64();
  profile.rows = in.i64();
  profile.rows_without_timestamp = in.i64();
  profile.rows_dropped = in.i64();
  profile.rows_filtered = in.i64();
  profile.last_time = in.i64();
  for (std::uint64_t left = in.count(2); left > 0; --left) {
    std::string name(in.text());
    profile.schema.push_back({std::move(name), std::string(in.text())});
  }
  LW_CHECK(in.finish("profile"));
  if (profile.rows < 0 || profile.rows_without_timestamp < 0 || profile.rows_dropped < 0 || profile.rows_filtered < 0) {
    return broken_profile("a number of rows is negative");
  }
  return {};
}

Result<ReferenceProfile> read_content(std::string_view content, std::uint32_t version) {
  ByteReader in(content);
  ReferenceProfile profile;
  LW_CHECK(read_summary(in, profile));
  for (std::uint64_t left = in.count(1); left > 0; --left) {
    LW_TRY(ColumnProfile column, read_column(in));
    profile.columns.push_back(std::move(column));
  }
  LW_TRY(profile.pca, read_pca(in));
  LW_TRY(profile.chunks, read_chunks(in));
  LW_TRY(profile.segments, read_segments(in));
  const std::uint64_t parts = version < 2 ? 0 : in.count(1);
  if (parts != 0 && parts + 1 != profile.segments.segments.size())
    return broken_profile("its parts are not its segments");
  const std::size_t segments = parts > 0 ? 1 : profile.segments.segments.size();
  LW_TRY(profile.states, read_table(in, profile, segments, profile.chunks.size() + 1));
  LW_TRY(profile.unique, read_unique(in, profile));
  LW_TRY(profile.gram, read_gram(in, profile.pca));
  LW_CHECK(read_parts(in, parts, profile));
  if (version >= 3) {
    LW_CHECK(read_performance(in, profile));
    for (ReferenceProfile& part : profile.parts) LW_CHECK(read_performance(in, part));
    LW_CHECK(read_row_estimators(in, profile));
    for (ReferenceProfile& part : profile.parts) LW_CHECK(read_row_estimators(in, part));
  } else {
    profile.performance.unusable = "undefined: the profile was made by an earlier version";
    profile.losses.unusable = profile.performance.unusable;
    profile.domain.unusable = profile.performance.unusable;
  }
  if (version >= 4) {
    LW_CHECK(read_blocks(in, segments, profile.chunks.size(), profile));
    for (ReferenceProfile& part : profile.parts) LW_CHECK(read_blocks(in, 1, profile.chunks.size(), part));
  }
  if (in.remaining() != 0) return broken_profile("there are bytes after its end");
  return profile;
}

}  // namespace

Result<ReferenceProfile> ReferenceProfile::deserialize(std::string_view bytes, const std::string& file) {
  const auto parse = [&]() -> Result<ReferenceProfile> {
    LW_TRY(const std::string_view content, unwrap_content(bytes, kVersion));
    return read_content(content, version_of(bytes));
  };
  Result<ReferenceProfile> result = parse();
  if (!result.ok()) result.error().where.file = file;
  return result;
}

}  // namespace longwatch

// Hash every row, sort by hash, take every so many.
#include "engine/trees/row_choice.hpp"

#include <algorithm>
#include <mutex>

#include "engine/base/hash.hpp"
#include "engine/chunk/row_groups.hpp"

namespace longwatch {
namespace {

constexpr std::uint32_t kNoPlace = UINT32_MAX;

Error stopped() { return {ErrorCode::cancelled, "stopped", {}, ""}; }

}  // namespace

void RowKey::add(double value) {
  const std::uint64_t hash = hash_number(value);
  high = mix64(high * 0x9e3779b97f4a7c15ULL ^ hash);
  low = mix64((low ^ hash) * 0xd1b54a32d192ed03ULL + 0x8cb92ba72f3d8dd7ULL);
}

Result<std::vector<Candidate>> find_candidates(
    const Source& source, const ChunkPlan& chunks, const SegmentPlan* segments, const TreeColumns& columns,
    const std::function<bool(const TreeRows& rows, std::int64_t at, Candidate& out)>& candidate,
    const Control& control) {
  if (source.rows() >= static_cast<std::int64_t>(kNoPlace))
    return Error{ErrorCode::memory, "more rows than boosted trees can choose from", {}, "use a row filter"};
  std::vector<Candidate> out;
  std::mutex lock;
  const auto group = [&](std::size_t g) -> Result<void> {
    std::vector<Candidate> found;
    TreeRows rows(source, chunks, segments, columns, g);
    for (;;) {
      if (control.stopped()) return stopped();
      LW_TRY(const bool more, rows.next());
      if (!more) break;
      for (std::int64_t at = 0; at < rows.rows(); ++at) {
        Candidate one{{}, static_cast<std::uint32_t>(rows.first_row() + at), rows.slot(at)};
        if (candidate(rows, at, one)) found.push_back(one);
      }
    }
    const std::lock_guard guard(lock);
    out.insert(out.end(), found.begin(), found.end());
    return {};
  };
  LW_CHECK(for_each_group(source.row_groups().size(), group));
  return out;
}

void thin(std::vector<Candidate>& candidates, std::size_t most) {
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.key != b.key ? a.key < b.key : a.row < b.row; });
  const std::size_t count = candidates.size();
  if (count <= most) return;
  for (std::size_t i = 0; i < most; ++i)
    candidates[i] = candidates[static_cast<std::size_t>(static_cast<uint128>(i) * count / most)];
  candidates.resize(most);
}

Result<RowMatrix> gather_rows(const Source& source, const ChunkPlan& chunks, const TreeColumns& columns,
                              std::span<const Candidate> chosen, const Control& control) {
  std::vector<std::uint32_t> places(static_cast<std::size_t>(source.rows()), kNoPlace);
  for (std::size_t i = 0; i < chosen.size(); ++i) places[chosen[i].row] = static_cast<std::uint32_t>(i);
  RowMatrix out;
  out.columns = static_cast<std::int32_t>(columns.size());
  out.values.resize(chosen.size() * columns.size());
  const auto group = [&](std::size_t g) -> Result<void> {
    const RowGroup& of = source.row_groups()[g];
    const auto begin = places.begin() + of.first_row;
    if (std::all_of(begin, begin + of.rows, [](std::uint32_t place) { return place == kNoPlace; })) return {};
    TreeRows rows(source, chunks, nullptr, columns, g);
    for (;;) {
      if (control.stopped()) return stopped();
      LW_TRY(const bool more, rows.next());
      if (!more) return {};
      for (std::int64_t at = 0; at < rows.rows(); ++at) {
        const std::uint32_t place = places[static_cast<std::size_t>(rows.first_row() + at)];
        if (place != kNoPlace)
          std::copy_n(rows.row(at), columns.size(),
                      out.values.begin() + static_cast<std::ptrdiff_t>(place * columns.size()));
      }
    }
  };
  LW_CHECK(for_each_group(source.row_groups().size(), group));
  return out;
}

std::vector<std::int32_t> fold_rows(std::int32_t rows, int fold, int folds, bool inside) {
  std::vector<std::int32_t> out;
  for (std::int32_t row = 0; row < rows; ++row) {
    if ((row % folds == fold) == inside) out.push_back(row);
  }
  return out;
}

}  // namespace longwatch

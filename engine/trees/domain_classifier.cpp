// Rows are gathered for some chunks at a time; every chunk is binned with the reference's rows once, for all folds.
#include "engine/trees/domain_classifier.hpp"

#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/chunk/row_groups.hpp"
#include "engine/trees/booster.hpp"
#include "engine/trees/row_choice.hpp"

namespace longwatch {
namespace {

// The rows of each chunk that are used, in the order of their keys.
using ChunkRows = std::vector<std::vector<Candidate>>;

Result<std::vector<Candidate>> all_rows(const DomainRows& rows, const TreeColumns& columns, const Control& control) {
  const auto candidate = [&](const TreeRows& slab, std::int64_t at, Candidate& out) {
    for (std::size_t c = 0; c < columns.size(); ++c) out.key.add(slab.row(at)[c]);
    out.key.add(slab.slot(at));  // equal rows of different chunks are not interchangeable
    return true;
  };
  return find_candidates(*rows.source, *rows.chunks, nullptr, columns, candidate, control);
}

ChunkRows by_chunk(const std::vector<Candidate>& all, std::size_t chunks) {
  ChunkRows out(chunks);
  for (const Candidate& one : all) {
    if (static_cast<std::size_t>(one.group) < chunks) out[static_cast<std::size_t>(one.group)].push_back(one);
  }
  for (std::vector<Candidate>& rows : out) thin(rows, kMostDomainRows);
  return out;
}

// Both sides, the reference's rows first, in one matrix.
struct Sides {
  RowMatrix rows;
  std::int32_t reference = 0;
  std::int32_t chunk = 0;
};

// The rows of a fold of both sides, or of the other folds.
std::vector<std::int32_t> fold_of(const Sides& sides, int fold, bool inside) {
  std::vector<std::int32_t> out = fold_rows(sides.reference, fold, kDomainFolds, inside);
  for (const std::int32_t row : fold_rows(sides.chunk, fold, kDomainFolds, inside))
    out.push_back(sides.reference + row);
  return out;
}

Result<void> score_fold(const BinnedRows& binned, const Sides& sides, int fold, std::vector<double>& scores,
                        const Control& control) {
  const std::vector<std::int32_t> learn = fold_of(sides, fold, false);
  std::vector<float> labels;
  labels.reserve(learn.size());
  for (const std::int32_t row : learn) labels.push_back(row < sides.reference ? 0.0F : 1.0F);
  LW_TRY(const Booster booster, Booster::grow(binned, learn, labels, TreeObjective::binary, control));
  const std::vector<std::int32_t> held = fold_of(sides, fold, true);
  const auto width = static_cast<std::size_t>(sides.rows.columns);
  std::vector<double> packed(held.size() * width);
  for (std::size_t i = 0; i < held.size(); ++i)
    std::copy_n(sides.rows.row(held[i]), width, packed.begin() + static_cast<std::ptrdiff_t>(i * width));
  std::vector<double> scored(held.size());
  LW_CHECK(booster.score(packed.data(), sides.rows.columns, scored));
  for (std::size_t i = 0; i < held.size(); ++i) scores[static_cast<std::size_t>(held[i])] = scored[i];
  return {};
}

Result<DomainScore> score_chunk(const LightGbm& library, const Sides& sides, std::span<const std::int32_t> categorical,
                                const Control& control) {
  DomainScore out;
  if (sides.chunk >= kFewestDomainRows && sides.reference >= kFewestDomainRows) {
    LW_TRY(const BinnedRows binned, BinnedRows::make(library, sides.rows, categorical));
    std::vector<double> scores(static_cast<std::size_t>(sides.rows.rows()));
    const auto fold = [&](std::size_t f) { return score_fold(binned, sides, static_cast<int>(f), scores, control); };
    Result<void> done;
    tbb::this_task_arena::isolate([&] { done = for_each_group(kDomainFolds, fold); });
    LW_CHECK(std::move(done));
    const auto split = static_cast<std::size_t>(sides.reference);
    out = auroc_of(std::span(scores).subspan(split), std::span(scores).first(split));
  }
  out.rows = sides.chunk;
  out.reference_rows = sides.reference;
  return out;
}

// `reference`: its rows; `slots`: the chunk of each of them, or empty where none is to be left out.
struct Against {
  const std::vector<double>* values;
  std::vector<std::int32_t> slots;
};

Sides both_sides(const Against& against, const RowMatrix& batch, std::size_t begin, std::size_t end,
                 std::int32_t chunk) {
  Sides out;
  const auto width = static_cast<std::size_t>(batch.columns);
  out.rows.columns = batch.columns;
  const std::size_t reference = against.values->size() / width;
  out.rows.values.reserve((reference + end - begin) * width);
  const auto append = [&](const double* row) { out.rows.values.insert(out.rows.values.end(), row, row + width); };
  for (std::size_t i = 0; i < reference; ++i) {
    if (!against.slots.empty() && against.slots[i] == chunk) continue;
    append(against.values->data() + i * width);
    ++out.reference;
  }
  for (std::size_t i = begin; i < end; ++i) append(batch.row(static_cast<std::int64_t>(i)));
  out.chunk = static_cast<std::int32_t>(end - begin);
  return out;
}

// Scores all chunks, as many at a time as fit `rows.bytes`.
Result<std::vector<DomainScore>> score_chunks(const DomainRows& rows, const TreeColumns& columns,
                                              const Against& against, const ChunkRows& chunks, const Control& control) {
  const std::vector<std::int32_t> categorical = columns.categorical();
  std::vector<DomainScore> out(chunks.size());
  const std::size_t most = static_cast<std::size_t>(rows.bytes) / (8 * columns.size());
  for (std::size_t from = 0; from < chunks.size();) {
    std::vector<Candidate> chosen;
    std::vector<std::size_t> begins;
    std::size_t to = from;
    while (to < chunks.size() && (to == from || chosen.size() + chunks[to].size() <= most)) {
      begins.push_back(chosen.size());
      chosen.insert(chosen.end(), chunks[to].begin(), chunks[to].end());
      ++to;
    }
    begins.push_back(chosen.size());
    LW_TRY(const RowMatrix batch, gather_rows(*rows.source, *rows.chunks, columns, chosen, control));
    const auto chunk = [&](std::size_t i) -> Result<void> {
      const Sides sides = both_sides(against, batch, begins[i], begins[i + 1], static_cast<std::int32_t>(from + i));
      LW_TRY(out[from + i], score_chunk(*rows.library, sides, categorical, control));
      return {};
    };
    LW_CHECK(for_each_group(to - from, chunk));
    from = to;
  }
  return out;
}

}  // namespace

DomainScore auroc_of(std::span<const double> positive, std::span<const double> negative) {
  std::array<std::vector<double>, 2> sorted = {std::vector(negative.begin(), negative.end()),
                                               std::vector(positive.begin(), positive.end())};
  for (std::vector<double>& side : sorted) std::sort(side.begin(), side.end());
  // By side: the mean and variance of each row's placement among the rows of the other side.
  std::array<double, 2> means{};
  std::array<double, 2> variances{};
  for (std::size_t side = 0; side < 2; ++side) {
    const std::vector<double>& others = sorted[1 - side];
    const double n = static_cast<double>(sorted[side].size());
    std::size_t below = 0, up_to = 0;
    double sum = 0, squares = 0;
    for (const double score : sorted[side]) {
      while (below < others.size() && others[below] < score) ++below;
      while (up_to < others.size() && others[up_to] <= score) ++up_to;
      const double placement =
          (static_cast<double>(below) + static_cast<double>(up_to)) / 2 / static_cast<double>(others.size()) - 0.5;
      sum += placement;
      squares += placement * placement;
    }
    means[side] = sum / n;
    variances[side] = std::max(0.0, squares - sum * sum / n) / (n - 1) / n;
  }
  DomainScore out;
  out.status = "ok";
  out.auroc = 0.5 + means[1];
  out.error = std::sqrt(variances[0] + variances[1]);
  return out;
}

Result<DomainFit> fit_domain(const DomainRows& rows, const Control& control) {
  DomainFit out;
  out.domain.unusable.clear();
  out.domain.columns = tree_features(*rows.profile);
  if (out.domain.columns.empty()) {
    out.domain.unusable = "undefined: the model has no usable feature";
    return out;
  }
  LW_TRY(const TreeColumns columns, TreeColumns::make(*rows.profile, out.domain.columns));
  LW_TRY(std::vector<Candidate> all, all_rows(rows, columns, control));
  const ChunkRows chunks = by_chunk(all, rows.chunks->chunks.size());
  thin(all, kMostDomainRows);
  LW_TRY(RowMatrix sample, gather_rows(*rows.source, *rows.chunks, columns, all, control));
  out.domain.values = std::move(sample.values);
  Against against{&out.domain.values, {}};
  for (const Candidate& one : all) against.slots.push_back(one.group);
  LW_TRY(out.scores, score_chunks(rows, columns, against, chunks, control));
  return out;
}

Result<std::vector<DomainScore>> score_domain(const DomainRows& rows, const Control& control) {
  const DomainProfile& domain = rows.profile->domain;
  LW_TRY(const TreeColumns columns, TreeColumns::make(*rows.profile, domain.columns));
  ChunkRows chunks;
  {
    LW_TRY(const std::vector<Candidate> all, all_rows(rows, columns, control));
    chunks = by_chunk(all, rows.chunks->chunks.size());
  }
  return score_chunks(rows, columns, {&domain.values, {}}, chunks, control);
}

}  // namespace longwatch

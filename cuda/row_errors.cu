// Reconstruction errors of rows under a PCA. The twin of cpu/row_errors.cpp: parts of row::kExactFeatures features are
// exact whatever the order, and are added in the order of the features, as are the squares of z and of y. A block takes
// tiles of rows: it encodes them, a thread projects kRows rows on kComponents components in registers, and one thread a
// row adds up the squares.

#include <algorithm>
#include <vector>

#include "cuda/atomics.hpp"
#include "cuda/encoded.hpp"
#include "cuda/number_row.hpp"
#include "cuda/numbers.hpp"
#include "cuda/table.hpp"
#include "engine/state/error_row.hpp"

namespace longwatch::cuda {
namespace {

constexpr int kRows = 4;        // of a thread's projection
constexpr int kComponents = 4;  // of it
constexpr int kMostTileRows = 128;
constexpr std::size_t kTwoBlocks = 110 * 1024;  // bytes of shared memory of which two fit a processor of an H100
constexpr std::int64_t kScratchBytes = std::int64_t{1} << 30;  // of all blocks

struct ErrorLaunch {
  const DeviceFeature* features;
  std::int64_t count;  ///< of the features
  std::int64_t begin;
  std::int64_t rows;
  const double* basis;  ///< by feature, then by component; padded with zeros to `padded` components
  std::int64_t rank;
  std::int64_t padded;
  int tile_rows;    ///< a power of two from 32 on, at most the threads of a block
  int tile_shift;   ///< log2 of it
  double* scratch;  ///< z and y of a block, where they do not fit its shared memory
  bool with_basis;  ///< it fits beside them
  double* errors;
};

/// What a block keeps of its rows.
struct RowTile {
  std::uint64_t* largest;  ///< by row: the bits of the largest |z| from the gate on, else 0
  double* whole;           ///< by row: |z|^2
  double* z;               ///< by feature, then by row
  double* y;               ///< by component, then by row
  const double* basis;
};

/// Encodes the tile's rows from `from` on, rounded as if none were wide, and notes the wide ones. Rows beyond the last
/// one are 0.
LW_DEVICE void encode(const ErrorLaunch& job, const RowTile& tile, std::int64_t from, int rank, int threads) {
  const std::int64_t values = job.count * job.tile_rows;
  for (std::int64_t e = rank; e < values; e += threads) {
    const std::int64_t r = e & (job.tile_rows - 1);
    double z = 0;
    if (from + r < job.rows) z = z_at(job.features[e >> job.tile_shift], job.begin + from + r);
    if (magnitude(z) >= row::kZGate) atomic_max(tile.largest + r, bits_of(magnitude(z)));
    tile.z[e] = row::error_z(z);
  }
}

/// Encodes the wide rows again, narrowed.
LW_DEVICE void narrow(const ErrorLaunch& job, const RowTile& tile, std::int64_t from, int rank, int threads) {
  for (int r = 0; r < job.tile_rows; ++r) {
    if (tile.largest[r] == 0) continue;
    const double factor = row::narrowing(double_of(tile.largest[r]));
    for (std::int64_t f = rank; f < job.count; f += threads)
      tile.z[f * job.tile_rows + r] = row::error_z(z_at(job.features[f], job.begin + from + r) * factor);
  }
}

/// The sum of the squares of a row's `count` values, in their order.
LW_DEVICE double square_sum(const double* values, std::int64_t count, std::int64_t stride) {
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += values[i * stride] * values[i * stride];
  return sum;
}

/// kRows rows of the tile, from `row` on in steps of a kRows-th of it, on the components from `first` on.
LW_DEVICE void project(const ErrorLaunch& job, const RowTile& tile, int row, std::int64_t first) {
  const int step = job.tile_rows / kRows;
  double y[kComponents][kRows] = {};
  for (std::int64_t from = 0; from < job.count; from += row::kExactFeatures) {
    const std::int64_t to = from + row::kExactFeatures < job.count ? from + row::kExactFeatures : job.count;
    double part[kComponents][kRows] = {};
    for (std::int64_t f = from; f < to; ++f) {
      const double* const weights = tile.basis + f * job.padded + first;
      const double* const values = tile.z + f * job.tile_rows + row;
      double z[kRows];
      LW_UNROLL for (int r = 0; r < kRows; ++r) z[r] = values[r * step];
      LW_UNROLL for (int k = 0; k < kComponents; ++k) {
        const double weight = weights[k];
        LW_UNROLL for (int r = 0; r < kRows; ++r) part[k][r] = exact_add_product(z[r], weight, part[k][r]);
      }
    }
    LW_UNROLL for (int k = 0; k < kComponents; ++k) {
      LW_UNROLL for (int r = 0; r < kRows; ++r) y[k][r] = from == 0 ? part[k][r] : y[k][r] + part[k][r];
    }
  }
  LW_UNROLL for (int k = 0; k < kComponents; ++k) {
    LW_UNROLL for (int r = 0; r < kRows; ++r) tile.y[(first + k) * job.tile_rows + row + r * step] = y[k][r];
  }
}

/// The squares of the tile's rows, which take the longest each, then the projections.
LW_DEVICE void reduce(const ErrorLaunch& job, const RowTile& tile, int rank, int threads) {
  const std::int64_t groups = job.tile_rows / kRows;
  const std::int64_t work = job.tile_rows + groups * (job.padded / kComponents);
  for (std::int64_t at = rank; at < work; at += threads) {
    if (at < job.tile_rows) {
      tile.whole[at] = square_sum(tile.z + at, job.count, job.tile_rows);
    } else {
      const std::int64_t unit = at - job.tile_rows;
      project(job, tile, static_cast<int>(unit % groups), unit / groups * kComponents);
    }
  }
}

/// The row's error; its note of a wide row is taken back.
LW_DEVICE void finish(const ErrorLaunch& job, const RowTile& tile, std::int64_t from, int r) {
  const double explained = square_sum(tile.y + r, job.rank, job.tile_rows);
  const double error = row::row_error(tile.whole[r], explained);
  const std::uint64_t largest = tile.largest[r];
  tile.largest[r] = 0;
  if (from + r >= job.rows) return;
  job.errors[from + r] = largest == 0 ? error : error * (1 / row::narrowing(double_of(largest)));
}

/// kShared: z and y are in shared memory; kBasis: the basis too.
template <bool kShared, bool kBasis>
LW_KERNEL(errors_kernel, ErrorLaunch) {
  LW_THREAD(t);
  RowTile tile{};
  tile.largest = reinterpret_cast<std::uint64_t*>(t.shared());
  tile.whole = reinterpret_cast<double*>(t.shared()) + job.tile_rows;
  double* const room = tile.whole + job.tile_rows;
  const std::int64_t values = (job.count + job.padded) * job.tile_rows;
  if constexpr (kShared) {
    tile.z = room;
  } else {
    tile.z = job.scratch + t.block() * values;
  }
  tile.y = tile.z + job.count * job.tile_rows;
  tile.basis = job.basis;
  if constexpr (kBasis) {
    double* const basis = room + values;
    for (std::int64_t i = t.rank(); i < job.count * job.padded; i += t.size()) basis[i] = job.basis[i];
    tile.basis = basis;
  }
  if (t.rank() < job.tile_rows) tile.largest[t.rank()] = 0;
  LW_SYNC(t);  // no row is wide so far
  for (std::int64_t from = std::int64_t{t.block()} * job.tile_rows; from < job.rows;
       from += std::int64_t{t.blocks()} * job.tile_rows) {
    encode(job, tile, from, t.rank(), t.size());
    LW_SYNC(t);  // encoded
    narrow(job, tile, from, t.rank(), t.size());
    LW_SYNC(t);  // narrowed
    reduce(job, tile, t.rank(), t.size());
    LW_SYNC(t);  // projected
    if (t.rank() < job.tile_rows) finish(job, tile, from, t.rank());
    LW_SYNC(t);  // the next rows may overwrite
  }
  LW_END;
}

/// Bytes of shared memory with tiles of so many rows.
std::size_t shared_of(const ErrorLaunch& job, std::int64_t rows, bool with_tile, bool with_basis) {
  const std::int64_t values = with_tile ? (job.count + job.padded) * rows : 0;
  return static_cast<std::size_t>(2 * rows + values + (with_basis ? job.count * job.padded : 0)) * sizeof(double);
}

/// The largest tile of which two blocks fit a processor, else the smallest one; whatever fits of it in shared memory.
/// Returns the bytes of a block.
std::size_t choose_tile(const Run& run, ErrorLaunch& job, bool& in_shared) {
  const std::size_t most = run.tuning().shared;
  int rows = 32;
  job.tile_shift = 5;
  while (2 * rows <= std::min(kMostTileRows, run.tuning().threads) &&
         shared_of(job, 2 * rows, true, true) <= std::min(most, kTwoBlocks)) {
    rows *= 2;
    ++job.tile_shift;
  }
  job.tile_rows = rows;
  in_shared = shared_of(job, rows, true, false) <= most;
  job.with_basis = in_shared && shared_of(job, rows, true, true) <= most;
  return shared_of(job, rows, in_shared, job.with_basis);
}

/// By feature, then by component, padded to what a thread takes.
std::vector<double> packed_basis(const Basis& basis, std::int64_t features, std::int64_t padded) {
  std::vector<double> out(static_cast<std::size_t>(features * padded));
  for (std::int64_t k = 0; k < basis.rank; ++k) {
    for (std::int64_t f = 0; f < features; ++f)
      out[static_cast<std::size_t>(f * padded + k)] = basis.values[k * features + f];
  }
  return out;
}

/// The errors of the rows, on the device; waits, as what is uploaded ends here.
double* find_errors(Run& run, const EncodedJob& rows, const Basis& basis) {
  ErrorLaunch job{};
  std::vector<DeviceFeature> features;
  job.features = upload_features(run, rows, features);
  job.count = rows.count;
  job.begin = rows.begin;
  job.rows = rows.rows;
  job.rank = basis.rank;
  job.padded = (basis.rank + kComponents - 1) / kComponents * kComponents;
  const std::vector<double> packed = packed_basis(basis, rows.count, job.padded);
  job.basis = run.upload(packed.data(), static_cast<std::int64_t>(packed.size()));
  job.errors = run.room<double>(rows.rows);
  bool in_shared = false;
  const std::size_t shared = choose_tile(run, job, in_shared);
  std::int64_t blocks = std::min<std::int64_t>((rows.rows + job.tile_rows - 1) / job.tile_rows, run.tuning().blocks);
  if (!in_shared) {
    const std::int64_t values = (rows.count + job.padded) * job.tile_rows;
    blocks = std::min(blocks, std::max<std::int64_t>(1, kScratchBytes / (8 * std::max<std::int64_t>(1, values))));
    job.scratch = run.room<double>(blocks * values);
  }
  if (job.with_basis) {
    run.launch(errors_kernel<true, true>, blocks, shared, job);
  } else if (in_shared) {
    run.launch(errors_kernel<true, false>, blocks, shared, job);
  } else {
    run.launch(errors_kernel<false, false>, blocks, shared, job);
  }
  return run.wait() ? job.errors : nullptr;
}

}  // namespace

void run_row_errors(Context& context, const EncodedJob& rows, const Basis& basis, double* errors, Status& status) {
  Run run(context, status);
  const double* const found = find_errors(run, rows, basis);
  run.download(errors, found, rows.rows);
  (void)run.wait();
}

void run_error_numbers(Context& context, const EncodedJob& rows, const Basis& basis, const NumberJob* jobs,
                       std::int64_t count, Status& status) {
  Run run(context, status);
  const double* const found = find_errors(run, rows, basis);
  if (!run.ok()) return;
  const DeviceColumn column{found, nullptr, 0, 0, kFloat64};
  add_numbers(run, jobs, count, &column);
}

}  // namespace longwatch::cuda

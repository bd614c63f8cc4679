// Sums of z z' by exact products of the coarse parts and rests of z, in units (see row::gram_z). The twin of
// cpu/gram.cpp. A block takes tiles of pairs of features and strips of rows: it stages encoded rows in shared memory,
// a thread multiplies kMicro by kMicro features in registers, and what is summed goes to the totals as integers before
// a double could round. Rows with a z beyond the gate are listed first, left out there, and added in integers.

#include <algorithm>
#include <vector>

#include "cuda/gram.hpp"
#include "cuda/table.hpp"

namespace longwatch::cuda {
namespace {

constexpr int kMicro = 4;                                  // features of a thread, either way
constexpr int kGroups = 16;                                // threads of a full tile, either way
constexpr int kTile = kMicro * kGroups;                    // features of a tile, either way
constexpr std::int64_t kMarkedFeatures = 16;               // that one thread looks through for wide rows
constexpr std::int64_t kWideRows = 64;                     // that one thread adds for a pair
constexpr std::int64_t kStageDoubles = 5 * 1024;           // of shared memory
constexpr std::int64_t kStageRows = 256;                   // at most
constexpr std::int64_t kMostRows = std::int64_t{1} << 28;  // of a submission: sums are added 2^24 times at most

LW_DEVICE void add_wide(WideTotal& total, int128 value) {
  if (value == 0) return;
  atomic_add(&total.low, static_cast<std::uint64_t>(value) & kLowBits);
  atomic_add(&total.middle, static_cast<std::int64_t>(static_cast<std::uint64_t>(value >> 40) & kLowBits));
  atomic_add(&total.high, static_cast<std::int64_t>(value >> 80));
}

LW_DEVICE std::int64_t pair_at(std::int64_t i, std::int64_t j) {
  return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/// Lists the wide rows. Items are groups of kMarkedFeatures features.
LW_KERNEL(mark_kernel, GramLaunch) {
  LW_THREAD(t);
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const std::int64_t from = strip.item * kMarkedFeatures;
    const std::int64_t to = from + kMarkedFeatures < job.count ? from + kMarkedFeatures : job.count;
    for (std::int64_t row = strip.begin + t.rank(); row < strip.end; row += t.size()) {
      std::uint32_t wide = 0;
      for (std::int64_t f = from; f < to; ++f)
        wide += magnitude(z_at(job.features[f], job.begin + row)) >= row::kZGate ? 1 : 0;
      if (wide != 0 && atomic_add(&job.wide.features[row], wide) == 0)
        job.wide.rows[take_room(job.wide.count, 1)] = row;
    }
  }
  LW_END;
}

/// Pairs of the features of two groups of kTile, and how a block holds rows of them: by row the coarse parts of the
/// left features, their rests, and the same of the right ones where they are others.
struct Tile {
  std::int64_t left;   ///< the first feature
  std::int64_t right;  ///< at most `left`
  int left_groups;     ///< of kMicro features: slot g + k groups holds feature k of group g
  int right_groups;
  int stride;     ///< doubles of a row; odd, so that the rows of a slot lie in different banks
  int shift;      ///< log2 of the rows that fit
  int micros;     ///< blocks of kMicro by kMicro pairs
  bool diagonal;  ///< both groups are the same
};

LW_DEVICE Tile tile_at(std::int64_t item, std::int64_t features) {
  Tile tile{};
  const std::int64_t row = triangle_row(item);
  tile.left = row * kTile;
  tile.right = (item - row * (row + 1) / 2) * kTile;
  tile.diagonal = tile.left == tile.right;
  const std::int64_t own = features - tile.left < kTile ? features - tile.left : kTile;
  tile.left_groups = static_cast<int>((own + kMicro - 1) / kMicro);
  tile.right_groups = tile.diagonal ? tile.left_groups : kGroups;
  tile.stride = 2 * kMicro * (tile.left_groups + (tile.diagonal ? 0 : tile.right_groups)) + 1;
  tile.micros = tile.diagonal ? tile.left_groups * (tile.left_groups + 1) / 2 : tile.left_groups * tile.right_groups;
  while ((std::int64_t{2} << tile.shift) * tile.stride <= kStageDoubles &&
         (std::int64_t{2} << tile.shift) <= kStageRows)
    ++tile.shift;
  return tile;
}

/// Stages the features from `first` on: their rows [begin, end) of the item, zeros beyond and for wide rows.
LW_DEVICE void stage(const GramLaunch& job, const Tile& tile, std::int64_t first, int slots, std::int64_t begin,
                     std::int64_t end, double* to, int rank, int threads) {
  const int rows = 1 << tile.shift;
  for (int e = rank; e < slots << tile.shift; e += threads) {
    const int slot = e >> tile.shift;
    const int r = e & (rows - 1);
    const std::int64_t row = begin + r;
    Units units{0, 0};
    if (row < end && first + slot < job.count && job.wide.features[row] == 0)
      units = units_of(z_at(job.features[first + slot], job.begin + row));
    to[r * tile.stride + slot] = units.coarse;
    to[r * tile.stride + slots + slot] = units.rest;
  }
}

/// What a thread keeps of its pairs.
struct Micro {
  double whole[kMicro][kMicro];  ///< coarse * coarse
  double mixed[kMicro][kMicro];  ///< coarse * rest + rest * coarse
};

LW_DEVICE void clear(Micro& sums) {
  LW_UNROLL for (int k = 0; k < kMicro; ++k) {
    LW_UNROLL for (int l = 0; l < kMicro; ++l) sums.whole[k][l] = sums.mixed[k][l] = 0;
  }
}

/// One row: `left` and `right` are where its features of the thread begin.
LW_DEVICE void add_row(Micro& sums, const double* left, int left_groups, const double* right, int right_groups) {
  double coarse[kMicro];
  double rest[kMicro];
  LW_UNROLL for (int l = 0; l < kMicro; ++l) {
    coarse[l] = right[l * right_groups];
    rest[l] = right[(kMicro + l) * right_groups];
  }
  LW_UNROLL for (int k = 0; k < kMicro; ++k) {
    const double own_coarse = left[k * left_groups];
    const double own_rest = left[(kMicro + k) * left_groups];
    LW_UNROLL for (int l = 0; l < kMicro; ++l) {
      sums.whole[k][l] = exact_add_product(own_coarse, coarse[l], sums.whole[k][l]);
      sums.mixed[k][l] = exact_add_product(own_coarse, rest[l], sums.mixed[k][l]);
      sums.mixed[k][l] = exact_add_product(own_rest, coarse[l], sums.mixed[k][l]);
    }
  }
}

/// Adds what a thread summed of groups `a` and `b`.
LW_DEVICE void flush(const GramLaunch& job, const Tile& tile, int a, int b, Micro& sums) {
  LW_UNROLL for (int k = 0; k < kMicro; ++k) {
    LW_UNROLL for (int l = 0; l < kMicro; ++l) {
      const std::int64_t i = tile.left + a + k * tile.left_groups;
      const std::int64_t j = tile.right + b + l * tile.right_groups;
      const bool twice = tile.diagonal && a == b && k < l;  // the other one of the two is added
      if (i < job.count && j < job.count && !twice) {
        const auto whole = static_cast<int128>(static_cast<std::int64_t>(sums.whole[k][l])) << kProductShift;
        add_narrow(job.products[pair_at(i, j)], whole + static_cast<std::int64_t>(sums.mixed[k][l]));
      }
    }
  }
  clear(sums);
}

/// Adds the staged rows to the sums of the tile's features.
LW_DEVICE void add_sums(const GramLaunch& job, const Tile& tile, const double* staged, int rank, int threads) {
  const int slots = kMicro * tile.left_groups;
  for (int slot = rank; slot < slots; slot += threads) {
    double coarse = 0;  // exact, as are the rests
    double rest = 0;
    for (int r = 0; r < 1 << tile.shift; ++r) {
      coarse += staged[r * tile.stride + slot];
      rest += staged[r * tile.stride + slots + slot];
    }
    const auto sum = static_cast<int128>(static_cast<std::int64_t>(coarse)) << kProductShift;
    if (tile.left + slot < job.count) add_narrow(job.sums[tile.left + slot], sum + static_cast<std::int64_t>(rest));
  }
}

/// The part of a tile that a thread has in one round: a block of pairs, and every `slices`-th row.
struct Share {
  int a;
  int b;
  int slice;
  int slices;
  bool active;
};

LW_DEVICE Share share_of(const Tile& tile, int first, int rank, int threads) {
  const int together = tile.micros < threads ? tile.micros : threads;
  const int micro = first + rank % together;
  Share share{0, 0, rank / together, threads / together, false};
  share.active = micro < tile.micros && share.slice < share.slices;
  if (tile.diagonal) {
    share.a = static_cast<int>(triangle_row(micro));
    share.b = micro - share.a * (share.a + 1) / 2;
  } else {
    share.a = micro / tile.right_groups;
    share.b = micro % tile.right_groups;
  }
  return share;
}

/// Items are tiles of pairs.
LW_KERNEL(gram_kernel, GramLaunch) {
  LW_THREAD(t);
  auto* const staged = reinterpret_cast<double*>(t.shared());
  for (Strips strips(job.pieces, t.block(), t.blocks()); strips.next();) {
    const Strip& strip = strips.strip();
    const Tile tile = tile_at(strip.item, job.count);
    const int rows = 1 << tile.shift;
    const int slots = kMicro * tile.left_groups;
    const double* const right = tile.diagonal ? staged : staged + 2 * slots;
    for (int first = 0; first < tile.micros; first += t.size()) {
      const Share share = share_of(tile, first, t.rank(), t.size());
      const std::int64_t own_rows = (rows + share.slices - 1) / share.slices;  // of a stage, at most
      std::int64_t added = 0;
      Micro sums;
      clear(sums);
      for (std::int64_t from = strip.begin; from < strip.end; from += rows) {
        stage(job, tile, tile.left, slots, from, strip.end, staged, t.rank(), t.size());
        if (!tile.diagonal)
          stage(job, tile, tile.right, kTile, from, strip.end, staged + 2 * slots, t.rank(), t.size());
        LW_SYNC(t);  // staged
        if (first == 0 && tile.diagonal) add_sums(job, tile, staged, t.rank(), t.size());
        if (share.active) {
          for (int r = share.slice; r < rows; r += share.slices)
            add_row(sums, staged + r * tile.stride + share.a, tile.left_groups, right + r * tile.stride + share.b,
                    tile.right_groups);
        }
        added += own_rows;
        if (share.active && (added + own_rows > kExactRows || from + rows >= strip.end)) {
          flush(job, tile, share.a, share.b, sums);
          added = 0;
        }
        LW_SYNC(t);  // the next rows may overwrite
      }
    }
  }
  LW_END;
}

/// The pairs of wide rows, in integers: kWideRows rows of a pair at a time.
LW_KERNEL(wide_kernel, GramLaunch) {
  LW_THREAD(t);
  const std::int64_t pairs = job.count * (job.count + 1) / 2;
  const std::int64_t rows = *job.wide.count;
  const std::int64_t work = (rows + kWideRows - 1) / kWideRows * pairs;
  for (std::int64_t at = std::int64_t{t.block()} * t.size() + t.rank(); at < work;
       at += std::int64_t{t.blocks()} * t.size()) {
    const std::int64_t i = triangle_row(at % pairs);
    const std::int64_t j = at % pairs - i * (i + 1) / 2;
    const std::int64_t from = at / pairs * kWideRows;
    const std::int64_t to = from + kWideRows < rows ? from + kWideRows : rows;
    int128 sum = 0;
    int128 product = 0;
    for (std::int64_t r = from; r < to; ++r) {
      const std::int64_t row = job.begin + job.wide.rows[r];
      const Units left = units_of(z_at(job.features[i], row));
      const Units right = units_of(z_at(job.features[j], row));
      const auto a = static_cast<std::int64_t>(left.coarse);
      const auto a_rest = static_cast<std::int64_t>(left.rest);
      const auto b = static_cast<std::int64_t>(right.coarse);
      sum += (static_cast<int128>(a) << kProductShift) + a_rest;
      product += (static_cast<int128>(a) * b << kProductShift) +
                 static_cast<int128>(a) * static_cast<std::int64_t>(right.rest) + static_cast<int128>(a_rest) * b;
    }
    add_wide(job.products[at % pairs], product);
    if (i == j) add_wide(job.sums[i], sum);
  }
  LW_END;
}

/// Rows of a piece, so that every block has about two of so many items.
std::int64_t piece_rows(const Run& run, std::int64_t items, std::int64_t rows) {
  const std::int64_t even = rows * items / (2 * std::int64_t{run.tuning().blocks}) + 1;
  return std::clamp<std::int64_t>(even, std::min(kStageRows, run.tuning().piece_rows), run.tuning().piece_rows);
}

/// Launches `kernel` for so many items of the same rows each, with so many doubles of shared memory.
template <class Kernel>
void launch_items(Run& run, Kernel* kernel, std::int64_t doubles, GramLaunch job, std::int64_t items, std::int64_t rows,
                  std::vector<std::int64_t>& counts, std::vector<std::int64_t>& first) {
  counts.assign(static_cast<std::size_t>(items), rows);
  job.pieces = cut(run, counts, first, piece_rows(run, items, rows));
  run.launch(kernel, job.pieces.pieces, static_cast<std::size_t>(doubles) * sizeof(double), job);
}

}  // namespace

void run_gram(Context& context, const EncodedJob& rows, WideTotal* sums, WideTotal* products, Status& status) {
  Run run(context, status);
  if (rows.rows > kMostRows) return run.fail(kTooLarge, "more rows than can be summed at once");
  const std::int64_t pairs = rows.count * (rows.count + 1) / 2;
  GramLaunch job{};
  std::vector<DeviceFeature> features;
  job.features = upload_features(run, rows, features);
  job.count = rows.count;
  job.begin = rows.begin;
  job.wide = {run.zeros<std::uint32_t>(rows.rows), run.room<std::int64_t>(rows.rows), run.zeros<std::int64_t>(1)};
  job.sums = run.zeros<WideTotal>(rows.count);
  job.products = run.zeros<WideTotal>(pairs);
  const std::int64_t tiles = (rows.count + kTile - 1) / kTile;
  std::vector<std::int64_t> counts[2];  // they must stay while copies run
  std::vector<std::int64_t> first[2];
  launch_items(run, mark_kernel, 0, job, (rows.count + kMarkedFeatures - 1) / kMarkedFeatures, rows.rows, counts[0],
               first[0]);
  if (rows.count >= run.tuning().blas_features && context.blas != nullptr) {
    add_products(context, run, job, rows.rows);
  } else {
    launch_items(run, gram_kernel, kStageDoubles, job, tiles * (tiles + 1) / 2, rows.rows, counts[1], first[1]);
  }
  run.launch(wide_kernel, (pairs + run.tuning().threads - 1) / run.tuning().threads, 0, job);
  run.download(sums, job.sums, rows.count);
  run.download(products, job.products, pairs);
  (void)run.wait();
}

}  // namespace longwatch::cuda

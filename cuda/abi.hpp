#pragma once
// What the engine and liblongwatch_cuda.so say to each other: plain data and a table of C functions. Nothing throws
// across it; every failure is a Status. Pointers are the host's unless said otherwise.

#include <cstdint>

#include "engine/backend/replicate_item.hpp"

namespace longwatch::cuda {

/// Raised with every change of this file and of replicate_item.hpp. A module of another version is not used.
inline constexpr std::uint32_t kAbiVersion = 5;
/// The one symbol of a module, a ModuleEntry.
inline constexpr const char* kModuleEntry = "longwatch_cuda_module";

/// How a call ended. A program may act on the code; the text is for people.
enum StatusCode : std::int32_t {
  kDone,
  kNoDriver,    ///< there is no CUDA driver
  kOldDriver,   ///< it is older than the module needs
  kNoDevice,    ///< the driver sees no device, or not the one asked for
  kNoMemory,    ///< memory of the device or the host ran out: less work at a time may fit
  kOutOfRange,  ///< a code lies outside its dictionary
  kTooLarge,    ///< more rows than the kernel can number
  kFailed       ///< anything else: a launch failed, the device is lost
};

struct Status {
  std::int32_t code;
  char text[252];  ///< ended by a zero, cut where longer
};

/// What the driver says of itself and its devices. Versions are 1000 major + 10 minor; 0: none.
struct Probe {
  Status status;
  std::int32_t driver;
  std::int32_t runtime;  ///< of the module
  std::int32_t devices;
};

struct DeviceInfo {
  Status status;
  char name[128];
  std::int64_t memory;  ///< bytes
  std::int32_t major;   ///< compute capability
  std::int32_t minor;
  std::int32_t processors;
};

enum ColumnType : std::int32_t { kFloat32, kFloat64, kCode32, kCode16 };  ///< kCode16 only of Module::keep

/// A ColumnView: see engine/source/column.hpp. `validity` is null where no row of the column is null, and `values`
/// where there is no such column. Where `kept` is set (see Module::keep), that is read instead of host memory.
struct Column {
  const void* values;
  const std::uint8_t* validity;
  std::int64_t bit_offset;
  std::int32_t type;
  const void* kept = nullptr;
  std::int64_t kept_row = 0;  ///< of `kept`, that is row 0 of this column
};

/// A RowSelection: see engine/backend/backend.hpp.
struct Rows {
  const std::int32_t* rows;
  std::int64_t begin;
  std::int64_t count;
};

/// An index over the edges of a partition, as cpu::CellView has it, with the lengths of its arrays.
struct CellIndex {
  double origin;
  double low;
  double high;
  std::uint64_t first_key;
  std::uint32_t shift;
  std::uint32_t step;
  std::uint32_t edges;  ///< K
  const std::uint32_t* buckets;
  const std::uint16_t* starts;
  const std::uint32_t* wide_starts;
  const double* left;
  const std::uint16_t* units;
  std::int64_t bucket_count;
  std::int64_t start_count;       ///< of `starts`; 0 where null
  std::int64_t wide_start_count;  ///< of `wide_starts`; 0 where null
  std::int64_t left_count;
  std::int64_t unit_count;
};

/// An exact sum: units by slot modulo 2^128, the lowest 32 bits first, and terms by row::ExactSpecial.
struct ExactSlots {
  std::uint32_t words[64][4];
  std::int64_t specials[3];
};

/// Integers of one numeric item; the caller zeroes them and gives them room.
struct NumberSums {
  std::int64_t nulls;
  std::int64_t nans;
  std::int64_t positive_inf;
  std::int64_t negative_inf;
  std::int64_t inside;
  std::int64_t outside;
  double minimum;  ///< +inf where there is no finite value
  double maximum;
  std::int64_t power_high[4];  ///< the sum of y^k is high 2^32 + low
  std::uint64_t power_low[4];
  ExactSlots tails[4];
  ExactSlots below;
  ExactSlots above;
};

struct NumberJob {
  Column column;
  Rows rows;
  double centre;
  double scale;
  const void* plan;  ///< made by make_plan
  NumberSums* sums;
  std::int64_t* counts;     ///< 2K + 1
  std::int64_t* cell_sums;  ///< K + 1
  std::uint8_t* registers;  ///< row::kDistinctRegisters
};

struct CategoryJob {
  Column column;
  Rows rows;
  std::int64_t codes;    ///< of the dictionary
  std::int64_t* counts;  ///< by code
  std::int64_t* nulls;
};

/// A ClassColumn: see engine/backend/backend.hpp.
struct Classes {
  Column column;
  const std::int16_t* classes;
  std::int64_t codes;
};

/// Rows of a ScoreState that hold no entry.
struct ScoreCounts {
  std::int64_t missing_scores;
  std::int64_t invalid_scores;
  std::int64_t unmapped_predictions;
  std::int64_t unmapped_labels;
  std::int64_t unscored[6];
  std::int64_t unpredicted[3];
};

/// `take` is called once an item, and again with predicted = 1: keys as score_key, increasing, and how many rows have
/// each.
struct ScoreJob {
  Column score;
  Classes prediction;
  Classes label;
  double cutoff;
  Rows rows;
  ScoreCounts* counts;
  void* taker;
  void (*take)(void* taker, std::int32_t predicted, const std::uint64_t* keys, const std::int64_t* rows,
               std::int64_t count);
};

/// A CalibrationMap: see engine/backend/backend.hpp.
struct Map {
  const double* scores;
  const double* probabilities;
  std::int64_t knots;
};

/// Rows of a ClassState by what is the matter with them.
struct ClassCounts {
  std::int64_t missing_scores;
  std::int64_t invalid_scores;
  std::int64_t unnormalised_scores;
  std::int64_t unmapped_predictions;
  std::int64_t unmapped_labels;
};

/// Rows of one class with one score and label: by whether they are predicted as the class.
struct ClassRun {
  std::uint64_t key;  ///< a score_key
  std::int64_t rows[2];
  std::int64_t sums[2];  ///< of their calibrated scores
};

/// A ClassItem. Arrays are as ClassPartial has them, and are overwritten. `take` is called once a scored class: its
/// runs, keys increasing.
struct ClassJob {
  const Column* scores;        ///< by scored class
  const std::int32_t* scored;  ///< the classes that have a score
  const Map* maps;             ///< by scored class; null: no calibrated sums
  std::int64_t scored_count;
  std::int64_t classes;
  Classes prediction;
  Classes label;
  Rows rows;
  ClassCounts* counts;
  std::int64_t* labels;
  std::int64_t* scored_rows;
  std::int64_t* sums;
  std::int64_t* products;
  std::int64_t* unpredicted;
  void* taker;
  void (*take)(void* taker, std::int32_t scored_class, const ClassRun* runs, std::int64_t count);
};

inline constexpr int kResidualSums = 19;    ///< row::kResidualTerms
inline constexpr int kResidualBins = 1281;  ///< row::error_bin from -640 to 640

/// Integers of one residual item, as in ResidualState.
struct ResidualSums {
  std::int64_t labelled;
  std::int64_t unlabelled;
  std::int64_t unpredicted;
  std::int64_t labels_alone;
  std::int64_t zero_labels;
  std::int64_t negatives;
  std::int64_t bins[kResidualBins];
  ExactSlots sums[kResidualSums];
};

struct ResidualJob {
  Column prediction;
  Column label;
  double centre;
  Rows rows;
  ResidualSums* sums;
};

/// Plain data already.
using ReplicateJob = ReplicateItem;

/// A FeatureEncoder with its column: see engine/backend/backend.hpp.
struct Feature {
  Column column;
  double mean;
  double inverse;
  double missing;
  const double* by_code;
  std::int64_t codes;  ///< of by_code
};

/// An EncodedRows.
struct EncodedJob {
  const Feature* features;
  std::int64_t count;  ///< of the features
  std::int64_t begin;
  std::int64_t rows;
};

/// A sum: high 2^80 + middle 2^40 + low.
struct WideTotal {
  std::uint64_t low;
  std::int64_t middle;
  std::int64_t high;
};

/// A PcaBasis; the number of its features is that of the rows.
struct Basis {
  const double* values;
  std::int64_t rank;
};

/// cuBLAS on a device. Thread-safe.
struct Blas;

/// The module of cuBLAS, liblongwatch_cuda_blas.so: matrix products of double numbers, by native arithmetic only.
struct BlasModule {
  std::uint32_t abi;                                   ///< kAbiVersion; first in every version
  Blas* (*open)(std::int32_t device, Status* status);  ///< null where it failed
  void (*close)(Blas* blas);
  /// Lends a handle for work on a stream (a cudaStream_t); null where that failed. Given back once the stream was
  /// waited for.
  void* (*lend)(Blas* blas, void* stream, Status* status);
  void (*give_back)(Blas* blas, void* handle);
  /// out[b](i, j), at out[b n^2 + j n + i], becomes the sum over r < rows of left(b rows + r, i) right(b rows + r, j)
  /// for b < batches and i, j < n. Matrices are column-major on the device, with batches * rows rows.
  void (*products)(void* handle, const double* left, const double* right, std::int64_t rows, std::int64_t batches,
                   std::int64_t n, double* out, Status* status);
};

/// The one symbol of a module of cuBLAS, a BlasEntry.
inline constexpr const char* kBlasEntry = "longwatch_cuda_blas_module";
using BlasEntry = const BlasModule* (*)();

/// From so many features on Gram matrices take cuBLAS. Not measured. By the peaks of an H100 a row of F features takes
/// the own kernel 3 F^2 operations of 34 T/s, cuBLAS 4 F^2 of 67 T/s (two products without a triangle), 40 F bytes for
/// the encoded row and 16 F^2 / 512 bytes for the products of 512 rows, both of 3 TB/s or the cache's 5 TB/s. They meet
/// between 400 and 700 features; the own kernel will stay further below its peak.
inline constexpr std::int64_t kBlasFeatures = 384;

/// A device and what is kept on it. Thread-safe.
struct Context;

/// Work that a device goes on with.
class Submission;

/// A module. Calls return when the work is done, except where they return a Submission: then jobs, and what they point
/// to, stay until `finish`, which writes the results; null where it failed. A call that fails leaves nothing but its
/// status.
struct Module {
  std::uint32_t abi;  ///< kAbiVersion; first in every version
  void (*probe)(Probe* out);
  void (*describe)(std::int32_t device, DeviceInfo* out);
  /// `memory`: the budget of device memory in bytes; 0: nine tenths of what is free. Null where it failed.
  Context* (*open)(std::int32_t device, std::int64_t memory, Status* status);
  void (*close)(Context* context);
  /// The budget of device memory, in bytes.
  std::int64_t (*budget)(const Context* context);
  /// Copies an index to the device. Null where it failed.
  void* (*make_plan)(Context* context, const CellIndex* index, Status* status);
  void (*free_plan)(Context* context, void* plan);
  /// Copies the rows [0, rows) of a column to the device, where they stay until `drop`. Null where it failed.
  void* (*keep)(Context* context, const Column* column, std::int64_t rows, Status* status);
  void (*drop)(Context* context, void* kept);
  Submission* (*numbers)(Context* context, const NumberJob* jobs, std::int64_t count, Status* status);
  Submission* (*categories)(Context* context, const CategoryJob* jobs, std::int64_t count, Status* status);
  void (*scores)(Context* context, const ScoreJob* jobs, std::int64_t count, Status* status);
  Submission* (*residuals)(Context* context, const ResidualJob* jobs, std::int64_t count, Status* status);
  void (*finish)(Submission* submission, Status* status);
  void (*replicates)(Context* context, const ReplicateJob* jobs, std::int64_t count, Status* status);
  void (*classes)(Context* context, const ClassJob* jobs, std::int64_t count, Status* status);
  /// Opens cuBLAS for Gram matrices from kBlasFeatures features on. Once, before any of these.
  void (*use_blas)(Context* context, const BlasModule* blas, Status* status);
  /// Writes the sums of a GramState: `sums` by feature, `products` by pair of them.
  void (*gram)(Context* context, const EncodedJob* rows, WideTotal* sums, WideTotal* products, Status* status);
  /// Writes an error for each row.
  void (*row_errors)(Context* context, const EncodedJob* rows, const Basis* basis, double* errors, Status* status);
  /// The same, and then `numbers` of the errors, which stay on the device; the columns of the jobs are ignored.
  void (*error_numbers)(Context* context, const EncodedJob* rows, const Basis* basis, const NumberJob* jobs,
                        std::int64_t count, Status* status);
};

using ModuleEntry = const Module* (*)();

}  // namespace longwatch::cuda

#pragma once
// What a case of the CUDA benchmarks is given, and what it reports.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/cuda/timed_device.hpp"
#include "engine/backend/backend.hpp"

namespace longwatch {

/// Sizes; the defaults are those of a report.
struct BenchSizes {
  int repeats = 30;
  std::int64_t columns = 50;
  std::int64_t chunks = 200;  ///< of each column: columns x chunks items
  std::int64_t rows = 50'000;
  std::int64_t small_items = 100'000;
  std::int64_t small_rows = 500;
  std::string only;  ///< cases whose name has it
};

class Bench {
 public:
  /// Measures the copy bandwidth first. Throws std::runtime_error where it cannot.
  Bench(std::unique_ptr<cuda::TimedDevice> device, const BenchSizes& sizes);
  [[nodiscard]] const BenchSizes& sizes() const { return sizes_; }
  [[nodiscard]] Backend& backend() { return *backend_; }
  [[nodiscard]] double free_memory() const { return device_->free_memory(); }
  /// Whether a case of this name is to run, and `bytes` of device memory for it are free; says so where they are not.
  bool wanted(const std::string& name, double bytes);
  /// Whether the submission before this call launched kernels; says so where it did not.
  bool launched(const std::string& name);
  /// Prints what the launches of the last submission took together: the median and the extremes, the rate at which they
  /// read `bytes`, and its share of the copy bandwidth. Fails where there were none.
  void report(const std::string& name, const std::string& what, double bytes);
  /// The same of work that is not bound by what it reads: without a rate.
  void report(const std::string& name, const std::string& what);
  /// Prints that a case failed; the program then ends with 1.
  void fail(const std::string& name, const std::string& why);
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  BenchSizes sizes_;
  std::unique_ptr<cuda::TimedDevice> device_;
  double copy_ = 0;
  std::unique_ptr<Backend> backend_;
  bool failed_ = false;
};

/// The cases, a function for each file.
void number_cases(Bench& bench);
void matrix_cases(Bench& bench);
void replicate_cases(Bench& bench);

}  // namespace longwatch

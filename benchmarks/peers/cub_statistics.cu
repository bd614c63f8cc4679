// The peer of the fused statistics: CUB, one call a column and statistic. HistogramRange, Min, Max, and the sums of
// four powers by one TransformReduce, over all rows of a column at once: CUB has no call for ragged items, so this
// gives no result by chunk, no sums by bin, no distinct values, and knows neither nulls nor NaN. It reads each column
// four times.

#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cub/cub.cuh>
#include <string>
#include <vector>

#include "benchmarks/cuda/columns.hpp"

namespace longwatch {
namespace {

void check(cudaError_t code, const char* what) {
  if (code == cudaSuccess) return;
  std::fprintf(stderr, "benchmark_cub: %s: %s\n", what, cudaGetErrorString(code));
  std::exit(code == cudaErrorNoDevice || code == cudaErrorInsufficientDriver ? 3 : 1);
}

struct Powers {
  double sums[4];
};
struct ToPowers {
  template <class T>
  __host__ __device__ Powers operator()(T value) const {
    const auto x = static_cast<double>(value);
    return {{x, x * x, x * x * x, x * x * x * x}};
  }
};
struct AddPowers {
  __host__ __device__ Powers operator()(const Powers& a, const Powers& b) const {
    return {{a.sums[0] + b.sums[0], a.sums[1] + b.sums[1], a.sums[2] + b.sums[2], a.sums[3] + b.sums[3]}};
  }
};

template <class T>
struct Results {
  T* minimum;
  T* maximum;
  Powers* powers;
  unsigned* counts;
};

/// Calls f(storage, bytes) for its size, makes room, and returns what calls it again.
class Storage {
 public:
  template <class F>
  void fit(const F& f) {
    std::size_t bytes = 0;
    check(f(nullptr, bytes), "CUB");
    bytes_ = std::max(bytes_, bytes);
  }
  void make() { check(cudaMalloc(&memory_, bytes_), "memory"); }
  ~Storage() { (void)cudaFree(memory_); }
  template <class F>
  void run(const F& f) {
    std::size_t bytes = bytes_;
    check(f(memory_, bytes), "CUB");
  }

 private:
  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

template <class T>
double median_milliseconds(const std::vector<T*>& columns, int rows, const T* edges, int bins, int repeats,
                           const Results<T>& out) {
  Storage storage;
  const auto each = [&](auto&& take, const T* values) {
    take([=](void* at, std::size_t& bytes) {
      return cub::DeviceHistogram::HistogramRange(at, bytes, values, out.counts, bins + 1, edges, rows);
    });
    take([=](void* at, std::size_t& bytes) { return cub::DeviceReduce::Min(at, bytes, values, out.minimum, rows); });
    take([=](void* at, std::size_t& bytes) { return cub::DeviceReduce::Max(at, bytes, values, out.maximum, rows); });
    take([=](void* at, std::size_t& bytes) {
      return cub::DeviceReduce::TransformReduce(at, bytes, values, out.powers, rows, AddPowers{}, ToPowers{}, Powers{});
    });
  };
  each([&](const auto& f) { storage.fit(f); }, columns[0]);
  storage.make();
  std::vector<float> times;
  cudaEvent_t begin;
  cudaEvent_t end;
  check(cudaEventCreate(&begin), "event");
  check(cudaEventCreate(&end), "event");
  for (int repeat = 0; repeat <= repeats; ++repeat) {
    check(cudaEventRecord(begin), "event");
    for (const T* const values : columns) each([&](const auto& f) { storage.run(f); }, values);
    check(cudaEventRecord(end), "event");
    check(cudaEventSynchronize(end), "kernels");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, begin, end), "event");
    if (repeat > 0) times.push_back(milliseconds);
  }
  std::sort(times.begin(), times.end());
  return static_cast<double>(times[times.size() / 2]);
}

/// Quantiles of the bell, as in ../cuda/numbers.cpp.
template <class T>
std::vector<T> quantiles(int bins) {
  std::uint64_t state = 1;
  std::vector<double> values(100'000);
  for (double& value : values) value = static_cast<double>(static_cast<float>(draw(Shape::bell, state)));
  std::sort(values.begin(), values.end());
  std::vector<T> edges;
  for (int i = 0; i <= bins; ++i)
    edges.push_back(
        static_cast<T>(values[static_cast<std::size_t>(i) * (values.size() - 1) / static_cast<std::size_t>(bins)]));
  return edges;
}

template <class T>
void run_type(const char* type, Shape shape, const char* shape_name, int columns, int rows, int repeats,
              const std::vector<int>& all_bins) {
  const auto host = draw_columns<T>(shape, static_cast<std::size_t>(columns), static_cast<std::size_t>(rows));
  std::vector<T*> on_device;
  for (const std::vector<T>& values : host) {
    T* at = nullptr;
    check(cudaMalloc(&at, values.size() * sizeof(T)), "memory");
    check(cudaMemcpy(at, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice), "copy");
    on_device.push_back(at);
  }
  Results<T> out{};
  check(cudaMalloc(&out.minimum, sizeof(T)), "memory");
  check(cudaMalloc(&out.maximum, sizeof(T)), "memory");
  check(cudaMalloc(&out.powers, sizeof(Powers)), "memory");
  check(cudaMalloc(&out.counts, 4096 * sizeof(unsigned)), "memory");
  for (const int bins : all_bins) {
    const std::vector<T> edges = quantiles<T>(bins);
    T* at = nullptr;
    check(cudaMalloc(&at, edges.size() * sizeof(T)), "memory");
    check(cudaMemcpy(at, edges.data(), edges.size() * sizeof(T), cudaMemcpyHostToDevice), "copy");
    const double milliseconds = median_milliseconds(on_device, rows, at, bins, repeats, out);
    const double bytes = static_cast<double>(columns) * rows * sizeof(T);
    std::printf("| CUB, %s%s, %d bins | %d columns x %d rows | %.3f | %.0f |\n", type, shape_name, bins, columns, rows,
                milliseconds, bytes / (milliseconds * 1e-3) / 1e9);
    std::fflush(stdout);
    check(cudaFree(at), "memory");
  }
  for (T* const values : on_device) check(cudaFree(values), "memory");
  check(cudaFree(out.minimum), "memory");
  check(cudaFree(out.maximum), "memory");
  check(cudaFree(out.powers), "memory");
  check(cudaFree(out.counts), "memory");
}

}  // namespace
}  // namespace longwatch

int main(int count, char** arguments) {
  using longwatch::Shape;
  const auto number = [&](int at, int otherwise) { return count > at ? std::atoi(arguments[at]) : otherwise; };
  const int columns = number(1, 50);
  const int rows = number(2, 10'000'000);
  const int repeats = number(3, 30);
  if (columns < 1 || rows < 1 || repeats < 1) {
    std::fputs("Usage: benchmark_cub [COLUMNS [ROWS [REPEATS]]]\n", stderr);
    return 2;
  }
  int devices = 0;
  longwatch::check(cudaGetDeviceCount(&devices), "no GPU can be used");
  std::printf("CUB %d.%d.%d, median of %d; GB/s of the columns, read once.\n\n", CUB_MAJOR_VERSION, CUB_MINOR_VERSION,
              CUB_SUBMINOR_VERSION, repeats);
  std::printf("| peer | columns | ms | GB/s |\n|---|---|---|---|\n");
  const std::vector<int> all{64, 256, 1024};
  longwatch::run_type<float>("float32", Shape::bell, "", columns, rows, repeats, all);
  longwatch::run_type<double>("float64", Shape::bell, "", columns, rows, repeats, all);
  longwatch::run_type<float>("float32", Shape::constant, ", constant", columns, rows, repeats, {64});
  longwatch::run_type<float>("float32", Shape::mostly_zero, ", 90 % zeros", columns, rows, repeats, {64});
  longwatch::run_type<float>("float32", Shape::five_values, ", five values", columns, rows, repeats, {64});
  return 0;
}

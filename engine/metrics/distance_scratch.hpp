#pragma once
// What distances of one column work out for chunks of so many rows, kept from one chunk to the next.

#include <map>
#include <memory>
#include <utility>

namespace longwatch::metrics {

struct NullTerms;

/// Changes no value: what is kept would be worked out again, to the same bits. For one thread at a time. Holds what the
/// last number of rows needed, so chunks of equal rows share it and others leave nothing behind.
class DistanceScratch {
 public:
  /// The T for chunks of `rows` rows and `part`, which points into `terms`; made by make() where there is none yet.
  template <class T, class Make>
  T& get(const std::shared_ptr<const NullTerms>& terms, const void* part, double rows, Make make) {
    if (terms != terms_ || rows != rows_) kept_.clear();
    terms_ = terms;
    rows_ = rows;
    std::shared_ptr<void>& place = kept_[{&kType<T>, part}];
    if (place == nullptr) place = std::make_shared<T>(make());
    return *static_cast<T*>(place.get());
  }

 private:
  template <class T>
  static constexpr char kType = 0;

  std::shared_ptr<const NullTerms> terms_;
  double rows_ = -1;
  std::map<std::pair<const void*, const void*>, std::shared_ptr<void>> kept_;
};

}  // namespace longwatch::metrics

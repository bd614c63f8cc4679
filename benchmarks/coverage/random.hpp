#pragma once
// Random numbers of the coverage program: SplitMix64 (Steele, Lea and Flood 2014), a stream for every replication.

#include <cstdint>

namespace longwatch::coverage {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) { state_ = bits(); }
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace longwatch::coverage

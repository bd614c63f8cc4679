// Partition: checked edges, the unit of every open cell, and the edges beyond a reference's range.
#include "engine/state/partition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

// The largest power of two u with width * u <= 2^32. The width is finite and positive.
double unit_of(double width) {
  int exponent = 0;
  const double fraction = std::frexp(width, &exponent);  // width = fraction * 2^exponent, 0.5 <= fraction < 1
  const int unit = 32 - (fraction == 0.5 ? exponent - 1 : exponent);
  return std::ldexp(1.0, std::min(unit, std::numeric_limits<double>::max_exponent - 1));
}

Error bad_edges(std::string what) {
  return Error{ErrorCode::data,
               "the edges of a partition " + std::move(what),
               {},
               "edges must be finite and strictly increasing"};
}

// 2^(k / 8) for k = 0 ... 7: literals, so that no mathematical library decides the bits of an edge.
constexpr double kEighths[8] = {1.0,
                                1.0905077326652577,
                                1.189207115002721,
                                1.2968395546510096,
                                1.4142135623730951,
                                1.5422108254079407,
                                1.681792830507429,
                                1.8340080864093424};
constexpr int kOctaves = 14;

}  // namespace

Result<Partition> Partition::make(std::vector<double> edges, std::size_t first_inside, std::size_t last_inside) {
  if (edges.empty()) return bad_edges("are none");
  if (edges.size() > std::numeric_limits<std::uint32_t>::max() / 2) return bad_edges("are too many");
  Partition partition;
  partition.units_.assign(edges.size() + 1, 0);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    edges[i] += 0.0;  // -0 is 0
    if (!std::isfinite(edges[i])) return bad_edges("are not all finite");
    if (i == 0) continue;
    const double width = edges[i] - edges[i - 1];
    if (!(width > 0)) return bad_edges("do not increase at " + shortest(edges[i]));
    if (!std::isfinite(width))
      return bad_edges("leave a gap wider than the largest double below " + shortest(edges[i]));
    partition.units_[i] = unit_of(width);
  }
  if (first_inside > last_inside || last_inside >= edges.size())
    return bad_edges("do not contain the reference's range");
  partition.edges_ = std::move(edges);
  partition.first_inside_ = first_inside;
  partition.last_inside_ = last_inside;
  return partition;
}

std::size_t Partition::cell_of(double x) const {
  const auto right = std::upper_bound(edges_.begin(), edges_.end(), x);
  const auto u = static_cast<std::size_t>(right - edges_.begin());
  return 2 * u - (u > 0 && edges_[u - 1] == x ? 1 : 0);
}

void Partition::serialize(ByteWriter& out) const {
  out.u64(edges_.size());
  for (const double edge : edges_) out.f64(edge);
  out.u64(first_inside_);
  out.u64(last_inside_);
}

Result<Partition> Partition::deserialize(ByteReader& in) {
  std::vector<double> edges(in.count(sizeof(double)));
  for (double& edge : edges) edge = in.f64();
  const std::uint64_t first_inside = in.u64();
  const std::uint64_t last_inside = in.u64();
  LW_CHECK(in.finish("partition"));
  if (!edges.empty()) return make(std::move(edges), first_inside, last_inside);
  if (first_inside != 0 || last_inside != 0) return malformed("partition", "a range without edges");
  return Partition();
}

std::vector<double> edges_beyond(double minimum, double maximum) {
  double largest = std::max(std::abs(minimum), std::abs(maximum));
  if (largest == 0) largest = 1;
  std::vector<double> edges;
  const auto add_outside = [&](double edge) {
    if (edge < minimum || edge > maximum) edges.push_back(edge);
  };
  for (int k = -8 * kOctaves; k <= 8 * kOctaves; ++k) {
    const int octave = (k + 8 * kOctaves) / 8 - kOctaves;  // floor(k / 8)
    const double size = std::ldexp(largest, octave) * kEighths[k - 8 * octave];
    if (!std::isfinite(size)) break;
    add_outside(size);
    add_outside(-size);
  }
  if (!std::isfinite(maximum - minimum)) {
    edges.push_back(0);
  } else {
    add_outside(0.0);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());  // near the smallest doubles sizes coincide
  return edges;
}

}  // namespace longwatch

#pragma once
// The bins of a numeric column, fixed by the reference.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/state/bytes.hpp"

namespace longwatch {

/// K strictly increasing finite edges make 2K + 1 cells: cell 2i + 1 is the value edges[i] itself (an atom), cell 2i
/// the open interval between edges[i - 1] and edges[i], cell 0 all below, cell 2K all above. Every finite value has
/// exactly one cell; -0 is 0. Edges from `first_inside` to `last_inside` lie within the reference's range:
/// edges[first_inside] is its minimum and edges[last_inside] its maximum.
class Partition {
 public:
  Partition() = default;
  /// `edges` strictly increasing and finite, with finite gaps, -0 as 0; first_inside <= last_inside < edges.size() (all
  /// checked). A default partition has one cell, for a column without values.
  static Result<Partition> make(std::vector<double> edges, std::size_t first_inside, std::size_t last_inside);

  [[nodiscard]] std::span<const double> edges() const { return edges_; }
  [[nodiscard]] std::size_t cells() const { return 2 * edges_.size() + 1; }
  [[nodiscard]] std::size_t first_inside() const { return first_inside_; }
  [[nodiscard]] std::size_t last_inside() const { return last_inside_; }
  /// The cell of a finite value: 2 u - (u > 0 && edges[u - 1] == x), u = searchsorted(edges, x, 'right'). O(log K).
  [[nodiscard]] std::size_t cell_of(double x) const;

  /// Open cell i (0 ... K) holds sums of (x - left(i)) in units of 1 / unit(i), unit a power of two such that a term is
  /// at most 2^32. The outermost open cells (0 and K) have no bound and keep exact sums of x instead.
  [[nodiscard]] double left(std::size_t open_cell) const { return edges_[open_cell - 1]; }
  [[nodiscard]] double unit(std::size_t open_cell) const { return units_[open_cell]; }
  [[nodiscard]] std::span<const double> units() const { return units_; }  ///< K + 1; 0 for the outermost

  bool operator==(const Partition& other) const {
    return edges_ == other.edges_ && first_inside_ == other.first_inside_ && last_inside_ == other.last_inside_;
  }
  void serialize(ByteWriter& out) const;
  static Result<Partition> deserialize(ByteReader& in);

 private:
  std::vector<double> edges_;
  std::vector<double> units_ = {0};
  std::size_t first_inside_ = 0;
  std::size_t last_inside_ = 0;
};

/// The edges beyond a reference's range [minimum, maximum] (finite), increasing: geometric in |x| with ratio 2^(1/8),
/// from 2^-14 to 2^14 times max(|minimum|, |maximum|) (1 where both are 0) on either side of zero, and zero itself. A
/// value there is known to 4.5 %. Only edges outside the range, but for a zero where the range is wider than the
/// largest double.
std::vector<double> edges_beyond(double minimum, double maximum);

}  // namespace longwatch

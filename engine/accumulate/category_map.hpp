#pragma once
// From a slab's dictionary to the reference's categories, worked out once per dictionary.

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// Looks texts up among a column's reference categories. Immutable; shared by all workers.
class CategoryIndex {
 public:
  explicit CategoryIndex(const ColumnProfile& column);
  /// The category's code, or -1.
  [[nodiscard]] std::int32_t find(std::string_view text) const;
  [[nodiscard]] const ColumnProfile& column() const { return *column_; }

 private:
  const ColumnProfile* column_;
  std::unordered_map<std::string_view, std::int32_t> codes_;
};

/// One worker's translation of one column, kept while the dictionary stays the same.
class CategoryMap {
 public:
  explicit CategoryMap(const CategoryIndex& index) : index_(&index) {}
  /// Brings the map up to date with a slab's dictionary.
  void use(const CategoryDictionary& dictionary);
  /// z by slab code, for the PCA.
  [[nodiscard]] const double* z() const { return z_.data(); }
  /// Adds what an item counted to a cell.
  void add_to(const CategoryPartial& partial, CategoryState& state) const;

 private:
  const CategoryIndex* index_;
  const CategoryDictionary* dictionary_ = nullptr;
  std::uint64_t serial_ = 0;
  std::vector<std::int32_t> codes_;    // by slab code, -1 where unseen
  std::vector<std::uint64_t> hashes_;  // by slab code
  std::vector<double> z_;
};

/// The z of category `code` (-1: one the reference lacks).
double category_z(const ColumnProfile& column, std::int32_t code);
/// The z of a missing value.
double missing_z(const ColumnProfile& column);

}  // namespace longwatch

#pragma once
// From a slab's dictionary to the reference's categories, worked out once per dictionary.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/model/class_labels.hpp"
#include "engine/profile/profile.hpp"

namespace longwatch {

/// Looks texts up among a column's reference categories. Immutable; shared by all workers.
class CategoryIndex {
 public:
  /// `labels`: what the texts of a column of labels stand for, which its categories are; null: texts are categories.
  explicit CategoryIndex(const ColumnProfile& column, const LabelRule* labels = nullptr);
  /// The category's code, or -1.
  [[nodiscard]] std::int32_t find(std::string_view text) const;
  [[nodiscard]] const ColumnProfile& column() const { return *column_; }
  [[nodiscard]] const LabelRule* labels() const { return labels_; }

 private:
  const ColumnProfile* column_;
  const LabelRule* labels_;
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
  [[nodiscard]] std::string_view category_of(std::size_t code) const {
    return index_->labels() == nullptr ? dictionary_->texts[code] : labels_[code];
  }

  const CategoryIndex* index_;
  const CategoryDictionary* dictionary_ = nullptr;
  std::uint64_t serial_ = 0;
  std::vector<std::string> labels_;    // by slab code, where texts stand for them
  std::vector<std::int32_t> codes_;    // by slab code, -1 where unseen
  std::vector<std::uint64_t> hashes_;  // by slab code
  std::vector<double> z_;
};

/// The z of category `code` (-1: one the reference lacks).
double category_z(const ColumnProfile& column, std::int32_t code);
/// The z of a missing value.
double missing_z(const ColumnProfile& column);

}  // namespace longwatch

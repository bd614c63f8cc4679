// Dictionary translation: texts are looked up once per dictionary, rows only carry codes.
#include "engine/accumulate/category_map.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"

namespace longwatch {
namespace {

constexpr std::int32_t kUnseenCode = -1;
constexpr std::int32_t kNanCode = -2;

bool floating(const ColumnProfile& column) {
  const std::string& type = column.column.file_type;
  return type == "float" || type == "double" || type == "float16" || type == "halffloat";
}

// A file's dictionary may hold a text twice.
void join_equal(std::vector<CategoryState::Entry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (kept > 0 && entries[kept - 1].code == entries[i].code) {
      entries[kept - 1].count += entries[i].count;
    } else {
      entries[kept++] = entries[i];
    }
  }
  entries.resize(kept);
}

void join_equal(std::vector<UnseenValue>& values) {
  std::sort(values.begin(), values.end(),
            [](const auto& a, const auto& b) { return a.hash != b.hash ? a.hash < b.hash : a.text < b.text; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kept > 0 && values[kept - 1].hash == values[i].hash && values[kept - 1].text == values[i].text) {
      values[kept - 1].count += values[i].count;
    } else if (kept++ != i) {
      values[kept - 1] = std::move(values[i]);
    }
  }
  values.resize(std::min(kept, kKeptUnseen));
}

}  // namespace

CategoryIndex::CategoryIndex(const ColumnProfile& column, const LabelRule* labels) : column_(&column), labels_(labels) {
  codes_.reserve(column.categories.size());
  for (std::size_t i = 0; i < column.categories.size(); ++i)
    codes_.emplace(column.categories[i], static_cast<std::int32_t>(i));
}

std::int32_t CategoryIndex::find(std::string_view text) const {
  const auto found = codes_.find(text);
  return found == codes_.end() ? kUnseenCode : found->second;
}

double category_z(const ColumnProfile& column, std::int32_t code) {
  const double share = code < 0 ? 0 : column.shares[static_cast<std::size_t>(code)];
  return (share - column.mean) * (1 / column.deviation);
}

double missing_z(const ColumnProfile& column) { return (column.imputed - column.mean) * (1 / column.deviation); }

void CategoryMap::use(const CategoryDictionary& dictionary) {
  dictionary_ = &dictionary;
  if (serial_ == dictionary.serial && codes_.size() == dictionary.texts.size()) return;
  serial_ = dictionary.serial;
  const std::size_t size = dictionary.texts.size();
  labels_.clear();
  for (std::size_t i = 0; i < size && index_->labels() != nullptr; ++i)
    labels_.push_back(index_->labels()->of(dictionary.texts[i]));
  codes_.resize(size);
  hashes_.resize(size);
  z_.resize(size);
  const bool encoded = !index_->column().shares.empty();
  for (std::size_t i = 0; i < size; ++i) {
    codes_[i] = index_->find(category_of(i));
    if (codes_[i] == kUnseenCode && dictionary.texts[i] == "nan" && floating(index_->column())) codes_[i] = kNanCode;
    hashes_[i] = hash_text(category_of(i));
    z_[i] = !encoded                ? 0
            : codes_[i] == kNanCode ? missing_z(index_->column())
                                    : category_z(index_->column(), codes_[i]);
  }
}

void CategoryMap::add_to(const CategoryPartial& partial, CategoryState& state) const {
  CategoryState delta;
  delta.counts = partial.counts;
  for (std::size_t i = 0; i < codes_.size(); ++i) {
    const std::int64_t count = partial.by_code[i];
    if (count == 0) continue;
    if (codes_[i] == kNanCode) {
      delta.counts.nans += count;
      continue;
    }
    delta.distinct.add_hash(hashes_[i]);
    if (codes_[i] >= 0) {
      delta.categories.push_back({static_cast<std::uint32_t>(codes_[i]), count});
    } else if (index_->column().cut) {
      delta.other += count;
    } else {
      delta.unseen += count;
      delta.unseen_values.push_back({hashes_[i], std::string(category_of(i)), count});
    }
  }
  join_equal(delta.categories);
  join_equal(delta.unseen_values);
  state.merge(delta);
}

}  // namespace longwatch

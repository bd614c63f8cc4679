// Copies slabs into one array per column, and hands out views of it.
#include "engine/source/kept_column.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

#include "engine/source/text_pool.hpp"

namespace longwatch::reading {
namespace {

constexpr std::size_t kMostTexts = 65'536;

std::size_t width_of(ValueType type) {
  switch (type) {
    case ValueType::float32:
      return 4;
    case ValueType::code32:
      return 2;  // as kept
    default:
      return 8;
  }
}

}  // namespace

bool KeptColumn::same_dictionary(const CategoryDictionary& dictionary) const {
  if (rows_ == 0 || dictionary.serial == dictionary_.serial) return true;
  // A dictionary that only grew keeps its codes.
  return dictionary.owner != nullptr && dictionary.owner == dictionary_.owner &&
         dictionary.texts.size() >= dictionary_.texts.size();
}

bool KeptColumn::append(const ColumnView& view) {
  if (view.type == ValueType::micros64 || rows_ + view.length > capacity_) return false;
  const std::size_t width = width_of(view.type);
  if (values_ == nullptr) {
    type_ = view.type;
    values_ = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(capacity_) * width);
  }
  if (view.type != type_) return false;
  std::byte* const at = values_.get() + static_cast<std::size_t>(rows_) * width;
  if (type_ == ValueType::code32) {
    if (view.dictionary->texts.size() > kMostTexts || !same_dictionary(*view.dictionary)) return false;
    if (rows_ == 0 || dictionary_.serial != view.dictionary->serial) dictionary_ = *view.dictionary;
    const auto* codes = static_cast<const std::int32_t*>(view.values);
    auto* kept = reinterpret_cast<std::uint16_t*>(at);
    for (std::int64_t i = 0; i < view.length; ++i) kept[i] = static_cast<std::uint16_t>(codes[i]);
  } else {
    std::memcpy(at, view.values, static_cast<std::size_t>(view.length) * width);
  }
  append_validity(view);
  rows_ += view.length;
  nulls_ += view.nulls;
  return true;
}

void KeptColumn::append_validity(const ColumnView& view) {
  if (view.nulls == 0 && nulls_ == 0) return;
  if (nulls_ == 0) validity_.assign(static_cast<std::size_t>((capacity_ + 7) / 8), 0xFF);
  for (std::int64_t i = 0; i < view.length && view.nulls != 0; ++i) {
    const std::int64_t bit = rows_ + i;
    if (!view.valid(i)) validity_[static_cast<std::size_t>(bit >> 3)] &= static_cast<std::uint8_t>(~(1U << (bit & 7)));
  }
}

void KeptColumn::finish() {
  whole_.values = values_.get();
  whole_.validity = nulls_ == 0 ? nullptr : validity_.data();
  whole_.rows = rows_;
  whole_.value_bytes = static_cast<std::int32_t>(width_of(type_));
  whole_.serial = next_serial();
  if (type_ != ValueType::code32) return;
  std::size_t size = 0;
  for (const std::string_view text : dictionary_.texts) size += text.size();
  texts_.reserve(size);
  for (std::string_view& text : dictionary_.texts) {
    texts_.append(text);
    text = std::string_view(texts_).substr(texts_.size() - text.size());
  }
  dictionary_.owner = nullptr;
  dictionary_.serial = next_serial();
}

std::int64_t KeptColumn::nulls_in(std::int64_t begin, std::int64_t count) const {
  if (nulls_ == 0) return 0;
  std::int64_t valid = 0;
  std::int64_t bit = begin;
  const std::int64_t end = begin + count;
  const auto one = [&](std::int64_t at) { return (validity_[static_cast<std::size_t>(at >> 3)] >> (at & 7)) & 1; };
  for (; bit < end && (bit & 7) != 0; ++bit) valid += one(bit);
  for (; bit + 8 <= end; bit += 8) valid += std::popcount(validity_[static_cast<std::size_t>(bit >> 3)]);
  for (; bit < end; ++bit) valid += one(bit);
  return count - valid;
}

ColumnView KeptColumn::view(std::int64_t begin, std::int64_t count, std::vector<std::int32_t>& codes) const {
  ColumnView view;
  view.type = type_;
  view.length = count;
  view.nulls = nulls_in(begin, count);
  view.validity = nulls_ == 0 ? nullptr : validity_.data();
  view.bit_offset = begin;
  const std::byte* const at = values_.get() + static_cast<std::size_t>(begin) * width_of(type_);
  view.values = at;
  view.whole = whole_.values == nullptr ? nullptr : &whole_;
  view.whole_row = begin;
  if (type_ != ValueType::code32) return view;
  codes.resize(static_cast<std::size_t>(count));
  const auto* kept = reinterpret_cast<const std::uint16_t*>(at);
  for (std::int64_t i = 0; i < count; ++i) codes[static_cast<std::size_t>(i)] = kept[i];
  view.values = codes.data();
  view.dictionary = &dictionary_;
  return view;
}

}  // namespace longwatch::reading

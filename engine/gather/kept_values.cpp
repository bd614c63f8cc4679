// Scatters slabs into one array a column; texts go into one table, looked up once a slab's dictionary.
#include "engine/gather/kept_values.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

namespace longwatch {
namespace {

template <class T>
void scatter(const ColumnView& view, std::span<const std::uint32_t> places, double* out) {
  const T* values = static_cast<const T*>(view.values);
  for (std::int64_t i = 0; i < view.length; ++i) {
    const std::uint32_t place = places[static_cast<std::size_t>(i)];
    if (place != kNotKept) out[place] = values[i];
  }
}

}  // namespace

KeptValues::KeptValues(ReadAs as, std::int64_t rows) : as_(as) {
  const auto size = static_cast<std::size_t>(rows);
  if (as == ReadAs::category) {
    codes_ = std::make_unique_for_overwrite<std::int32_t[]>(size);
  } else {
    numbers_ = std::make_unique_for_overwrite<double[]>(size);
  }
  validity_.assign(size / 8 + 1, 0xFF);
}

bool KeptValues::put(const ColumnView& view, std::span<const std::uint32_t> places, Translation& translation) {
  if ((as_ == ReadAs::category) != (view.type == ValueType::code32) || view.type == ValueType::micros64) return false;
  if (view.nulls > 0) {
    for (std::int64_t i = 0; i < view.length; ++i) {
      const std::uint32_t place = places[static_cast<std::size_t>(i)];
      if (place != kNotKept && !view.valid(i)) mark_null(place);
    }
  }
  if (view.type == ValueType::code32) {
    put_codes(view, places, translation);
  } else if (view.type == ValueType::float32) {
    scatter<float>(view, places, numbers_.get());
  } else {
    scatter<double>(view, places, numbers_.get());
  }
  return true;
}

void KeptValues::put_codes(const ColumnView& view, std::span<const std::uint32_t> places, Translation& translation) {
  const std::vector<std::string_view>& texts = view.dictionary->texts;
  if (translation.serial != view.dictionary->serial || translation.codes.size() != texts.size()) {
    translation.serial = view.dictionary->serial;
    translation.codes.assign(texts.size(), -1);
  }
  const auto* codes = static_cast<const std::int32_t*>(view.values);
  std::unique_lock guard(lock_, std::defer_lock);
  for (std::int64_t i = 0; i < view.length; ++i) {
    const std::uint32_t place = places[static_cast<std::size_t>(i)];
    if (place == kNotKept) continue;
    if (view.nulls > 0 && !view.valid(i)) {
      codes_[place] = -1;
      continue;
    }
    std::int32_t& code = translation.codes[static_cast<std::size_t>(codes[i])];
    if (code < 0) {
      if (!guard.owns_lock()) guard.lock();
      bool added = false;
      code = texts_.code(texts[static_cast<std::size_t>(codes[i])], added);
    }
    codes_[place] = code;
  }
}

void KeptValues::mark_null(std::uint32_t place) {
  const std::atomic_ref<std::uint8_t> byte(validity_[place >> 3]);
  byte.fetch_and(static_cast<std::uint8_t>(~(1U << (place & 7))), std::memory_order_relaxed);
}

std::int64_t KeptValues::text_bytes() const {
  constexpr std::int64_t kPerText = 48;  // of the table
  const std::lock_guard guard(lock_);
  return static_cast<std::int64_t>(texts_.stored_bytes()) + static_cast<std::int64_t>(texts_.keys().size()) * kPerText;
}

CategoryDictionary KeptValues::make_dictionary(std::int64_t begin, std::int64_t end) {
  CategoryDictionary out;
  out.serial = reading::next_serial();
  const std::span<std::int32_t> codes(codes_.get() + begin, static_cast<std::size_t>(end - begin));
  std::vector<std::int32_t> occurring;
  const auto add = [&](std::int32_t code) {
    occurring.push_back(code);
    out.texts.push_back(texts_.keys()[static_cast<std::size_t>(code)]);
  };
  if (codes.size() >= texts_.keys().size()) {
    std::vector<std::int32_t> local(texts_.keys().size(), -1);
    for (std::int32_t& code : codes) {
      if (code < 0) {
        code = 0;  // null
        continue;
      }
      std::int32_t& to = local[static_cast<std::size_t>(code)];
      if (to < 0) {
        to = static_cast<std::int32_t>(out.texts.size());
        add(code);
      }
      code = to;
    }
    return out;
  }
  std::vector<std::int32_t> sorted(codes.begin(), codes.end());  // a short range of many texts
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const std::int32_t code : sorted) {
    if (code >= 0) add(code);
  }
  for (std::int32_t& code : codes) {
    const auto at = std::lower_bound(occurring.begin(), occurring.end(), code) - occurring.begin();
    code = code < 0 ? 0 : static_cast<std::int32_t>(at);
  }
  return out;
}

std::int64_t KeptValues::nulls_in(std::int64_t begin, std::int64_t end) const {
  std::int64_t present = 0;
  std::int64_t row = begin;
  for (; row < end && (row & 7) != 0; ++row) present += valid(row) ? 1 : 0;
  for (; row + 8 <= end; row += 8) present += std::popcount(validity_[static_cast<std::size_t>(row >> 3)]);
  for (; row < end; ++row) present += valid(row) ? 1 : 0;
  return end - begin - present;
}

ColumnView KeptValues::view(std::int64_t begin, std::int64_t rows, const CategoryDictionary* dictionary) const {
  ColumnView out;
  out.length = rows;
  out.nulls = nulls_in(begin, begin + rows);
  out.validity = out.nulls == 0 ? nullptr : validity_.data();
  out.bit_offset = begin;
  if (as_ == ReadAs::category) {
    out.type = ValueType::code32;
    out.values = codes_.get() + begin;
    out.dictionary = dictionary;
  } else {
    out.type = ValueType::float64;
    out.values = numbers_.get() + begin;
  }
  return out;
}

}  // namespace longwatch

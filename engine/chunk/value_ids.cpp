// Translates category codes to ids.
#include "engine/chunk/value_ids.hpp"

namespace longwatch {

std::int32_t ValueIds::add(std::string_view text, std::int32_t id) {
  if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
  ids_.emplace(texts_.emplace_back(text), id);
  return id;
}

void ValueIds::use(const CategoryDictionary* dictionary) {
  if (dictionary == nullptr) {
    by_code_.clear();
    return;
  }
  if (dictionary->serial == serial_ && dictionary->texts.size() == by_code_.size()) return;
  serial_ = dictionary->serial;
  by_code_.resize(dictionary->texts.size());
  for (std::size_t code = 0; code < by_code_.size(); ++code) {
    const std::string_view text = dictionary->texts[code];
    if (adding_) {
      by_code_[code] = add(text, next());
    } else {
      const auto found = ids_.find(text);
      by_code_[code] = found == ids_.end() ? -1 : found->second;
    }
  }
}

void ValueIds::translate(const ColumnView& view, std::int64_t rows, std::int32_t* out) {
  use(view.dictionary);
  const auto* codes = static_cast<const std::int32_t*>(view.values);
  const std::int32_t* ids = by_code_.data();
  const std::size_t known = by_code_.size();
  const auto id_of = [&](std::int32_t code) {  // a code outside the dictionary is a defect elsewhere; do not read there
    return static_cast<std::size_t>(code) < known ? ids[code] : -1;
  };
  if (view.nulls == 0) {
    for (std::int64_t i = 0; i < rows; ++i) out[i] = id_of(codes[i]);
  } else {
    for (std::int64_t i = 0; i < rows; ++i) out[i] = view.valid(i) ? id_of(codes[i]) : missing_;
  }
}

}  // namespace longwatch

// Labels are compared as what they stand for.
#include "engine/accumulate/class_codes.hpp"

#include "engine/state/row.hpp"

namespace longwatch {

ClassColumn ClassCodes::column(const ColumnView& view) {
  if (!used_ || serial_ != view.dictionary->serial) {
    codes_.clear();
    for (const std::string_view text : view.dictionary->texts) {
      const std::string label = rule_->of(text);
      std::int16_t code = row::kNoClass;
      for (std::size_t i = 0; i < classes_->size() && !label.empty(); ++i) {
        if ((*classes_)[i] == label) code = static_cast<std::int16_t>(i);
      }
      codes_.push_back(code);
    }
    serial_ = view.dictionary->serial;
    used_ = true;
  }
  return {view, codes_.data(), codes_.size()};
}

}  // namespace longwatch

// What a dictionary means is worked out once a dictionary, and only for codes that occur.
#include "engine/labels/label_reader.hpp"

#include <bit>
#include <cmath>

namespace longwatch {
namespace {

Location place_of(const Source& source, const RowGroup& group, const ColumnInfo& column) {
  Location where;
  where.file = source.files()[static_cast<std::size_t>(group.file)].path;
  where.row_group = group.index;
  where.column = column.name;
  return where;
}

Error misread(const Location& where) {
  return {ErrorCode::internal, "the reader did not deliver the values it was asked for", where, ""};
}

template <class T>
void take_numbers(const ColumnView& view, std::vector<std::uint64_t>& out) {
  const auto* values = static_cast<const T*>(view.values);
  for (std::int64_t i = 0; i < view.length; ++i) {
    const double value = values[i];
    const bool known = view.valid(i) && !std::isnan(value);
    out[static_cast<std::size_t>(i)] = known ? std::bit_cast<std::uint64_t>(value) : kNoLabel;
  }
}

}  // namespace

Result<LabelReader> LabelReader::open(const Source& source, const RowGroup& group, const ColumnInfo& column,
                                      LabelTexts* texts) {
  LabelReader out;
  out.texts_ = texts;
  out.where_ = place_of(source, group, column);
  out.floating_ = column.type == FileType::floating;
  LW_TRY(out.reader_, source.read(group, column.name, texts == nullptr ? ReadAs::number : ReadAs::category));
  return out;
}

Result<void> LabelReader::next(std::vector<std::uint64_t>& out) {
  const auto rows = static_cast<std::int64_t>(out.size());
  LW_TRY(const ColumnView view, reader_->next(rows));
  if (view.length != rows || (view.type == ValueType::code32) != (texts_ != nullptr)) return misread(where_);
  if (texts_ != nullptr) return take_texts(view, out);
  if (view.type == ValueType::float32) {
    take_numbers<float>(view, out);
  } else {
    take_numbers<double>(view, out);
  }
  return {};
}

Result<void> LabelReader::take_texts(const ColumnView& view, std::vector<std::uint64_t>& out) {
  const std::vector<std::string_view>& texts = view.dictionary->texts;
  if (serial_ != view.dictionary->serial || labels_.size() != texts.size()) {
    serial_ = view.dictionary->serial;
    labels_.resize(texts.size());
    known_.assign(texts.size(), false);
  }
  const auto* codes = static_cast<const std::int32_t*>(view.values);
  for (std::int64_t i = 0; i < view.length; ++i) {
    std::uint64_t& to = out[static_cast<std::size_t>(i)];
    to = kNoLabel;
    if (!view.valid(i)) continue;
    const auto code = static_cast<std::size_t>(codes[i]);
    if (!known_[code]) {
      LW_TRY(labels_[code], label_of(texts[code]));
      known_[code] = true;
    }
    to = labels_[code];
  }
  return {};
}

Result<std::uint64_t> LabelReader::label_of(std::string_view text) const {
  if ((floating_ && text == "nan") || canonical_label(text).empty()) return kNoLabel;
  const auto code = texts_->code(text);
  if (code) return std::uint64_t{*code};
  return Error{ErrorCode::data, "there are more than " + std::to_string(LabelTexts::kMost) + " different labels", where_,
               "is this the target of a classifier?"};
}

Result<IdReader> IdReader::open(const Source& source, const RowGroup& group, const ColumnInfo& column) {
  IdReader out;
  out.where_ = place_of(source, group, column);
  out.floating_ = column.type == FileType::floating;
  LW_TRY(out.reader_, source.read(group, column.name, ReadAs::category));
  return out;
}

Result<void> IdReader::next(std::vector<Hash128>& out, std::vector<std::uint8_t>& present) {
  const auto rows = static_cast<std::int64_t>(out.size());
  LW_TRY(const ColumnView view, reader_->next(rows));
  if (view.length != rows || view.type != ValueType::code32) return misread(where_);
  const std::vector<std::string_view>& texts = view.dictionary->texts;
  if (serial_ != view.dictionary->serial || hashes_.size() != texts.size()) {
    serial_ = view.dictionary->serial;
    hashes_.resize(texts.size());
    known_.assign(texts.size(), 0);
  }
  const auto* codes = static_cast<const std::int32_t*>(view.values);
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto row = static_cast<std::size_t>(i);
    present[row] = 0;
    if (!view.valid(i)) continue;
    const auto code = static_cast<std::size_t>(codes[i]);
    if (floating_ && texts[code] == "nan") continue;
    if (known_[code] == 0) hashes_[code] = sip_hash128(texts[code]);
    known_[code] = 1;
    out[row] = hashes_[code];
    present[row] = 1;
  }
  return {};
}

}  // namespace longwatch

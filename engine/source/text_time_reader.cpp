// Text columns read as times: ISO 8601, each distinct text parsed once.
#include "engine/source/text_time_reader.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "engine/source/guard.hpp"
#include "engine/source/iso_time.hpp"
#include "engine/source/readers.hpp"
#include "engine/source/slab.hpp"

namespace longwatch::reading {
namespace {

class TextTimeReader final : public ColumnReader {
 public:
  TextTimeReader(std::unique_ptr<CategoryReader> texts, Location where)
      : texts_(std::move(texts)), where_(std::move(where)) {}

  Result<ColumnView> next(std::int64_t max_rows) override {
    LW_TRY(const ColumnView texts, texts_->next(max_rows));
    return guarded(where_, [&]() -> Result<ColumnView> {
      parse_new_texts(*texts.dictionary);
      mark_rows(texts);
      if (saw_zoned_ && saw_local_) throw Corrupt("times with and without an offset are mixed in one column");
      return ColumnView{ValueType::micros64, micros_.data(),    validity_.bits(), 0,
                        texts.length,        validity_.nulls(), nullptr};
    });
  }

  [[nodiscard]] bool zoned() const override { return saw_zoned_; }

 private:
  void parse_new_texts(const CategoryDictionary& dictionary) {
    if (generation_ != texts_->generation()) parsed_.clear();
    generation_ = texts_->generation();
    for (std::size_t i = parsed_.size(); i < dictionary.texts.size(); ++i)
      parsed_.push_back(parse_iso_time(dictionary.texts[i]));
  }

  void mark_rows(const ColumnView& texts) {
    const auto* const codes = static_cast<const std::int32_t*>(texts.values);
    std::int64_t* const out = micros_.reserve(texts.length, 0);
    levels_.resize(static_cast<std::size_t>(texts.length));
    std::int64_t present = 0;
    for (std::int64_t row = 0; row < texts.length; ++row) {
      const std::optional<ParsedTime>* time =
          texts.valid(row) ? &parsed_[static_cast<std::size_t>(codes[row])] : nullptr;
      const bool good = time != nullptr && time->has_value();
      levels_[static_cast<std::size_t>(row)] = good ? 1 : 0;
      out[row] = good ? (*time)->micros : 0;
      present += good ? 1 : 0;
      if (good) ((*time)->zoned ? saw_zoned_ : saw_local_) = true;
    }
    validity_.clear();
    validity_.append(levels_.data(), texts.length, present);
  }

  std::unique_ptr<CategoryReader> texts_;
  Location where_;
  std::uint64_t generation_ = 0;
  std::vector<std::optional<ParsedTime>> parsed_;  // by code
  std::vector<std::int16_t> levels_;               // of the slab: 1 where the row has a time
  Buffer<std::int64_t> micros_;
  Validity validity_;
  bool saw_zoned_ = false;
  bool saw_local_ = false;
};

}  // namespace

std::unique_ptr<ColumnReader> text_time_reader(const LeafColumn& column, OpenChunk chunk) {
  if (column.uuid) return nullptr;
  Location where = chunk.where;
  return std::make_unique<TextTimeReader>(category_reader(column, std::move(chunk)), std::move(where));
}

}  // namespace longwatch::reading

// Reads the first rows of every column.

#include "engine/model/sample.hpp"

#include <algorithm>
#include <cmath>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

Result<void> read_texts(const Source& source, const RowGroup& group, ColumnSample& sample) {
  LW_TRY(const auto reader, source.read(group, sample.info.name, ReadAs::category));
  while (sample.rows < std::min(group.rows, kSampleRows)) {
    LW_TRY(const ColumnView view, reader->next(std::min(group.rows, kSampleRows) - sample.rows));
    if (view.length == 0) break;
    std::set<std::int32_t> codes;
    for (std::int64_t row = 0; row < view.length; ++row) {
      if (view.valid(row)) codes.insert(static_cast<const std::int32_t*>(view.values)[row]);
    }
    for (const std::int32_t code : codes) sample.texts.emplace(view.dictionary->texts[static_cast<std::size_t>(code)]);
    sample.rows += view.length;
    sample.nulls += view.nulls;
  }
  return {};
}

// The range of the numbers among the texts: they are shortest forms, so they read back exactly.
void find_range(ColumnSample& sample) {
  bool any = false;
  for (const std::string& text : sample.texts) {
    const double value = std::strtod(text.c_str(), nullptr);
    if (!std::isfinite(value)) continue;
    sample.least = any ? std::min(sample.least, value) : value;
    sample.greatest = any ? std::max(sample.greatest, value) : value;
    any = true;
  }
}

bool readable(FileType type) {
  return type != FileType::nested && type != FileType::binary && type != FileType::time && type != FileType::other &&
         type != FileType::null;
}

}  // namespace

Result<std::vector<ColumnSample>> sample_columns(const Source& source) {
  const auto& groups = source.row_groups();
  const auto first = std::find_if(groups.begin(), groups.end(), [](const RowGroup& group) { return group.rows > 0; });
  std::vector<ColumnSample> samples;
  for (const ColumnInfo& info : source.columns()) {
    const bool named = !info.name.empty() && valid_utf8(info.name) == info.name && source.find(info.name) != nullptr;
    if (!named || !readable(info.type)) continue;
    ColumnSample sample;
    sample.info = info;
    if (first != groups.end()) LW_CHECK(read_texts(source, *first, sample));
    if (sample.number()) find_range(sample);
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace longwatch

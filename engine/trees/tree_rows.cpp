// Columns are decoded one after another and written into the rows of the slab.
#include "engine/trees/tree_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/accumulate/routing.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kSlabBytes = 4 << 20;
constexpr double kMost = 1e300;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

template <class T>
double number_at(const ColumnView& view, std::int64_t row) {
  const double value = static_cast<double>(static_cast<const T*>(view.values)[row]);
  if (!view.valid(row) || std::isnan(value)) return kMissing;
  return value == 0 ? 0.0 : std::clamp(value, -kMost, kMost);
}

}  // namespace

Result<TreeColumns> TreeColumns::make(const ReferenceProfile& profile, std::span<const std::string> names) {
  TreeColumns out;
  for (const std::string& name : names) {
    const auto found = std::find_if(profile.columns.begin(), profile.columns.end(),
                                    [&](const ColumnProfile& column) { return column.column.name == name; });
    if (found == profile.columns.end()) {
      Location where;
      where.column = name;
      return Error{ErrorCode::data, "the profile's trees read a column that it lacks", where,
                   "fit the reference again"};
    }
    out.columns_.push_back(&*found);
    out.indices_.emplace_back();
    if (found->column.kind == ColumnKind::categorical) out.indices_.back().emplace(*found);
  }
  return out;
}

std::vector<std::int32_t> TreeColumns::categorical() const {
  std::vector<std::int32_t> out;
  for (std::size_t c = 0; c < size(); ++c) {
    if (indices_[c]) out.push_back(static_cast<std::int32_t>(c));
  }
  return out;
}

std::vector<std::string> tree_features(const ReferenceProfile& profile) {
  std::vector<std::string> out;
  for (const ColumnProfile& column : profile.columns) {
    if (column.column.role == Role::feature && column.usable.empty()) out.push_back(column.column.name);
  }
  return out;
}

struct TreeRows::Readers {
  // A dictionary's codes as the reference's.
  struct Codes {
    std::uint64_t serial = 0;
    std::vector<double> codes;
  };
  std::vector<std::unique_ptr<ColumnReader>> columns;
  std::vector<Codes> codes;
  std::vector<std::string> segment_names;
  std::vector<std::unique_ptr<ColumnReader>> segment_columns;
  std::optional<SegmentRouter> router;
  std::optional<ChunkCursor> cursor;
};

TreeRows::TreeRows(const Source& source, const ChunkPlan& chunks, const SegmentPlan* segments,
                   const TreeColumns& columns, std::size_t group)
    : source_(source), chunks_(chunks), segments_(segments), columns_(columns), group_(group) {}

TreeRows::~TreeRows() = default;

Result<void> TreeRows::open() {
  readers_ = std::make_unique<Readers>();
  Readers& all = *readers_;
  const RowGroup& group = source_.row_groups()[group_];
  all.codes.resize(columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const ReadAs as = columns_.categories(c) ? ReadAs::category : ReadAs::number;
    LW_TRY(auto reader, source_.read(group, columns_.column(c).column.name, as));
    all.columns.push_back(std::move(reader));
  }
  all.cursor.emplace(chunks_.runs[group_], static_cast<std::int64_t>(chunks_.chunks.size()));
  if (segments_ == nullptr) return {};
  for (const SegmentDefinition& definition : segments_->definitions) {
    for (const std::string& name : definition) {
      if (std::find(all.segment_names.begin(), all.segment_names.end(), name) != all.segment_names.end()) continue;
      all.segment_names.push_back(name);
      LW_TRY(auto reader, source_.read(group, name, ReadAs::category));
      all.segment_columns.push_back(std::move(reader));
    }
  }
  all.router.emplace(*segments_);
  segments_of_.resize(segments_->definitions.size());
  return {};
}

Result<bool> TreeRows::next() {
  if (!readers_) LW_CHECK(open());
  const RowGroup& group = source_.row_groups()[group_];
  const auto width = static_cast<std::int64_t>(columns_.size());
  rows_ = std::min(group.rows - done_, std::clamp<std::int64_t>(kSlabBytes / (8 * width), 64, 16'384));
  if (rows_ <= 0) return false;
  first_ = group.first_row + done_;
  done_ += rows_;
  values_.resize(static_cast<std::size_t>(rows_ * width));
  for (std::size_t c = 0; c < columns_.size(); ++c) LW_CHECK(read_column(c));
  LW_CHECK(route());
  return true;
}

Result<void> TreeRows::read_column(std::size_t at) {
  LW_TRY(const ColumnView view, readers_->columns[at]->next(rows_));
  const bool category = columns_.categories(at).has_value();
  if (view.length != rows_ || category != (view.type == ValueType::code32)) {
    Location where;
    where.column = columns_.column(at).column.name;
    return Error{ErrorCode::internal, "the reader did not deliver the rows it was asked for", where, ""};
  }
  double* out = values_.data() + at;
  const std::size_t width = columns_.size();
  if (!category) {
    const auto number = view.type == ValueType::float32 ? number_at<float> : number_at<double>;
    for (std::int64_t row = 0; row < rows_; ++row, out += width) *out = number(view, row);
    return {};
  }
  Readers::Codes& known = readers_->codes[at];
  const CategoryIndex& index = *columns_.categories(at);
  if (view.dictionary != nullptr &&
      (known.serial != view.dictionary->serial || known.codes.size() != view.dictionary->texts.size())) {
    known = {view.dictionary->serial, {}};
    // A number that is NaN is missing, the text "nan" is not.
    const ColumnInfo* const info = source_.find(index.column().column.name);
    const bool nan_is_missing = info != nullptr && info->type == FileType::floating;
    for (const std::string_view text : view.dictionary->texts) {
      const std::int32_t code = index.find(text);
      const double known_code = code < 0 ? static_cast<double>(index.column().categories.size()) : code;
      known.codes.push_back(nan_is_missing && text == "nan" ? kMissing : known_code);
    }
  }
  const auto* codes = static_cast<const std::int32_t*>(view.values);
  for (std::int64_t row = 0; row < rows_; ++row, out += width)
    *out = view.valid(row) ? known.codes[static_cast<std::size_t>(codes[row])] : kMissing;
  return {};
}

Result<void> TreeRows::route() {
  slots_.clear();
  for (const ChunkRun& run : readers_->cursor->next(rows_))
    slots_.insert(slots_.end(), static_cast<std::size_t>(run.rows), run.chunk);
  if (segments_ == nullptr) return {};
  std::vector<ColumnView> views(readers_->segment_columns.size());
  for (std::size_t i = 0; i < views.size(); ++i) {
    LW_TRY(views[i], readers_->segment_columns[i]->next(rows_));
  }
  for (std::size_t d = 0; d < segments_of_.size(); ++d) {
    std::vector<ColumnView> of_definition;
    for (const std::string& name : segments_->definitions[d]) {
      const auto at = std::find(readers_->segment_names.begin(), readers_->segment_names.end(), name);
      of_definition.push_back(views[static_cast<std::size_t>(at - readers_->segment_names.begin())]);
    }
    segments_of_[d].resize(static_cast<std::size_t>(rows_));
    readers_->router->route(static_cast<int>(d), of_definition, rows_, segments_of_[d].data());
  }
  return {};
}

}  // namespace longwatch

// Serializes states into row groups of bounded size.
#include "engine/output/states_file.hpp"

#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>

#include <utility>

#include "engine/output/array_columns.hpp"
#include "engine/output/parquet_file.hpp"
#include "engine/output/text_pool.hpp"

namespace longwatch {
namespace {

constexpr std::int64_t kGroupBytes = std::int64_t{64} << 20;
constexpr std::int64_t kGroupRows = std::int64_t{1} << 17;

std::shared_ptr<arrow::Schema> states_schema() {
  return arrow::schema({arrow::field("model", text_type()), arrow::field("period", text_type()),
                        arrow::field("segment_column", text_type()), arrow::field("segment_value", text_type()),
                        arrow::field("chunk_index", arrow::int64()), arrow::field("chunk_key", text_type()),
                        arrow::field("chunk_start", instant_type()), arrow::field("chunk_end", instant_type()),
                        arrow::field("column", text_type()), arrow::field("kind", text_type()),
                        arrow::field("rows", arrow::int64()), arrow::field("state", arrow::binary())});
}

// The key of a state. Texts are pooled.
struct Key {
  Text model, period;
  const Segment* segment = nullptr;
  const Chunk* chunk = nullptr;  // null: no chunk
  Text column;
};

}  // namespace

struct StatesFile::Impl {
  explicit Impl(ParquetFile parquet) : file(std::move(parquet)) {}

  template <class State>
  Result<void> add(const Key& key, const char* kind_name, std::int64_t state_rows, const State& state_value) {
    if (state_rows == 0) return {};
    add_key(key, kind_name);
    rows.add(state_rows, true);
    ByteWriter writer;
    state_value.serialize(writer);
    const std::string& bytes = writer.bytes();
    LW_CHECK(guarded("", [&] { return state.Append(bytes.data(), static_cast<std::int64_t>(bytes.size())); }));
    if (state.value_data_length() >= kGroupBytes || state.length() >= kGroupRows) return flush();
    return {};
  }

  void add_key(const Key& key, const char* kind_name) {
    const bool all = key.segment->definition < 0;
    const bool timed = key.chunk != nullptr && key.chunk->timed;
    model.add(key.model.view());
    period.add(key.period.view());
    segment_column.add(texts.intern(key.segment->columns).view());
    const Text value = texts.intern(key.segment->value);
    segment_value.add(all || key.segment->missing ? std::string_view{}
                      : value.empty()             ? std::string_view{""}
                                                  : value.view());
    chunk_index.add(key.chunk == nullptr ? 0 : key.chunk->index, key.chunk != nullptr);
    chunk_key.add(key.chunk == nullptr ? std::string_view{} : texts.intern(key.chunk->key).view());
    chunk_start.add(timed ? key.chunk->start : 0, timed);
    chunk_end.add(timed ? key.chunk->end : 0, timed);
    column.add(key.column.view());
    kind.add(kind_name);
  }

  Result<void> flush() {
    if (state.length() == 0) return {};
    std::shared_ptr<arrow::Array> states;
    LW_CHECK(guarded("", [&] { return state.Finish(&states); }));
    LW_CHECK(file.begin_group());
    for (TextColumn* texts_of : {&model, &period, &segment_column, &segment_value}) LW_CHECK(write(*texts_of));
    LW_CHECK(write(chunk_index, arrow::int64()));
    LW_CHECK(write(chunk_key));
    LW_CHECK(write(chunk_start, instant_type()));
    LW_CHECK(write(chunk_end, instant_type()));
    LW_CHECK(write(column));
    LW_CHECK(write(kind));
    LW_CHECK(write(rows, arrow::int64()));
    return file.write_column(*states);
  }

  Result<void> write(TextColumn& values) {
    LW_TRY(const auto array, values.array());
    LW_CHECK(file.write_column(*array));
    values.clear();
    return {};
  }
  Result<void> write(FixedColumn<std::int64_t>& values, const std::shared_ptr<arrow::DataType>& type) {
    LW_CHECK(file.write_column(*values.array(type)));
    values.clear();
    return {};
  }

  ParquetFile file;
  TextPool texts;
  TextColumn model, period, segment_column, segment_value, chunk_key, column, kind;
  FixedColumn<std::int64_t> chunk_index, chunk_start, chunk_end, rows;
  arrow::BinaryBuilder state;
};

StatesFile::StatesFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StatesFile::StatesFile(StatesFile&&) noexcept = default;
StatesFile::~StatesFile() = default;

Result<StatesFile> StatesFile::create(const std::string& path) {
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  LW_CHECK(guarded(path, [&] { return arrow::io::FileOutputStream::Open(path).Value(&sink); }));
  LW_TRY(ParquetFile file, ParquetFile::create(sink, states_schema(), path));
  return StatesFile(std::make_unique<Impl>(std::move(file)));
}

Result<void> StatesFile::add(const StateSet& set) {
  const StateTable& table = *set.states;
  TextPool& texts = impl_->texts;
  Key key{texts.intern(set.model), texts.intern(set.period), nullptr, nullptr, {}};
  std::vector<Text> names;
  for (const ColumnProfile& column : *set.columns) names.push_back(texts.intern(column.column.name));
  for (std::int64_t segment = 0; segment < table.segments; ++segment) {
    key.segment = &set.segments->segments[static_cast<std::size_t>(segment)];
    for (std::int64_t slot = 0; slot < table.slots; ++slot) {
      const std::size_t cell = table.cell(segment, slot);
      key.chunk = slot + 1 < table.slots ? &(*set.chunks)[static_cast<std::size_t>(slot)] : nullptr;
      for (std::size_t column = 0; column < names.size(); ++column) {
        key.column = names[column];
        if (column < table.numbers.size() && !table.numbers[column].empty()) {
          const NumberState& state = table.numbers[column][cell];
          LW_CHECK(impl_->add(key, "number", state.counts.rows, state));
        } else if (column < table.categories.size() && !table.categories[column].empty()) {
          const CategoryState& state = table.categories[column][cell];
          LW_CHECK(impl_->add(key, "category", state.counts.rows, state));
        }
      }
      key.column = {};
      if (!table.reconstruction.empty())
        LW_CHECK(impl_->add(key, "reconstruction", table.reconstruction[cell].counts.rows, table.reconstruction[cell]));
      if (!table.scores.empty()) LW_CHECK(impl_->add(key, "scores", table.scores[cell].rows, table.scores[cell]));
      if (!table.classes.empty()) LW_CHECK(impl_->add(key, "classes", table.classes[cell].rows, table.classes[cell]));
      if (!table.residuals.empty())
        LW_CHECK(impl_->add(key, "residuals", table.residuals[cell].rows, table.residuals[cell]));
    }
  }
  if (set.gram == nullptr) return {};
  key.segment = &set.segments->segments.front();
  key.chunk = nullptr;
  return impl_->add(key, "gram", set.gram->rows, *set.gram);
}

Result<void> StatesFile::finish() {
  LW_CHECK(impl_->flush());
  return impl_->file.finish();
}

Result<std::string> encode_states(std::span<const StateSet> sets) {
  std::shared_ptr<arrow::io::BufferOutputStream> sink;
  LW_CHECK(guarded("states.parquet", [&] { return arrow::io::BufferOutputStream::Create().Value(&sink); }));
  LW_TRY(ParquetFile parquet, ParquetFile::create(sink, states_schema(), "states.parquet"));
  StatesFile file(std::make_unique<StatesFile::Impl>(std::move(parquet)));
  for (const StateSet& set : sets) LW_CHECK(file.add(set));
  LW_CHECK(file.finish());
  std::shared_ptr<arrow::Buffer> buffer;
  LW_CHECK(guarded("states.parquet", [&] { return sink->Finish().Value(&buffer); }));
  return buffer->ToString();
}

}  // namespace longwatch

#include "engine/output/states_file.hpp"

#include <gtest/gtest.h>

#include "engine/output/preview.hpp"
#include "engine/output/publish.hpp"
#include "engine/output/result_table.hpp"
#include "tests/unit/output/parquet_text.hpp"
#include "tests/unit/output/temp_folder.hpp"

namespace longwatch {
namespace {

// Two columns, segments all and region=north, chunks 0 and 1 and the slot of no chunk.
struct Example {
  StateTable states;
  std::vector<ColumnProfile> columns{2};
  std::vector<Chunk> chunks{2};
  SegmentPlan segments;
  GramState gram;

  Example() {
    states.slots = 3;
    states.segments = 2;
    states.numbers = {std::vector<NumberState>(6), {}};
    states.categories = {{}, std::vector<CategoryState>(6)};
    states.reconstruction = std::vector<NumberState>(6);
    columns[0].column.name = "age";
    columns[1].column.name = "city";
    chunks[0] = {0, "2013-01", true, 0, 1'000'000, 5};
    chunks[1] = {1, "2013-02", true, 1'000'000, 2'000'000, 5};
    segments.segments = {{-1, "", "", false}, {0, "region", "north", false}};
    gram.rows = 12;
    gram.sums = {int128{3}};
    gram.products = {int128{9}};
    number(0, 0, 7);
    number(1, 2, 3);
    CategoryState& city = states.categories[1][states.cell(0, 1)];
    city.counts.rows = 4;
    city.categories = {{0, 4}};
    states.reconstruction[states.cell(0, 0)].counts.rows = 7;
  }
  void number(std::int64_t segment, std::int64_t slot, std::int64_t rows) {
    NumberState& state = states.numbers[0][states.cell(segment, slot)];
    state.counts.rows = rows;
    state.counts.nulls = rows;
  }
  [[nodiscard]] StateSet set() const { return {"fraud", "analysis", &states, &columns, &chunks, &segments, &gram}; }
};

TEST(StatesFile, HoldsEveryStateWithRowsInOrder) {
  const Example example;
  const StateSet set = example.set();
  const auto table = table_of(encode_states({&set, 1}).value());
  ASSERT_EQ(table->num_rows(), 5);
  const std::vector<std::string> kinds = {"number", "reconstruction", "category", "number", "gram"};
  const std::vector<std::string> columns = {"age", "null", "city", "age", "null"};
  const std::vector<std::string> chunks = {"0", "0", "1", "null", "null"};
  const std::vector<std::string> segments = {"null", "null", "null", "north", "null"};
  const std::vector<std::string> rows = {"7", "7", "4", "3", "12"};
  for (std::int64_t i = 0; i < 5; ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(cell(*table, "kind", i), kinds[at]);
    EXPECT_EQ(cell(*table, "column", i), columns[at]);
    EXPECT_EQ(cell(*table, "chunk_index", i), chunks[at]);
    EXPECT_EQ(cell(*table, "segment_value", i), segments[at]);
    EXPECT_EQ(cell(*table, "rows", i), rows[at]);
    EXPECT_EQ(cell(*table, "model", i), "fraud");
  }
  EXPECT_EQ(cell(*table, "chunk_end", 0), "1970-01-01 00:00:01.000000Z");
}

TEST(StatesFile, StatesReadBack) {
  const Example example;
  const StateSet set = example.set();
  const auto table = table_of(encode_states({&set, 1}).value());
  EXPECT_EQ(table->GetColumnByName("state")->type()->ToString(), "binary");
  const auto bytes = [&](std::int64_t row) {
    return static_cast<const arrow::BinaryArray&>(*table->GetColumnByName("state")->chunk(0)).GetString(row);
  };
  const std::string number = bytes(0);
  ByteReader number_reader(number);
  EXPECT_TRUE(NumberState::deserialize(number_reader, 1).value() == example.states.numbers[0][0]);
  const std::string gram = bytes(4);
  ByteReader gram_reader(gram);
  EXPECT_TRUE(GramState::deserialize(gram_reader).value() == example.gram);
}

TEST(StatesFile, StreamsTheSameBytesToAFile) {
  const Example example;
  const std::vector<StateSet> sets = {example.set(), example.set()};
  const TempFolder temp;
  auto file = StatesFile::create(temp / "states.parquet");
  ASSERT_TRUE(file.ok());
  for (const StateSet& set : sets) ASSERT_TRUE(file.value().add(set).ok());
  ASSERT_TRUE(file.value().finish().ok());
  EXPECT_EQ(read_file(temp / "states.parquet").value(), encode_states(sets).value());
  EXPECT_FALSE(StatesFile::create(temp / "no/folder.parquet").ok());
}

TEST(StatesFile, NoSetsIsAValidFile) {
  const auto table = table_of(encode_states({}).value());
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_EQ(table->num_columns(), 12);
}

TEST(Preview, ShowsTheFirstRows) {
  TextPool pool;
  std::vector<ResultRow> rows(3);
  for (int i = 0; i < 3; ++i) {
    rows[static_cast<std::size_t>(i)].model = pool.intern("m" + std::to_string(i));
    rows[static_cast<std::size_t>(i)].chunk_start = i;
    rows[static_cast<std::size_t>(i)].value = 0.5;
    rows[static_cast<std::size_t>(i)].alert = 1;
  }
  const TempFolder temp;
  ASSERT_TRUE(write_file_atomically(temp / "r.parquet", encode_results(rows, "UTC").value()).ok());
  const auto table = preview_parquet(temp / "r.parquet", 2);
  ASSERT_TRUE(table.ok()) << table.error().text();
  EXPECT_EQ(table.value().rows(), 2U);
  EXPECT_EQ(table.value().columns().size(), 30U);
  EXPECT_EQ(std::get<std::string>(table.value().at(1, 0)), "m1");
  EXPECT_EQ(std::get<std::string>(table.value().at(1, 7)), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(std::get<double>(table.value().at(0, 13)), 0.5);
  EXPECT_EQ(std::get<bool>(table.value().at(0, 27)), true);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(table.value().at(0, 1)));
  EXPECT_EQ(preview_parquet(temp / "r.parquet", 0).value().rows(), 0U);
  EXPECT_EQ(preview_parquet(temp / "r.parquet", 100).value().rows(), 3U);
}

TEST(Preview, NamesAFileThatIsNoParquet) {
  const TempFolder temp;
  ASSERT_TRUE(write_file_atomically(temp / "text", "hello, this is no parquet").ok());
  for (const char* name : {"text", "missing"}) {
    const auto table = preview_parquet(temp / name, 5);
    ASSERT_FALSE(table.ok());
    EXPECT_EQ(table.error().code, ErrorCode::data);
    EXPECT_EQ(table.error().where.file, temp / name);
  }
}

}  // namespace
}  // namespace longwatch

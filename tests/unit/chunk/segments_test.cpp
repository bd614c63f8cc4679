// Segments: which there are, and which every row belongs to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/unit/chunk/expected.hpp"

namespace longwatch {
namespace {

using test::memory_source;
using test::text_column;
using test::Texts;
using testing::ElementsAre;
using testing::HasSubstr;

SegmentPlan plan(const Source& source, const std::vector<SegmentDefinition>& definitions,
                 const SegmentPlan* known = nullptr) {
  Result<SegmentPlan> out = plan_segments(source, definitions, 1000, known);
  if (!out) throw std::runtime_error(out.error().text());
  return out.value();
}

// "columns=value" of every segment; "columns is missing".
std::vector<std::string> described(const SegmentPlan& plan) {
  std::vector<std::string> out;
  for (const Segment& segment : plan.segments) {
    out.push_back(segment.columns + (segment.missing ? " is missing" : "=" + segment.value));
  }
  return out;
}

// Routes a source slab by slab; several columns' slabs of one row group stay in step.
std::vector<int> routed(const Source& source, const SegmentPlan& plan, int definition, std::int64_t slab = 1000) {
  SegmentRouter router(plan);
  std::vector<int> out;
  for (const RowGroup& group : source.row_groups()) {
    std::vector<std::unique_ptr<ColumnReader>> readers;
    for (const std::string& column : plan.definitions[static_cast<std::size_t>(definition)]) {
      readers.push_back(std::move(source.read(group, column, ReadAs::category).value()));
    }
    for (std::int64_t left = group.rows; left > 0; left -= std::min(left, slab)) {
      std::vector<ColumnView> views;
      for (auto& reader : readers) views.push_back(reader->next(slab).value());
      std::vector<std::int32_t> segments(static_cast<std::size_t>(views[0].length), -7);
      router.route(definition, views, views[0].length, segments.data());
      out.insert(out.end(), segments.begin(), segments.end());
    }
  }
  return out;
}

TEST(Segments, WithoutDefinitionsThereIsAll) {
  const SegmentPlan out = plan(*memory_source({text_column("a", {"x"})}), {});
  ASSERT_EQ(out.segments.size(), 1U);
  EXPECT_EQ(out.segments[0].definition, -1);
  EXPECT_EQ(out.segments[0].columns, "");
}

TEST(Segments, BytewiseOrderMissingLast) {
  const auto source = memory_source({text_column("a", {"b", std::nullopt, "\xc3\xa4", "B", "", "b"})}, {2, 4});
  const SegmentPlan out = plan(*source, {{"a"}});
  EXPECT_THAT(described(out), ElementsAre("=", "a=", "a=B", "a=b", "a=\xc3\xa4", "a is missing"));
  EXPECT_FALSE(out.segments[1].missing);  // the empty text is a value
  EXPECT_EQ(out.segments[5].definition, 0);
  EXPECT_THAT(routed(*source, out, 0), ElementsAre(3, 5, 4, 2, 1, 3));
}

TEST(Segments, NumbersAndBooleansAreTheirTexts) {
  const auto source =
      memory_source({test::integer_column("n", {10, 9, std::nullopt}), test::boolean_column("b", {1, 0, 1})});
  const SegmentPlan out = plan(*source, {{"n"}, {"b"}});
  EXPECT_THAT(described(out), ElementsAre("=", "n=10", "n=9", "n is missing", "b=false", "b=true"));
  EXPECT_THAT(routed(*source, out, 1), ElementsAre(5, 4, 5));
}

TEST(Segments, CrossingsEscapeCommasAndBackslashes) {
  const Texts a = {"x,y", "x", "x\\", "x", std::nullopt, "\\N"};
  const Texts b = {"z", "y,z", "y", "\\,y", "y", std::nullopt};
  const auto source = memory_source({text_column("a", a), text_column("b,c", b)}, {4, 2});
  const SegmentPlan out = plan(*source, {{"a", "b,c"}, {"a"}});
  const std::string columns = "a,b\\,c=";
  EXPECT_THAT(described(out),
              ElementsAre("=", columns + "\\N,y", columns + "\\\\N,\\N", columns + "x,\\\\\\,y", columns + "x,y\\,z",
                          columns + "x\\,y,z", columns + "x\\\\,y", "a=\\N", "a=x", "a=x,y", "a=x\\", "a is missing"));
  EXPECT_THAT(routed(*source, out, 0), ElementsAre(5, 4, 6, 3, 1, 2));
  EXPECT_THAT(routed(*source, out, 1), ElementsAre(9, 8, 10, 8, 11, 7));  // a single column's value is not escaped
}

TEST(Segments, OnlyCrossingsThatOccur) {
  const auto source = memory_source({text_column("a", {"p", "q", "p"}), text_column("b", {"1", "2", "1"})});
  EXPECT_THAT(described(plan(*source, {{"a", "b"}, {"b", "a"}})),
              ElementsAre("=", "a,b=p,1", "a,b=q,2", "b,a=1,p", "b,a=2,q"));
}

TEST(Segments, KnownOnesKeepTheirIndicesAndNewOnesFollow) {
  const std::vector<SegmentDefinition> definitions = {{"a"}, {"a", "b"}};
  const auto reference = memory_source({text_column("a", {"m", "k"}), text_column("b", {"1", "1"})});
  const SegmentPlan known = plan(*reference, definitions);
  EXPECT_THAT(described(known), ElementsAre("=", "a=k", "a=m", "a,b=k,1", "a,b=m,1"));
  const auto analysis =
      memory_source({text_column("a", {"z", "m", std::nullopt, "a"}), text_column("b", {"1", "1", "1", std::nullopt})});
  const SegmentPlan out = plan(*analysis, definitions, &known);
  EXPECT_THAT(described(out), ElementsAre("=", "a=k", "a=m", "a,b=k,1", "a,b=m,1", "a=a", "a=z", "a is missing",
                                          "a,b=\\N,1", "a,b=a,\\N", "a,b=z,1"));
  EXPECT_THAT(routed(*analysis, out, 0), ElementsAre(6, 2, 7, 5));
  EXPECT_THAT(routed(*analysis, out, 1), ElementsAre(10, 4, 8, 9));
  // Nothing new: the plan is the reference's.
  EXPECT_EQ(described(plan(*reference, definitions, &known)), described(known));
}

TEST(Segments, RowsOfNoSegmentAreMarked) {
  const auto reference = memory_source({text_column("a", {"k"}), text_column("b", {"1"})});
  const SegmentPlan known = plan(*reference, {{"a"}, {"a", "b"}});
  const auto other =
      memory_source({text_column("a", {"k", "x", std::nullopt, "k"}), text_column("b", {"1", "1", "1", "2"})});
  EXPECT_THAT(routed(*other, known, 0), ElementsAre(1, -1, -1, 1));
  EXPECT_THAT(routed(*other, known, 1), ElementsAre(2, -1, -1, -1));
}

TEST(Segments, CodesOutsideTheDictionaryAreMarked) {
  const SegmentPlan known = plan(*memory_source({text_column("a", {"k"})}), {{"a"}});
  SegmentRouter router(known);
  CategoryDictionary dictionary{7, {"k"}, nullptr};
  const std::int32_t codes[] = {0, 1, -1, 1 << 30};
  ColumnView view{ValueType::code32, codes, nullptr, 0, 4, 0, &dictionary};
  std::int32_t out[4];
  router.route(0, {&view, 1}, 4, out);
  EXPECT_THAT(out, ElementsAre(1, -1, -1, -1));
}

TEST(Segments, FollowsEveryNewDictionary) {
  const SegmentPlan known = plan(*memory_source({text_column("a", {"k", "m"})}), {{"a"}});
  SegmentRouter router(known);
  SegmentRouter moved(std::move(router));
  const std::int32_t codes[] = {0, 1};
  std::int32_t out[2];
  CategoryDictionary dictionary{7, {"k", "m"}, nullptr};
  ColumnView view{ValueType::code32, codes, nullptr, 0, 2, 0, &dictionary};
  moved.route(0, {&view, 1}, 2, out);
  EXPECT_THAT(out, ElementsAre(1, 2));
  dictionary = {8, {"m", "k"}, nullptr};
  moved.route(0, {&view, 1}, 2, out);
  EXPECT_THAT(out, ElementsAre(2, 1));
}

TEST(Segments, TheLimitIsNamed) {
  Texts values;
  for (int i = 0; i < 12; ++i) values.emplace_back("v" + std::to_string(i));
  values.emplace_back();
  const auto source = memory_source({text_column("a", values)});
  EXPECT_TRUE(plan_segments(*source, {{"a"}}, 13).ok());
  const Result<SegmentPlan> out = plan_segments(*source, {{"a"}}, 12);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::configuration);
  EXPECT_EQ(out.error().where.column, "a");
  EXPECT_EQ(out.error().what, "13 values make segments, but max_segments is 12");
  EXPECT_THAT(out.error().hint, HasSubstr("max_segments"));
  // The reference's count, too.
  const SegmentPlan known = plan(*memory_source({text_column("a", {"w"})}), {{"a"}});
  EXPECT_TRUE(plan_segments(*source, {{"a"}}, 14, &known).ok());
  EXPECT_THAT(plan_segments(*source, {{"a"}}, 13, &known).error().what, HasSubstr("14 values"));
}

TEST(Segments, CountingIsGivenUpAtSomePoint) {
  test::Numbers ids;
  for (int i = 0; i < 150000; ++i) ids.emplace_back(i);
  const auto source = memory_source({test::integer_column("id", ids), text_column("c", Texts(150000))}, {75000, 75000});
  for (const SegmentDefinition& definition : {SegmentDefinition{"id"}, SegmentDefinition{"c", "id"}}) {
    const Result<SegmentPlan> out = plan_segments(*source, {definition}, 1000);
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().what, "more than 100000 values make segments, but max_segments is 1000");
  }
}

TEST(Segments, Errors) {
  const auto source = memory_source({text_column("a", {"x"}), text_column("b", {"x"})});
  EXPECT_EQ(plan_segments(*source, {{"nothing"}}, 10).error().where.column, "nothing");
  EXPECT_FALSE(plan_segments(*source, {{}}, 10).ok());
  const SegmentPlan known = plan(*source, {{"a"}});
  EXPECT_EQ(plan_segments(*source, {{"b"}}, 10, &known).error().code, ErrorCode::configuration);
}

TEST(Segments, NoRows) {
  EXPECT_EQ(plan(*memory_source({text_column("a", {}), text_column("b", {})}), {{"a"}, {"a", "b"}}).segments.size(),
            1U);
  EXPECT_EQ(plan(*memory_source({text_column("a", {}), text_column("b", {})}, {0, 0}), {{"b"}}).segments.size(), 1U);
}

// Three columns crossed at random: every row's segment says the row's own values, for any split and threads.
TEST(Segments, CrossingsOfThreeColumnsSayTheirRows) {
  std::mt19937_64 random(3);
  std::vector<Texts> columns(3);
  std::vector<std::string> expected;
  const std::vector<std::string> names = {"a", "b", "c"};
  for (int i = 0; i < 3000; ++i) {
    std::string joined;
    for (std::size_t c = 0; c < 3; ++c) {
      const auto pick = random() % (c == 1 ? 30 : 3);
      columns[c].push_back(pick == 0 ? std::nullopt : std::optional<std::string>("v" + std::to_string(pick)));
      joined += (c > 0 ? "," : "") + columns[c].back().value_or("\\N");
    }
    expected.push_back(joined);
  }
  const std::set<std::string> distinct(expected.begin(), expected.end());
  for (const auto& groups : {std::vector<std::int64_t>{3000}, {1, 1500, 0, 1499}}) {
    const auto source = memory_source(
        {text_column("a", columns[0]), text_column("b", columns[1]), text_column("c", columns[2])}, groups);
    for (const int threads : {1, 4}) {
      SegmentPlan out;
      tbb::task_arena(threads).execute([&] { out = plan(*source, {{"b"}, names}); });
      std::vector<std::string> values;
      for (const Segment& segment : out.segments) {
        if (segment.definition == 1) values.push_back(segment.value);
      }
      EXPECT_EQ(values, std::vector<std::string>(distinct.begin(), distinct.end()));
      const std::vector<int> rows = routed(*source, out, 1, 700);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(out.segments.at(static_cast<std::size_t>(rows[i])).value, expected[i]) << i;
      }
    }
  }
}

}  // namespace
}  // namespace longwatch

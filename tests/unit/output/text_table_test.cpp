#include "engine/output/text_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/output/text_width.hpp"

namespace longwatch {
namespace {

using Cell = TextTable::Cell;

TEST(TextWidth, CountsTerminalColumns) {
  EXPECT_EQ(display_width(""), 0);
  EXPECT_EQ(display_width("age"), 3);
  EXPECT_EQ(display_width("größe"), 5);
  EXPECT_EQ(display_width("年齢"), 4);
  EXPECT_EQ(display_width("e\u0301"), 1);  // e and a combining accent
  EXPECT_EQ(display_width("\U0001F600"), 2);
}

TEST(TextWidth, PrintableHidesWhatControlsATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\n\t"), "a\\u{1b}[31mb\\n\\t");
  EXPECT_EQ(printable("a\u202Eb"), "a\\u{202e}b");
  EXPECT_EQ(printable("a\xFF"), "a\\xFF");
  EXPECT_EQ(printable("größe"), "größe");
}

TEST(TextWidth, CutsBetweenCharacters) {
  EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_width("abcdef", 5), "abcd…");
  EXPECT_EQ(cut_to_width("年齢年", 4), "年…");
  EXPECT_EQ(cut_to_width("abc", 0), "");
}

TEST(ShortNumber, FourSignificantDigits) {
  EXPECT_EQ(short_number(0.031274), "0.03127");
  EXPECT_EQ(short_number(0.5), "0.5");
  EXPECT_EQ(short_number(12345.6), "12346");
  EXPECT_EQ(short_number(999.96), "1000");
  EXPECT_EQ(short_number(123.456), "123.5");
  EXPECT_EQ(short_number(-1.00004), "-1");
  EXPECT_EQ(short_number(0.00001234567), "1.235e-05");
  EXPECT_EQ(short_number(1e20), "1.000e+20");
  EXPECT_EQ(short_number(-0.0), "0");
  EXPECT_EQ(short_number(1234567), "1234567");
  EXPECT_EQ(short_number(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(short_number(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(TextTable, AlignsNumbersRightAndTextLeft) {
  TextTable table({"name", "value", "n", "alert"});
  table.add_row({std::string("größe"), 0.25, std::int64_t{1}, true});
  table.add_row({std::string("a"), Cell{}, std::int64_t{1000}, false});
  EXPECT_EQ(table.text(),
            "name   value     n  alert\n"
            "größe   0.25     1  true\n"
            "a             1000  false\n");
}

TEST(TextTable, NoRowsIsAHeader) {
  TextTable table({"a", "b"});
  EXPECT_EQ(table.text(), "a  b\n");
  EXPECT_EQ(table.to_json(), "[]\n");
  table.drop_empty_columns();
  EXPECT_EQ(table.columns().size(), 2U);
}

TEST(TextTable, FitsAWidth) {
  TextTable table({"first", "second", "third", "fourth"});
  table.add_row({std::string(30, 'x'), std::string("short"), 0.1234, std::string(20, 'y')});
  for (const int width : {20, 30, 40, 50, 60, 70, 80}) {
    std::istringstream lines(table.text(width));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("(not shown: ")) continue;
      EXPECT_LE(display_width(line), width) << line;
    }
  }
  EXPECT_EQ(table.text(80), table.text());
  EXPECT_NE(table.text(40).find("…"), std::string::npos);
  EXPECT_EQ(table.text(40).find("not shown"), std::string::npos);
  EXPECT_NE(table.text(20).find("(not shown: third, fourth)\n"), std::string::npos);
}

TEST(TextTable, JsonKeepsValuesInFull) {
  TextTable table({"name", "value", "n", "alert"});
  table.add_row({std::string("a\"b"), 0.1 + 0.2, std::int64_t{1} << 60, true});
  table.add_row({std::string("c\xFF"), std::numeric_limits<double>::quiet_NaN()});
  const auto json = nlohmann::json::parse(table.to_json());
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["name"], "a\"b");
  EXPECT_EQ(json[0]["value"].get<double>(), 0.1 + 0.2);
  EXPECT_EQ(json[0]["n"].get<std::int64_t>(), std::int64_t{1} << 60);
  EXPECT_EQ(json[0]["alert"], true);
  EXPECT_EQ(json[1]["name"], "c\\xFF");
  EXPECT_TRUE(json[1]["value"].is_null());
  EXPECT_TRUE(json[1]["alert"].is_null());
}

TEST(TextTable, DropsColumnsWithoutValues) {
  TextTable table({"a", "b", "c"});
  table.add_row({std::int64_t{1}, Cell{}, Cell{}});
  table.add_row({std::int64_t{2}, Cell{}, std::string("x")});
  table.drop_empty_columns();
  EXPECT_EQ(table.columns(), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(table.text(), "a  c\n1\n2  x\n");
}

}  // namespace
}  // namespace longwatch

#include "tools/synth/synth.hpp"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/synth/columns.hpp"
#include "tools/synth/fleet_plan.hpp"
#include "tools/synth/random.hpp"

namespace longwatch {
namespace {
namespace fs = std::filesystem;

std::shared_ptr<arrow::Table> read_table(const std::string& path) {
  auto file = arrow::io::ReadableFile::Open(path).ValueOrDie();
  auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie()->CombineChunks().ValueOrDie();
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Synth : public testing::Test {
 protected:
  Synth() : folder_((fs::temp_directory_path() / "longwatch_synth_XXXXXX").string()) {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  ~Synth() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string folder_;
};

struct Summary {
  double mean = 0;
  double deviation = 0;
  double nulls = 0;  // share
  double greatest = -1e300;
  double fresh = 0;  // share of "new"
};

// Statistics of rows [begin, end) of a column.
Summary summarize(const arrow::Array& array, std::int64_t begin, std::int64_t end) {
  Summary out;
  double n = 0, sum = 0, squares = 0;
  for (std::int64_t row = begin; row < end; ++row) {
    if (array.IsNull(row)) {
      out.nulls += 1;
      continue;
    }
    double x = 0;
    if (array.type_id() == arrow::Type::DOUBLE) x = static_cast<const arrow::DoubleArray&>(array).Value(row);
    if (array.type_id() == arrow::Type::INT64)
      x = static_cast<double>(static_cast<const arrow::Int64Array&>(array).Value(row));
    if (array.type_id() == arrow::Type::STRING && static_cast<const arrow::StringArray&>(array).GetView(row) == "new")
      out.fresh += 1;
    n += 1;
    sum += x;
    squares += x * x;
    out.greatest = std::max(out.greatest, x);
  }
  out.mean = sum / n;
  out.deviation = std::sqrt(std::max(0.0, squares / n - out.mean * out.mean));
  out.nulls /= static_cast<double>(end - begin);
  out.fresh /= n;
  return out;
}

TEST(Random, FirstNumbersOfSplitmix64) {
  // The published test vector of splitmix64 seeded with 1234567: next() adds the constant before mixing.
  EXPECT_EQ(synth::random_bits(1234567, 1), 6457827717110365317ULL);
  EXPECT_EQ(synth::random_bits(1234567, 2), 3203168211198807973ULL);
  EXPECT_EQ(synth::random_bits(1234567, 3), 9817491932198370423ULL);
}

TEST(Random, NormalQuantiles) {
  const auto& tables = synth::Quantiles::tables();
  EXPECT_NEAR(tables.normal(std::uint64_t{1} << 63), 0, 1e-6);
  EXPECT_NEAR(tables.normal(0xF999999999999999ULL), 1.959964, 1e-4);  // 0.975
  EXPECT_NEAR(tables.normal(0x0666666666666666ULL), -1.959964, 1e-4);
  EXPECT_NEAR(tables.lognormal(std::uint64_t{1} << 63), 1, 1e-6);
}

TEST_F(Synth, SameSeedSameBytesAnotherSeedOthers) {
  SynthOptions options;
  options.rows = 2000;
  options.wide_types = true;
  ASSERT_TRUE(write_fleet(options, folder_ + "/a").ok());
  ASSERT_TRUE(write_fleet(options, folder_ + "/b").ok());
  options.seed = 2;
  ASSERT_TRUE(write_fleet(options, folder_ + "/c").ok());
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/a")) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string name = fs::relative(entry.path(), folder_ + "/a").string();
    EXPECT_EQ(text_of(entry.path().string()), text_of(folder_ + "/b/" + name)) << name;
    if (name != "fleet.yaml") {
      EXPECT_NE(text_of(entry.path().string()), text_of(folder_ + "/c/" + name)) << name;
    }
  }
  EXPECT_EQ(files, 8);
}

TEST_F(Synth, ValuesDoNotDependOnRowGroups) {
  SynthOptions options;
  options.models = 1;
  options.rows = 1001;
  ASSERT_TRUE(write_fleet(options, folder_ + "/a").ok());
  options.row_groups = 7;
  ASSERT_TRUE(write_fleet(options, folder_ + "/b").ok());
  const std::string path = "/data/model_000/analysis.parquet";
  EXPECT_TRUE(read_table(folder_ + "/a" + path)->Equals(*read_table(folder_ + "/b" + path)));
  auto file = arrow::io::ReadableFile::Open(folder_ + "/b" + path).ValueOrDie();
  EXPECT_EQ(parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie()->num_row_groups(), 7);
}

TEST_F(Synth, TruthIsTrue) {
  SynthOptions options;
  options.models = 2;
  options.rows = 40'000;
  options.features = 30;
  options.drift = 0.6;
  ASSERT_TRUE(write_fleet(options, folder_).ok());
  const auto truth = nlohmann::json::parse(text_of(folder_ + "/truth.json"));
  ASSERT_EQ(truth["drifts"].size(), 36U);
  std::map<std::string, int> seen;
  for (const auto& drift : truth["drifts"]) {
    const std::string data = folder_ + "/data/" + drift["model"].get<std::string>();
    const std::string column = drift["column"];
    const std::string kind = drift["kind"];
    const double amount = drift["amount"];
    const std::int64_t first = drift["first_chunk"].get<std::int64_t>() * options.rows / options.chunks;
    const auto reference = read_table(data + "/reference.parquet")->GetColumnByName(column)->chunk(0);
    const auto analysis = read_table(data + "/analysis.parquet")->GetColumnByName(column)->chunk(0);
    const Summary before = summarize(*reference, 0, options.rows);
    const Summary calm = summarize(*analysis, 0, first);
    const Summary after = summarize(*analysis, first, options.rows);
    const double noise = 6 * before.deviation / std::sqrt(4000.0);
    EXPECT_NEAR(calm.mean, before.mean, noise) << column;
    EXPECT_NEAR(calm.nulls, 0.01, 0.01);
    EXPECT_EQ(calm.fresh, 0) << column;
    if (kind == "shift") {
      EXPECT_NEAR(after.mean - before.mean, amount, noise) << column;
    }
    if (kind == "scale") {
      EXPECT_NEAR(after.deviation / before.deviation, amount, 0.35) << column;
    }
    if (kind == "nulls") {
      EXPECT_NEAR(after.nulls, 0.01 + 0.99 * amount, 0.03) << column;
    }
    if (kind == "out_of_range") {
      EXPECT_GT(after.greatest, before.greatest + 100 * before.deviation) << column;
    }
    if (kind == "new_category") {
      EXPECT_NEAR(after.fresh, amount, 0.03) << column;
    }
    ++seen[kind];
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST_F(Synth, FeaturesHaveTheirFamilies) {
  SynthOptions options;
  options.models = 1;
  options.rows = 50'000;
  options.drift = 0;
  options.nulls = 0;
  const auto fleet = synth::plan_fleet(options);
  for (const synth::Feature& feature : fleet[0].features) {
    EXPECT_EQ(feature.drift.kind, synth::DriftKind::none);
    if (feature.family == synth::Family::category) continue;
    double sum = 0, squares = 0;
    std::int64_t zeros = 0, in_gap = 0;
    for (std::int64_t row = 0; row < options.rows; ++row) {
      const double x = synth::number_at(feature, row);
      sum += x;
      squares += (x - feature.centre) * (x - feature.centre);
      zeros += x == 0 ? 1 : 0;
      in_gap += x > 0.4 && x < 0.6 ? 1 : 0;
      if (feature.family == synth::Family::integer) {
        ASSERT_EQ(x, std::trunc(x));
      }
    }
    const double n = static_cast<double>(options.rows);
    EXPECT_NEAR(sum / n, feature.centre, 0.05 * feature.unit) << feature.name;
    EXPECT_NEAR(std::sqrt(squares / n) / feature.unit, 1, 0.1) << feature.name;
    if (feature.family == synth::Family::zero_inflated) {
      EXPECT_NEAR(static_cast<double>(zeros) / n, 0.6, 0.01);
    }
    if (feature.family == synth::Family::gap) {
      EXPECT_EQ(in_gap, 0);
    }
  }
}

TEST_F(Synth, LabelsFollowTheirRule) {
  SynthOptions options;
  options.rows = 40'000;
  ASSERT_TRUE(write_fleet(options, folder_).ok());
  const auto binary = read_table(folder_ + "/data/model_000/reference.parquet");
  const auto numbers = [](const arrow::Table& table, const std::string& name) {
    return std::static_pointer_cast<arrow::DoubleArray>(table.GetColumnByName(name)->chunk(0));
  };
  const auto score = numbers(*binary, "score");
  const auto target = std::static_pointer_cast<arrow::Int64Array>(binary->GetColumnByName("target")->chunk(0));
  const auto prediction = std::static_pointer_cast<arrow::Int64Array>(binary->GetColumnByName("prediction")->chunk(0));
  double expected = 0, observed = 0, variance = 0;
  for (std::int64_t row = 0; row < options.rows; ++row) {
    const double p = score->Value(row);
    ASSERT_TRUE(p > 0 && p < 1);
    ASSERT_EQ(prediction->Value(row), p >= 0.5 ? 1 : 0);
    if (p < 0.8) continue;  // calibrated in the upper tail, not just on average
    expected += p;
    observed += static_cast<double>(target->Value(row));
    variance += p * (1 - p);
  }
  EXPECT_GT(variance, 100);
  EXPECT_NEAR(observed, expected, 5 * std::sqrt(variance));
  const auto multi = read_table(folder_ + "/data/model_001/reference.parquet");
  const auto a = numbers(*multi, "score_a"), b = numbers(*multi, "score_b"), c = numbers(*multi, "score_c");
  for (std::int64_t row = 0; row < options.rows; ++row)
    ASSERT_NEAR(a->Value(row) + b->Value(row) + c->Value(row), 1, 1e-12);
  const auto regression = read_table(folder_ + "/data/model_002/reference.parquet");
  const auto predicted = numbers(*regression, "prediction"), actual = numbers(*regression, "target");
  double squares = 0;
  for (std::int64_t row = 0; row < options.rows; ++row)
    squares += std::pow(actual->Value(row) - predicted->Value(row), 2);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(options.rows)), 5, 0.1);
}

TEST_F(Synth, TimestampsFillTheChunksEvenly) {
  SynthOptions options;
  options.rows = 1003;
  options.chunks = 7;
  std::map<std::int64_t, int> days;
  for (std::int64_t row = 0; row < 2 * options.rows; ++row) {
    ++days[(synth::timestamp_of(options, row) - synth::kStart) / synth::kDay];
    if (row > 0) {
      ASSERT_GT(synth::timestamp_of(options, row), synth::timestamp_of(options, row - 1));
    }
  }
  EXPECT_EQ(days.size(), 14U);
  EXPECT_EQ(days.rbegin()->first, 13);
  for (const auto& [day, rows] : days) EXPECT_NEAR(rows, 1003.0 / 7, 1) << day;
}

TEST_F(Synth, RefusesBadOptionsAndForeignFolders) {
  SynthOptions options;
  options.rows = 10;
  options.drift = 2;
  EXPECT_EQ(write_fleet(options, folder_ + "/x").error().code, ErrorCode::usage);
  options.drift = 0.2;
  options.row_groups = 11;
  EXPECT_FALSE(write_fleet(options, folder_ + "/x").ok());
  options.row_groups = 0;
  std::ofstream(folder_ + "/mine") << "x";
  EXPECT_EQ(write_fleet(options, folder_).error().code, ErrorCode::output);
  EXPECT_TRUE(write_fleet(options, folder_ + "/x").ok());
  EXPECT_TRUE(write_fleet(options, folder_ + "/x").ok());  // its own is written again
  EXPECT_TRUE(synth_task("mixed").ok());
  EXPECT_EQ(synth_task("binari").error().hint, "did you mean 'binary'?");
}

TEST_F(Synth, OneRowOneFeatureOneChunk) {
  SynthOptions options;
  options.rows = 1;
  options.features = 1;
  options.chunks = 1;
  options.models = 1;
  ASSERT_TRUE(write_fleet(options, folder_).ok());
  EXPECT_EQ(read_table(folder_ + "/data/model_000/analysis.parquet")->num_rows(), 1);
}

}  // namespace
}  // namespace longwatch

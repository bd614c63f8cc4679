#include "engine/output/run_record.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace longwatch {
namespace {

std::vector<SourceFile> inputs() {
  return {{"a.parquet", 10, 1000, 0x1234}, {"b.parquet", 20, 2000, 0xffffffffffffffffULL}};
}

TEST(RunId, SameInputsSameId) {
  std::vector<SourceFile> files = inputs();
  const std::string id = run_id("text", files);
  EXPECT_EQ(id.size(), 16U);
  std::swap(files[0], files[1]);
  files[0].path = "elsewhere/b.parquet";
  EXPECT_EQ(run_id("text", files), id);
}

TEST(RunId, AnythingElseAnotherId) {
  const std::string id = run_id("text", inputs());
  EXPECT_NE(run_id("texts", inputs()), id);
  for (auto change :
       {+[](SourceFile& f) { ++f.rows; }, +[](SourceFile& f) { ++f.bytes; }, +[](SourceFile& f) { ++f.fingerprint; }}) {
    std::vector<SourceFile> files = inputs();
    change(files[1]);
    EXPECT_NE(run_id("text", files), id);
  }
  std::vector<SourceFile> twice = inputs();
  twice.push_back(twice[0]);
  EXPECT_NE(run_id("text", twice), id);
  EXPECT_NE(run_id("text", {}), id);
}

TEST(RunRecord, IsJsonWithAllMembers) {
  RunRecord run;
  run.longwatch = "0.1.0";
  run.profile_version = 1;
  run.command = "longwatch run fleet.yaml -o out";
  run.configuration = "text";
  run.started = 1'367'391'600'000'000;
  run.seconds = std::numeric_limits<double>::quiet_NaN();
  run.threads = 4;
  run.device = "cpu (avx2)";
  run.device_reason = "asked for";
  WorkRates rates;
  rates.per_unit[static_cast<std::size_t>(WorkKind::gram)] = 3e-9;
  run.rates = {{"cuda:0", rates}};
  run.work = {{"cuda:0", WorkKind::scores, 2, 70}};
  run.inputs = inputs();
  run.warnings = {"bad \xFF byte"};
  ModelRecord model;
  model.name = "fraud";
  model.chunks = 7;
  model.skipped_columns = {{"tags", "nested"}};
  model.pca_skipped = "one feature";
  model.stages = {{"fit", 0.5}, {"analyze", 0.25}};
  run.models = {model, {}};
  run.models[1].status = "failed: no rows";
  const std::string text = to_json(run);
  const auto json = nlohmann::json::parse(text);
  EXPECT_TRUE(text.starts_with("{\n  \"longwatch\": \"0.1.0\",\n  \"run_id\": "));
  EXPECT_EQ(json["run_id"], run_id("text", run.inputs));
  EXPECT_EQ(json["started"], "2013-05-01T07:00:00Z");
  EXPECT_TRUE(json["seconds"].is_null());
  EXPECT_EQ(json["inputs"][0]["fingerprint"], "0000000000001234");
  EXPECT_EQ(json["inputs"][1]["fingerprint"], "ffffffffffffffff");
  EXPECT_EQ(json["warnings"][0], "bad \\xFF byte");
  EXPECT_EQ(json["models"][0]["chunks"], 7);
  EXPECT_TRUE(json["models"][0]["version"].is_null());
  EXPECT_EQ(json["models"][0]["skipped_columns"][0]["reason"], "nested");
  EXPECT_EQ(json["models"][0]["pca"]["skipped"], "one feature");
  EXPECT_EQ(json["models"][0]["seconds"]["analyze"], 0.25);
  EXPECT_EQ(json["models"][1]["status"], "failed: no rows");
  EXPECT_EQ(json["models"][1]["pca"]["rank"], 0);
  EXPECT_EQ(json["device_reason"], "asked for");
  EXPECT_EQ(json["rates"][0]["device"], "cuda:0");
  EXPECT_EQ(json["rates"][0]["seconds_per_unit"]["gram"], 3e-9);
  EXPECT_EQ(json["work"][0],
            (nlohmann::json{{"device", "cuda:0"}, {"kind", "scores"}, {"submissions", 2}, {"units", 70}}));
  EXPECT_TRUE(json["fallbacks"].empty() && json["fallbacks"].is_array());
}

}  // namespace
}  // namespace longwatch

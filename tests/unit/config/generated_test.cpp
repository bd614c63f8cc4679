// What is generated from the tables of keys: the checked-in files are up to date, and every example parses.
// LONGWATCH_UPDATE=1 in the environment rewrites the files.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

void expect_file(const std::string& name, const std::string& content) {
  const auto path = std::filesystem::path(LONGWATCH_SOURCE_FOLDER) / name;
  if (std::getenv("LONGWATCH_UPDATE") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  std::ostringstream found;
  found << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(found.str(), content) << name << " is out of date: run test_config with LONGWATCH_UPDATE=1";
}

TEST(Generated, DocumentationIsUpToDate) { expect_file("docs/configuration.md", config_markdown()); }
TEST(Generated, SchemaIsUpToDate) { expect_file("schema/longwatch.schema.json", config_json_schema()); }

TEST(Generated, SchemaNamesEveryKeyAndNoOther) {
  const auto schema = nlohmann::json::parse(config_json_schema());
  const auto& properties = schema["$defs"]["model"]["properties"];
  EXPECT_EQ(properties.size(), model_keys().size());
  for (const auto& key : model_keys()) {
    EXPECT_TRUE(properties.contains(key.name)) << key.name;
    EXPECT_TRUE(nlohmann::json::accept(key.schema)) << key.name;
  }
  EXPECT_FALSE(schema["$defs"]["model"]["additionalProperties"].get<bool>());
}

// A model in which `key` may stand; its other keys are what the key's own rules ask for.
std::string model_around(const KeyInfo& key) {
  std::string yaml = "models:\n  m:\n";
  const auto add = [&](const std::string& name, const std::string& value) {
    yaml += "    " + name + ": " + value + "\n";
  };
  if (key.name != "reference") add("reference", "r.parquet");
  if (key.name != "timestamp") add("timestamp", "t");
  if (key.name != "task") add("task", "binary");
  if (key.name != "score") add("score", "s");
  if (key.name == "labels" || key.name == "reference_labels") {
    add("id", "i");
    add("target", "y");
  }
  add(key.name, key.example);
  return yaml;
}

TEST(Generated, EveryExampleParses) {
  for (const auto& key : model_keys()) {
    const auto fleet = parse_config(model_around(key), "example.yaml");
    EXPECT_TRUE(fleet.ok()) << (fleet.ok() ? "" : fleet.error().text()) << "\n" << model_around(key);
  }
}

TEST(Generated, TheExampleOfThePageParses) {
  const std::string page = config_markdown();
  const std::size_t begin = page.find("```yaml\n") + 8;
  const auto fleet = parse_config(page.substr(begin, page.find("```", begin) - begin), "page.yaml");
  ASSERT_TRUE(fleet.ok()) << fleet.error().text();
  EXPECT_EQ(fleet.value().models.size(), 2U);
}

TEST(Generated, EveryRowOfTheTablesIsWrittenOut) {
  const auto complete = [](const KeyInfo& key) {
    EXPECT_FALSE(key.type.empty() || key.summary.empty() || key.example.empty() || key.schema.empty()) << key.name;
    EXPECT_TRUE(key.summary.ends_with('.')) << key.name;
  };
  for (const auto& key : model_keys()) complete(key);
  for (const auto& key : chunk_keys()) complete(key);
  for (const auto& key : threshold_keys()) complete(key);
  for (const auto& key : constraint_keys()) complete(key);
  for (const auto& key : filter_keys()) complete(key);
  for (const auto& key : cost_keys()) complete(key);
}

}  // namespace
}  // namespace longwatch

#pragma once
// Access to the values that tests/data/profile/make.py worked out with NumPy.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace longwatch::test {

inline nlohmann::json expected_values(const std::string& file) {
  const auto folder = std::filesystem::path(LONGWATCH_SOURCE_FOLDER) / "tests" / "data" / "profile";
  std::ifstream in(folder / file);
  EXPECT_TRUE(in.good()) << folder / file;
  return nlohmann::json::parse(in);
}

}  // namespace longwatch::test

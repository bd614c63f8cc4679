#pragma once
// Guesses the roles of columns from their names, types and first values.

#include <map>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/model/sample.hpp"

namespace longwatch {

/// What the columns of a table probably are. Empty names: none found.
struct Guess {
  Task task = Task::none;
  std::string timestamp;
  std::string id;
  std::string score;                          ///< binary
  std::map<std::string, std::string> scores;  ///< multiclass: class -> column
  std::string prediction;
  std::string target;
  std::string positive;                    ///< empty where the labels are 0 and 1 or false and true
  std::vector<std::string> other_outputs;  ///< look like outputs, but are none of the above: not features either
  std::vector<std::string> segments;       ///< text columns with few values
  std::vector<std::string> codes;          ///< integer columns with few values
};

Guess guess_roles(const std::vector<ColumnSample>& columns);

}  // namespace longwatch

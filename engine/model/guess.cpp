// The names that people give to columns, and what they usually mean.

#include "engine/model/guess.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/base/text.hpp"

namespace longwatch {
namespace {

using Patterns = std::vector<const char*>;  // best first; lower case

constexpr std::size_t kFewValues = 50;
constexpr std::size_t kFewClasses = 20;

const Patterns kTimes = {"timestamp",  "datetime", "date", "time",   "ts",    "*timestamp*",
                         "*datetime*", "*_date",   "*_at", "date_*", "*_time"};
const Patterns kIds = {"id", "uuid", "guid", "row_id", "identifier", "*_id", "*_uuid", "id_*"};
const Patterns kScores = {"y_pred_proba", "score",         "proba",  "probability", "y_score",
                          "*_proba",      "*_probability", "*_prob", "*score",      "*score*"};
const Patterns kClassScores = {"*proba_*", "*probability_*", "*prob_*", "*score_*"};
const Patterns kPredictions = {"y_pred", "prediction",   "pred",   "predicted",  "y_hat",
                               "*_pred", "*_prediction", "pred_*", "predicted_*"};
const Patterns kTargets = {"target",  "label",    "y_true",  "y",      "actual",   "ground_truth",
                           "outcome", "*_target", "*_label", "*_true", "*_actual", "class"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool fits(const Patterns& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const char* pattern) { return glob_match(pattern, lower(name)); });
}

// A score is a floating-point number within [0, 1]; this tells a probability from a credit score.
bool probability(const ColumnSample& column) {
  return (column.info.type == FileType::floating || column.info.type == FileType::decimal) && column.least >= 0 &&
         column.greatest <= 1;
}

bool time_like(const ColumnSample& column) {
  if (column.info.type == FileType::timestamp || column.info.type == FileType::date) return true;
  if (column.info.type != FileType::text || column.texts.empty()) return false;
  const auto iso = [](const std::string& text) {
    return text.size() >= 10 && text[4] == '-' && text[7] == '-' && text.find_first_not_of("0123456789-") >= 10;
  };
  return std::all_of(column.texts.begin(), column.texts.end(), iso);
}

class Guesser {
 public:
  explicit Guesser(const std::vector<ColumnSample>& columns) : columns_(columns) {}

  Guess guess() {
    guess_.timestamp = first(kTimes, time_like);
    if (guess_.timestamp.empty())
      guess_.timestamp = first({"*"}, [](const ColumnSample& c) { return c.info.type == FileType::timestamp; });
    guess_.id = first(kIds, [](const ColumnSample& c) { return c.info.type != FileType::floating && c.unique(); });
    find_class_scores();
    if (guess_.scores.empty()) guess_.score = first(kScores, probability);
    const auto any = [](const ColumnSample&) { return true; };
    guess_.prediction = first(kPredictions, any);
    guess_.target = first(kTargets, any);
    for (const ColumnSample& column : columns_) {
      const std::string& name = column.info.name;
      const bool output = fits(kPredictions, name) || (fits(kScores, name) && probability(column));
      if (output && !taken_.contains(name)) take_other(name);
    }
    decide_task();
    for (const ColumnSample& column : columns_) note_few_values(column);
    return std::move(guess_);
  }

 private:
  // The first column that fits the best pattern and passes `test`; it is taken.
  template <class Test>
  std::string first(const Patterns& patterns, const Test& test) {
    for (const char* pattern : patterns) {
      for (const ColumnSample& column : columns_) {
        const std::string& name = column.info.name;
        if (!taken_.contains(name) && glob_match(pattern, lower(name)) && test(column)) {
          taken_.insert(name);
          return name;
        }
      }
    }
    return "";
  }

  void take_other(const std::string& name) {
    taken_.insert(name);
    guess_.other_outputs.push_back(name);
  }

  // Two columns or more such as y_pred_proba_cat, y_pred_proba_dog.
  void find_class_scores() {
    for (const char* pattern : kClassScores) {
      const std::string middle = std::string(pattern).substr(1, std::string(pattern).size() - 2);
      std::map<std::string, std::string> found;
      for (const ColumnSample& column : columns_) {
        const std::size_t at = lower(column.info.name).find(middle);
        const std::size_t end = at + middle.size();
        if (at == std::string::npos || end >= column.info.name.size() || !probability(column)) continue;
        found.emplace(column.info.name.substr(end), column.info.name);
      }
      if (found.size() < 2) continue;
      guess_.scores = found;
      for (const auto& [label, name] : found) taken_.insert(name);
      return;
    }
  }

  [[nodiscard]] const ColumnSample* find(const std::string& name) const {
    const auto found =
        std::find_if(columns_.begin(), columns_.end(), [&](const ColumnSample& c) { return c.info.name == name; });
    return found == columns_.end() ? nullptr : &*found;
  }

  void decide_task() {
    const ColumnSample* labels = find(guess_.target.empty() ? guess_.prediction : guess_.target);
    if (guess_.scores.size() >= 2) {
      guess_.task = Task::multiclass;
    } else if (!guess_.score.empty()) {
      guess_.task = Task::binary;
    } else if (!guess_.prediction.empty()) {
      const ColumnSample& predicted = *find(guess_.prediction);
      const bool integral = std::none_of(predicted.texts.begin(), predicted.texts.end(), [](const std::string& t) {
        return t.find_first_of(".e") != std::string::npos;
      });
      const bool classes = !predicted.number() || (integral && predicted.texts.size() <= kFewClasses);
      guess_.task = !classes ? Task::regression : labels->texts.size() <= 2 ? Task::binary : Task::multiclass;
    } else {
      // A target alone makes no task that could be analysed, but it is no feature either.
      if (!guess_.target.empty()) guess_.other_outputs.push_back(guess_.target);
      guess_.target.clear();
    }
    if (guess_.task == Task::binary && labels != nullptr) guess_.positive = positive_of(labels->texts);
  }

  static std::string positive_of(const std::set<std::string>& labels) {
    if (labels.empty() || labels.contains("1") || labels.contains("true") || labels == std::set<std::string>{"0"})
      return "";
    for (const std::string& label : labels) {
      for (const char* yes : {"yes", "y", "true", "t", "positive", "pos", "bad", "fraud", "churn", "default"}) {
        if (lower(label) == yes) return label;
      }
    }
    return *labels.rbegin();
  }

  void note_few_values(const ColumnSample& column) {
    if (taken_.contains(column.info.name) || column.texts.size() < 2) return;
    if (column.info.type == FileType::text && column.texts.size() <= kFewValues)
      guess_.segments.push_back(column.info.name);
    if (column.info.type == FileType::integer && column.texts.size() <= kFewClasses)
      guess_.codes.push_back(column.info.name);
  }

  const std::vector<ColumnSample>& columns_;
  std::set<std::string> taken_;
  Guess guess_;
};

}  // namespace

Guess guess_roles(const std::vector<ColumnSample>& columns) { return Guesser(columns).guess(); }

}  // namespace longwatch

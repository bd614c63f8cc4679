// Writes a configuration from what a table's columns probably are.

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/model/guess.hpp"
#include "engine/model/model.hpp"
#include "engine/model/sample.hpp"

namespace longwatch {
namespace {

bool plain(const std::string& text) {
  static const std::vector<std::string> kWords = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "none"};
  std::string lower = text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (text.empty() || std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto other = [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-'; };
  return (letter(text[0]) || text[0] == '/') &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || other(c); });
}

// A text as YAML that reads back to the same text.
std::string yaml(const std::string& text) {
  if (plain(text)) return text;
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '"' || byte == '\\') {
      out += {'\\', text[i]};
    } else if (byte < 0x20 || byte == 0x7F) {
      out += {'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
    } else if (byte == '$' && i + 1 < text.size() && text[i + 1] == '{') {
      out += "$$";
    } else {
      out += text[i];
    }
  }
  return out + '"';
}

std::string list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ", ") + yaml(texts[i]);
  return out + "]";
}

// A name that may be a model's: no glob, no slash, no control character.
std::string model_key(std::string name) {
  name = valid_utf8(name).substr(0, 200);
  for (char& c : name) {
    if (c == '*' || c == '?' || c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = '_';
  }
  name = valid_utf8(name);
  std::replace(name.begin(), name.end(), '\\', '_');
  return name.empty() || name == "." || name == ".." ? "model" : name.substr(0, 200);
}

class Writer {
 public:
  void line(const std::string& key, const std::string& value, const std::string& comment) {
    out_ += "    " + key + ": " + value + (comment.empty() ? "" : "  # " + comment) + "\n";
  }
  void comment(const std::string& text) { out_ += "    # " + text + "\n"; }
  void column(const std::string& key, const std::string& name, const std::string& why) {
    if (!name.empty()) line(key, yaml(name), why);
  }
  std::string out_;
};

void write_time(const Guess& guess, Writer& out) {
  if (guess.timestamp.empty()) {
    out.comment("timestamp: COLUMN  # none found; without one, chunks follow the order of the rows");
    out.line("chunk", "{number: 10}", "or {size: 50000}; with a timestamp also 1d, 1w, 1M");
    return;
  }
  out.column("timestamp", guess.timestamp, "guessed from its name, type and values");
  out.line("chunk", "1w", "or 1h, 1d, 1M, {size: 50000}, {number: 20}");
}

void write_outputs(const Guess& guess, Writer& out) {
  static constexpr const char* kTasks[] = {"none", "binary", "multiclass", "regression"};
  if (guess.task == Task::none) {
    out.comment("task: binary  # binary, multiclass or regression, with score, prediction and target;");
    out.comment("no score and no prediction was found, so only drift and data quality are watched");
    return;
  }
  out.line("task", kTasks[static_cast<int>(guess.task)],
           "guessed from the columns below; or binary, multiclass, regression");
  out.column("score", guess.score, "guessed from its name and its values between 0 and 1");
  if (!guess.scores.empty()) {
    std::string map;
    for (const auto& [label, column] : guess.scores)
      map += (map.empty() ? "{" : ", ") + yaml(label) + ": " + yaml(column);
    out.line("score", map + "}", "class: column, guessed from their names");
  }
  out.column("prediction", guess.prediction, "guessed from its name");
  if (guess.prediction.empty() && guess.task == Task::binary)
    out.line("cutoff", "0.5", "scores from here on predict the positive class");
  out.column("target", guess.target, "guessed from its name");
  if (guess.target.empty()) out.comment("target: COLUMN  # none found; needed for realized performance");
  out.column("positive", guess.positive, "the positive class, guessed from the labels");
}

void write_features(const Guess& guess, Writer& out) {
  if (guess.other_outputs.empty()) {
    out.comment("features: {exclude: [COLUMN]}  # every column without a role is a feature");
  } else {
    out.line("features", "{exclude: " + list(guess.other_outputs) + "}", "these look like outputs or labels");
  }
  if (!guess.codes.empty())
    out.comment("treat_as: {" + yaml(guess.codes[0]) +
                ": categorical}  # whole numbers with few values: " + list(guess.codes));
  if (!guess.segments.empty()) out.comment("segments: " + list(guess.segments) + "  # texts with few values");
}

}  // namespace

Result<std::string> infer_config(const Source& reference, const std::vector<std::string>& reference_paths,
                                 const std::vector<std::string>& analysis_paths, const std::string& model_name) {
  if (reference_paths.empty())
    return Error{ErrorCode::usage, "no reference file is given", {}, "name at least one Parquet file"};
  LW_TRY(const std::vector<ColumnSample> columns, sample_columns(reference));
  const Guess guess = guess_roles(columns);
  Writer out;
  out.out_ =
      "# Inferred by Longwatch from the names, types and first values of the columns. Read it and correct "
      "it.\nmodels:\n  " +
      yaml(model_key(model_name)) + ":\n";
  out.line("reference", reference_paths.size() == 1 ? yaml(reference_paths[0]) : list(reference_paths),
           "a period in which the model worked well");
  if (analysis_paths.empty()) {
    out.comment("analysis: PATH  # the period to look at");
  } else {
    out.line("analysis", analysis_paths.size() == 1 ? yaml(analysis_paths[0]) : list(analysis_paths),
             "the period to look at");
  }
  write_time(guess, out);
  out.column("id", guess.id, "guessed from its name; every value is different");
  write_outputs(guess, out);
  write_features(guess, out);
  return out.out_;
}

}  // namespace longwatch

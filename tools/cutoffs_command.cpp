// The verb cutoffs: the best cut-off for a cost matrix, and what the metrics would be at others.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/text.hpp"
#include "engine/config/field.hpp"
#include "engine/output/cutoffs_file.hpp"
#include "engine/output/text_table.hpp"
#include "tools/commands.hpp"

namespace longwatch {
namespace {

struct Arguments {
  std::string result;
  std::vector<std::string> models;
  std::string segment;
  std::string period = "analysis";
  std::string costs;
  std::string format = "table";
  bool all = false;
};

using Curve = std::vector<CutoffRow>;

// "true_positive=120,false_positive=-15"
Result<std::optional<OutcomeValues>> parse_costs(const std::string& text) {
  if (text.empty()) return std::optional<OutcomeValues>{};
  static const std::vector<std::string> kNames{"true_positive", "false_positive", "false_negative", "true_negative"};
  static constexpr double OutcomeValues::*kMembers[] = {&OutcomeValues::true_positive, &OutcomeValues::false_positive,
                                                        &OutcomeValues::false_negative, &OutcomeValues::true_negative};
  OutcomeValues out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string entry = text.substr(at, end - at);
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const std::string name = entry.substr(0, equals);
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end())
      return Error{ErrorCode::usage, "there is no outcome '" + name + "'", {}, known_names_hint(name, kNames)};
    double value = 0;
    if (equals == entry.size() || !parse_number(entry.substr(equals + 1), value))
      return Error{ErrorCode::usage, "'" + entry + "' must be OUTCOME=NUMBER", {}, "for example true_positive=120"};
    out.*kMembers[found - kNames.begin()] = value;
    at = end + 1;
  }
  return std::optional<OutcomeValues>(out);
}

std::string segment_text(const CutoffRow& row) {
  if (row.key.segment_column.empty()) return "all";
  return std::string(row.key.segment_column.view()) + "=" + std::string(row.key.segment_value.view());
}

bool wanted(const Arguments& arguments, const CutoffRow& row) {
  const auto matches = [&](const std::string& pattern) { return glob_match(pattern, row.key.model.view()); };
  if (!arguments.models.empty() && std::none_of(arguments.models.begin(), arguments.models.end(), matches)) return false;
  if (arguments.period != row.key.period) return false;
  return arguments.segment.empty() ? row.key.segment_column.empty() : glob_match(arguments.segment, segment_text(row));
}

bool same_curve(const CutoffRow& a, const CutoffRow& b) {
  return a.key.model == b.key.model && a.key.segment_column == b.key.segment_column &&
         a.key.segment_value == b.key.segment_value && a.key.segment_missing == b.key.segment_missing &&
         std::string_view(a.family) == b.family;
}

std::vector<Curve> curves_of(const std::vector<CutoffRow>& rows, const Arguments& arguments) {
  std::vector<Curve> out;
  for (const CutoffRow& row : rows) {
    if (!wanted(arguments, row)) continue;
    if (out.empty() || !same_curve(out.back().back(), row)) out.emplace_back();
    out.back().push_back(row);
  }
  return out;
}

// Values and the best cut-off by other costs than those of the run.
void revalue(Curve& curve, const OutcomeValues& costs) {
  std::vector<CutoffPoint> points;
  for (CutoffRow& row : curve) {
    points.push_back(row.point);
    row.business_value = business_value(row.point, costs);
    row.best = 0;
  }
  const bool estimated = std::string_view(curve.front().family) == "estimated_performance";
  const BestCutoff best =
      best_cutoff(points, costs, estimated, kCutoffResamples, cutoff_seed(curve.front().key, curve.front().family));
  CutoffRow& row = curve[best.at];
  row.best = 1;
  row.cutoff_lower = best.cutoff_lower;
  row.cutoff_upper = best.cutoff_upper;
  row.value_lower = best.value_lower;
  row.value_upper = best.value_upper;
}

TextTable::Cell cell(double value) {
  if (std::isnan(value)) return {};
  if (std::isinf(value)) return std::string("none");  // no row is predicted positive
  return value;
}

TextTable best_table(const std::vector<Curve>& curves) {
  TextTable table({"model", "segment", "family", "rows", "best_cutoff", "lower", "upper", "business_value",
                   "per_prediction", "per_prediction_lower", "per_prediction_upper"});
  for (const Curve& curve : curves) {
    for (const CutoffRow& row : curve) {
      if (row.best != 1) continue;
      table.add_row({std::string(row.key.model.view()), segment_text(row), std::string(row.family), row.point.rows(),
                     cell(row.point.cutoff), cell(row.cutoff_lower), cell(row.cutoff_upper), cell(row.business_value),
                     cell(row.business_value / row.point.rows()), cell(row.value_lower), cell(row.value_upper)});
    }
  }
  return table;
}

TextTable full_table(const std::vector<Curve>& curves) {
  TextTable table({"model", "segment", "family", "cutoff", "true_positive", "false_positive", "false_negative",
                   "true_negative", "business_value", "best"});
  for (const Curve& curve : curves) {
    for (const CutoffRow& row : curve) {
      table.add_row({std::string(row.key.model.view()), segment_text(row), std::string(row.family),
                     cell(row.point.cutoff), row.point.true_positive, row.point.false_positive,
                     row.point.false_negative, row.point.true_negative, cell(row.business_value),
                     row.best < 0 ? TextTable::Cell() : TextTable::Cell(row.best == 1)});
    }
  }
  return table;
}

int show(const Arguments& arguments) {
  auto costs = parse_costs(arguments.costs);
  if (!costs.ok()) return report(costs.error());
  std::string path = arguments.result;
  if (std::filesystem::is_directory(path)) {
    const bool result = std::filesystem::exists(path + "/results.parquet");
    path += "/cutoffs.parquet";
    if (result && !std::filesystem::exists(path)) {
      return report({ErrorCode::usage,
                     "this result has no cut-offs",
                     {.file = arguments.result},
                     "only models with `task: binary` and a `score` have them; an older result needs a new run"});
    }
  }
  TextPool pool;
  auto rows = read_cutoffs(path, pool);
  if (!rows.ok()) return report(rows.error());
  std::vector<Curve> curves = curves_of(rows.value(), arguments);
  if (curves.empty())
    return report({ErrorCode::usage, "no curve matches", {.file = path}, "see --models, --segment and --period"});
  if (costs.value()) {
    for (Curve& curve : curves) revalue(curve, *costs.value());
  }
  const bool valued = std::any_of(curves.begin(), curves.end(), [](const Curve& c) { return c.front().best >= 0; });
  if (!valued && !arguments.all) {
    return report({ErrorCode::usage, "the best cut-off depends on costs, and the run had none", {.file = path},
                   "give --costs, or --all for the confusion matrix at every cut-off"});
  }
  TextTable table = arguments.all ? full_table(curves) : best_table(curves);
  if (arguments.format == "table") table.drop_empty_columns();
  std::fputs((arguments.format == "json" ? table.to_json() : table.text()).c_str(), stdout);
  return kExitFine;
}

}  // namespace

void add_cutoffs_verb(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand(
      "cutoffs", "Show the cut-off of binary models that is worth most, with its interval, or all cut-offs");
  verb->footer(
      "Example: longwatch cutoffs out/flights --costs true_positive=120,false_positive=-15,false_negative=-300\n"
      "A row is predicted positive where its score is at or above the cut-off; none: no row is. Intervals (95 %) are\n"
      "percentiles of 200 bootstrap tables; for estimates the calibration is held fixed.");
  auto arguments = std::make_shared<Arguments>();
  verb->add_option("result", arguments->result, "A result directory, or its cutoffs.parquet")->required();
  verb->add_option("--models", arguments->models, "Only this model (a name or glob; may be given more than once)")
      ->allow_extra_args(false);
  verb->add_option("--segment", arguments->segment, "Segments, COLUMN=VALUE or a glob such as '*'; default: all rows");
  verb->add_option("--period", arguments->period, "analysis or reference")
      ->check(CLI::IsMember({"analysis", "reference"}));
  verb->add_option("--costs", arguments->costs,
                   "What a row of each outcome is worth, OUTCOME=NUMBER,...; default: the costs of the run");
  verb->add_flag("--all", arguments->all, "Every cut-off instead of the best one");
  verb->add_option("--format", arguments->format, "table or json")->check(CLI::IsMember({"table", "json"}));
  verb->callback([arguments, &code] { code = show(*arguments); });
}

}  // namespace longwatch

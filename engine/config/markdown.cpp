// The page of docs/configuration.md, from the tables of keys.

#include "engine/config/keys.hpp"

namespace longwatch {
namespace {

const char* const kIntroduction = R"(# Configuration

One YAML file describes one fleet. `defaults` holds what the models share, `models` what is each one's own. Wherever the
file is wrong, Longwatch says the line, the character and the nearest known name; `longwatch validate fleet.yaml` checks
it without a run. `schema/longwatch.schema.json` gives editors completion.

```yaml
defaults:
  reference: data/flights/reference.parquet
  analysis: data/flights/analysis.parquet        # a path, a glob, or a list of them
  timestamp: timestamp
  id: flight_id
  chunk: 1w
  segments: [carrier, origin, [carrier, origin]]
  features: {exclude: ["*_pred", "*score*", late, arr_delay, class]}   # columns with a role are never features
models:
  late_15_minutes:
    task: binary
    score: late_score
    prediction: late_pred
    target: late
    thresholds: {jensen_shannon: {constant: {upper: 0.1}}, missing_rate: {standard_deviation: 3}}
    constraints: [{column: distance, in_range: [80, 5000]}]
  arrival_delay: {task: regression, prediction: arr_delay_pred, target: arr_delay}
```

## Rules

- Every key below may stand in `defaults` or in a model; the model's wins. `thresholds`, `features` and `custom_metrics` are merged
  key by key, every other key is replaced whole.
- A name with `*` or `?` in `models`, such as `"fraud_*"`, is no model but holds defaults for the models whose name it
  matches. They apply in the order of the file, after `defaults` and before the model's own keys.
- `key: null` in a model or a glob takes away what it would inherit.
- `${NAME}` and `${NAME:-default}` in a value are replaced from the environment; `$${` is a literal `${`. In `{...}` and
  `[...]` such a value needs quotes.
- Anchors, aliases and `<<:` work. A key written twice, an unknown key and an empty value are errors.
- A model's name is the name of its files: no slashes, at most 200 bytes.
- A model with a `score`, `prediction` or `target` needs a `task`; a regression needs a `prediction`, a classifier a
  `score` or a `prediction`.
- Row weights are not supported: `weight` is refused.
- A file has at most 1 MiB, 32 levels and 100,000 models.
)";

const char* const kFilterRules = R"(
What a value means depends on the column's type in the file:

- Numbers compare as numbers; in a float (32-bit) column with the value rounded to float. Whole-number and decimal columns
  cannot be compared with values of 2^53 and more.
- Text compares as text, byte by byte; `"10"` lies before `"9"`, so in an order a number must be in quotes.
- Timestamps, dates and the `timestamp` column compare as times. The value is an ISO 8601 date or date-time; without an
  offset it is in the model's `time_zone`, as are times without a zone in the data.
- Booleans are true or false and have no order.
- Binary and time-of-day columns know only `missing`.

How many rows the filter leaves out stands in the results as `filtered_rate` and in `run.json`. A filter that leaves no
row is an error, and so is a profile that was fitted with another filter.
)";

const char* const kCostRules = R"(
A multiclass model has a row for each true class: `costs: {card: {card: 10, loan: -5}, loan: {card: -40}}`.

## custom_metrics

`custom_metrics: {profit: "(120 * tp - 15 * fp) / rows"}` gives a metric `profit`, estimated and realized, with intervals,
thresholds and alerts like any other. Names have lower-case letters, digits and `_`, and differ from those of Longwatch's own
metrics. An expression has numbers, totals, `+ - * / ^`, comparisons (1 or 0), `condition ? a : b`, parentheses, and `abs`,
`exp`, `log`, `max`, `min` and `sqrt`; at most 1,000 characters. Nothing else is executed: there is no assignment. An unknown
total is an error with its line. A division by zero, in a chunk, gives the status `undefined: division by zero`.

| total of a binary model | meaning |
|---|---|
| `tp`, `fp`, `fn`, `tn` | the confusion matrix: counts of labelled rows (realized), or expected counts of all scored rows (estimated) |
| `rows` | their sum |
| `positives`, `negatives` | `tp + fn`, `fp + tn` |
| `predicted_positive`, `predicted_negative` | `tp + fp`, `fn + tn` |
| `labels` | rows of the chunk whose label is known; in estimates, whose labels are still to come, all `rows` |

A multiclass model has `rows`, `labels`, `correct` (rows whose prediction is their label) and, for each pair of classes,
`true_A_pred_B`, where bytes of the labels other than letters and digits are written `_`.

| total of a regression | meaning |
|---|---|
| `rows` | rows with a prediction and a label; estimated: rows with a prediction |
| `sum_error`, `sum_abs_error`, `sum_squared_error` | sums over them of prediction - label, of its size and of its square; estimated: `rows` times the [estimated](metrics.md#estimated-losses) `bias`, `mae` and `mse` |
| `labels` | rows of the chunk whose label is known; estimated: all `rows` |

`custom_metrics: {relative_bias: "sum_error / sum_abs_error"}`, for example. [Intervals](metrics.md#metrics-of-your-own) follow the slopes of the
expression; where it has none (`tp ^ 0.5` without a true positive) there is no interval.
)";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

template <class T>
std::string table(const std::vector<Key<T>>& keys) {
  std::string out = "| key | meaning | value | default | example |\n|---|---|---|---|---|\n";
  for (const Key<T>& key : keys) {
    const std::string fallback = key.fallback.empty() ? "" : escaped(key.fallback);
    out += "| `" + key.name + "` | " + escaped(key.summary) + " | " + escaped(key.type) + " | " + fallback + " | `" +
           key.name + ": " + escaped(key.example) + "` |\n";
  }
  return out;
}

}  // namespace

std::string config_markdown() {
  std::string out = kIntroduction;
  out += "\n## Keys of a model\n\n" + table(model_keys());
  out +=
      "\n## chunk\n\nA period by itself (`chunk: 1w`; `1h`, `1d`, `1M` for a month, `1q`, `1y`), or a map with exactly "
      "one of `size`, `number` and `period`.\n\n" +
      table(chunk_keys());
  out +=
      "\n## filter\n\nEach entry names one column and one condition or several; a row stays where all of them hold, in "
      "the reference as in the analysis.\nA missing value (null or NaN) satisfies no comparison, not even `not_equals` "
      "and `not_in`.\n\n" +
      table(filter_keys());
  out += kFilterRules;
  out +=
      "\n## labels\n\nFiles, or a map; `reference_labels` likewise. What is counted and what wins: "
      "[labels](input.md#labels).\n\n" +
      table(labels_keys());
  out += "\n## features\n\nA list of names, or a map:\n\n" + table(feature_keys());
  out +=
      "\n## thresholds\n\nKeys are `metric` or `metric@column`, either with `*` and `?`. A value is `none` (never "
      "outside) or a map with exactly one of:\n\n" +
      table(threshold_keys());
  out += "\nUnder `null`, as a map:\n\n" + table(null_keys());
  out += "\nOf the others both sides are optional, but one must be there:\n\n" + table(side_keys());
  out += "\n## minimum\n\nWhat a chunk needs for a threshold `null`; with less its status is `insufficient_data`.\n\n" +
         table(minimum_keys());
  out += "\n## constraints\n\nEach entry names one column or several, and one limit or several.\n\n" +
         table(constraint_keys());
  out += "\n## costs\n\nOf a binary model:\n\n" + table(cost_keys());
  out += kCostRules;
  out += "\n## pca\n\n" + table(pca_keys());
  out += "\n## intervals\n\n" + table(interval_keys());
  return out;
}

}  // namespace longwatch

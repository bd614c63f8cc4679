// Draws every column of a model's table.
#include "tools/synth/columns.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>

#include "tools/synth/fill.hpp"
#include "tools/synth/random.hpp"

namespace longwatch::synth {
namespace {

bool drifts(const Feature& feature, DriftKind kind, std::int64_t row) {
  return feature.drift.kind == kind && row >= feature.drift.first_row;
}

// Whether a row is among the share of rows that a drift touches.
bool chosen(const Feature& feature, std::int64_t row) {
  return uniform(random_bits(feature.key ^ 0xd1f7d1f7ULL, row)) < feature.drift.amount;
}

double draw(const Feature& feature, std::uint64_t bits) {
  const Quantiles& quantiles = Quantiles::tables();
  switch (feature.family) {
    case Family::normal:
      return feature.centre + feature.unit * quantiles.normal(bits);
    case Family::lognormal:
      return quantiles.lognormal(bits);
    case Family::integer:
      return std::floor(5 * quantiles.lognormal(bits));
    case Family::zero_inflated:
      return uniform(mix64(bits)) < 0.6 ? 0 : quantiles.lognormal(bits);
    case Family::gap: {
      const double u = uniform(bits);
      return u < 0.5 ? 0.8 * u : 0.2 + 0.8 * u;
    }
    case Family::category:
      break;
  }
  return 0;
}

std::int32_t category_at(const Feature& feature, std::int64_t row) {
  if (drifts(feature, DriftKind::new_category, row) && chosen(feature, row)) return feature.categories;
  const double u = uniform(random_bits(feature.key, row));
  return static_cast<std::int32_t>(u * u * feature.categories);
}

Column feature_column(const Feature& feature) {
  const auto null = [&feature](std::int64_t row) { return null_at(feature, row); };
  if (feature.family == Family::category) {
    std::vector<std::string> texts;
    for (int c = 0; c < feature.categories; ++c) {
      char text[32];
      std::snprintf(text, sizeof text, "c%03d", c);
      texts.emplace_back(text);
    }
    std::vector<std::string> later = texts;  // a dictionary names no value that its rows cannot have
    later.emplace_back("new");
    return {feature.name, text_type(), [&feature, texts, later, null](Rows rows) {
              const bool drifted = drifts(feature, DriftKind::new_category, rows.first + rows.count - 1);
              return fill_text(
                  rows, drifted ? later : texts, [&](std::int64_t row) { return category_at(feature, row); }, null);
            }};
  }
  if (feature.family == Family::integer) {
    return {feature.name, arrow::int64(), [&feature, null](Rows rows) {
              const auto value = [&](std::int64_t row) { return static_cast<std::int64_t>(number_at(feature, row)); };
              return fill<arrow::Int64Type>(rows, arrow::int64(), value, null);
            }};
  }
  return {feature.name, arrow::float64(), [&feature, null](Rows rows) {
            const auto value = [&](std::int64_t row) { return number_at(feature, row); };
            return fill<arrow::DoubleType>(rows, arrow::float64(), value, null);
          }};
}

Column number_column(std::string name, std::function<double(std::int64_t)> value) {
  return {std::move(name), arrow::float64(), [value = std::move(value)](Rows rows) {
            return fill<arrow::DoubleType>(rows, arrow::float64(), value, kNever);
          }};
}

Column label_column(std::string name, std::vector<std::string> texts, std::function<int(std::int64_t)> code) {
  return {std::move(name), text_type(), [texts = std::move(texts), code = std::move(code)](Rows rows) {
            return fill_text(rows, texts, code, kNever);
          }};
}

Column flag_column(std::string name, std::function<bool(std::int64_t)> value) {
  return {std::move(name), arrow::int64(), [value = std::move(value)](Rows rows) {
            return fill<arrow::Int64Type>(rows, arrow::int64(), value, kNever);
          }};
}

// What a model makes of a row: a weighted sum of its first four numeric features, standardised. `output` picks the
// weights.
class Signal {
 public:
  explicit Signal(const Model& model) {
    for (const Feature& feature : model.features) {
      if (feature.family != Family::category && features_.size() < 4) features_.push_back(&feature);
    }
  }
  [[nodiscard]] double at(std::int64_t row, std::size_t output) const {
    static constexpr double kWeights[3][4] = {{0.8, -0.5, 0.4, 0.3}, {-0.3, 0.7, 0.2, -0.6}, {0.2, 0.1, -0.8, 0.5}};
    double sum = 0;
    for (std::size_t f = 0; f < features_.size(); ++f) {
      if (null_at(*features_[f], row)) continue;
      const double z = (number_at(*features_[f], row) - features_[f]->centre) / features_[f]->unit;
      sum += kWeights[output][f] * std::clamp(z, -4.0, 4.0);
    }
    return sum;
  }

 private:
  std::vector<const Feature*> features_;
};

// An algebraic sigmoid: (-inf, inf) -> (0, 1) with sqrt only, so the same bits everywhere.
double sigmoid(double t) { return 0.5 + 0.5 * t / std::sqrt(1 + t * t); }

void add_binary(const Model& model, std::vector<Column>& columns) {
  const Signal signal(model);
  const std::uint64_t label = subkey(model.key, "label");
  const auto score = [signal](std::int64_t row) { return sigmoid(signal.at(row, 0)); };
  columns.push_back(number_column("score", score));
  columns.push_back(flag_column("prediction", [score](std::int64_t row) { return score(row) >= 0.5; }));
  columns.push_back(flag_column(
      "target", [score, label](std::int64_t row) { return uniform(random_bits(label, row)) < score(row); }));
}

void add_multiclass(const Model& model, std::vector<Column>& columns) {
  static const std::vector<std::string> kClasses = {"a", "b", "c"};
  struct Scores {
    double of[3];
  };
  const Signal signal(model);
  const auto scores = [signal](std::int64_t row) {
    Scores all{};
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) sum += all.of[k] = 0.02 + sigmoid(2 * signal.at(row, k));
    for (double& score : all.of) score /= sum;
    return all;
  };
  for (std::size_t k = 0; k < 3; ++k) {
    columns.push_back(
        number_column("score_" + kClasses[k], [scores, k](std::int64_t row) { return scores(row).of[k]; }));
  }
  columns.push_back(label_column("prediction", kClasses, [scores](std::int64_t row) {
    const Scores all = scores(row);
    return static_cast<int>(std::max_element(all.of, all.of + 3) - all.of);
  }));
  columns.push_back(label_column("target", kClasses, [scores, label = subkey(model.key, "label")](std::int64_t row) {
    const Scores all = scores(row);
    const double u = uniform(random_bits(label, row));
    return u < all.of[0] ? 0 : u < all.of[0] + all.of[1] ? 1 : 2;
  }));
}

void add_regression(const Model& model, std::vector<Column>& columns) {
  const Signal signal(model);
  const auto prediction = [signal](std::int64_t row) { return 50 + 10 * signal.at(row, 0); };
  columns.push_back(number_column("prediction", prediction));
  columns.push_back(number_column("target", [prediction, noise = subkey(model.key, "noise")](std::int64_t row) {
    return prediction(row) + 5 * Quantiles::tables().normal(random_bits(noise, row));
  }));
}

}  // namespace

double number_at(const Feature& feature, std::int64_t row) {
  const double x = draw(feature, random_bits(feature.key, row));
  if (row < feature.drift.first_row) return x;
  switch (feature.drift.kind) {
    case DriftKind::shift:
      return x + feature.drift.amount;
    case DriftKind::scale:
      return feature.centre + feature.drift.amount * (x - feature.centre);
    case DriftKind::out_of_range:
      return chosen(feature, row) ? feature.centre + 1000 * feature.unit : x;
    default:
      return x;
  }
}

bool null_at(const Feature& feature, std::int64_t row) {
  if (feature.nulls > 0 && uniform(random_bits(feature.key ^ 0x4011ULL, row)) < feature.nulls) return true;
  return drifts(feature, DriftKind::nulls, row) && chosen(feature, row);
}

std::vector<Column> table_columns(const SynthOptions& options, const Model& model) {
  static const std::vector<std::string> kRegions = {"north", "south", "east", "west"};
  const auto utc = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  std::vector<Column> columns;
  columns.push_back({"id", arrow::int64(), [](Rows rows) {
                       return fill<arrow::Int64Type>(
                           rows, arrow::int64(), [](std::int64_t row) { return row; }, kNever);
                     }});
  columns.push_back({"timestamp", utc, [&options, utc](Rows rows) {
                       const auto value = [&](std::int64_t row) { return timestamp_of(options, row); };
                       return fill<arrow::TimestampType>(rows, utc, value, kNever);
                     }});
  columns.push_back(label_column("region", kRegions, [key = subkey(model.key, "region")](std::int64_t row) {
    const double u = uniform(random_bits(key, row));
    return u < 0.4 ? 0 : u < 0.7 ? 1 : u < 0.9 ? 2 : 3;
  }));
  for (const Feature& feature : model.features) columns.push_back(feature_column(feature));
  if (options.wide_types) {
    for (Column& column : wide_columns(model.key)) columns.push_back(std::move(column));
  }
  if (model.task == SynthTask::binary) add_binary(model, columns);
  if (model.task == SynthTask::multiclass) add_multiclass(model, columns);
  if (model.task == SynthTask::regression) add_regression(model, columns);
  return columns;
}

}  // namespace longwatch::synth

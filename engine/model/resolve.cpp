// Holds a model's configuration against its reference table.

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.hpp"
#include "engine/model/class_labels.hpp"
#include "engine/model/model.hpp"

namespace longwatch {
namespace {

bool is_glob(const std::string& name) { return name.find_first_of("*?") != std::string::npos; }

bool readable(FileType type) {
  return type != FileType::nested && type != FileType::binary && type != FileType::time && type != FileType::other;
}

ColumnKind natural_kind(FileType type) {
  const bool categorical = type == FileType::text || type == FileType::boolean || type == FileType::binary;
  return categorical ? ColumnKind::categorical : ColumnKind::continuous;
}

class Resolver {
 public:
  Resolver(const ModelConfig& model, const Source& source) : model_(model), source_(source) {
    for (const ColumnInfo& info : source.columns()) {
      names_.push_back(info.name);
      ++occurrences_[info.name];
    }
  }

  Result<ModelPlan> resolve() {
    LW_CHECK(check_label_map());
    LW_CHECK(take_roles());
    LW_CHECK(check_named());
    LW_CHECK(take_features());
    LW_CHECK(take_outputs());
    if (plan_.columns.empty())
      return error("", "the reference has no column that could be a feature",
                   "name some under 'features', or name the prediction");
    LW_CHECK(check_limits());
    plan_.config = model_;
    return std::move(plan_);
  }

 private:
  [[nodiscard]] Error error(const std::string& path, std::string what, std::string hint) const {
    return {ErrorCode::configuration, std::move(what), place_of(model_, path), std::move(hint)};
  }

  // The named column, which must occur once and be of a type that can be read.
  Result<const ColumnInfo*> column(const std::string& name, const std::string& path) const {
    const auto found = occurrences_.find(name);
    if (found == occurrences_.end()) {
      return error(path, "the reference has no column '" + name + "'", known_names_hint(name, names_));
    }
    const ColumnInfo* info = source_.find(name);
    if (found->second > 1 || info == nullptr) {
      return error(path, "the reference has " + std::to_string(found->second) + " columns named '" + name + "'",
                   "a column that is used must have a name of its own");
    }
    if (!readable(info->type) && info->type != FileType::binary) {
      return error(path, "column '" + name + "' is of type " + info->type_text + ", which cannot be used",
                   "flatten or convert it when the file is written");
    }
    return info;
  }

  // 1 and true are one label, so they stand for one.
  [[nodiscard]] Result<void> check_label_map() const {
    std::map<std::string, const std::pair<const std::string, std::string>*> seen;
    for (const auto& entry : model_.label_map) {
      const auto [at, fresh] = seen.emplace(canonical_label(entry.first), &entry);
      if (fresh || canonical_label(at->second->second) == canonical_label(entry.second)) continue;
      return error("label_map",
                   "'label_map' maps '" + at->second->first + "' and '" + entry.first +
                       "', which are one label, to different ones",
                   "remove one");
    }
    return {};
  }

  // Gives the column a role; a column has one at most.
  Result<void> take_role(const std::string& name, const std::string& role, const std::string& path) {
    if (name.empty()) return {};
    LW_TRY(const ColumnInfo* info, column(name, path));
    const auto [first, fresh] = roles_.emplace(name, role);
    if (!fresh)
      return error(path, "column '" + name + "' is both " + first->second + " and " + role, "a column has one role");
    const bool time_like =
        info->type != FileType::boolean && info->type != FileType::binary && info->type != FileType::null;
    if (role == "timestamp" && !time_like) {
      return error(path, "column '" + name + "' is of type " + info->type_text + ", which is no time",
                   "timestamps are timestamps, dates, ISO 8601 texts or epoch numbers");
    }
    return {};
  }

  Result<void> take_roles() {
    LW_CHECK(take_role(model_.timestamp, "timestamp", "timestamp"));
    LW_CHECK(take_role(model_.id, "id", "id"));
    for (std::size_t i = 0; i < model_.scores.size(); ++i) {
      LW_CHECK(take_role(model_.scores[i], "score",
                         model_.scores.size() == 1 ? "score" : "score[" + std::to_string(i) + "]"));
    }
    for (const auto& [label, name] : model_.class_scores) LW_CHECK(take_role(name, "score", "score." + label));
    LW_CHECK(take_role(model_.prediction, "prediction", "prediction"));
    LW_CHECK(take_role(model_.target, "target", "target"));
    const bool outputs =
        !model_.scores.empty() || !model_.class_scores.empty() || !model_.prediction.empty() || !model_.target.empty();
    if (outputs && model_.task == Task::none) {
      return error(!model_.target.empty()       ? "target"
                   : !model_.prediction.empty() ? "prediction"
                                                : "score",
                   "there is a score, prediction or target but no task", "say task: binary, multiclass or regression");
    }
    return {};
  }

  // Segment columns, the column of blocks and the exact names of treat_as.
  Result<void> check_named() const {
    if (const std::string& blocks = model_.intervals.block_column; !blocks.empty())
      LW_CHECK(column(blocks, "intervals.resample"));
    for (std::size_t i = 0; i < model_.segments.size(); ++i) {
      for (const std::string& name : model_.segments[i]) LW_CHECK(column(name, "segments[" + std::to_string(i) + "]"));
    }
    for (const auto* names : {&model_.treat_as_continuous, &model_.treat_as_categorical}) {
      for (const std::string& name : *names) {
        if (!is_glob(name)) LW_CHECK(column(name, "treat_as." + name));
      }
    }
    return {};
  }

  [[nodiscard]] bool excluded(const std::string& name) const {
    return std::any_of(model_.exclude_features.begin(), model_.exclude_features.end(),
                       [&](const std::string& glob) { return glob_match(glob, name); });
  }

  Result<void> take_features() {
    std::set<std::string> listed;
    if (model_.features) {
      for (std::size_t i = 0; i < model_.features->size(); ++i) {
        const std::string& name = (*model_.features)[i];
        const std::string path = "features[" + std::to_string(i) + "]";
        LW_CHECK(column(name, path));
        if (const auto role = roles_.find(name); role != roles_.end()) {
          return error(path, "column '" + name + "' is both " + role->second + " and feature",
                       "remove it from 'features'");
        }
        listed.insert(name);
      }
    }
    // By name, as files may hold their columns in any order, some even in their paths: sums over features that are no
    // integers (PCA) would differ in their last bits.
    std::vector<ColumnInfo> by_name = source_.columns();
    std::stable_sort(by_name.begin(), by_name.end(),
                     [](const ColumnInfo& a, const ColumnInfo& b) { return a.name < b.name; });
    for (const ColumnInfo& info : by_name) {
      const bool wanted = model_.features
                              ? listed.contains(info.name)
                              : readable(info.type) && occurrences_.at(info.name) == 1 && !roles_.contains(info.name);
      if (!wanted || excluded(info.name)) continue;
      LW_TRY(const ColumnKind kind, feature_kind(info));
      take(info, Role::feature, kind);
    }
    return {};
  }

  // The entry of treat_as that fits: the exact name, else a glob; its text goes to `entry`.
  static bool matches(const std::vector<std::string>& names, const std::string& name, bool exact, std::string& entry) {
    for (const std::string& candidate : names) {
      if (exact ? candidate != name : !is_glob(candidate) || !glob_match(candidate, name)) continue;
      entry = candidate;
      return true;
    }
    return false;
  }

  Result<ColumnKind> feature_kind(const ColumnInfo& info) const {
    std::string continuous;
    std::string categorical;
    for (const bool exact : {true, false}) {
      const bool as_number = matches(model_.treat_as_continuous, info.name, exact, continuous);
      const bool as_category = matches(model_.treat_as_categorical, info.name, exact, categorical);
      if (as_number && as_category) {
        return error(
            "treat_as." + categorical,
            "column '" + info.name + "' matches both '" + continuous + "' and '" + categorical + "' of treat_as",
            "name the column itself");
      }
      if (as_category) return ColumnKind::categorical;
      if (!as_number) continue;
      if (info.type == FileType::text || info.type == FileType::binary) {
        return error("treat_as." + continuous,
                     "column '" + info.name + "' holds text (" + info.type_text + ") and cannot be continuous",
                     "convert it to numbers when the file is written");
      }
      return ColumnKind::continuous;
    }
    return natural_kind(info.type);
  }

  void take(const ColumnInfo& info, Role role, ColumnKind kind) {
    const bool integer = info.type == FileType::integer || info.type == FileType::boolean;
    plan_.columns.push_back({info.name, role, kind, info.type_text, integer});
  }

  Result<void> take_output(const std::string& name, Role role, ColumnKind kind, const std::string& path) {
    if (name.empty()) return {};
    LW_TRY(const ColumnInfo* info, column(name, path));
    if (kind == ColumnKind::continuous && (info->type == FileType::text || info->type == FileType::binary)) {
      return error(
          path,
          std::string("the ") + role_name(role) + " '" + name + "' holds text (" + info->type_text +
              ") where numbers are needed",
          role == Role::score ? "a score is a probability" : "a regression predicts numbers; is the task right?");
    }
    take(*info, role, kind);
    return {};
  }

  Result<void> take_outputs() {
    for (std::size_t i = 0; i < model_.scores.size(); ++i) {
      const std::string path = model_.scores.size() == 1 ? "score" : "score[" + std::to_string(i) + "]";
      LW_CHECK(take_output(model_.scores[i], Role::score, ColumnKind::continuous, path));
    }
    for (const auto& [label, name] : model_.class_scores)
      LW_CHECK(take_output(name, Role::score, ColumnKind::continuous, "score." + label));
    const ColumnKind kind = model_.task == Task::regression ? ColumnKind::continuous : ColumnKind::categorical;
    LW_CHECK(take_output(model_.prediction, Role::prediction, kind, "prediction"));
    return take_output(model_.target, Role::target, kind, "target");
  }

  // Such columns have metrics without being features.
  [[nodiscard]] bool checked_for_repeats(const std::string& name) const {
    const auto& all = model_.constraints;
    return name == model_.id || std::any_of(all.begin(), all.end(), [&](const Constraint& constraint) {
             return constraint.kind == ConstraintKind::unique && constraint.column == name;
           });
  }

  // Constraints and thresholds of single columns need columns whose states are kept.
  Result<void> check_limits() const {
    for (std::size_t i = 0; i < model_.constraints.size(); ++i) {
      const std::string path = "constraints[" + std::to_string(i) + "].column";
      if (model_.constraints[i].kind == ConstraintKind::unique) {
        LW_CHECK(column(model_.constraints[i].column, path));
        continue;
      }
      LW_TRY(const ModelColumn* used, model_column(model_.constraints[i].column, path));
      const FileType type = source_.find(used->name)->type;
      const bool number = type != FileType::text && type != FileType::boolean && type != FileType::binary;
      if (model_.constraints[i].kind == ConstraintKind::in_range && !number) {
        return error(path, "column '" + used->name + "' is of type " + used->file_type + " and has no range",
                     "use in_set");
      }
    }
    for (const ThresholdEntry& entry : model_.thresholds) {
      if (entry.column.empty() || is_glob(entry.column)) continue;
      const std::string path = "thresholds." + entry.metric + "@" + entry.column;
      if (checked_for_repeats(entry.column)) {
        LW_CHECK(column(entry.column, path));
      } else {
        LW_CHECK(model_column(entry.column, path));
      }
    }
    return {};
  }

  Result<const ModelColumn*> model_column(const std::string& name, const std::string& path) const {
    LW_CHECK(column(name, path));
    for (const ModelColumn& candidate : plan_.columns) {
      if (candidate.name == name) return &candidate;
    }
    return error(path, "column '" + name + "' is no feature, score, prediction or target of the model",
                 "add it to 'features', or remove this limit");
  }

  const ModelConfig& model_;
  const Source& source_;
  std::vector<std::string> names_;
  std::map<std::string, int> occurrences_;
  std::map<std::string, std::string> roles_;
  ModelPlan plan_;
};

}  // namespace

Result<ModelPlan> resolve_model(const ModelConfig& model, const Source& reference) {
  return Resolver(model, reference).resolve();
}

}  // namespace longwatch

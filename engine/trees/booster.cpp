// Every call has num_threads=1, so that no result depends on how LightGBM splits its work.
#include "engine/trees/booster.hpp"

#include "engine/state/bytes.hpp"
#include "engine/trees/model_text.hpp"

namespace longwatch {
namespace {

constexpr int kTrees = 100;
constexpr int kFloat64 = 1;  // C_API_DTYPE_FLOAT64
constexpr int kFloat32 = 0;
constexpr const char* kFixed = "num_threads=1 deterministic=true force_row_wise=true seed=1 verbosity=-1";

std::string data_parameters(std::span<const std::int32_t> categorical) {
  std::string out = kFixed;
  if (categorical.empty()) return out;
  out += " categorical_feature=";
  for (std::size_t i = 0; i < categorical.size(); ++i) out += (i == 0 ? "" : ",") + std::to_string(categorical[i]);
  return out;
}

const char* objective_parameters(TreeObjective objective) {
  return objective == TreeObjective::binary ? " objective=binary metric=none" : " objective=regression metric=none";
}

}  // namespace

Result<BinnedRows> BinnedRows::make(const LightGbm& library, const RowMatrix& rows,
                                    std::span<const std::int32_t> categorical) {
  std::string parameters = data_parameters(categorical);
  void* handle = nullptr;
  if (library.api.dataset_create_from_mat(rows.values.data(), kFloat64, rows.rows(), rows.columns, 1,
                                          parameters.c_str(), nullptr, &handle) != 0) {
    return lightgbm_failed(library.api, "binning rows");
  }
  return BinnedRows(library, handle, std::move(parameters));
}

Result<Booster> Booster::grow(const BinnedRows& rows, std::span<const std::int32_t> which,
                              std::span<const float> labels, TreeObjective objective, const Control& control) {
  const LightGbm& library = *rows.library_;
  const LightGbmApi& api = library.api;
  const auto count = static_cast<std::int32_t>(which.size());
  void* subset = nullptr;
  if (api.dataset_get_subset(rows.handle_.get(), which.data(), count, rows.parameters_.c_str(), &subset) != 0)
    return lightgbm_failed(api, "choosing rows");
  std::unique_ptr<void, DatasetDeleter> data(subset, DatasetDeleter{&api});
  if (api.dataset_set_field(data.get(), "label", labels.data(), count, kFloat32) != 0)
    return lightgbm_failed(api, "setting labels");
  const std::string parameters = rows.parameters_ + objective_parameters(objective);
  void* handle = nullptr;
  if (api.booster_create(data.get(), parameters.c_str(), &handle) != 0)
    return lightgbm_failed(api, "starting to grow trees");
  Booster out(library, handle, std::move(data));
  for (int tree = 0; tree < kTrees; ++tree) {
    if (control.stopped()) return Error{ErrorCode::cancelled, "stopped", {}, ""};
    int finished = 0;
    if (api.booster_update_one_iter(handle, &finished) != 0) return lightgbm_failed(api, "growing trees");
    if (finished != 0) break;  // nothing is left to split
  }
  return out;
}

Result<Booster> Booster::parse(const LightGbm& library, const std::string& text, std::int32_t columns) {
  LW_TRY(const std::string checked, check_model_text(text, columns));
  int iterations = 0;
  void* handle = nullptr;
  if (library.api.booster_load_model_from_string(checked.c_str(), &iterations, &handle) != 0)
    return lightgbm_failed(library.api, "reading trees");
  Booster out(library, handle, {nullptr, DatasetDeleter{&library.api}});
  int features = 0;
  if (library.api.booster_get_num_feature(handle, &features) != 0) return lightgbm_failed(library.api, "reading trees");
  if (features != columns) return malformed("boosted trees", "they are of other columns");
  return out;
}

Result<std::string> Booster::text() const {
  const LightGbmApi& api = library_->api;
  std::string out(std::size_t{1} << 20, '\0');
  for (;;) {
    std::int64_t length = 0;
    if (api.booster_save_model_to_string(handle_.get(), 0, -1, 0, static_cast<std::int64_t>(out.size()), &length,
                                         out.data()) != 0) {
      return lightgbm_failed(api, "writing trees");
    }
    const bool fits = length <= static_cast<std::int64_t>(out.size());
    out.resize(static_cast<std::size_t>(fits ? length - 1 : length));  // the length counts a closing zero
    if (fits) return out;
  }
}

Result<void> Booster::score(const double* rows, std::int32_t columns, std::span<double> out) const {
  if (out.empty()) return {};
  std::int64_t length = 0;
  if (library_->api.booster_predict_for_mat(handle_.get(), rows, kFloat64, static_cast<std::int32_t>(out.size()),
                                            columns, 1, 0, 0, -1, kFixed, &length, out.data()) != 0) {
    return lightgbm_failed(library_->api, "scoring rows");
  }
  if (length != static_cast<std::int64_t>(out.size())) return malformed("boosted trees", "one score a row is wanted");
  return {};
}

}  // namespace longwatch

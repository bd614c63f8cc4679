// dlopen, and every function by name.
#include "engine/trees/lightgbm.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

namespace longwatch {
namespace {

constexpr const char* kHint =
    "pip install lightgbm==" LONGWATCH_LIGHTGBM_VERSION ", or set LONGWATCH_LIGHTGBM to the path of lib_lightgbm.so";

void say_nothing(const char*) {}

// Finds the functions of an open library; remembers the first that is not there.
class Symbols {
 public:
  explicit Symbols(void* library) : library_(library) {}
  template <class Function>
  void find(const char* name, Function*& out) {
    void* const found = ::dlsym(library_, name);
    if (found == nullptr && missing_.empty()) missing_ = name;
    out = reinterpret_cast<Function*>(found);
  }
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

std::string find_all(void* library, LightGbmApi& api) {
  Symbols symbols(library);
  symbols.find("LGBM_GetLastError", api.last_error);
  symbols.find("LGBM_RegisterLogCallback", api.register_log_callback);
  symbols.find("LGBM_DumpParamAliases", api.dump_param_aliases);
  symbols.find("LGBM_DatasetCreateFromMat", api.dataset_create_from_mat);
  symbols.find("LGBM_DatasetGetSubset", api.dataset_get_subset);
  symbols.find("LGBM_DatasetSetField", api.dataset_set_field);
  symbols.find("LGBM_DatasetFree", api.dataset_free);
  symbols.find("LGBM_BoosterCreate", api.booster_create);
  symbols.find("LGBM_BoosterLoadModelFromString", api.booster_load_model_from_string);
  symbols.find("LGBM_BoosterUpdateOneIter", api.booster_update_one_iter);
  symbols.find("LGBM_BoosterGetNumFeature", api.booster_get_num_feature);
  symbols.find("LGBM_BoosterSaveModelToString", api.booster_save_model_to_string);
  symbols.find("LGBM_BoosterPredictForMat", api.booster_predict_for_mat);
  symbols.find("LGBM_BoosterFree", api.booster_free);
  return symbols.missing();
}

// The same bits for any number of threads need `deterministic` and `force_row_wise`, which 3.0 and earlier lack.
bool knows_parameters(const LightGbmApi& api) {
  std::int64_t length = 0;
  if (api.dump_param_aliases(0, &length, nullptr) != 0 || length <= 0) return false;
  std::string text(static_cast<std::size_t>(length), '\0');
  if (api.dump_param_aliases(length, &length, text.data()) != 0) return false;
  return text.find("\"deterministic\"") != std::string::npos && text.find("\"force_row_wise\"") != std::string::npos;
}

// Empty, or what is wrong with the library at `path`.
std::string open_at(const std::string& path, LightGbm& out) {
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return why == nullptr ? path + ": cannot be opened" : std::string(why);
  }
  LightGbm found{path, {}};
  if (const std::string missing = find_all(library, found.api); !missing.empty()) {
    ::dlclose(library);
    return path + ": is too old, or no LightGBM: it lacks " + missing;
  }
  if (!knows_parameters(found.api)) return path + ": is too old: it knows no deterministic training";
  found.api.register_log_callback(say_nothing);
  out = std::move(found);
  return "";
}

std::vector<std::string> places() {
  if (const char* const set = std::getenv("LONGWATCH_LIGHTGBM"); set != nullptr && *set != '\0') return {set};
  std::vector<std::string> out;
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) out.push_back((program.parent_path().parent_path() / "lightgbm/lib/lib_lightgbm.so").string());
  out.emplace_back(LONGWATCH_BUILD_LIGHTGBM);
  std::erase_if(out, [](const std::string& path) {
    std::error_code ignored;
    return !std::filesystem::exists(path, ignored);
  });
  out.emplace_back("lib_lightgbm.so");
  return out;
}

Result<LightGbm> open_library() {
  std::string tried;
  for (const std::string& path : places()) {
    LightGbm found;
    const std::string why = open_at(path, found);
    if (why.empty()) return found;
    tried += (tried.empty() ? "" : "; ") + why;
  }
  return Error{ErrorCode::data, "LightGBM cannot be opened: " + tried, {}, kHint};
}

}  // namespace

const Result<LightGbm>& lightgbm() {
  static const Result<LightGbm> kLibrary = open_library();
  return kLibrary;
}

std::string lightgbm_missing() { return std::string("undefined: LightGBM is not installed (") + kHint + ")"; }

Error lightgbm_failed(const LightGbmApi& api, const char* doing) {
  const char* const why = api.last_error();
  return {
      ErrorCode::internal, std::string("LightGBM failed while ") + doing + ": " + (why == nullptr ? "" : why), {}, ""};
}

}  // namespace longwatch

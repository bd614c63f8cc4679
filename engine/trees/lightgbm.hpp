#pragma once
// LightGBM, opened at run time through its C API. The only place that knows its functions.

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.hpp"

namespace longwatch {

/// The functions of LightGBM's C API that are used, as its documentation declares them: each returns 0, or -1 with the
/// reason in last_error() (of the calling thread). Handles are owned by the caller.
struct LightGbmApi {
  const char* (*last_error)() = nullptr;
  int (*register_log_callback)(void (*callback)(const char*)) = nullptr;
  int (*dump_param_aliases)(std::int64_t buffer_len, std::int64_t* out_len, char* out) = nullptr;
  int (*dataset_create_from_mat)(const void* data, int data_type, std::int32_t rows, std::int32_t columns,
                                 int is_row_major, const char* parameters, void* reference, void** out) = nullptr;
  int (*dataset_get_subset)(void* dataset, const std::int32_t* rows, std::int32_t count, const char* parameters,
                            void** out) = nullptr;
  int (*dataset_set_field)(void* dataset, const char* field, const void* data, int count, int type) = nullptr;
  int (*dataset_free)(void* dataset) = nullptr;
  int (*booster_create)(void* dataset, const char* parameters, void** out) = nullptr;
  int (*booster_load_model_from_string)(const char* model, int* out_iterations, void** out) = nullptr;
  int (*booster_update_one_iter)(void* booster, int* out_finished) = nullptr;
  int (*booster_get_num_feature)(void* booster, int* out) = nullptr;
  int (*booster_save_model_to_string)(void* booster, int start_iteration, int iterations, int importance_type,
                                      std::int64_t buffer_len, std::int64_t* out_len, char* out) = nullptr;
  int (*booster_predict_for_mat)(void* booster, const void* data, int data_type, std::int32_t rows,
                                 std::int32_t columns, int is_row_major, int predict_type, int start_iteration,
                                 int iterations, const char* parameters, std::int64_t* out_len, double* out) = nullptr;
  int (*booster_free)(void* booster) = nullptr;
};

/// An open library, for as long as the process lives.
struct LightGbm {
  std::string file;  ///< the path it was opened by
  LightGbmApi api;
};

/// Opens LightGBM, once a process: $LONGWATCH_LIGHTGBM where it is set (and nothing else then), else
/// ../lightgbm/lib/lib_lightgbm.so beside the executable, the build's own environment, the system's loader.
/// Thread-safe. Error: its text names every file tried and what was wrong with it; the hint says how to install it. A
/// library that lacks a function, or whose parameters lack one that is relied on, is too old and refused.
const Result<LightGbm>& lightgbm();

/// The status of a metric that needs it where it could not be opened.
std::string lightgbm_missing();

/// An error of LightGBM's own: what was being done, and what it said.
Error lightgbm_failed(const LightGbmApi& api, const char* doing);

}  // namespace longwatch

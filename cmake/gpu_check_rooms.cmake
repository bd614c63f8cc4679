# The rooms of the engine under LONGWATCH_GPU_CHECK: states, the interface of the backends, and what learns the
# partition of a column. No file is read, so Arrow is not needed.
add_library(longwatch_source INTERFACE)  # headers only
add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/state)
add_subdirectory(${CMAKE_CURRENT_SOURCE_DIR}/backend)
set(profile ${CMAKE_CURRENT_SOURCE_DIR}/profile)
add_library(longwatch_profile STATIC ${profile}/doane.cpp ${profile}/fit_numbers.cpp ${profile}/fit_partition.cpp
  ${profile}/fit_rules.cpp ${profile}/order.cpp ${profile}/spread.cpp)
target_link_libraries(longwatch_profile PUBLIC longwatch_options longwatch_state PkgConfig::hwy)

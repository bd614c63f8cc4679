# Enables the language CUDA where there is a compiler for it and it is wanted; LONGWATCH_CUDA_FOUND says whether.
set(LONGWATCH_CUDA ON CACHE STRING "ON: the CUDA module is built where there is a CUDA compiler; OFF: never; REQUIRED: without one the build fails")
set(LONGWATCH_CUDA_ARCHITECTURES "90" CACHE STRING "What the module is compiled for, as CMAKE_CUDA_ARCHITECTURES")
set(LONGWATCH_CUDA_FOUND OFF)
if(NOT LONGWATCH_CUDA OR LONGWATCH_SANITIZER)
  return()
endif()
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 90)
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER AND LONGWATCH_CUDA STREQUAL REQUIRED)
  message(FATAL_ERROR "LONGWATCH_CUDA=REQUIRED, and there is no CUDA compiler (nvcc): install a CUDA toolkit, or put its nvcc on the PATH")
endif()
if(NOT CMAKE_CUDA_COMPILER)
  message(STATUS "No CUDA compiler (nvcc): without liblongwatch_cuda.so the CPU computes")
  return()
endif()
set(LONGWATCH_CUDA_FOUND ON)
if(CCACHE_PROGRAM)
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
enable_language(CUDA)
# CMake 3.25 does not know that nvcc 12 and later take C++20.
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
endif()

# Of the architectures asked for, those that this compiler knows.
execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --list-gpu-arch OUTPUT_VARIABLE known OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REPLACE "\n" ";" known "${known}")
set(LONGWATCH_KNOWN_ARCHITECTURES "")
foreach(architecture ${LONGWATCH_CUDA_ARCHITECTURES})
  string(REGEX MATCH "^[0-9]+" number ${architecture})
  if("compute_${number}" IN_LIST known OR NOT number)  # "native" and the like are CMake's business
    list(APPEND LONGWATCH_KNOWN_ARCHITECTURES ${architecture})
  else()
    message(STATUS "nvcc ${CMAKE_CUDA_COMPILER_VERSION} does not know compute capability ${number}: the CUDA module goes without")
  endif()
endforeach()
if(NOT LONGWATCH_KNOWN_ARCHITECTURES)
  message(FATAL_ERROR "nvcc ${CMAKE_CUDA_COMPILER_VERSION} knows none of LONGWATCH_CUDA_ARCHITECTURES, ${LONGWATCH_CUDA_ARCHITECTURES}; it knows ${known}")
endif()

# What all device code is compiled with. No contraction: the same bits as the CPU. Row formulas are constexpr functions
# of the host too.
function(longwatch_cuda_options target)
  set_target_properties(${target} PROPERTIES
    CUDA_ARCHITECTURES "${LONGWATCH_KNOWN_ARCHITECTURES}"
    CUDA_RUNTIME_LIBRARY Static
    CUDA_STANDARD 20
    CUDA_VISIBILITY_PRESET hidden
    POSITION_INDEPENDENT_CODE ON
    VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  set(host -Wall,-Wextra,${LONGWATCH_WERROR},-Wno-missing-field-initializers,-ffp-contract=off)
  string(REPLACE ",," "," host ${host})
  set(options -fmad=false --expt-relaxed-constexpr -Xcompiler=${host})
  if(LONGWATCH_WERROR)
    list(APPEND options -Werror=all-warnings)
  endif()
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CUDA>:${options}>")
endfunction()

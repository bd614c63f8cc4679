# One place for what every target is compiled with.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

add_library(longwatch_options INTERFACE)
target_include_directories(longwatch_options INTERFACE ${CMAKE_SOURCE_DIR})
# Same bits everywhere: no contraction, no fast-math; fma only where it is written.
target_compile_options(longwatch_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror -ffp-contract=off -fno-math-errno)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms on std::string when it is optimised (GCC bugs 105651 and 105562).
  target_compile_options(longwatch_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(LONGWATCH_SANITIZER STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(LONGWATCH_SANITIZER STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  target_include_directories(longwatch_options BEFORE INTERFACE ${CMAKE_SOURCE_DIR}/tests/support/plain_tbb)
  add_link_options(-fsanitize=thread)
elseif(LONGWATCH_SANITIZER)
  message(FATAL_ERROR "LONGWATCH_SANITIZER is '${LONGWATCH_SANITIZER}'; it may be address, thread or empty")
endif()

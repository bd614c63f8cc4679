// The number kernel, compiled for the level 'portable' (see CMakeLists.txt for the flags).

#define LW_NUMBER_BLOCK number_block_portable
#include "cpu/numbers_kernel.hpp"

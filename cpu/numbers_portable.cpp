// The number kernel, compiled for the level 'portable' (see CMakeLists.txt for the flags).

#define LW_NUMBER_BLOCK number_block_portable
#define LW_NUMBER_PARTS number_parts_portable
#include "cpu/numbers_kernel.hpp"

// The number kernel, compiled for the level 'avx512' (see CMakeLists.txt for the flags).

#if defined(LONGWATCH_X86_LEVELS)
#define LW_NUMBER_BLOCK number_block_avx512
#define LW_NUMBER_PARTS number_parts_avx512
#include "cpu/numbers_kernel.hpp"
#endif

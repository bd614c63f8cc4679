// The matrix loops, compiled for the level 'avx2' (see CMakeLists.txt for the flags).

#if defined(LONGWATCH_X86_LEVELS)
#define LW_MATRIX_KERNELS matrix_kernels_avx2
#include "cpu/matrix_kernel.hpp"
#endif

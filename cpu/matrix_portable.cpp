// The matrix loops, compiled for every processor.

#define LW_MATRIX_KERNELS matrix_kernels_portable
#include "cpu/matrix_kernel.hpp"

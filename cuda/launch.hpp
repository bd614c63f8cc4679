#pragma once
// How kernels are written, so that nvcc makes device code of a body and g++ an emulation of the same body.
//
//   LW_KERNEL(name, Job) {      // takes `const Job job`
//     LW_THREAD(t);             // rank(), size(), block(), blocks(), shared()
//     ...
//     LW_SYNC(t);               // all threads of the block
//     x += LW_SHUFFLE_XOR(t, x, 16);  // of x: the value of the thread whose rank in the warp differs in these bits
//     LW_UNROLL for (...)       // a loop whose arrays are to be registers
//     LW_END;                   // also to leave early, in all threads of a block alike
//   }
//
// LW_KERNEL_BLOCKS(name, Job, n) also asks for registers few enough that a processor of the device runs n blocks.
// The emulation's threads are coroutines that run from barrier to barrier. So barriers and shuffles stand in the body
// of a kernel only, never in what it calls: on a device they would diverge just as easily. `Job` is plain data.

namespace longwatch::cuda {

/// Threads of a block on a device.
inline constexpr int kBlockThreads = 256;

}  // namespace longwatch::cuda

#if defined(__CUDACC__)

#define LW_DEVICE __device__ inline
#define LW_KERNEL(name, Job) __global__ void __launch_bounds__(::longwatch::cuda::kBlockThreads) name(const Job job)
#define LW_KERNEL_BLOCKS(name, Job, blocks) \
  __global__ void __launch_bounds__(::longwatch::cuda::kBlockThreads, blocks) name(const Job job)
#define LW_THREAD(t) const ::longwatch::cuda::Thread t
#define LW_SYNC(t) __syncthreads()
#define LW_SHUFFLE_XOR(t, value, mask) __shfl_xor_sync(0xffffffffU, value, mask)
#define LW_END return
#define LW_UNROLL _Pragma("unroll")

namespace longwatch::cuda {

extern __shared__ __align__(16) unsigned char block_memory[];

/// The place of a thread in its block and grid; both have one dimension. A block has a multiple of 32 threads.
struct Thread {
  __device__ int rank() const { return static_cast<int>(threadIdx.x); }
  __device__ int size() const { return static_cast<int>(blockDim.x); }
  __device__ int block() const { return static_cast<int>(blockIdx.x); }
  __device__ int blocks() const { return static_cast<int>(gridDim.x); }
  __device__ int lane() const { return rank() & 31; }
  /// The block's shared memory, of the size of the launch; unset at first.
  __device__ unsigned char* shared() const { return block_memory; }
};

}  // namespace longwatch::cuda

#else

#include "cuda/emulation/emulation.hpp"

#define LW_DEVICE inline
#define LW_KERNEL(name, Job) \
  ::longwatch::cuda::Fiber name(::longwatch::cuda::Slot& lw_slot, [[maybe_unused]] const Job job)
#define LW_KERNEL_BLOCKS(name, Job, blocks) LW_KERNEL(name, Job)
#define LW_THREAD(t) const ::longwatch::cuda::Thread t(lw_slot)
#define LW_SYNC(t) \
  co_await ::longwatch::cuda::Barrier { lw_slot, __LINE__ }
#define LW_SHUFFLE_XOR(t, value, mask) (co_await ::longwatch::cuda::shuffle_xor(lw_slot, value, mask, __LINE__))
#define LW_END co_return
#define LW_UNROLL

#endif

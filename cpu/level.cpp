// Asks the processor, once per call, which instructions it and its operating system support.

#include "cpu/level.hpp"

namespace longwatch::cpu {
namespace {

bool supported(VectorLevel level) {
  if (level == VectorLevel::portable) return true;
#if defined(LONGWATCH_X86_LEVELS)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                    __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("popcnt") &&
                    __builtin_cpu_supports("fma");
  if (level == VectorLevel::avx2) return avx2;
  return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

}  // namespace

Result<VectorLevel> usable_level(VectorLevel wanted) {
  if (wanted == VectorLevel::best) {
    for (const VectorLevel level : {VectorLevel::avx512, VectorLevel::avx2}) {
      if (supported(level)) return level;
    }
    return VectorLevel::portable;
  }
  if (supported(wanted)) return wanted;
  const std::string name(level_name(wanted));
  return Error{
      ErrorCode::usage, "this processor has no " + name + " instructions", {}, "use the level 'best' or 'portable'"};
}

std::string_view level_name(VectorLevel level) {
  switch (level) {
    case VectorLevel::portable:
      return "portable";
    case VectorLevel::avx2:
      return "avx2";
    case VectorLevel::avx512:
      return "avx512";
    case VectorLevel::best:
      break;
  }
  return "best";
}

}  // namespace longwatch::cpu

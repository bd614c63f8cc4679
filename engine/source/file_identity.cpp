// Whether a file is still the one that was opened before, without reading it.
#include "engine/source/file_identity.hpp"

#include <sys/stat.h>

#include "engine/source/guard.hpp"

namespace longwatch::reading {

FileIdentity identify(int descriptor) {
  struct ::stat status {};
  if (::fstat(descriptor, &status) != 0) throw Corrupt("its size cannot be told");
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino), status.st_size,
          status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace longwatch::reading

// What each errno means for someone who wants their results written.
#include "engine/output/os_error.hpp"

#include <cerrno>
#include <system_error>

namespace longwatch {
namespace {

const char* hint_for(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "free space on this disk, or write to another one";
    case EFBIG:
      return "the file system or a limit (ulimit -f) does not allow a file of this size";
    case EACCES:
    case EPERM:
      return "choose a folder you may write to, or change its permissions";
    case EROFS:
      return "this file system is read-only; choose another folder";
    case EIO:
      return "the disk reports a hardware error; check it, then run again";
    case ENAMETOOLONG:
      return "choose a shorter name";
    case ENOTDIR:
      return "a part of the path is a file";
    case EBUSY:
      return "the folder is in use, perhaps as a mount point; choose a folder inside it";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit (ulimit -n)";
    default:
      return "choose another folder, or run again";
  }
}

}  // namespace

Error file_error(ErrorCode code, const std::string& path, const std::string& what, const std::string& hint) {
  Error error{code, what, {}, hint};
  error.where.file = path;
  return error;
}

Error output_error(const std::string& path, const std::string& doing, int code) {
  return file_error(ErrorCode::output, path, "cannot " + doing + ": " + std::generic_category().message(code),
                    hint_for(code));
}

}  // namespace longwatch

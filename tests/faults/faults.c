// Loaded before the C library (LD_PRELOAD): makes the N-th call of a kind fail, and leaves a mark that it did.
//   LONGWATCH_FAULT=KIND:N       see kinds below; N counts from 1
//   LONGWATCH_FAULT_MARK=FILE    made when the fault was met
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum Kind { kNone, kDiskFull, kReadError, kWriteError, kSyncError, kShortRead, kShortWrite, kInterrupted, kAllocation };
static const char* const kNames[] = {"",           "disk_full",  "read_error",  "write_error", "sync_error",
                                     "short_read", "short_write", "interrupted", "allocation"};
static enum Kind kind;
static long at;
static const char* mark;
static atomic_long calls;

__attribute__((constructor)) static void start(void) {
  const char* fault = getenv("LONGWATCH_FAULT");
  mark = getenv("LONGWATCH_FAULT_MARK");
  if (fault == NULL || mark == NULL) return;
  for (int i = 1; i <= kAllocation; ++i) {
    const size_t length = strlen(kNames[i]);
    if (strncmp(fault, kNames[i], length) == 0 && fault[length] == ':') {
      at = atol(fault + length + 1);
      kind = (enum Kind)i;
    }
  }
}

// Only files and pipes of the program itself: what the loader opened before is not counted.
static int met(int once) {
  const long call = atomic_fetch_add(&calls, 1) + 1;
  if (once ? call != at : call < at) return 0;
  const int file = (int)syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600);
  if (file >= 0) syscall(SYS_close, file);
  return 1;
}

static int is_file(int file) {
  struct stat found;
  return fstat(file, &found) == 0 && S_ISREG(found.st_mode);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL(code) \
  do {             \
    errno = code;  \
    return -1;     \
  } while (0)

static size_t asked(int file, size_t size, int* failed) {
  *failed = 0;
  if (kind == kNone || kind == kAllocation || !is_file(file)) return size;
  if (kind == kReadError && met(1)) *failed = EIO;
  if (kind == kInterrupted && met(1)) *failed = EINTR;
  if (kind == kShortRead && size > 1 && met(1)) return size / 2;
  return size;
}

ssize_t read(int file, void* to, size_t size) {
  int failed;
  size = asked(file, size, &failed);
  if (failed) FAIL(failed);
  return NEXT(read)(file, to, size);
}
ssize_t pread64(int file, void* to, size_t size, off64_t offset) {
  int failed;
  size = asked(file, size, &failed);
  if (failed) FAIL(failed);
  return NEXT(pread64)(file, to, size, offset);
}
ssize_t pread(int file, void* to, size_t size, off_t offset) {
  int failed;
  size = asked(file, size, &failed);
  if (failed) FAIL(failed);
  return NEXT(pread)(file, to, size, offset);
}

static size_t given(int file, size_t size, int* failed) {
  *failed = 0;
  if (kind == kNone || kind == kAllocation || !is_file(file)) return size;
  if (kind == kDiskFull && met(0)) *failed = ENOSPC;
  if (kind == kWriteError && met(1)) *failed = EIO;
  if (kind == kInterrupted && met(1)) *failed = EINTR;
  if (kind == kShortWrite && size > 1 && met(1)) return size / 2;
  return size;
}

ssize_t write(int file, const void* from, size_t size) {
  int failed;
  size = given(file, size, &failed);
  if (failed) FAIL(failed);
  return NEXT(write)(file, from, size);
}
ssize_t pwrite64(int file, const void* from, size_t size, off64_t offset) {
  int failed;
  size = given(file, size, &failed);
  if (failed) FAIL(failed);
  return NEXT(pwrite64)(file, from, size, offset);
}
ssize_t writev(int file, const struct iovec* parts, int count) {
  int failed;
  given(file, 1, &failed);
  if (failed) FAIL(failed);
  return NEXT(writev)(file, parts, count);
}
int fsync(int file) {
  if (kind == kSyncError && met(1)) FAIL(EIO);
  return NEXT(fsync)(file);
}
int fdatasync(int file) {
  if (kind == kSyncError && met(1)) FAIL(EIO);
  return NEXT(fdatasync)(file);
}

extern void* __libc_malloc(size_t);
extern void* __libc_calloc(size_t, size_t);
extern void* __libc_realloc(void*, size_t);
extern void* __libc_memalign(size_t, size_t);

static int refused(void) { return kind == kAllocation && met(1); }
void* malloc(size_t size) { return refused() ? NULL : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return refused() ? NULL : __libc_calloc(count, size); }
void* realloc(void* from, size_t size) { return refused() ? NULL : __libc_realloc(from, size); }
void* aligned_alloc(size_t alignment, size_t size) { return refused() ? NULL : __libc_memalign(alignment, size); }
void* memalign(size_t alignment, size_t size) { return refused() ? NULL : __libc_memalign(alignment, size); }
int posix_memalign(void** to, size_t alignment, size_t size) {
  if (refused()) return ENOMEM;
  *to = __libc_memalign(alignment, size);
  return *to == NULL ? ENOMEM : 0;
}

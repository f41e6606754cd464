// To be loaded before a program (LD_PRELOAD): a file system that has no locks, as some of clusters have none.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>

namespace {

int answer(int descriptor, int command, void* argument) {
  if (command == F_OFD_SETLK || command == F_SETLK) {
    errno = ENOLCK;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fcntl, descriptor, command, argument));
}

}  // namespace

extern "C" int fcntl(int descriptor, int command, ...) {
  va_list more;
  va_start(more, command);
  void* const argument = va_arg(more, void*);
  va_end(more);
  return answer(descriptor, command, argument);
}

extern "C" int fcntl64(int descriptor, int command, ...) {
  va_list more;
  va_start(more, command);
  void* const argument = va_arg(more, void*);
  va_end(more);
  return answer(descriptor, command, argument);
}

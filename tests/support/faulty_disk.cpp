// To be loaded before a program (LD_PRELOAD): a disk on which one call fails, or does less than it was asked for.
//   FAULT_LOG=FILE     each call that is looked at is a line "RANK CALL PATH" there; the one that fails ends in " FAULT"
//   FAULT_FOLDER=PATH  files in this folder are looked at, and no others
//   FAULT_RANK=R       which rank of the launcher's is hit; alone, a process is rank 0; examiner: the process in which a
//                      file is read before it is opened, whose calls are not in the log, since it can write nothing
//   FAULT_CALL=CALL    open, read, write, sync, rename, close, resize or reserve; none: nothing fails
//   FAULT_NAME=NAME    the file's, without its folder
//   FAULT_NTH=N        the N-th such call fails, counted from 1, and with FAULT_STAYS all that follow
//   FAULT_ERROR=E      with this errno; 0: only half of the bytes are moved; -1: the call never ends
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

const char* setting(const char* name) {
  const char* const found = std::getenv(name);
  return found != nullptr ? found : "";
}

bool is_examiner() {
  std::array<char, 4096> words{};
  const long file = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY, 0);
  const long size = syscall(SYS_read, file, words.data(), words.size());
  syscall(SYS_close, file);
  return std::string_view(words.data(), size > 0 ? static_cast<std::size_t>(size) : 0).find("--examine-hdf5") !=
         std::string_view::npos;
}

enum class Answer { as_asked, failed, halved };

/// What becomes of this call; failed: errno is set.
Answer ask(const char* call, const std::string& path) {
  const std::string folder = setting("FAULT_FOLDER");
  if (folder.empty() || !path.starts_with(folder + "/")) return Answer::as_asked;
  static const bool examiner = is_examiner();
  static const std::string rank = examiner                                   ? "examiner"
                                  : *setting("OMPI_COMM_WORLD_RANK") != '\0' ? setting("OMPI_COMM_WORLD_RANK")
                                                                             : "0";
  const auto name = path.substr(folder.size() + 1);
  static std::atomic<int> count{0};
  auto answer = Answer::as_asked;
  if (rank == setting("FAULT_RANK") && call == std::string(setting("FAULT_CALL")) && name == setting("FAULT_NAME")) {
    const int n = ++count;
    const int nth = std::atoi(setting("FAULT_NTH"));
    if (n == nth || (n > nth && *setting("FAULT_STAYS") != '\0'))
      answer = std::atoi(setting("FAULT_ERROR")) == 0 ? Answer::halved : Answer::failed;
  }
  while (answer == Answer::failed && std::atoi(setting("FAULT_ERROR")) < 0) ::pause();
  if (answer == Answer::failed) errno = std::atoi(setting("FAULT_ERROR"));
  if (examiner) return answer;
  const auto line = rank + " " + call + " " + name + (answer == Answer::as_asked ? "\n" : " FAULT\n");
  const long log = syscall(SYS_openat, AT_FDCWD, setting("FAULT_LOG"), O_WRONLY | O_APPEND | O_CREAT, 0666);
  if (log >= 0) {
    static_cast<void>(syscall(SYS_write, log, line.data(), line.size()));
    syscall(SYS_close, log);
  }
  if (answer == Answer::failed) errno = std::atoi(setting("FAULT_ERROR"));
  return answer;
}

std::string path_of(int descriptor) {
  std::array<char, 4096> path{};
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const long size = syscall(SYS_readlinkat, AT_FDCWD, link.c_str(), path.data(), path.size() - 1);
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}
Answer ask(const char* call, int descriptor) { return ask(call, path_of(descriptor)); }

std::string absolute(const char* path) {
  if (*path == '/') return path;
  std::array<char, 4096> folder{};
  return ::getcwd(folder.data(), folder.size()) != nullptr ? std::string(folder.data()) + "/" + path : path;
}

int open_file(int at, const char* path, int flags, int mode) {
  if (at == AT_FDCWD && ask("open", absolute(path)) == Answer::failed) return -1;
  return static_cast<int>(syscall(SYS_openat, at, path, flags, mode));
}

/// A call that moves bytes, or as many of them as it may
template <class Move>
ssize_t transfer(const char* call, int descriptor, std::size_t bytes, Move&& move) {
  const auto answer = ask(call, descriptor);
  if (answer == Answer::failed) return -1;
  return move(answer == Answer::halved ? (bytes + 1) / 2 : bytes);
}

/// The first pieces of a list, with so many bytes in all
std::vector<iovec> first_of(const iovec* pieces, int count, std::size_t bytes) {
  std::vector<iovec> out;
  for (int i = 0; i < count && bytes > 0; ++i) {
    out.push_back({pieces[i].iov_base, std::min(pieces[i].iov_len, bytes)});
    bytes -= out.back().iov_len;
  }
  return out;
}
std::size_t bytes_of(const iovec* pieces, int count) {
  std::size_t out = 0;
  for (int i = 0; i < count; ++i) out += pieces[i].iov_len;
  return out;
}

int mode_of(int flags, va_list more) { return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, int) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int mode = mode_of(flags, more);
  va_end(more);
  return open_file(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int mode = mode_of(flags, more);
  va_end(more);
  return open_file(AT_FDCWD, path, flags, mode);
}
int openat(int at, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const int mode = mode_of(flags, more);
  va_end(more);
  return open_file(at, path, flags, mode);
}

ssize_t read(int descriptor, void* to, size_t bytes) {
  return transfer("read", descriptor, bytes, [&](size_t n) { return syscall(SYS_read, descriptor, to, n); });
}
ssize_t pread64(int descriptor, void* to, size_t bytes, off64_t at) {
  return transfer("read", descriptor, bytes, [&](size_t n) { return syscall(SYS_pread64, descriptor, to, n, at); });
}
ssize_t pread(int descriptor, void* to, size_t bytes, off_t at) { return pread64(descriptor, to, bytes, at); }
ssize_t readv(int descriptor, const iovec* pieces, int count) {
  return transfer("read", descriptor, bytes_of(pieces, count), [&](size_t n) {
    const auto some = first_of(pieces, count, n);
    return syscall(SYS_readv, descriptor, some.data(), some.size());
  });
}
ssize_t preadv64(int descriptor, const iovec* pieces, int count, off64_t at) {
  return transfer("read", descriptor, bytes_of(pieces, count), [&](size_t n) {
    const auto some = first_of(pieces, count, n);
    return syscall(SYS_preadv, descriptor, some.data(), some.size(), at, 0L);
  });
}
ssize_t preadv(int descriptor, const iovec* pieces, int count, off_t at) {
  return preadv64(descriptor, pieces, count, at);
}
ssize_t write(int descriptor, const void* from, size_t bytes) {
  return transfer("write", descriptor, bytes, [&](size_t n) { return syscall(SYS_write, descriptor, from, n); });
}
ssize_t pwrite64(int descriptor, const void* from, size_t bytes, off64_t at) {
  return transfer("write", descriptor, bytes, [&](size_t n) { return syscall(SYS_pwrite64, descriptor, from, n, at); });
}
ssize_t pwrite(int descriptor, const void* from, size_t bytes, off_t at) {
  return pwrite64(descriptor, from, bytes, at);
}
ssize_t writev(int descriptor, const iovec* pieces, int count) {
  return transfer("write", descriptor, bytes_of(pieces, count), [&](size_t n) {
    const auto some = first_of(pieces, count, n);
    return syscall(SYS_writev, descriptor, some.data(), some.size());
  });
}
ssize_t pwritev64(int descriptor, const iovec* pieces, int count, off64_t at) {
  return transfer("write", descriptor, bytes_of(pieces, count), [&](size_t n) {
    const auto some = first_of(pieces, count, n);
    return syscall(SYS_pwritev, descriptor, some.data(), some.size(), at, 0L);
  });
}
ssize_t pwritev(int descriptor, const iovec* pieces, int count, off_t at) {
  return pwritev64(descriptor, pieces, count, at);
}

int fsync(int descriptor) {
  return ask("sync", descriptor) == Answer::failed ? -1 : static_cast<int>(syscall(SYS_fsync, descriptor));
}
int fdatasync(int descriptor) {
  return ask("sync", descriptor) == Answer::failed ? -1 : static_cast<int>(syscall(SYS_fdatasync, descriptor));
}
int rename(const char* from, const char* to) {
  if (ask("rename", absolute(from)) == Answer::failed) return -1;
  return static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
/// Closed in any case, as the system does it.
int close(int descriptor) {
  const auto answer = ask("close", descriptor);
  const int error = errno;
  const auto done = static_cast<int>(syscall(SYS_close, descriptor));
  if (answer != Answer::failed) return done;
  errno = error;
  return -1;
}
int ftruncate64(int descriptor, off64_t bytes) {
  return ask("resize", descriptor) == Answer::failed ? -1 : static_cast<int>(syscall(SYS_ftruncate, descriptor, bytes));
}
int ftruncate(int descriptor, off_t bytes) { return ftruncate64(descriptor, bytes); }
int posix_fallocate64(int descriptor, off64_t at, off64_t bytes) {
  if (ask("reserve", descriptor) == Answer::failed) return errno;
  using Function = int (*)(int, off64_t, off64_t);
  static const auto next = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "posix_fallocate64"));
  return next(descriptor, at, bytes);
}
int posix_fallocate(int descriptor, off_t at, off_t bytes) { return posix_fallocate64(descriptor, at, bytes); }

}  // extern "C"

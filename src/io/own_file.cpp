#include "io/own_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "comm/host.hpp"
#include "io/file_descriptor.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

namespace {

/// The owner of what this process makes beside `path`. On some file systems, of servers that know the user under another
/// name, that is not the user whom the process runs as.
uid_t owner_beside(const std::string& path) {
  const auto probe = fmt::format("{}.probe-{}-{}", path, comm::host_name(), ::getpid());
  uid_t owner = ::geteuid();
  try {
    const FileDescriptor made(probe, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, "make a file beside it", path);
    struct stat status {};
    if (::fstat(made.get(), &status) == 0) owner = status.st_uid;
  } catch (const IoError&) {  // nothing can be made there, and nothing will be replaced
    return owner;
  }
  ::unlink(probe.c_str());
  return owner;
}

bool is_ours(const std::string& path, const struct stat& status) {
  return status.st_uid == ::geteuid() || status.st_uid == owner_beside(path);
}

}  // namespace

void check_ours(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || is_ours(path, status)) return;
  throw UsageError(fmt::format("{}: belongs to another user (number {}), and is not {}; choose another name", path,
                               status.st_uid, S_ISLNK(status.st_mode) ? "followed" : "overwritten"));
}

std::string stranger_beside(const std::string& path, const std::string& other) {
  struct stat status {
  }, beside{};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (::stat(other.c_str(), &beside) == 0 && beside.st_uid == status.st_uid) return {};
  if (is_ours(path, status)) return {};
  return fmt::format("belongs to another user (number {})", status.st_uid);
}

void check_leftover(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  const auto what = [&]() -> std::string {
    if (S_ISLNK(status.st_mode)) return "a link";
    if (!S_ISREG(status.st_mode)) return "not a regular file";
    if (!is_ours(path, status)) return fmt::format("of another user (number {})", status.st_uid);
    return status.st_nlink > 1 ? "a file that has another name too" : "";
  }();
  if (what.empty()) return;
  throw UsageError(path + ": is where a temporary file of Vireo's would be, and is " + what +
                   "; it stays as it is: remove it, or choose another name");
}

void remove_leftover(const std::string& path) {
  check_leftover(path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    throw IoError(path + ": cannot remove what a run has left there: " + std::strerror(errno));
}

ReplacedMode mode_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return {true, status.st_mode & 0777U};
}

void set_mode(const std::string& path, const ReplacedMode& replaced) {
  if (!replaced.known || mode_of(path).mode == replaced.mode) return;
  if (::chmod(path.c_str(), replaced.mode) != 0)
    throw IoError(path + ": cannot give it the mode of the file that it replaces: " + std::strerror(errno));
}

}  // namespace vireo::io

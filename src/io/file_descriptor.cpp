#include "io/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "vireo/core/error.hpp"

namespace vireo::io {

FileDescriptor::FileDescriptor(const std::string& path, int flags, const std::string& action, std::string named)
    : named_(std::move(named)) {
  descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(action, errno);
}

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileDescriptor::fail(const std::string& action, int error) const {
  throw IoError(named_ + ": cannot " + action + ": " + std::strerror(error));
}

std::size_t FileDescriptor::read_at(void* to, std::size_t bytes, std::size_t offset) const {
  std::size_t done = 0;
  while (done < bytes) {
    const auto n = ::pread(descriptor_, static_cast<char*>(to) + done, bytes - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read it", errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void FileDescriptor::write_at(const void* from, std::size_t bytes, std::size_t offset) const {
  std::size_t done = 0;
  while (done < bytes) {
    const auto n =
        ::pwrite(descriptor_, static_cast<const char*>(from) + done, bytes - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write to it", errno);
    done += static_cast<std::size_t>(n);
  }
}

std::size_t FileDescriptor::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("look at it", errno);
  return static_cast<std::size_t>(status.st_size);
}

void FileDescriptor::resize(std::size_t bytes) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail("write to it", errno);
}

void FileDescriptor::reserve() const {
  int error = 0;
  do error = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(size()));
  while (error == EINTR);
  if (error != 0) fail("reserve room for it", error);
}

void FileDescriptor::begin_sync() const {
  static_cast<void>(::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE));  // a hint: sync() does it in any case
}

void FileDescriptor::sync() const {
  while (::fsync(descriptor_) != 0)
    if (errno != EINTR) fail("write it to the disk", errno);
}

std::optional<std::size_t> size_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

void check_size_limit(const std::string& path, std::size_t bytes) {
  const auto limit = size_limit();
  if (!limit || bytes <= *limit) return;
  throw IoError(path + ": cannot write to it: " + std::strerror(EFBIG) + " for the limit of " + std::to_string(*limit) +
                " bytes (ulimit -f)");
}

void sync_directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const FileDescriptor directory(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY, "open the directory");
  // Some file systems refuse to sync a directory; there is nothing more that can be done on them.
  if (::fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    throw IoError(path + ": cannot write its name to the disk: " + std::strerror(errno));
}

}  // namespace vireo::io

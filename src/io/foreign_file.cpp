#include "io/foreign_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/device_error.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

ForeignFile::ForeignFile(const std::string& path) : path_(path) {
  // to open a device may do something already: most are refused before
  struct stat there {};
  if (::stat(path.c_str(), &there) != 0) refuse_to_read(path + ": ", errno);
  if (S_ISDIR(there.st_mode)) throw DataError(path + ": is a directory, not a file");
  if (!S_ISREG(there.st_mode)) throw DataError(path + ": is not a regular file");
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) refuse_to_read(path + ": cannot be opened: ", errno);
  if (S_ISREG(status().st_mode)) return;
  ::close(descriptor_);
  throw DataError(path + ": is not a regular file");
}

ForeignFile::~ForeignFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

struct stat ForeignFile::status() const {
  struct stat out {};
  if (::fstat(descriptor_, &out) != 0) refuse_to_read(path_ + ": ", errno);
  return out;
}

}  // namespace vireo::io

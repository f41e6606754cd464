#include "io/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "comm/host.hpp"
#include "core/printable.hpp"
#include "io/own_file.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

namespace {

constexpr const char* mark = "vireo-lock\n";
constexpr const char* given_up = "vireo-lock\ngiven up\n";

std::string text_of(const FileDescriptor& file) {
  std::array<char, 1024> buffer{};
  return {buffer.data(), file.read_at(buffer.data(), buffer.size(), 0)};
}

void write_text(const FileDescriptor& file, const std::string& text) {
  file.resize(0);
  file.write_at(text.data(), text.size(), 0);
  file.sync();  // other hosts are to see it
}

/// A line "name value" of the text.
std::string value_in(const std::string& text, const std::string& name) {
  const auto found = text.find("\n" + name + " ");
  if (found == std::string::npos) return "unknown";
  const auto begin = found + name.size() + 2;
  return printable(text.substr(begin, text.find('\n', begin) - begin));
}

/// 0, or why there is no lock
int lock(const FileDescriptor& file) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  int done = 0;
  do done = ::fcntl(file.get(), F_OFD_SETLK, &whole);
  while (done != 0 && errno == EINTR);
  return done == 0 ? 0 : errno;
}

/// Whether the file that is open is still the one of this name.
bool is_at(const FileDescriptor& file, const std::string& name) {
  struct stat open {};
  struct stat there {};
  return ::fstat(file.get(), &open) == 0 && ::stat(name.c_str(), &there) == 0 && open.st_nlink > 0 &&
         open.st_ino == there.st_ino && open.st_dev == there.st_dev;
}

}  // namespace

FileLock::Attempt FileLock::attempt(const std::string& path, const std::string& what, bool patient) {
  file_ = std::make_unique<FileDescriptor>(name_, O_RDWR | O_CREAT | O_NOFOLLOW, "write the " + what, path);
  const auto text = text_of(*file_);
  if (!text.empty() && !text.starts_with(mark))
    throw UsageError(name_ + ": is not a lock of Vireo, and is not overwritten; choose another name, or remove it");
  if (text.empty()) check_ours(name_);  // not only a lock is empty
  const int failure = lock(*file_);
  if (failure == EAGAIN || failure == EACCES) {
    if (patient || text.empty() || text == given_up) return Attempt::in_use;
    throw IoError(fmt::format("{}: is in use by another run: process {} on host {}, which began at {}", path,
                              value_in(text, "pid"), value_in(text, "host"), value_in(text, "start")));
  }
  check_ours(name_);
  if (failure == ESTALE) return Attempt::lost;
  if (failure != 0) {
    missing_ = std::strerror(failure);
    return Attempt::taken;
  }
  // Who had it may have removed the file between our two calls. On another host its name may still be seen for a while:
  // then its text, which is read anew once the lock is there, tells.
  if (!is_at(*file_, name_) || (patient && text_of(*file_) == given_up)) return Attempt::lost;
  return Attempt::taken;
}

FileLock::FileLock(const std::string& path, const std::string& what, const std::string& start) : name_(path + ".lock") {
  constexpr int attempts = 40;
  constexpr std::chrono::milliseconds pause{25};
  for (int left = attempts; attempt(path, what, left > 0) != Attempt::taken; --left) {
    if (left <= -attempts) throw IoError(path + ": is in use by another run, which does not say who it is");
    std::this_thread::sleep_for(pause);
  }
  if (!missing_.empty()) {
    ::unlink(name_.c_str());
    return;
  }
  try {
    write_text(*file_, fmt::format("{}host {}\npid {}\nstart {}\n", mark, comm::host_name(), ::getpid(), start));
  } catch (const IoError&) {
    ::unlink(name_.c_str());
    throw;
  }
}

FileLock::~FileLock() {
  if (file_ == nullptr || !missing_.empty() || !is_at(*file_, name_)) return;
  try {
    write_text(*file_, given_up);
  } catch (const IoError&) {  // the disk is full: the file is removed in any case
  }
  ::unlink(name_.c_str());
}

}  // namespace vireo::io

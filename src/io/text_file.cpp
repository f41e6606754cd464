#include "io/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/byte_order_mark.hpp"
#include "io/device_error.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

TextFile::TextFile(const std::string& path, Bytes counted) : path_(path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) refuse_to_read(path + ": cannot be opened: ", errno);
  if (S_ISDIR(status.st_mode)) throw DataError(path + ": is a directory, not a data file");
  // asked before opening: to open a pipe would wait for its writer
  if (!S_ISREG(status.st_mode)) throw DataError(path + ": is not a regular file");
  bytes_ = static_cast<std::uint64_t>(status.st_size);
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) refuse_to_read(path + ": cannot be opened: ", errno);
  if (counted == Bytes::all) return;
  std::array<char, 3> beginning{};
  const std::string_view first(beginning.data(), read(0, beginning));
  if (is_utf16(first)) {
    ::close(descriptor_);
    throw DataError(path + ": is text in UTF-16: save it as UTF-8");
  }
  mark_ = byte_order_mark(first);
  bytes_ -= std::min<std::uint64_t>(bytes_, mark_);
}

TextFile::~TextFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t TextFile::read(std::uint64_t offset, std::span<char> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got =
        ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(mark_ + offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse_to_read(path_ + ": cannot be read: ", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Range TextFile::lines_starting_in(Range part) const { return {line_start_from(part.begin), line_start_from(part.end)}; }

// the first start of a line at or after `offset`; the size of the file if there is none
std::uint64_t TextFile::line_start_from(std::uint64_t offset) const {
  if (offset == 0 || offset >= bytes_) return std::min(offset, bytes_);
  std::vector<char> window(1 << 16);
  for (std::uint64_t at = offset - 1; at < bytes_;) {
    const std::size_t got = read(at, window);
    if (got == 0) break;
    if (const void* newline = std::memchr(window.data(), '\n', got))
      return std::min(bytes_, at + static_cast<std::uint64_t>(static_cast<const char*>(newline) - window.data()) + 1);
    at += got;
  }
  return bytes_;
}

}  // namespace vireo::io

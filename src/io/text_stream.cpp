#include "io/text_stream.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace vireo::io {

TextStream::TextStream(const std::string& path, const TextFile& file) : file_(file) {
  std::array<char, 2> first{};
  const std::size_t got = file.read(0, first);
  if (GzipText::recognise(std::span(first).first(got))) inflated_.emplace(path, file);
}

std::size_t TextStream::read(std::span<char> out) {
  if (inflated_) return inflated_->read(out);
  const std::size_t got = file_.read(offset_, out);
  offset_ += got;
  return got;
}

void TextStream::skip(std::uint64_t bytes) {
  if (!inflated_) {
    offset_ += bytes;
    return;
  }
  std::vector<char> ignored(std::min<std::uint64_t>(bytes, std::uint64_t{1} << 16U));
  while (bytes > 0) {
    const std::size_t got = read(std::span(ignored).first(std::min<std::uint64_t>(bytes, ignored.size())));
    if (got == 0) return;
    bytes -= got;
  }
}

std::string beginning_of(const std::string& path, const TextFile& file, std::size_t bytes) {
  std::string out(bytes, '\0');
  out.resize(TextStream(path, file).read(out));
  return out;
}

}  // namespace vireo::io

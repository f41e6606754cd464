#include "io/text_gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "core/byte_order_mark.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

struct GzipText::Inflater {
  Inflater() : input(std::size_t{1} << 18) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }

  z_stream stream{};
  std::vector<char> input;
};

GzipText::GzipText(const std::string& path, const TextFile& file)
    : path_(path), file_(file), inflater_(std::make_unique<Inflater>()) {}

GzipText::~GzipText() = default;

bool GzipText::recognise(std::span<const char> beginning) {
  return beginning.size() >= 2 && beginning[0] == '\x1f' && beginning[1] == '\x8b';
}

void GzipText::refill() {
  auto& [stream, input] = *inflater_;
  if (stream.avail_in > 0) return;
  const std::size_t got = file_.read(offset_, input);
  offset_ += got;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(got);
}

// after the end of a member: the end of the file, or another member
void GzipText::next_member() {
  auto& stream = inflater_->stream;
  refill();
  if (stream.avail_in == 0) {
    ended_ = true;
    return;
  }
  const std::uint64_t at = offset_ - stream.avail_in;
  char beginning[2];
  const std::size_t got = file_.read(at, beginning);
  if (!recognise({beginning, got}))
    throw DataError(path_ + ": the gzip stream is followed by something else (from byte " + std::to_string(at) +
                    " on)");
  inflateReset(&stream);
}

std::size_t GzipText::read(std::span<char> out) {
  if (!std::exchange(begun_, true)) {
    first_.resize(3);
    first_.resize(inflate_into(first_));
    first_.erase(0, byte_order_mark(first_));
  }
  const std::size_t known = first_.copy(out.data(), out.size());
  first_.erase(0, known);
  return known + inflate_into(out.subspan(known));
}

std::size_t GzipText::inflate_into(std::span<char> out) {
  auto& stream = inflater_->stream;
  std::size_t done = 0;
  while (done < out.size() && !ended_) {
    refill();
    const auto room = std::min<std::size_t>(out.size() - done, std::numeric_limits<uInt>::max());
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    const bool at_end_of_file = stream.avail_in == 0;
    const int status = inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    if (status == Z_STREAM_END) {
      next_member();
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw DataError(path_ + ": corrupt gzip stream before byte " + std::to_string(offset_ - stream.avail_in) +
                      (stream.msg ? std::string(": ") + stream.msg : std::string()));
    } else if (at_end_of_file && stream.avail_out == room) {
      throw DataError(path_ + ": truncated gzip stream (it ends after " + std::to_string(offset_) + " bytes)");
    }
  }
  return done;
}

void GzipText::verify_rest() {
  std::vector<char> ignored(std::size_t{1} << 20);
  while (read(ignored) > 0) {
  }
}

}  // namespace vireo::io

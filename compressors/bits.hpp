#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace vireo {

/// Bytes that hold this many bits
[[nodiscard]] constexpr std::size_t bytes_of_bits(std::size_t bits) { return (bits + 7) / 8; }

/// Appends integers of up to 32 bits to a byte string, lowest bit first.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) : out_(out) {}

  void put(std::uint64_t value, unsigned bits) {
    held_ |= value << count_;
    count_ += bits;
    if (count_ >= 32) {
      flush_bytes(4);
      held_ >>= 32;
      count_ -= 32;
    }
  }
  /// `zeros` zeros and a one
  void put_unary(std::uint64_t zeros) {
    for (; zeros >= 32; zeros -= 32) put(0, 32);
    put(std::uint64_t{1} << zeros, static_cast<unsigned>(zeros) + 1);
  }
  /// Writes what is held, up to the next whole byte.
  void finish() {
    flush_bytes(bytes_of_bits(count_));
    held_ = 0;
    count_ = 0;
  }

 private:
  void flush_bytes(std::size_t bytes) {
    const auto at = out_.size();
    out_.resize(at + bytes);
    std::memcpy(out_.data() + at, &held_, bytes);
  }
  std::vector<std::byte>& out_;
  std::uint64_t held_ = 0;
  unsigned count_ = 0;
};

/// Reads what BitWriter wrote.
class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> in) : in_(in) {}

  std::uint64_t get(unsigned bits) {
    if (count_ < bits) refill();
    const std::uint64_t value = held_ & ((std::uint64_t{1} << bits) - 1);
    held_ >>= bits;
    count_ -= bits;
    return value;
  }
  std::uint64_t get_unary() {
    std::uint64_t zeros = 0;
    while (get(1) == 0) ++zeros;
    return zeros;
  }

 private:
  void refill() {
    const std::size_t bytes = in_.size() - at_ < 4 ? in_.size() - at_ : 4;
    std::uint64_t next = 0;
    std::memcpy(&next, in_.data() + at_, bytes);
    at_ += bytes;
    held_ |= next << count_;
    count_ += 32;
  }
  std::span<const std::byte> in_;
  std::size_t at_ = 0;
  std::uint64_t held_ = 0;
  unsigned count_ = 0;
};

}  // namespace vireo

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace vireo::encoding {

/// Bytes that hold this many bits
[[nodiscard]] constexpr std::size_t bytes_of_bits(std::size_t bits) { return (bits + 7) / 8; }

/// Appends integers of up to 32 bits to a byte string, lowest bit first; how many bits there will be is said
/// beforehand.
class BitWriter {
 public:
  BitWriter(std::vector<std::byte>& out, std::size_t bits)
      : out_(out), at_(out.size()), end_(at_ + bytes_of_bits(bits)) {
    out_.resize(end_ + sizeof held_);  // room for whole words
  }

  void put(std::uint64_t value, unsigned bits) {
    held_ |= value << count_;
    count_ += bits;
    if (count_ >= 32) {
      std::memcpy(out_.data() + at_, &held_, 4);
      at_ += 4;
      held_ >>= 32;
      count_ -= 32;
    }
  }
  /// `zeros` zeros and a one
  void put_unary(std::uint64_t zeros) {
    for (; zeros >= 31; zeros -= 31) put(0, 31);
    put(std::uint64_t{1} << zeros, static_cast<unsigned>(zeros) + 1);
  }
  /// Writes what is held, up to the next whole byte.
  void finish() {
    std::memcpy(out_.data() + at_, &held_, sizeof held_);
    out_.resize(end_);
  }

 private:
  std::vector<std::byte>& out_;
  std::size_t at_;
  std::size_t end_;
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

}  // namespace vireo::encoding

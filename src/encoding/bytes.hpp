#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace vireo::encoding {

/// Appends numbers as they are in memory.
template <class T, std::size_t extent>
void append(std::vector<std::byte>& out, std::span<T, extent> numbers) {
  const auto at = out.size();
  out.resize(at + numbers.size_bytes());
  if (!numbers.empty()) std::memcpy(out.data() + at, numbers.data(), numbers.size_bytes());
}
template <class T>
requires std::is_arithmetic_v<T>
void append(std::vector<std::byte>& out, T number) { append(out, std::span(&number, 1)); }

/// Takes `count` numbers from the beginning of `in`; returns their size in bytes.
template <class T>
std::size_t take(std::span<const std::byte> in, std::size_t count, std::vector<T>& numbers) {
  numbers.resize(count);
  if (count > 0) std::memcpy(numbers.data(), in.data(), count * sizeof(T));
  return count * sizeof(T);
}
template <class T>
requires std::is_arithmetic_v<T> std::size_t take(std::span<const std::byte> in, T& number) {
  std::memcpy(&number, in.data(), sizeof number);
  return sizeof number;
}

}  // namespace vireo::encoding

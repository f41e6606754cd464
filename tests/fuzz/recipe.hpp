#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace vireo::fuzz {

/// Choices made of an input's bytes, one after the other; zeros when they are used up. Every input is a recipe.
class Recipe {
 public:
  explicit Recipe(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  template <class Value, std::size_t Count>
  const Value& one_of(const std::array<Value, Count>& choices) {
    return choices[byte() % Count];
  }
  /// The bytes of a number, as they come
  template <class Number>
  Number number() {
    std::array<std::uint8_t, sizeof(Number)> bytes{};
    for (auto& each : bytes) each = byte();
    Number out{};
    std::memcpy(&out, bytes.data(), sizeof out);
    return out;
  }
  /// A length, then so many bytes
  std::string text() {
    std::string out(byte(), '\0');
    for (auto& each : out) each = static_cast<char>(byte());
    return out;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace vireo::fuzz

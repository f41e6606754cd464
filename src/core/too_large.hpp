#pragma once

#include <cstddef>
#include <new>

namespace vireo {

/// There is no room in memory for an array of so many bytes.
class TooLarge : public std::bad_alloc {
 public:
  explicit TooLarge(std::size_t bytes) : bytes_(bytes) {}
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const char* what() const noexcept override { return "out of memory"; }

 private:
  std::size_t bytes_;
};

/// throws TooLarge if the machine has less memory than so many bytes
void require_memory(std::size_t bytes);

}  // namespace vireo

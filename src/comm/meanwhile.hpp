#pragma once

#include <exception>

namespace vireo::comm {

/// Calls `part` until `arrived` is true or there are no more parts. Returns what a part threw, so that the operation
/// under way, which still uses the caller's buffers, can be completed first.
template <class Arrived, class Part>
[[nodiscard]] std::exception_ptr work_until(Arrived&& arrived, Part&& part) {
  try {
    while (!arrived() && part()) {
    }
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace vireo::comm

#pragma once

#include <cstdint>

namespace vireo::methods {

/// The number of iteration k, as rounds of the exchange and keys of random draws take it.
[[nodiscard]] constexpr std::uint64_t draw_number(std::int64_t k) { return static_cast<std::uint64_t>(k); }

}  // namespace vireo::methods

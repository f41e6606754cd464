#pragma once

#include <cstdint>

namespace vireo {

/// How one number of each of several owners (ranks, holders of a message) becomes one of all.
enum class Reduction : std::uint8_t { sum, minimum, maximum };

}  // namespace vireo

#pragma once

#include <cstdint>

namespace vireo {

/// How the numbers of several owners, such as ranks or holders of a message, are joined into one.
enum class Reduction : std::uint8_t { sum, minimum, maximum };

}  // namespace vireo

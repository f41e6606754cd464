#pragma once

#include <string>

namespace vireo::comm {

/// Name of the machine, as its system calls it.
[[nodiscard]] std::string host_name();

}  // namespace vireo::comm

#pragma once

#include <string>

#include "vireo/comm/communicator.hpp"

namespace vireo::io {

/// Checks that a file that rank 0 makes next to `path` is seen by the hosts of all ranks. Collective. A run whose files
/// are on one host alone could not write a checkpoint together, nor go on when its first rank is on another host.
/// throws IoError "<path>: cannot write the <what>: ..." which names the hosts that do not see it
void check_shared(Communicator& comm, const std::string& path, const std::string& what);

}  // namespace vireo::io

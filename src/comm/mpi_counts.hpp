#pragma once

#include <span>
#include <vector>

#include "vireo/comm/communicator.hpp"

namespace vireo::comm {

/// Pieces as MPI wants them: counts and offsets as int, in units of 1 or 8 bytes.
///
/// The unit is 8 where all offsets and sizes allow it, which nearly all messages do (they are numbers):
/// that reaches to 16 GiB. Both units have the same type signature in MPI (bytes), so sender and
/// receiver need not choose alike.
struct MpiCounts {
  std::vector<int> counts;
  std::vector<int> offsets;
  int unit = 8;

  /// throws Error(internal) that names the size where a count or offset does not fit into an int
  void assign(std::span<const Piece> pieces);
};

}  // namespace vireo::comm

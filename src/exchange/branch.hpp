#pragma once

#include <cstdint>
#include <vector>

#include "exchange/tree.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::exchanging {

/// How the messages of a branch travel.
enum class Travel : std::uint8_t {
  absent,  ///< none of its workers sends
  summed,  ///< added up by their rank, as one dense vector
  relayed  ///< each as it was encoded, because together they are shorter than that vector
};

/// A worker's message that is relayed, as far as this rank's segment is concerned.
struct Relayed {
  Index worker = 0;
  std::vector<random::Offset> support{};
  Entries decoded{};  ///< unless it is read where it has arrived
};

/// A maximal subtree among the workers of one rank, and how its messages travel in the current round.
struct Branch {
  Subtree tree;
  Index rank = 0;  ///< that has its workers
  std::vector<Index> senders{};
  Travel travel = Travel::absent;
  std::vector<Relayed> messages{};  ///< one for each sender, if they are relayed
};

}  // namespace vireo::exchanging

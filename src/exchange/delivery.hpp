#pragma once

#include <vector>

#include "vireo/exchange/exchange.hpp"

namespace vireo {

/// The way down: what each rank has computed in its segment, compressed as one message of R^d, for all ranks.
class Delivery {
 public:
  Delivery(Communicator& comm, std::vector<Range> segments, std::uint64_t seed)
      : comm_(comm), segment_(std::move(segments)), seed_(seed) {}

  /// `out` holds the own segment; afterwards everybody's. Returns false if some rank said finite = false.
  bool run(bool finite, View out, Ledger& ledger);
  /// out = Q^serv(y), y given by segments
  bool run(const Compressor& downlink, std::uint64_t iteration, bool finite, ConstView y_segment, View out,
           Ledger& ledger);

 private:
  Communicator& comm_;
  std::vector<Range> segment_;
  std::uint64_t seed_;
  std::vector<std::byte> buffer_;
  std::vector<Piece> pieces_;
  std::vector<std::vector<random::Offset>> supports_;
  std::vector<double> values_;
};

}  // namespace vireo

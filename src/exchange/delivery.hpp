#pragma once

#include <vector>

#include "exchange/summation.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo {

/// The downlink: what each rank has computed in its segment, compressed as one message of R^d, for all ranks.
class Delivery {
 public:
  Delivery(Communicator& comm, Space space, Index workers, std::uint64_t seed)
      : comm_(comm), space_(std::move(space)), workers_(workers), seed_(seed) {}

  /// The coordinates of messages
  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const Range& own() const { return space_.segments[static_cast<Index>(comm_.rank())]; }
  [[nodiscard]] Message message(std::uint64_t iteration) const {
    return {{seed_, random::Purpose::downlink, random::nobody, iteration}, space_.dimension, workers_};
  }

  /// `out` holds the own segment of `space`; afterwards everybody's. Returns false if some rank said finite = false.
  bool run(const Space& space, bool finite, View out, Ledger& ledger);
  /// Q^serv(y), y given by segments; with feedback, y + e is sent, and e <- y + e - Q^serv(y + e). The result is
  /// written to `out` if it has all coordinates, else kept as entries.
  bool run(const Compressor& downlink, const Round& round, bool finite, View y_segment, View out, Ledger& ledger);

  /// true if what is sent down are coordinates of the mean that are known beforehand, as doubles.
  [[nodiscard]] bool sends_coordinates(const Compressor& downlink, const Round& round) const {
    return downlink.verbatim_factor(message(round.iteration)) != 0;
  }
  /// Which of the own segment's coordinates these are.
  std::span<const random::Offset> places(const Compressor& downlink, const Round& round, Ledger& ledger);
  /// Q^serv(y) as entries, y given at these places of the segments. To be called after `places`.
  bool run_at(const Compressor& downlink, const Round& round, bool finite, ConstView y, Ledger& ledger);

  /// The last result that was kept as entries
  [[nodiscard]] Mean entries() const { return {places_, values_}; }

 private:
  void encode(const Compressor& downlink, const Message& message, bool finite, ConstView y_segment);
  void draw_supports(const Compressor& downlink, const Message& message);
  std::span<std::byte> lay_out_buffer();
  bool gather(const Compressor& downlink, const Message& message, View out, Ledger& ledger);
  void keep(const Range& segment, std::span<const random::Offset> offsets, std::span<const std::byte> values);

  Communicator& comm_;
  Space space_;
  Index workers_;
  std::uint64_t seed_;
  Compressor::Bytes own_piece_;
  std::vector<std::byte> buffer_;
  std::vector<Piece> pieces_;
  std::vector<std::vector<random::Offset>> supports_;
  Entries entries_;
  std::vector<Index> places_;  ///< of the entries that are kept
  Vector values_;              ///< theirs
  Index count_ = 0;            ///< how many of them are there, while they are taken in
};

}  // namespace vireo

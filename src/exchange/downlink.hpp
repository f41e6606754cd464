#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "exchange/space.hpp"
#include "exchange/verdict.hpp"
#include "vireo/compressors/compressor.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo::exchanging {

/// The downlink of one exchange: what each rank has computed in its segment, compressed as one message of R^d, for all
/// ranks.
///
/// All functions that send are collective. They take this rank's verdict, and leave in `finite` whether that of every
/// rank was good: if not, no rank may use what it has got.
class Downlink {
 public:
  /// space: R^d
  Downlink(Communicator& comm, Space space, Index workers, std::uint64_t seed)
      : comm_(comm), space_(std::move(space)), workers_(workers), seed_(seed) {}

  /// R^d, that the messages are vectors of
  [[nodiscard]] const Space& space() const { return space_; }
  /// This rank's segment of it
  [[nodiscard]] const Range& own() const { return space_.segments[static_cast<Index>(comm_.rank())]; }
  /// The key of the server's message
  [[nodiscard]] Message message(std::uint64_t iteration) const {
    return {{seed_, random::Purpose::downlink, random::nobody, iteration}, space_.dimension, workers_};
  }

  /// Uncompressed: `out`, of any space, holds this rank's segment; afterwards everybody's.
  void send_numbers(const Space& space, View out, Verdict& verdict, Ledger& ledger);

  /// Q^serv(y), y given by segments; with feedback y + e is sent, and e <- y + e - Q^serv(y + e). The result is written
  /// to `out` if the compressor keeps all coordinates, else it is in `entries`. y_segment is overwritten.
  void send_compressed(const Compressor& compressor, const Round& round, View y_segment, View out, Verdict& verdict,
                       Ledger& ledger);

  /// true if what is sent are coordinates of y as doubles, and it is known beforehand which.
  [[nodiscard]] bool sends_coordinates(const Compressor& compressor, const Round& round) const {
    return compressor.verbatim_factor(message(round.iteration)) != 0;
  }
  /// Which of this rank's coordinates these are, as offsets in its segment
  [[nodiscard]] std::span<const random::Offset> draw_places(const Compressor& compressor, const Round& round,
                                                            Ledger& ledger);
  /// Q^serv(y), y given at these places of the segments alone. To be called after `draw_places`. The result is in
  /// `entries`.
  void send_coordinates(const Compressor& compressor, const Round& round, ConstView y, Verdict& verdict,
                        Ledger& ledger);

  /// The last result that was given by entries
  [[nodiscard]] Mean entries() const { return {places_, values_}; }

 private:
  void encode(const Compressor& compressor, const Message& message, const Verdict& verdict, ConstView y_segment);
  void draw_supports(const Compressor& compressor, const Message& message);
  std::span<std::byte> lay_out_buffer();
  void gather(const Compressor& compressor, const Message& message, View out, Verdict& verdict, Ledger& ledger);
  void append_entries(const Range& segment, std::span<const random::Offset> offsets, std::span<const std::byte> values);

  Communicator& comm_;
  Space space_;
  Index workers_;
  std::uint64_t seed_;
  Compressor::Bytes own_piece_;
  std::vector<std::byte> buffer_;
  std::vector<Piece> pieces_;
  std::vector<std::vector<random::Offset>> supports_;  ///< of all ranks' pieces
  Entries decoded_;
  std::vector<Index> places_;  ///< of the result's entries
  Vector values_;              ///< theirs
  Index count_ = 0;            ///< how many of them there are, while they are appended
};

}  // namespace vireo::exchanging

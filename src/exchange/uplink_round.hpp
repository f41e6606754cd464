#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "exchange/branch.hpp"
#include "exchange/message_maker.hpp"
#include "exchange/sending.hpp"
#include "exchange/tree_adder.hpp"
#include "exchange/tree_sum.hpp"

namespace vireo::exchanging {

/// Storage for the calls of one uplink, used again from call to call.
struct UplinkStorage {
  std::vector<Branch> branches;  ///< of all ranks, in worker order
  std::vector<Index> own;        ///< numbers of this rank's branches
  std::vector<Vector> sums;      ///< of these, all coordinates
  TreeSum tree_sum;
  MessageStorage messages;
  std::vector<Compressor::Bytes> pieces;  ///< for each rank, what it is sent
  std::vector<std::byte> send, receive;
  std::vector<Piece> outgoing, incoming;
  std::vector<std::uint64_t> bytes;    ///< that each rank sends here
  std::vector<std::size_t> positions;  ///< in what has arrived of each rank
};

/// One call of the uplink: who sends, how it travels, what the ranks send each other, and what arrives here.
class UplinkRound {
 public:
  UplinkRound(Communicator& comm, const UplinkKeys& keys, UplinkStorage& storage, const Sending& sending);

  /// Collective. Has the messages of this rank's workers made, sends every rank its pieces, and gives the adder all that
  /// concerns this rank's segment. What the adder is given stays in the storage until the next call.
  Verdict carry(TreeAdder& adder);

 private:
  [[nodiscard]] const Range& segment() const { return space().segments[me_]; }
  [[nodiscard]] const Space& space() const { return sending_.space; }
  [[nodiscard]] Part part(const Message& message, const Relayed& relayed) const {
    return {message, segment(), relayed.support};
  }
  [[nodiscard]] double divisor() const;

  void choose_senders();
  void choose_travel();
  [[nodiscard]] bool is_shorter_relayed(const Branch& branch) const;
  void make_messages();
  void make_sum(const Branch& branch, Vector& sum);
  void make_relayed(Branch& branch);
  template <class Send>
  void for_each_worker(const Branch& branch, Send&& send);
  void lay_out_receiving();
  void tell_sizes();
  void exchange_pieces();
  void hand_over(TreeAdder& adder);
  std::size_t hand_over_message(TreeAdder& adder, Index branch, Relayed& relayed, std::span<std::byte> arrived) const;

  Communicator& comm_;
  UplinkStorage& storage_;
  const Sending& sending_;
  const Compressor* compressor_;
  Index me_;
  Index workers_;
  MessageMaker messages_;
  bool direct_ = false;  ///< one summed branch here: its vector itself is the send buffer
};

}  // namespace vireo::exchanging

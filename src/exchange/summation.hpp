#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "compressors/apply.hpp"
#include "exchange/sparse_tree_sum.hpp"
#include "exchange/tree.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo {

/// The way up: (1/M) sum_m Q_m(x_m) in this rank's segment, along the tree over the workers.
class Summation {
 public:
  Summation(Communicator& comm, const WorkerLayout& layout, const SegmentLayout& segments, std::uint64_t seed);

  /// uplink: null is the identity. Returns false if the result is not finite in this segment.
  bool run(const Compressor* uplink, std::uint64_t iteration, const Exchange::Produce& produce, Ledger& ledger,
           View mean_segment);

  [[nodiscard]] const Range& own() const { return segment_[me_]; }
  [[nodiscard]] const std::vector<Range>& segments() const { return segment_; }
  /// What `produce` threw, once.
  [[nodiscard]] std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

 private:
  /// How the messages of a maximal subtree travel.
  enum class Travel : std::uint8_t {
    summed,  ///< added up by their rank, as one dense vector
    relayed  ///< each as it was encoded, because that is shorter
  };
  /// A maximal subtree of a rank, and what is at hand of it.
  struct Node {
    Subtree tree;
    Index rank = 0;
    Travel travel = Travel::summed;
    std::vector<Entries> messages{};  ///< relayed: of its workers, in the own segment
    SparseTreeSum sum{};              ///< relayed: adds them
    Vector window{};                  ///< relayed: their sum in the current window
    double* values = nullptr;         ///< summed: its sum in the own segment
  };
  /// Where a relayed message of this rank's workers goes: per destination, its support and its place in the buffer.
  struct Relay {
    std::vector<std::vector<random::Offset>> supports{};
    std::vector<std::size_t> places{};
  };

  [[nodiscard]] random::Key key_of(Index worker) const;
  void choose_travel();
  void lay_out_sending();
  void lay_out_receiving();
  void produce_messages(const Exchange::Produce& produce);
  void produce_sum(Index mine, const Exchange::Produce& produce, std::vector<std::size_t>& place);
  void produce_relayed(const Subtree& tree, std::size_t first_relay, const Exchange::Produce& produce);
  void call(const Exchange::Produce& produce, Index worker, View x);
  void take_up();
  bool add_up(View mean_segment);

  Communicator& comm_;
  Index workers_;
  Index dimension_;
  std::uint64_t seed_;
  Index me_;
  std::vector<Range> segment_;  ///< of every rank
  std::vector<Node> nodes_;     ///< of all ranks, in worker order
  std::vector<Index> mine_;     ///< numbers of this rank's nodes
  std::vector<Merge> merges_;   ///< add all nodes into node 0

  // of the current call
  const Compressor* uplink_ = nullptr;
  std::uint64_t iteration_ = 0;
  Ledger* ledger_ = nullptr;
  std::exception_ptr failure_;

  std::vector<Vector> sums_;     ///< of this rank's summed nodes, all coordinates
  std::vector<Vector> scratch_;  ///< of sum_subtree
  Vector message_;               ///< one worker's x_m
  ApplyScratch apply_scratch_;
  std::vector<Relay> relays_;  ///< this rank's relayed messages
  std::vector<std::byte> send_, receive_, own_;
  bool direct_ = false;  ///< one summed node: its vector itself is the send buffer
  std::vector<Piece> outgoing_, incoming_;
};

}  // namespace vireo

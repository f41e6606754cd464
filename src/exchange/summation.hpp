#pragma once

#include <exception>
#include <span>
#include <utility>
#include <vector>

#include "encoding/apply.hpp"
#include "exchange/entry_filter.hpp"
#include "exchange/sparse_tree_sum.hpp"
#include "exchange/tree.hpp"
#include "exchange/tree_sum.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo {

/// The coordinates that are added up, in one segment per rank.
struct Space {
  Index dimension = 0;
  std::vector<Range> segments;
};

/// The uplink: sum_m Q_m(x_m) / divisor in this rank's segment, along the tree over the workers.
class Summation {
 public:
  Summation(Communicator& comm, const WorkerLayout& layout, std::uint64_t seed);

  /// uplink: null is the identity. x_m have space.dimension numbers. Returns false if a message of this rank's workers
  /// or the result in this rank's segment is not finite.
  bool run(const Space& space, const Compressor* uplink, const Round& round, const Exchange::Produce& produce,
           Ledger& ledger, View mean_segment);
  /// The same at some places of the segment alone: at their cost and that of the messages' entries, where all messages
  /// are at hand as entries. Sums that overflow at other places may go unseen.
  bool run_at(std::span<const random::Offset> places, const Space& space, const Compressor* uplink, const Round& round,
              const Exchange::Produce& produce, Ledger& ledger, View means);

  [[nodiscard]] Message message(Index worker, std::uint64_t iteration, Index dimension) const {
    return {{seed_, random::Purpose::uplink, static_cast<std::uint64_t>(worker), iteration}, dimension, workers_};
  }
  /// What `produce` threw, once.
  [[nodiscard]] std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

 private:
  /// How the messages of a maximal subtree travel.
  enum class Travel : std::uint8_t {
    absent,  ///< none of its workers sends
    summed,  ///< added up by their rank, as one dense vector
    relayed  ///< each as it was encoded, because that is shorter
  };
  /// A worker's message that is relayed, in the own segment.
  struct Relayed {
    Index worker = 0;
    std::vector<random::Offset> support{};
    Entries decoded{};  ///< unless it is read where it has arrived
  };
  /// A maximal subtree of a rank, and what is at hand of it.
  struct Node {
    Subtree tree;
    Index rank = 0;
    std::vector<Index> senders{};
    Travel travel = Travel::absent;
    std::vector<Relayed> messages{};
    std::vector<SparseTreeSum::Term> terms{};  ///< their entries
    SparseTreeSum sparse_sum{};
    TreeSum dense_sum{};
    Vector window{};           ///< relayed: the sum in the current window
    double* values = nullptr;  ///< summed: the sum in the own segment
  };

  [[nodiscard]] const Range& own() const { return space_->segments[me_]; }
  [[nodiscard]] bool dense() const { return uplink_->support_kind() == Compressor::Support::all; }
  [[nodiscard]] Message message(Index worker) const { return message(worker, round_->iteration, space_->dimension); }
  [[nodiscard]] Part part(const Message& message, const Relayed& relayed) const {
    return {message, own(), relayed.support};
  }

  void collect(const Space& space, const Compressor* uplink, const Round& round, const Exchange::Produce& produce,
               Ledger& ledger);
  void choose_senders();
  void choose_travel();
  void produce_messages(const Exchange::Produce& produce);
  void produce_sum(Node& node, Vector& sum, const Exchange::Produce& produce);
  void produce_relayed(Node& node, const Exchange::Produce& produce);
  void call(const Exchange::Produce& produce, Index worker, View x);
  void compress(Index worker, View x);
  void encode(Relayed& relayed, ConstView x);
  void keep(Index worker, const Exchange::Produce& produce);
  void lay_out_receiving();
  void share_sizes(std::vector<std::uint64_t>& incoming);
  void exchange_pieces();
  void take_up();
  void sum_window(Node& node, Index first, View out);
  [[nodiscard]] double divisor() const { return round_->divisor > 0 ? round_->divisor : static_cast<double>(senders_); }
  [[nodiscard]] bool entries_alone() const;
  bool add_up_entries(std::span<const random::Offset> places, View means);
  bool add_up(View mean_segment);
  [[nodiscard]] bool divide(const double* sum, View out) const;

  Communicator& comm_;
  Index workers_;
  std::uint64_t seed_;
  Index me_;
  Range own_workers_;
  std::vector<Node> nodes_;  ///< of all ranks, in worker order
  std::vector<Index> mine_;  ///< numbers of this rank's nodes

  // of the current call
  const Space* space_ = nullptr;
  const Compressor* uplink_ = nullptr;
  const Round* round_ = nullptr;
  Ledger* ledger_ = nullptr;
  Index senders_ = 0;
  std::exception_ptr failure_;
  bool bad_ = false;  ///< a message of this rank's workers was not finite

  std::vector<Vector> sums_;  ///< of this rank's nodes, all coordinates
  TreeSum tree_sum_;
  EntryFilter filter_;       ///< of the entries that are wanted, where all messages are relayed entries
  SparseTreeSum entry_sum_;  ///< of these
  Vector mean_segment_;      ///< where they are not
  Vector message_;           ///< one worker's x_m
  encoding::ApplyScratch scratch_;
  std::vector<random::Offset> support_;
  std::vector<Compressor::Bytes> pieces_;  ///< for each rank, what it is sent
  std::vector<std::byte> send_, receive_;
  bool direct_ = false;  ///< one summed node: its vector itself is the send buffer
  std::vector<Piece> outgoing_, incoming_;
};

}  // namespace vireo

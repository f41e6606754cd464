#pragma once

#include <span>
#include <vector>

#include "exchange/branch.hpp"
#include "exchange/entry_filter.hpp"
#include "exchange/sparse_tree_sum.hpp"
#include "exchange/tree.hpp"
#include "exchange/tree_sum.hpp"
#include "exchange/verdict.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::exchanging {

/// Adds what has arrived of all branches in this rank's segment, along the tree over all workers, and divides.
///
/// Of each branch there is nothing, the dense sum of its workers' vectors, or the message of each of its senders. A call
/// of `begin`, then what has arrived, then `mean` or `mean_at`, once. The adder keeps views of what it is given: it must
/// stay until the mean has been taken.
class TreeAdder {
 public:
  /// branches: of all ranks, in worker order
  TreeAdder(Index workers, const std::vector<Branch>& branches);

  /// Forgets what arrived before. segment: how many coordinates this rank has; support: the compressor's kind, all for
  /// the identity; divisor: what the mean is the sum over
  void begin(Index segment, Compressor::Support support, double divisor);
  /// The sum of a branch's messages has arrived. It is overwritten.
  void take_sum(Index branch, double* sum);
  /// A message of a branch has arrived. The workers come in increasing order.
  void take_message(Index branch, Index worker, EntriesView entries);

  /// out <- sum / divisor in the segment. Says in the verdict if it is not finite.
  void mean(View out, Verdict& verdict);
  /// The same at some places of the segment alone: at their cost and that of the messages' entries, where all messages
  /// are at hand as entries. Sums that overflow at other places may then go unseen.
  void mean_at(std::span<const random::Offset> places, View out, Verdict& verdict);

 private:
  /// What has arrived of one branch.
  struct Arrival {
    Subtree tree;
    Travel travel = Travel::absent;
    double* sum = nullptr;                        ///< summed
    std::vector<SparseTreeSum::Term> messages{};  ///< relayed
    SparseTreeSum sparse_sum{};
    TreeSum dense_sum{};
    Vector window{};  ///< relayed: the sum in the current window
  };

  [[nodiscard]] bool entries_alone() const;
  void mean_of_entries(std::span<const random::Offset> places, View out, Verdict& verdict);
  void find_present();
  void sum_window(Arrival& arrival, Index first, View out);
  void divide(const double* sum, View out, Verdict& verdict) const;

  Index workers_;
  std::vector<Arrival> arrivals_;  ///< of all branches, in worker order
  Index segment_ = 0;
  Compressor::Support support_ = Compressor::Support::all;
  double divisor_ = 1;

  std::vector<Arrival*> present_;  ///< those of which something has arrived
  std::vector<Subtree> trees_;     ///< theirs
  std::vector<Merge> merges_;      ///< that add them
  std::vector<double*> at_;        ///< where their sums in the current window are
  EntryFilter filter_;             ///< of the entries that are wanted, where all messages are entries
  std::vector<SparseTreeSum::Term> wanted_;
  SparseTreeSum entry_sum_;
  Vector whole_;  ///< the mean in the whole segment, where they are not
};

}  // namespace vireo::exchanging

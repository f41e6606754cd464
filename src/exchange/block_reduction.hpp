#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "vireo/exchange/exchange.hpp"

namespace vireo {

/// How the blocks of a set of particles lie on the ranks.
enum class Spread : std::uint8_t {
  split,      ///< each rank has blocks of its own, contiguous
  replicated  ///< each rank has all of them, and holds the same
};

/// Merges one record of `width` doubles per block along one fixed binary tree over the block index: the result has the
/// same bits on any number of ranks. One message per reduction: a rank sends the records of its maximal subtrees,
/// O(log(blocks / ranks)) of them, to all; in the server model each worker sends one record, and receives one.
class BlockReduction {
 public:
  /// into = merge(into, from); `from` stands right of `into`
  using Merge = std::function<void(View into, ConstView from)>;

  /// blocks: over all ranks; width: doubles in a record
  BlockReduction(const Exchange& exchange, Index blocks, Spread spread, Index width);
  ~BlockReduction();

  /// blocks of this rank
  [[nodiscard]] Range own() const { return own_; }

  /// Gives the record of the next own block, in increasing order.
  void add(ConstView record, const Merge& merge);
  /// The merge of all blocks, on all ranks, until the next call of `add`. Collective if the blocks are split: then
  /// `meanwhile` may be called while other ranks are waited for (see Communicator::all_gather_while).
  [[nodiscard]] ConstView finish(const Merge& merge, const Communicator::Work& meanwhile = {});
  /// whether `finish` waits for other ranks
  [[nodiscard]] bool waits() const;

 private:
  [[nodiscard]] View record(Index i) { return View(records_).subspan(i * width_, width_); }

  struct Gathering;
  const Exchange& exchange_;
  Index width_;
  Range own_;
  Index next_;               ///< block that `add` gets next
  std::vector<Index> open_;  ///< widths of the subtrees on the stack
  Vector records_;           ///< the stack
  std::unique_ptr<Gathering> gathering_;
};

}  // namespace vireo

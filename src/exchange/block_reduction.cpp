#include "exchange/block_reduction.hpp"

#include <algorithm>
#include <limits>

#include "exchange/tree.hpp"
#include "vireo/core/error.hpp"

namespace vireo {
namespace {

/// Subtrees are those of a tree without end, so that no rank needs to know where the blocks end.
constexpr Index endless = Index{1} << 62;

}  // namespace

/// What all ranks send: known to all beforehand.
struct BlockReduction::Gathering {
  std::vector<Piece> pieces;
  std::vector<exchanging::Merge> order;
  Index first = 0;  ///< of this rank's records among all
  Vector records;
};

BlockReduction::BlockReduction(const Exchange& exchange, Index blocks, Spread spread, Index width)
    : exchange_(exchange), width_(width), own_{0, blocks}, next_(0), gathering_(std::make_unique<Gathering>()) {
  auto& comm = exchange.communicator();
  const auto ranks = static_cast<Index>(spread == Spread::split ? comm.size() : 1);
  const auto rank = static_cast<Index>(spread == Spread::split ? comm.rank() : 0);
  own_ = part_of(blocks, ranks, rank);
  std::vector<exchanging::Subtree> nodes;
  for (Index r = 0; r < ranks; ++r) {
    const auto mine = exchanging::maximal_subtrees(part_of(blocks, ranks, r), endless);
    if (r == rank) gathering_->first = nodes.size();
    gathering_->pieces.push_back({nodes.size() * width * sizeof(double), mine.size() * width * sizeof(double)});
    nodes.insert(nodes.end(), mine.begin(), mine.end());
  }
  gathering_->order = exchanging::merge_order(nodes);
  gathering_->records.resize(std::max<Index>(nodes.size(), 1) * width);
  next_ = own_.begin;
}

BlockReduction::~BlockReduction() = default;

void BlockReduction::add(ConstView given, const Merge& merge) {
  if (next_ >= own_.end) throw Error(ErrorKind::internal, "a block more than this rank has");
  records_.resize((open_.size() + 1) * width_);
  std::copy(given.begin(), given.end(), record(open_.size()).begin());
  open_.push_back(1);
  ++next_;
  // two siblings are one: equal widths, the left one aligned to twice its width
  while (open_.size() >= 2) {
    const Index w = open_.back();
    if (open_[open_.size() - 2] != w || next_ % (2 * w) != 0) break;
    merge(record(open_.size() - 2), record(open_.size() - 1));
    open_.pop_back();
    open_.back() = 2 * w;
  }
}

bool BlockReduction::waits() const { return gathering_->pieces.size() > 1; }

ConstView BlockReduction::finish(const Merge& merge, const Communicator::Work& meanwhile) {
  if (next_ != own_.end) throw Error(ErrorKind::internal, "a block less than this rank has");
  auto& all = *gathering_;
  std::copy_n(records_.begin(), open_.size() * width_,
              all.records.begin() + static_cast<std::ptrdiff_t>(all.first * width_));
  auto& ledger = exchange_.ledger();
  if (waits()) {
    double working = 0;
    {
      const Timed timed(ledger.seconds_exchange);
      const auto buffer = std::as_writable_bytes(std::span(all.records));
      if (meanwhile)
        exchange_.communicator().all_gather_while(buffer, all.pieces, [&] {
          const Timed work(working);
          return meanwhile();
        });
      else
        exchange_.communicator().all_gather(buffer, all.pieces);
    }
    ledger.seconds_exchange -= working;
  }
  const auto bytes = static_cast<std::int64_t>(exchange_.workers().size() * width_ * sizeof(double));
  ledger.wire_bytes_up += bytes;
  ledger.wire_bytes_down += bytes;

  const auto at = [&](Index i) { return View(all.records).subspan(i * width_, width_); };
  for (const auto& [to, from] : all.order) merge(at(to), at(from));
  open_.clear();
  next_ = own_.begin;
  return at(0);
}

}  // namespace vireo

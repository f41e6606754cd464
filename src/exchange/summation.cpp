#include "exchange/summation.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "vireo/core/kernels.hpp"

namespace vireo {

Summation::Summation(Communicator& comm, const WorkerLayout& layout, const SegmentLayout& segments, std::uint64_t seed)
    : comm_(comm),
      workers_(layout.workers()),
      dimension_(segments.dimension()),
      seed_(seed),
      me_(static_cast<Index>(comm.rank())) {
  std::vector<Subtree> trees;
  for (Index r = 0; r < layout.ranks(); ++r) {
    segment_.push_back(segments.of(r));
    if (segment_.back().size() > std::numeric_limits<random::Offset>::max())
      throw UsageError("a rank's segment of the coordinates would have 2^32 entries or more: use more ranks");
    for (const auto& tree : maximal_subtrees(layout.workers_of(r), workers_)) {
      if (r == me_) mine_.push_back(nodes_.size());
      nodes_.push_back({tree, r});
      trees.push_back(tree);
    }
  }
  merges_ = merge_order(trees);
  sums_.resize(mine_.size());
  outgoing_.resize(segment_.size());
  incoming_.resize(segment_.size());
}

random::Key Summation::key_of(Index worker) const {
  return {seed_, random::Purpose::uplink, static_cast<std::uint64_t>(worker), iteration_};
}

bool Summation::run(const Compressor* uplink, std::uint64_t iteration, const Exchange::Produce& produce, Ledger& ledger,
                    View mean_segment) {
  uplink_ = uplink;
  iteration_ = iteration;
  ledger_ = &ledger;
  {
    const Timed timed(ledger.seconds_compress);
    choose_travel();
    lay_out_sending();
    lay_out_receiving();
  }
  produce_messages(produce);
  {
    const Timed timed(ledger.seconds_exchange);
    const std::span<const std::byte> sums =
        direct_ ? std::as_bytes(std::span(sums_.front())) : std::span<const std::byte>{};
    comm_.all_to_all(direct_ ? sums : send_, outgoing_, receive_, incoming_);
  }
  {
    const Timed timed(ledger.seconds_compress);
    take_up();
  }
  const Timed timed(ledger.seconds_exchange);
  return add_up(mean_segment);
}

/// A subtree's messages are relayed where together they are shorter than their dense sum.
void Summation::choose_travel() {
  const auto dense = static_cast<std::int64_t>(8 * dimension_);
  for (auto& node : nodes_) {
    const bool shorter = uplink_ != nullptr &&
                         static_cast<std::int64_t>(node.tree.workers()) * uplink_->encoded_bytes(dimension_) < dense;
    node.travel = shorter ? Travel::relayed : Travel::summed;
  }
}

/// For each destination: this rank's subtrees in order, each a dense segment or the pieces of its workers. Relayed
/// messages have a known support, so that everything but the values is laid out beforehand.
void Summation::lay_out_sending() {
  relays_.clear();
  for (const Index n : mine_) {
    const auto& node = nodes_[n];
    if (node.travel == Travel::summed) continue;
    for (Index worker = node.tree.first; worker < node.tree.last; ++worker) {
      auto& relay = relays_.emplace_back();
      relay.supports.resize(segment_.size());
      relay.places.resize(segment_.size());
      for (Index p = 0; p < segment_.size(); ++p)
        uplink_->support(key_of(worker), dimension_, segment_[p], relay.supports[p]);
    }
  }
  direct_ = mine_.size() == 1 && nodes_[mine_.front()].travel == Travel::summed;
  if (direct_) {
    for (Index p = 0; p < segment_.size(); ++p)
      outgoing_[p] = {8 * segment_[p].begin, p == me_ ? 0 : 8 * segment_[p].size()};
    return;
  }
  std::size_t total = 0;
  std::size_t own_total = 0;
  for (Index p = 0; p < segment_.size(); ++p) {
    const std::size_t start = total;
    std::size_t relay = 0;
    for (const Index n : mine_) {
      const auto& node = nodes_[n];
      if (node.travel == Travel::summed) {
        if (p != me_) total += 8 * segment_[p].size();
        continue;
      }
      for (Index w = 0; w < node.tree.workers(); ++w, ++relay) {
        std::size_t& place = p == me_ ? own_total : total;
        relays_[relay].places[p] = place;
        place += uplink_->piece_bytes(relays_[relay].supports[p].size());
      }
    }
    outgoing_[p] = {start, total - start};
  }
  send_.resize(total);
  own_.resize(own_total);
}

/// The counterpart: what every rank sends for the own segment, with the supports of its messages redrawn.
void Summation::lay_out_receiving() {
  std::size_t total = 0;
  std::size_t own_relay = 0;
  for (auto& piece : incoming_) piece = {0, 0};
  for (auto& node : nodes_) {
    auto& piece = incoming_[node.rank];
    if (piece.bytes == 0) piece.offset = total;
    node.messages.resize(node.travel == Travel::relayed ? node.tree.workers() : 0);
    std::size_t bytes = 0;
    if (node.travel == Travel::summed && node.rank != me_) bytes = 8 * own().size();
    for (Index w = 0; w < node.messages.size(); ++w) {
      auto& message = node.messages[w];
      message.clear();
      if (node.rank == me_) {
        message.offsets = relays_[own_relay++].supports[me_];
      } else {
        uplink_->support(key_of(node.tree.first + w), dimension_, own(), message.offsets);
        bytes += uplink_->piece_bytes(message.offsets.size());
      }
    }
    piece.bytes += bytes;
    total += bytes;
  }
  receive_.resize(total);
}

void Summation::produce_messages(const Exchange::Produce& produce) {
  std::vector<std::size_t> place;  // in send_, per destination, for dense segments
  for (const auto& piece : outgoing_) place.push_back(piece.offset);
  std::size_t relay = 0;
  for (Index i = 0; i < mine_.size(); ++i) {
    const auto& node = nodes_[mine_[i]];
    if (node.travel == Travel::summed) {
      produce_sum(i, produce, place);
      continue;
    }
    produce_relayed(node.tree, relay, produce);
    for (Index w = 0; w < node.tree.workers(); ++w, ++relay)
      for (Index p = 0; p < segment_.size(); ++p)
        if (p != me_) place[p] += uplink_->piece_bytes(relays_[relay].supports[p].size());
  }
}

void Summation::produce_sum(Index mine, const Exchange::Produce& produce, std::vector<std::size_t>& place) {
  auto& sum = sums_[mine];
  sum.resize(dimension_);
  sum_subtree(nodes_[mine_[mine]].tree, sum, scratch_, [&](Index worker, View x) {
    call(produce, worker, x);
    if (uplink_ == nullptr) return;
    const Timed timed(ledger_->seconds_compress);
    apply(*uplink_, key_of(worker), x, apply_scratch_);
  });
  nodes_[mine_[mine]].values = sum.data() + own().begin;
  if (direct_) return;
  const Timed timed(ledger_->seconds_exchange);
  for (Index p = 0; p < segment_.size(); ++p) {
    if (p == me_) continue;
    std::memcpy(send_.data() + place[p], sum.data() + segment_[p].begin, 8 * segment_[p].size());
    place[p] += 8 * segment_[p].size();
  }
}

void Summation::produce_relayed(const Subtree& tree, std::size_t first_relay, const Exchange::Produce& produce) {
  message_.resize(dimension_);
  for (Index worker = tree.first; worker < tree.last; ++worker) {
    call(produce, worker, message_);
    const Timed timed(ledger_->seconds_compress);
    const auto& relay = relays_[first_relay + worker - tree.first];
    for (Index p = 0; p < segment_.size(); ++p) {
      const auto& support = relay.supports[p];
      auto& buffer = p == me_ ? own_ : send_;
      uplink_->encode(dimension_, ConstView(message_).subspan(segment_[p].begin, segment_[p].size()), support,
                      std::span(buffer).subspan(relay.places[p], uplink_->piece_bytes(support.size())));
    }
  }
}

/// A worker that fails sends NaN: all ranks leave the exchange alike, and its error is found there.
void Summation::call(const Exchange::Produce& produce, Index worker, View x) {
  const Timed timed(ledger_->seconds_operator);
  if (!failure_) {
    try {
      produce(worker, x);
      return;
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  std::fill(x.begin(), x.end(), std::numeric_limits<double>::quiet_NaN());
}

/// Decodes the relayed messages and points summed nodes at their values.
void Summation::take_up() {
  std::size_t own_place = 0;
  std::vector<std::size_t> place;
  for (const auto& piece : incoming_) place.push_back(piece.offset);
  for (auto& node : nodes_) {
    if (node.travel == Travel::summed) {
      if (node.rank == me_) continue;
      node.values = reinterpret_cast<double*>(receive_.data() + place[node.rank]);
      place[node.rank] += 8 * own().size();
      continue;
    }
    auto& at = node.rank == me_ ? own_place : place[node.rank];
    const std::span<const std::byte> buffer = node.rank == me_ ? own_ : receive_;
    std::vector<const Entries*> messages;
    for (auto& message : node.messages) {
      const auto bytes = uplink_->piece_bytes(message.offsets.size());
      uplink_->decode(dimension_, buffer.subspan(at, bytes), message.offsets, message.values);
      at += bytes;
      messages.push_back(&message);
    }
    node.sum.begin(node.tree, std::move(messages));
    node.window.resize(SparseTreeSum::window);
  }
}

/// Window by window, so that everything stays in cache: the nodes' sums, their sum along the tree, the mean.
bool Summation::add_up(View mean_segment) {
  const auto count = static_cast<double>(workers_);
  std::vector<double*> at(nodes_.size());
  bool finite = true;
  for (Index first = 0; first < own().size(); first += SparseTreeSum::window) {
    const Index size = std::min(SparseTreeSum::window, own().size() - first);
    for (Index n = 0; n < nodes_.size(); ++n) {
      auto& node = nodes_[n];
      at[n] = node.travel == Travel::summed ? node.values + first : node.window.data();
      if (node.travel == Travel::relayed)
        node.sum.next(static_cast<random::Offset>(first), View(node.window.data(), size));
    }
    for (const auto& merge : merges_) {
      double* const to = at[merge.to];
      const double* const from = at[merge.from];
      for (Index j = 0; j < size; ++j) to[j] += from[j];
    }
    const View out = mean_segment.subspan(first, size);
    // + 0.0: coordinates that nobody sent and sums of zeros have one sign, however they were added
    for (Index j = 0; j < size; ++j) out[j] = at[0][j] / count + 0.0;
    finite = finite && kernels::all_finite(out);
  }
  return finite;
}

}  // namespace vireo

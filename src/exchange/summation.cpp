#include "exchange/summation.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>

#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// A node's pieces are padded to whole numbers, so that those behind them are aligned.
constexpr std::size_t whole_words(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

/// Doubles where they have arrived
double* numbers_at(std::byte* aligned) { return reinterpret_cast<double*>(aligned); }

}  // namespace

Summation::Summation(Communicator& comm, const WorkerLayout& layout, std::uint64_t seed)
    : comm_(comm),
      workers_(layout.workers()),
      seed_(seed),
      me_(static_cast<Index>(comm.rank())),
      own_workers_(layout.workers_of(me_)) {
  for (Index r = 0; r < layout.ranks(); ++r)
    for (const auto& tree : maximal_subtrees(layout.workers_of(r), workers_)) {
      if (r == me_) mine_.push_back(nodes_.size());
      nodes_.push_back({.tree = tree, .rank = r});
    }
  sums_.resize(mine_.size());
  pieces_.resize(layout.ranks());
  outgoing_.resize(layout.ranks());
  incoming_.resize(layout.ranks());
}

bool Summation::run(const Space& space, const Compressor* uplink, const Round& round, const Exchange::Produce& produce,
                    Ledger& ledger, View mean_segment) {
  collect(space, uplink, round, produce, ledger);
  const Timed timed(ledger.seconds_exchange);
  return add_up(mean_segment) && !bad_;
}

bool Summation::run_at(std::span<const random::Offset> places, const Space& space, const Compressor* uplink,
                       const Round& round, const Exchange::Produce& produce, Ledger& ledger, View means) {
  collect(space, uplink, round, produce, ledger);
  const Timed timed(ledger.seconds_exchange);
  if (entries_alone()) return add_up_entries(places, means) && !bad_;
  mean_segment_.resize(own().size());
  const bool finite = add_up(mean_segment_);
  for (Index i = 0; i < places.size(); ++i) means[i] = mean_segment_[places[i]];
  return finite && !bad_;
}

/// All messages, as far as the own segment is concerned
void Summation::collect(const Space& space, const Compressor* uplink, const Round& round,
                        const Exchange::Produce& produce, Ledger& ledger) {
  space_ = &space;
  uplink_ = uplink;
  round_ = &round;
  ledger_ = &ledger;
  bad_ = false;
  choose_senders();
  choose_travel();
  produce_messages(produce);
  {
    const Timed timed(ledger.seconds_compress);
    lay_out_receiving();
  }
  {
    const Timed timed(ledger.seconds_exchange);
    exchange_pieces();
  }
  const Timed timed(ledger.seconds_compress);
  take_up();
}

void Summation::choose_senders() {
  for (auto& node : nodes_) {
    if (!round_->senders) {
      if (node.senders.size() == node.tree.workers()) continue;
      node.senders.resize(node.tree.workers());
      std::iota(node.senders.begin(), node.senders.end(), node.tree.first);
    } else {
      const auto& all = *round_->senders;
      const auto first = std::lower_bound(all.begin(), all.end(), node.tree.first);
      node.senders.assign(first, std::lower_bound(first, all.end(), node.tree.last));
    }
  }
  senders_ = round_->senders ? round_->senders->size() : workers_;
}

/// A subtree's messages are relayed where together they are shorter than their dense sum.
void Summation::choose_travel() {
  const auto dense_bytes = static_cast<std::int64_t>(8 * space_->dimension);
  for (auto& node : nodes_) {
    node.travel = Travel::summed;
    if (node.senders.empty()) {
      node.travel = Travel::absent;
    } else if (uplink_ != nullptr) {
      const auto each = uplink_->encoded_bytes(message(node.senders.front()));
      if (static_cast<std::int64_t>(node.senders.size()) * each < dense_bytes) node.travel = Travel::relayed;
    }
    if (node.travel != Travel::relayed) continue;
    node.messages.resize(node.senders.size());
    for (Index i = 0; i < node.senders.size(); ++i) {
      node.messages[i].worker = node.senders[i];
      node.messages[i].support.clear();
    }
  }
  direct_ = mine_.size() == 1 && nodes_[mine_.front()].travel == Travel::summed;
}

/// For each destination: this rank's subtrees in order, each a dense segment or the pieces of its workers.
void Summation::produce_messages(const Exchange::Produce& produce) {
  for (auto& piece : pieces_) piece.clear();
  for (Index i = 0; i < mine_.size(); ++i) {
    auto& node = nodes_[mine_[i]];
    if (node.travel == Travel::summed)
      produce_sum(node, sums_[i], produce);
    else
      produce_relayed(node, produce);
    for (auto& piece : pieces_) piece.resize(whole_words(piece.size()));
  }
}

void Summation::produce_sum(Node& node, Vector& sum, const Exchange::Produce& produce) {
  sum.resize(space_->dimension);
  tree_sum_.begin(sum);
  auto sender = node.senders.begin();
  for (Index worker = node.tree.first; worker < node.tree.last; ++worker) {
    if (sender != node.senders.end() && *sender == worker) {
      ++sender;
      const View x = tree_sum_.next(worker);
      call(produce, worker, x);
      if (uplink_ == nullptr && round_->feedback == nullptr) continue;  // no reading of clocks either
      const Timed timed(ledger_->seconds_compress);
      compress(worker, x);
    } else if (round_->feedback != nullptr) {
      keep(worker, produce);
    }
  }
  tree_sum_.end();
  node.values = sum.data() + own().begin;
  if (direct_) return;
  const Timed timed(ledger_->seconds_exchange);
  for (Index p = 0; p < pieces_.size(); ++p) {
    if (p == me_) continue;
    const auto bytes = std::as_bytes(ConstView(sum).subspan(space_->segments[p].begin, space_->segments[p].size()));
    pieces_[p].insert(pieces_[p].end(), bytes.begin(), bytes.end());
  }
}

void Summation::produce_relayed(Node& node, const Exchange::Produce& produce) {
  auto relayed = node.messages.begin();
  for (Index worker = node.tree.first; worker < node.tree.last; ++worker) {
    const bool sends = node.travel == Travel::relayed && relayed != node.messages.end() && relayed->worker == worker;
    if (sends) {
      message_.resize(space_->dimension);
      call(produce, worker, message_);
      const Timed timed(ledger_->seconds_compress);
      encode(*relayed++, message_);
    } else if (round_->feedback != nullptr) {
      keep(worker, produce);
    }
  }
}

/// A worker that does not send in this round keeps everything.
void Summation::keep(Index worker, const Exchange::Produce& produce) {
  message_.resize(space_->dimension);
  call(produce, worker, message_);
  std::ranges::copy(message_, round_->feedback->workers[worker].begin());
}

/// x_m, with what the worker has not sent yet. A worker that fails sends NaN, or zeros where numbers are encoded, and
/// its rank says that its part of the mean is not finite: all ranks leave the exchange alike, and its error is found
/// there. Numbers that travel as they are need no look beforehand: the sum is not finite if they are not.
void Summation::call(const Exchange::Produce& produce, Index worker, View x) {
  const Timed timed(ledger_->seconds_operator);
  if (!failure_) {
    try {
      produce(worker, x);
      if (round_->feedback != nullptr) kernels::axpy(1.0, round_->feedback->workers[worker], x);
      if (uplink_ == nullptr || (round_->feedback == nullptr && uplink_->verbatim_factor(message(worker)) != 0) ||
          kernels::all_finite(x))
        return;
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  bad_ = true;
  std::fill(x.begin(), x.end(), uplink_ == nullptr ? std::numeric_limits<double>::quiet_NaN() : 0.0);
}

/// x <- Q_m(x), and with feedback e_m <- x - Q_m(x)
void Summation::compress(Index worker, View x) {
  if (uplink_ == nullptr) {
    if (round_->feedback != nullptr) std::ranges::fill(round_->feedback->workers[worker], 0.0);
    return;
  }
  apply(*uplink_, message(worker), x, scratch_);
  if (round_->feedback != nullptr) {
    const View memory = round_->feedback->workers[worker];
    std::ranges::copy(x, memory.begin());
    encoding::subtract(scratch_.entries, memory);
  }
  encoding::spread(scratch_.entries, x);
}

/// The pieces of Q_m(x) for all ranks, and with feedback e_m <- x - Q_m(x)
void Summation::encode(Relayed& relayed, ConstView x) {
  const auto key = message(relayed.worker);
  Holders alone;
  const auto head = uplink_->summarize(key, {0, x.size()}, x, alone);
  for (Index p = 0; p < pieces_.size(); ++p) {
    const Range& segment = space_->segments[p];
    auto& support = p == me_ ? relayed.support : support_;
    support.clear();
    uplink_->support(key, segment, support);
    const Part part{key, segment, support};
    const auto begin = pieces_[p].size();
    uplink_->encode(part, head.get(), x.subspan(segment.begin, segment.size()), pieces_[p]);
    if (round_->feedback == nullptr) continue;
    const View memory = round_->feedback->workers[relayed.worker].subspan(segment.begin, segment.size());
    std::ranges::copy(x.subspan(segment.begin, segment.size()), memory.begin());
    uplink_->decode(part, std::span(pieces_[p]).subspan(begin), scratch_.entries);
    encoding::subtract(scratch_.entries, memory);
  }
}

/// What every rank sends for the own segment. Supports that follow from the key are redrawn; where sizes follow from
/// the data they are sent beforehand.
void Summation::lay_out_receiving() {
  std::vector<std::uint64_t> bytes(incoming_.size(), 0);
  bool relayed_data = false;
  for (auto& node : nodes_) {
    auto& total = bytes[node.rank];
    if (node.travel == Travel::summed) total += 8 * own().size();
    if (node.travel != Travel::relayed) continue;
    relayed_data = relayed_data || uplink_->support_kind() == Compressor::Support::data;
    if (node.rank == me_) continue;
    for (auto& relayed : node.messages) {
      const auto key = message(relayed.worker);
      uplink_->support(key, own(), relayed.support);
      total += uplink_->piece_bytes(part(key, relayed));
    }
    total = whole_words(total);
  }
  bytes[me_] = 0;
  if (relayed_data && incoming_.size() > 1) share_sizes(bytes);
  std::size_t total = 0;
  for (std::size_t r = 0; r < incoming_.size(); ++r) {
    incoming_[r] = {total, bytes[r]};
    total += bytes[r];
  }
  receive_.resize(total);
}

void Summation::share_sizes(std::vector<std::uint64_t>& incoming) {
  std::vector<std::uint64_t> outgoing(incoming.size());
  std::vector<Piece> places(incoming.size());
  for (Index p = 0; p < incoming.size(); ++p) {
    outgoing[p] = direct_ ? 8 * space_->segments[p].size() : pieces_[p].size();
    places[p] = {8 * p, p == me_ ? std::size_t{0} : std::size_t{8}};
  }
  comm_.all_to_all(std::as_bytes(std::span(outgoing)), places, std::as_writable_bytes(std::span(incoming)), places);
}

void Summation::exchange_pieces() {
  if (direct_) {
    for (Index p = 0; p < outgoing_.size(); ++p)
      outgoing_[p] = {8 * space_->segments[p].begin, p == me_ ? 0 : 8 * space_->segments[p].size()};
    comm_.all_to_all(std::as_bytes(std::span(sums_.front())), outgoing_, receive_, incoming_);
    return;
  }
  send_.clear();
  for (Index p = 0; p < outgoing_.size(); ++p) {
    outgoing_[p] = {send_.size(), p == me_ ? 0 : pieces_[p].size()};
    if (p != me_) send_.insert(send_.end(), pieces_[p].begin(), pieces_[p].end());
  }
  comm_.all_to_all(send_, outgoing_, receive_, incoming_);
}

/// Points summed nodes at their values and finds the entries of relayed messages: where they have arrived if they
/// travelled as doubles, else decoded.
void Summation::take_up() {
  std::vector<std::size_t> place;
  for (const auto& piece : incoming_) place.push_back(piece.offset);
  place[me_] = 0;
  for (auto& node : nodes_) {
    auto& at = place[node.rank];
    if (node.travel == Travel::summed && node.rank != me_) {
      node.values = numbers_at(receive_.data() + at);
      at += 8 * own().size();
    }
    if (node.travel != Travel::relayed) continue;
    const auto buffer = node.rank == me_ ? std::span(pieces_[me_]) : std::span(receive_);
    node.terms.clear();
    for (auto& relayed : node.messages) {
      const auto key = message(relayed.worker);
      const std::span support = relayed.support;
      if (uplink_->verbatim_factor(key) != 0) {
        node.terms.push_back({relayed.worker, {support, {numbers_at(buffer.data() + at), support.size()}}});
        at += 8 * support.size();
      } else {
        at += uplink_->decode(part(key, relayed), buffer.subspan(at), relayed.decoded);
        node.terms.push_back({relayed.worker, view_of(relayed.decoded)});
      }
    }
    at = whole_words(at);
  }
}

/// The sum of a node's relayed messages in the window that starts at `first`
void Summation::sum_window(Node& node, Index first, View out) {
  if (!dense()) {
    node.sparse_sum.next(static_cast<random::Offset>(first), out);
    return;
  }
  node.dense_sum.begin(out);
  for (const auto& [worker, entries] : node.terms)
    std::ranges::copy(entries.values.subspan(first, out.size()), node.dense_sum.next(worker).begin());
  node.dense_sum.end();
}

/// All messages are at hand as entries at few places.
bool Summation::entries_alone() const {
  return uplink_ != nullptr && !dense() &&
         std::ranges::none_of(nodes_, [](const Node& node) { return node.travel == Travel::summed; });
}

/// The means at the places: the entries there, added along the tree over all workers at once.
bool Summation::add_up_entries(std::span<const random::Offset> places, View means) {
  filter_.begin(places, own().size());
  std::vector<SparseTreeSum::Term> terms;
  for (const auto& node : nodes_)
    if (node.travel == Travel::relayed)
      for (const auto& term : node.terms) terms.push_back({term.worker, filter_.of(term.entries)});
  entry_sum_.begin({0, workers_, std::bit_ceil(workers_)}, std::move(terms));
  bool finite = filter_.all_finite();
  for (Index first = 0; first < places.size(); first += SparseTreeSum::window) {
    const View out = means.subspan(first, std::min(SparseTreeSum::window, places.size() - first));
    entry_sum_.next(static_cast<random::Offset>(first), out);
    finite = divide(out.data(), out) && finite;
  }
  return finite;
}

/// out = the mean of a sum; false if it is not finite
bool Summation::divide(const double* sum, View out) const {
  const double divisor = this->divisor();
  // + 0.0: coordinates that nobody sent and sums of zeros have one sign, however they were added
  for (Index j = 0; j < out.size(); ++j) out[j] = sum[j] / divisor + 0.0;
  return kernels::all_finite(out);
}

/// Window by window, so that everything stays in cache: the nodes' sums, their sum along the tree, the mean.
bool Summation::add_up(View mean_segment) {
  std::vector<Node*> present;
  std::vector<Subtree> trees;
  for (auto& node : nodes_)
    if (node.travel != Travel::absent) {
      present.push_back(&node);
      trees.push_back(node.tree);
      if (node.travel != Travel::relayed) continue;
      node.window.resize(SparseTreeSum::window);
      if (!dense()) node.sparse_sum.begin(node.tree, node.terms);
    }
  const auto merges = merge_order(trees);
  std::vector<double*> at(present.size());
  bool finite = true;
  for (Index first = 0; first < own().size(); first += SparseTreeSum::window) {
    const Index size = std::min(SparseTreeSum::window, own().size() - first);
    for (Index n = 0; n < present.size(); ++n) {
      auto& node = *present[n];
      at[n] = node.travel == Travel::summed ? node.values + first : node.window.data();
      if (node.travel == Travel::relayed) sum_window(node, first, View(node.window).first(size));
    }
    for (const auto& merge : merges) {
      double* const to = at[merge.to];
      const double* const from = at[merge.from];
      for (Index j = 0; j < size; ++j) to[j] += from[j];
    }
    const View out = mean_segment.subspan(first, size);
    finite = divide(at[0], out) && finite;
  }
  return finite;
}

}  // namespace vireo

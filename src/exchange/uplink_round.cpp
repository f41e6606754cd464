#include "exchange/uplink_round.hpp"

#include <algorithm>
#include <numeric>

namespace vireo::exchanging {
namespace {

/// A branch's pieces are padded to whole numbers, so that those behind them are aligned.
constexpr std::size_t whole_words(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

/// Doubles where they have arrived
double* numbers_at(std::byte* aligned) { return reinterpret_cast<double*>(aligned); }

}  // namespace

UplinkRound::UplinkRound(Communicator& comm, const UplinkKeys& keys, UplinkStorage& storage, const Sending& sending)
    : comm_(comm),
      storage_(storage),
      sending_(sending),
      compressor_(sending.compressor),
      me_(static_cast<Index>(comm.rank())),
      workers_(keys.workers),
      messages_(sending, keys, storage.messages) {}

Verdict UplinkRound::carry(TreeAdder& adder) {
  choose_senders();
  choose_travel();
  make_messages();
  {
    const Timed timed(sending_.ledger.seconds_compress);
    lay_out_receiving();
  }
  {
    const Timed timed(sending_.ledger.seconds_exchange);
    exchange_pieces();
  }
  const Timed timed(sending_.ledger.seconds_compress);
  hand_over(adder);
  return messages_.verdict();
}

double UplinkRound::divisor() const {
  const Round& round = sending_.round;
  if (round.divisor > 0) return round.divisor;
  return static_cast<double>(round.senders ? round.senders->size() : workers_);
}

void UplinkRound::choose_senders() {
  const auto& senders = sending_.round.senders;
  for (auto& branch : storage_.branches) {
    if (senders) {
      const auto first = std::ranges::lower_bound(*senders, branch.tree.first);
      branch.senders.assign(first, std::lower_bound(first, senders->end(), branch.tree.last));
    } else if (branch.senders.size() != branch.tree.workers()) {
      branch.senders.resize(branch.tree.workers());
      std::iota(branch.senders.begin(), branch.senders.end(), branch.tree.first);
    }
  }
}

void UplinkRound::choose_travel() {
  for (auto& branch : storage_.branches) {
    if (branch.senders.empty()) {
      branch.travel = Travel::absent;
    } else if (compressor_ == nullptr || !is_shorter_relayed(branch)) {
      branch.travel = Travel::summed;
    } else {
      branch.travel = Travel::relayed;
      branch.messages.resize(branch.senders.size());
      for (Index i = 0; i < branch.senders.size(); ++i) {
        branch.messages[i].worker = branch.senders[i];
        branch.messages[i].support.clear();
      }
    }
  }
  direct_ = storage_.own.size() == 1 && storage_.branches[storage_.own.front()].travel == Travel::summed;
}

/// whether a branch's messages are shorter together than their dense sum
bool UplinkRound::is_shorter_relayed(const Branch& branch) const {
  const auto each = compressor_->encoded_bytes(messages_.key(branch.senders.front()));
  return static_cast<std::int64_t>(branch.senders.size()) * each < static_cast<std::int64_t>(8 * space().dimension);
}

/// For each destination: this rank's branches in order, each a dense segment or the pieces of its workers.
void UplinkRound::make_messages() {
  for (auto& piece : storage_.pieces) piece.clear();
  for (Index i = 0; i < storage_.own.size(); ++i) {
    auto& branch = storage_.branches[storage_.own[i]];
    if (branch.travel == Travel::summed)
      make_sum(branch, storage_.sums[i]);
    else
      make_relayed(branch);
    for (auto& piece : storage_.pieces) piece.resize(whole_words(piece.size()));
  }
}

/// Calls `send` for each sender of the branch; the other workers remember what they do not send.
template <class Send>
void UplinkRound::for_each_worker(const Branch& branch, Send&& send) {
  auto sender = branch.senders.begin();
  for (Index worker = branch.tree.first; worker < branch.tree.last; ++worker) {
    if (sender != branch.senders.end() && *sender == worker) {
      ++sender;
      send(worker);
    } else {
      messages_.withhold(worker);
    }
  }
}

void UplinkRound::make_sum(const Branch& branch, Vector& sum) {
  auto& tree_sum = storage_.tree_sum;
  sum.resize(space().dimension);
  tree_sum.begin(sum);
  for_each_worker(branch, [&](Index worker) { messages_.make(worker, tree_sum.next(worker)); });
  tree_sum.end();
  if (direct_) return;
  const Timed timed(sending_.ledger.seconds_exchange);
  for (Index p = 0; p < storage_.pieces.size(); ++p) {
    if (p == me_) continue;
    const Range& segment = space().segments[p];
    const auto bytes = std::as_bytes(ConstView(sum).subspan(segment.begin, segment.size()));
    storage_.pieces[p].insert(storage_.pieces[p].end(), bytes.begin(), bytes.end());
  }
}

void UplinkRound::make_relayed(Branch& branch) {
  auto relayed = branch.messages.begin();
  for_each_worker(branch, [&](Index) { messages_.encode(*relayed++, me_, storage_.pieces); });
}

/// What every rank sends for this rank's segment. Supports that follow from the key are redrawn; where sizes follow
/// from the data they are sent beforehand.
void UplinkRound::lay_out_receiving() {
  auto& bytes = storage_.bytes;
  bytes.assign(storage_.incoming.size(), 0);
  bool sizes_follow_from_data = false;
  for (auto& branch : storage_.branches) {
    auto& total = bytes[branch.rank];
    if (branch.travel == Travel::summed) total += 8 * segment().size();
    if (branch.travel != Travel::relayed) continue;
    sizes_follow_from_data = sizes_follow_from_data || compressor_->support_kind() == Compressor::Support::data;
    if (branch.rank == me_) continue;
    for (auto& relayed : branch.messages) {
      const auto key = messages_.key(relayed.worker);
      compressor_->support(key, segment(), relayed.support);
      total += compressor_->piece_bytes(part(key, relayed));
    }
    total = whole_words(total);
  }
  bytes[me_] = 0;
  if (sizes_follow_from_data && bytes.size() > 1) tell_sizes();
  std::size_t total = 0;
  for (Index r = 0; r < bytes.size(); ++r) {
    storage_.incoming[r] = {total, bytes[r]};
    total += bytes[r];
  }
  storage_.receive.resize(total);
}

/// The ranks tell each other how many bytes they send.
void UplinkRound::tell_sizes() {
  auto& incoming = storage_.bytes;
  std::vector<std::uint64_t> outgoing(incoming.size());
  std::vector<Piece> words(incoming.size());
  for (Index p = 0; p < incoming.size(); ++p) {
    outgoing[p] = direct_ ? 8 * space().segments[p].size() : storage_.pieces[p].size();
    words[p] = {8 * p, p == me_ ? std::size_t{0} : std::size_t{8}};
  }
  comm_.all_to_all(std::as_bytes(std::span(outgoing)), words, std::as_writable_bytes(std::span(incoming)), words);
}

void UplinkRound::exchange_pieces() {
  auto& outgoing = storage_.outgoing;
  const auto& incoming = storage_.incoming;
  if (direct_) {
    for (Index p = 0; p < outgoing.size(); ++p)
      outgoing[p] = {8 * space().segments[p].begin, p == me_ ? 0 : 8 * space().segments[p].size()};
    comm_.all_to_all(std::as_bytes(std::span(storage_.sums.front())), outgoing, storage_.receive, incoming);
    return;
  }
  auto& send = storage_.send;
  send.clear();
  for (Index p = 0; p < outgoing.size(); ++p) {
    const auto& piece = storage_.pieces[p];
    outgoing[p] = {send.size(), p == me_ ? 0 : piece.size()};
    if (p != me_) send.insert(send.end(), piece.begin(), piece.end());
  }
  comm_.all_to_all(send, outgoing, storage_.receive, incoming);
}

/// Sums are given where they are. So are entries that travelled as doubles; others are decoded.
void UplinkRound::hand_over(TreeAdder& adder) {
  adder.begin(segment().size(), compressor_ == nullptr ? Compressor::Support::all : compressor_->support_kind(),
              divisor());
  auto& positions = storage_.positions;
  positions.clear();
  for (const auto& piece : storage_.incoming) positions.push_back(piece.offset);
  positions[me_] = 0;
  auto own_sum = storage_.sums.begin();
  for (Index b = 0; b < storage_.branches.size(); ++b) {
    auto& branch = storage_.branches[b];
    auto& at = positions[branch.rank];
    if (branch.rank == me_) {
      Vector& sum = *own_sum++;
      if (branch.travel == Travel::summed) adder.take_sum(b, sum.data() + segment().begin);
    } else if (branch.travel == Travel::summed) {
      adder.take_sum(b, numbers_at(storage_.receive.data() + at));
      at += 8 * segment().size();
    }
    if (branch.travel != Travel::relayed) continue;
    const auto buffer = branch.rank == me_ ? std::span(storage_.pieces[me_]) : std::span(storage_.receive);
    for (auto& relayed : branch.messages) at += hand_over_message(adder, b, relayed, buffer.subspan(at));
    at = whole_words(at);
  }
}

/// arrived: begins with the message's piece. Returns how many bytes that has.
std::size_t UplinkRound::hand_over_message(TreeAdder& adder, Index branch, Relayed& relayed,
                                           std::span<std::byte> arrived) const {
  const auto key = messages_.key(relayed.worker);
  if (compressor_->verbatim_factor(key) != 0) {
    const std::span support = relayed.support;
    adder.take_message(branch, relayed.worker, {support, {numbers_at(arrived.data()), support.size()}});
    return 8 * support.size();
  }
  const auto bytes = compressor_->decode(part(key, relayed), arrived, relayed.decoded);
  adder.take_message(branch, relayed.worker, view_of(relayed.decoded));
  return bytes;
}

}  // namespace vireo::exchanging

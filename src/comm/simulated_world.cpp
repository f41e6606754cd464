#include "comm/simulated_world.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "comm/joining.hpp"
#include "comm/meanwhile.hpp"
#include "comm/pieces.hpp"
#include "comm/rank_ending.hpp"
#include "comm/signs_of_life.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::comm {
namespace {

/// Takes a lock again, whatever happens until then.
class Relock {
 public:
  explicit Relock(std::unique_lock<std::mutex>& lock) : lock_(lock) {}
  Relock(const Relock&) = delete;
  Relock& operator=(const Relock&) = delete;
  ~Relock() { lock_.lock(); }

 private:
  std::unique_lock<std::mutex>& lock_;
};

std::size_t at(int rank) { return static_cast<std::size_t>(rank); }

const char* name_of(SimulatedCall::Operation operation) {
  static constexpr std::array names{"barrier", "all_to_all", "all_gather", "broadcast", "combine"};
  return names[static_cast<std::size_t>(operation)];
}

int checked_ranks(int ranks) {
  if (ranks < 1) throw UsageError("the number of simulated ranks must be at least 1, not " + std::to_string(ranks));
  return ranks;
}

[[noreturn]] void mismatch(const std::string& what) {
  throw Error(ErrorKind::internal, "simulated ranks do not agree: " + what);
}

void copy(std::span<std::byte> to, const Piece& target, std::span<const std::byte> from, const Piece& source) {
  if (source.bytes != 0) std::memcpy(to.data() + target.offset, from.data() + source.offset, source.bytes);
}

}  // namespace

SimulatedWorld::SimulatedWorld(const NetworkModel& network, int ranks)
    : ranks_(checked_ranks(ranks)),
      network_(network, ranks),
      clocks_(at(ranks)),
      calls_(at(ranks)),
      ended_(at(ranks)),
      failures_(at(ranks)) {}

void SimulatedWorld::collective(int rank, const SimulatedCall& call, const Communicator::Work& meanwhile) {
  std::unique_lock lock(mutex_);
  if (broken_) fail();
  calls_[at(rank)] = call;
  ++waiting_;
  const auto turn = turn_;
  decide();
  const auto is_decided = [&] { return turn_ != turn || broken_; };
  const auto failure = meanwhile ? work_until(is_decided,
                                              [&] {
                                                lock.unlock();
                                                const Relock relock(lock);
                                                return meanwhile();
                                              })
                                 : nullptr;
  decided_.wait(lock, is_decided);  // after a failure too: the others copy from and to this rank's buffers
  if (turn_ == turn) fail();        // what breaks a later turn does not concern this one
  if (failure) std::rethrow_exception(failure);
}

void SimulatedWorld::leave(int rank, const std::exception_ptr& failure) {
  const std::lock_guard lock(mutex_);
  ended_[at(rank)] = true;
  failures_[at(rank)] = failure;
  ++gone_;
  decide();
}

void SimulatedWorld::decide() {
  if (broken_ || waiting_ == 0 || waiting_ + gone_ < ranks_) return;
  if (gone_ > 0) {
    broken_ = incomplete();
  } else {
    try {
      carry_out();
      waiting_ = 0;
      ++turn_;
      ++signs_of_life();
    } catch (const std::exception& error) {
      broken_ = Broken{false, ErrorKind::internal, error.what()};
    }
  }
  decided_.notify_all();
}

SimulatedWorld::Broken SimulatedWorld::incomplete() const {
  const auto failed = std::find_if(failures_.begin(), failures_.end(), [](const auto& failure) { return failure; });
  if (failed != failures_.end()) return {true, kind_of(*failed), cause_of(*failed)};
  const auto ended = std::find(ended_.begin(), ended_.end(), true) - ended_.begin();
  const auto waiting = std::find(ended_.begin(), ended_.end(), false) - ended_.begin();
  return {false, ErrorKind::internal,
          "simulated ranks do not agree: rank " + std::to_string(ended) + " has ended while rank " +
              std::to_string(waiting) + " waits in " + name_of(calls_[static_cast<std::size_t>(waiting)].operation)};
}

void SimulatedWorld::fail() const {
  if (broken_->by_peer) throw PeerFailure(broken_->kind, broken_->text);
  throw Error(broken_->kind, broken_->text);
}

void SimulatedWorld::check_same_operation() const {
  for (int r = 1; r < ranks_; ++r)
    if (calls_[at(r)].operation != calls_[0].operation)
      mismatch(std::string("rank 0 called ") + name_of(calls_[0].operation) + ", rank " + std::to_string(r) + " " +
               name_of(calls_[at(r)].operation));
}

void SimulatedWorld::carry_out() {
  check_same_operation();
  const double start = *std::max_element(clocks_.begin(), clocks_.end());
  std::fill(clocks_.begin(), clocks_.end(), start);
  switch (calls_[0].operation) {
    case SimulatedCall::Operation::barrier:
      for (auto& clock : clocks_) clock += network_.barrier();
      break;
    case SimulatedCall::Operation::all_to_all:
      return all_to_all();
    case SimulatedCall::Operation::all_gather:
      return all_gather();
    case SimulatedCall::Operation::broadcast:
      return broadcast();
    case SimulatedCall::Operation::combine:
      return combine();
  }
}

void SimulatedWorld::all_to_all() {
  for (int to = 0; to < ranks_; ++to) {
    const auto& receiver = calls_[at(to)];
    for (int from = 0; from < ranks_; ++from) {
      const auto& sender = calls_[at(from)];
      const auto& source = sender.outgoing[at(to)];
      const auto& target = receiver.incoming[at(from)];
      if (source.bytes != target.bytes)
        mismatch("rank " + std::to_string(from) + " sends " + std::to_string(source.bytes) + " bytes to rank " +
                 std::to_string(to) + ", which expects " + std::to_string(target.bytes));
      copy(receiver.receive, target, sender.send, source);
    }
    clocks_[at(to)] += network_.all_to_all(receiver.outgoing, receiver.incoming);
  }
}

void SimulatedWorld::all_gather() {
  for (int to = 0; to < ranks_; ++to) {
    const auto& receiver = calls_[at(to)];
    for (int from = 0; from < ranks_; ++from) {
      const auto& sender = calls_[at(from)];
      const auto& source = sender.incoming[at(from)];
      const auto& target = receiver.incoming[at(from)];
      if (source.bytes != target.bytes)
        mismatch("in all_gather rank " + std::to_string(from) + " has " + std::to_string(source.bytes) +
                 " bytes, rank " + std::to_string(to) + " expects " + std::to_string(target.bytes));
      if (to != from) copy(receiver.receive, target, sender.receive, source);
    }
    clocks_[at(to)] += network_.all_gather(receiver.incoming, to);
  }
}

void SimulatedWorld::broadcast() {
  const auto& root = calls_[at(calls_[0].root)];
  for (int r = 0; r < ranks_; ++r) {
    const auto& call = calls_[at(r)];
    if (call.root != calls_[0].root || call.receive.size() != root.receive.size())
      mismatch("broadcast of " + std::to_string(root.receive.size()) + " bytes from rank " +
               std::to_string(calls_[0].root) + ", but on rank " + std::to_string(r) + " of " +
               std::to_string(call.receive.size()) + " from rank " + std::to_string(call.root));
    const Piece all{0, root.receive.size()};
    if (&call != &root) copy(call.receive, all, root.receive, all);
    clocks_[at(r)] += network_.broadcast(all.bytes);
  }
}

void SimulatedWorld::combine() {
  const auto& first = calls_[0];
  for (const auto& call : calls_)
    if (!std::equal(call.how.begin(), call.how.end(), first.how.begin(), first.how.end()))
      mismatch("combine with different reductions");
  for (std::size_t i = 0; i < first.how.size(); ++i) {
    auto value = first.values[i];
    for (int r = 1; r < ranks_; ++r) value = joined(value, calls_[at(r)].values[i], first.how[i]);
    for (const auto& call : calls_) call.values[i] = value;
  }
  for (auto& clock : clocks_) clock += network_.combine(first.how.size());
}

}  // namespace vireo::comm

#include "comm/settlement.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <thread>
#include <vector>

#include "comm/mpi_check.hpp"

namespace vireo::comm {
namespace {

constexpr int claim_tag = 1;
constexpr double for_ever = std::numeric_limits<double>::infinity();
/// How long a rank waits for other claims after its own. Much longer than a message takes, so that ranks whose patience
/// ends at the same time receive each other's claims.
constexpr double claim_seconds = 0.25;
/// How long a rank that does not report waits for the one that does to end the job
constexpr double deferral_seconds = 5;

void flush_stdout() {
  std::cout.flush();
  std::fflush(stdout);
}

}  // namespace

Settlement::Settlement(MPI_Comm comm, std::string host, const std::exception_ptr& failure, const RankEnding& mine)
    : comm_(comm), host_(std::move(host)), failure_(failure), mine_(mine) {
  check_mpi(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
}

RankEnding Settlement::agree(double patience_seconds) {
  const std::int64_t value = mine_.packed();
  std::int64_t first = value;
  check_mpi(MPI_Iallreduce(&value, &first, 1, MPI_INT64_T, MPI_MIN, comm_, &request_), "MPI_Iallreduce");
  if (!mine_.failed()) {
    static_cast<void>(agreed_within(for_ever));
    return RankEnding::unpacked(first);
  }
  // a rank that failed only because another did gives that one the time to report
  const bool own = mine_.kind == RankEnding::Kind::own_error;
  if (agreed_within(own ? patience_seconds : 2 * patience_seconds)) return RankEnding::unpacked(first);
  // another rank has claimed before: it may already be past looking for claims, so it reports, whatever its rank
  if (const auto other = first_claim()) {
    if (agreed_within(deferral_seconds)) return RankEnding::unpacked(first);
    abort(other->status);
  }
  claim();
  if (agreed_within(claim_seconds)) return RankEnding::unpacked(first);
  // several ranks claimed at the same time: each has received the others' claims, and the first of them reports
  const auto other = first_claim();
  if (other && other->packed() < mine_.packed()) {
    if (agreed_within(deferral_seconds)) return RankEnding::unpacked(first);
    abort(other->status);
  }
  report();
  abort(mine_.status);
}

bool Settlement::agreed_within(double seconds) {
  using std::chrono::steady_clock;
  const auto start = steady_clock::now();
  auto pause = std::chrono::microseconds(20);
  for (;;) {
    int done = 0;
    check_mpi(MPI_Test(&request_, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return true;
    if (std::chrono::duration<double>(steady_clock::now() - start).count() > seconds) return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(2000));
  }
}

void Settlement::claim() const {
  // Static, because the messages may still be under way when this object is gone. A rank that never receives them
  // either agrees without them or is about to be aborted.
  static std::int64_t value = 0;
  value = mine_.packed();
  std::vector<MPI_Request> requests;
  for (int r = 0; r < size_; ++r) {
    if (r == mine_.rank) continue;
    check_mpi(MPI_Isend(&value, 1, MPI_INT64_T, r, claim_tag, comm_, &requests.emplace_back()), "MPI_Isend");
  }
  for (auto& request : requests) MPI_Request_free(&request);
}

std::optional<RankEnding> Settlement::first_claim() const {
  std::optional<std::int64_t> first;
  for (;;) {
    int arrived = 0;
    MPI_Status status;
    check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, claim_tag, comm_, &arrived, &status), "MPI_Iprobe");
    if (arrived == 0) break;
    std::int64_t value = 0;
    check_mpi(MPI_Recv(&value, 1, MPI_INT64_T, status.MPI_SOURCE, claim_tag, comm_, MPI_STATUS_IGNORE), "MPI_Recv");
    first = std::min(first.value_or(value), value);
  }
  if (!first) return std::nullopt;
  return RankEnding::unpacked(*first);
}

void Settlement::report() const {
  std::string line = "vireo: error: " + text_of(failure_);
  if (size_ > 1) line += " [rank " + std::to_string(mine_.rank) + " on " + host_ + "]";
  line += '\n';
  flush_stdout();
  std::fwrite(line.data(), 1, line.size(), stderr);  // in one piece: lines of several ranks must not mix
  std::fflush(stderr);
}

void Settlement::abort(int status) {
  flush_stdout();
  int begun = 0;
  int over = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&over);
  if (begun != 0 && over == 0) MPI_Abort(MPI_COMM_WORLD, status);
  std::_Exit(status);
}

}  // namespace vireo::comm

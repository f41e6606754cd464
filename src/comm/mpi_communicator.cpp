#include "comm/mpi_communicator.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "comm/host.hpp"
#include "comm/joining.hpp"
#include "comm/meanwhile.hpp"
#include "comm/mpi_check.hpp"
#include "comm/pieces.hpp"
#include "comm/signs_of_life.hpp"
#include "vireo/core/error.hpp"

namespace vireo::comm {

MpiCommunicator::MpiCommunicator(MPI_Comm parent) {
  check_mpi(MPI_Comm_dup(parent, &comm_), "MPI_Comm_dup");
  check_mpi(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check_mpi(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
  check_mpi(MPI_Type_contiguous(8, MPI_BYTE, &word_), "MPI_Type_contiguous");
  check_mpi(MPI_Type_commit(&word_), "MPI_Type_commit");
  check_mpi(MPI_Type_contiguous(2, MPI_INT64_T, &item_), "MPI_Type_contiguous");
  check_mpi(MPI_Type_commit(&item_), "MPI_Type_commit");
  check_mpi(MPI_Op_create(&MpiCommunicator::join, 1, &join_), "MPI_Op_create");
}

MpiCommunicator::~MpiCommunicator() {
  if (join_ != MPI_OP_NULL) MPI_Op_free(&join_);
  if (item_ != MPI_DATATYPE_NULL) MPI_Type_free(&item_);
  if (word_ != MPI_DATATYPE_NULL) MPI_Type_free(&word_);
  if (comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
}

void MpiCommunicator::barrier() {
  check_mpi(MPI_Barrier(comm_), "MPI_Barrier");
  ++signs_of_life();
}

void MpiCommunicator::all_to_all(std::span<const std::byte> send, std::span<const Piece> outgoing,
                                 std::span<std::byte> receive, std::span<const Piece> incoming) {
  check_pieces(outgoing, size_, send.size(), "all_to_all (send)");
  check_pieces(incoming, size_, receive.size(), "all_to_all (receive)");
  check_nothing_to_self(outgoing, rank_, "all_to_all (send)");
  check_nothing_to_self(incoming, rank_, "all_to_all (receive)");
  sent_.assign(outgoing);
  received_.assign(incoming);
  if (size_ > 1)
    check_mpi(MPI_Alltoallv(send.data(), sent_.counts.data(), sent_.offsets.data(), type_of(sent_), receive.data(),
                            received_.counts.data(), received_.offsets.data(), type_of(received_), comm_),
              "MPI_Alltoallv");
  count_all_to_all(outgoing, incoming);
  ++signs_of_life();
}

void MpiCommunicator::all_gather(std::span<std::byte> buffer, std::span<const Piece> pieces) {
  check_pieces(pieces, size_, buffer.size(), "all_gather");
  received_.assign(pieces);
  if (size_ > 1)
    check_mpi(MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, buffer.data(), received_.counts.data(),
                             received_.offsets.data(), type_of(received_), comm_),
              "MPI_Allgatherv");
  count_all_gather(pieces);
  ++signs_of_life();
}

void MpiCommunicator::all_gather_while(std::span<std::byte> buffer, std::span<const Piece> pieces,
                                       const Work& meanwhile) {
  check_pieces(pieces, size_, buffer.size(), "all_gather_while");
  received_.assign(pieces);
  if (size_ > 1) {
    MPI_Request request = MPI_REQUEST_NULL;
    check_mpi(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, buffer.data(), received_.counts.data(),
                              received_.offsets.data(), type_of(received_), comm_, &request),
              "MPI_Iallgatherv");
    const auto arrived = [&] {  // which also moves the operation on
      int flag = 0;
      check_mpi(MPI_Test(&request, &flag, MPI_STATUS_IGNORE), "MPI_Test");
      return flag != 0;
    };
    const auto failure = work_until(arrived, meanwhile);
    check_mpi(MPI_Wait(&request, MPI_STATUS_IGNORE), "MPI_Wait");
    if (failure) std::rethrow_exception(failure);
  }
  count_all_gather(pieces);
  ++signs_of_life();
}

void MpiCommunicator::broadcast(std::span<std::byte> buffer, int root) {
  if (size_ > 1) {
    constexpr std::size_t part = std::size_t{1} << 30;  // any count below 2^31 will do
    for (std::size_t begin = 0; begin < buffer.size(); begin += part) {
      const auto bytes = static_cast<int>(std::min(part, buffer.size() - begin));
      check_mpi(MPI_Bcast(buffer.data() + begin, bytes, MPI_BYTE, root, comm_), "MPI_Bcast");
    }
  }
  count_broadcast(buffer.size(), root);
  ++signs_of_life();
}

void MpiCommunicator::join(void* in, void* in_out, int* count, MPI_Datatype* /*type*/) {
  const auto* const from = static_cast<const Item*>(in);
  auto* const to = static_cast<Item*>(in_out);
  for (int i = 0; i < *count; ++i) to[i].value = joined(to[i].value, from[i].value, static_cast<Reduction>(to[i].how));
}

void MpiCommunicator::combine(std::span<std::int64_t> values, std::span<const Reduction> how) {
  if (values.size() != how.size() || values.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Error(ErrorKind::internal, "combine: " + std::to_string(values.size()) + " values and " +
                                         std::to_string(how.size()) + " reductions");
  if (size_ == 1 || values.empty()) {
    ++signs_of_life();
    return;
  }
  items_.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) items_[i] = {values[i], static_cast<std::int64_t>(how[i])};
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, items_.data(), static_cast<int>(items_.size()), item_, join_, comm_),
            "MPI_Allreduce");
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = items_[i].value;
  ++signs_of_life();
}

bool MpiCommunicator::meet(double patience_seconds) {
  using std::chrono::steady_clock;
  const auto start = steady_clock::now();
  MPI_Request request = MPI_REQUEST_NULL;
  check_mpi(MPI_Ibarrier(comm_, &request), "MPI_Ibarrier");
  auto pause = std::chrono::microseconds(20);
  for (int done = 0;;) {
    check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return true;
    const std::chrono::duration<double> waited = steady_clock::now() - start;
    if (waited.count() > patience_seconds) return false;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(1000));
  }
}

std::string MpiCommunicator::host() const { return host_name(); }

}  // namespace vireo::comm

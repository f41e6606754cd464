#pragma once

#include "comm/mpi_counts.hpp"
#include "comm/mpi_header.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo::comm {

/// Checked wrappers over MPI on a duplicate of a communicator.
class MpiCommunicator final : public Communicator {
 public:
  /// collective over `parent`
  explicit MpiCommunicator(MPI_Comm parent);
  ~MpiCommunicator() override;

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }

  void barrier() override;
  void all_to_all(std::span<const std::byte> send, std::span<const Piece> outgoing, std::span<std::byte> receive,
                  std::span<const Piece> incoming) override;
  void all_gather(std::span<std::byte> buffer, std::span<const Piece> pieces) override;
  void all_gather_while(std::span<std::byte> buffer, std::span<const Piece> pieces, const Work& meanwhile) override;
  void broadcast(std::span<std::byte> buffer, int root) override;
  void combine(std::span<std::int64_t> values, std::span<const Reduction> how) override;

  [[nodiscard]] std::string host() const override;

  /// A barrier at which this rank waits for so long at most, asleep between looks. False if the others have not come by
  /// then: what they do is not known, and this rank must end the job.
  [[nodiscard]] bool meet(double patience_seconds);

  /// for parallel HDF5
  [[nodiscard]] MPI_Comm handle() const { return comm_; }

 private:
  /// A number and how it is joined: what one MPI_Allreduce of `combine` works on.
  struct Item {
    std::int64_t value;
    std::int64_t how;
  };
  static void join(void* in, void* in_out, int* count, MPI_Datatype* type);
  [[nodiscard]] MPI_Datatype type_of(const MpiCounts& counts) const { return counts.unit == 8 ? word_ : MPI_BYTE; }

  MPI_Comm comm_ = MPI_COMM_NULL;
  MPI_Datatype word_ = MPI_DATATYPE_NULL;  ///< 8 bytes
  MPI_Datatype item_ = MPI_DATATYPE_NULL;
  MPI_Op join_ = MPI_OP_NULL;
  int rank_ = 0;
  int size_ = 1;
  MpiCounts sent_, received_;
  std::vector<Item> items_;
};

}  // namespace vireo::comm

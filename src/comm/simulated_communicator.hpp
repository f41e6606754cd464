#pragma once

#include "comm/simulated_world.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo::comm {

/// One rank's view of a simulated world; to be used by that rank's thread only.
class SimulatedCommunicator final : public Communicator {
 public:
  SimulatedCommunicator(SimulatedWorld& world, int rank) : world_(world), rank_(rank) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return world_.ranks(); }

  void barrier() override;
  void all_to_all(std::span<const std::byte> send, std::span<const Piece> outgoing, std::span<std::byte> receive,
                  std::span<const Piece> incoming) override;
  void all_gather(std::span<std::byte> buffer, std::span<const Piece> pieces) override;
  void all_gather_while(std::span<std::byte> buffer, std::span<const Piece> pieces, const Work& meanwhile) override;
  void broadcast(std::span<std::byte> buffer, int root) override;
  void combine(std::span<std::int64_t> values, std::span<const Reduction> how) override;

  [[nodiscard]] double modelled_seconds() const override { return world_.clock(rank_); }
  [[nodiscard]] std::string host() const override;

 private:
  SimulatedWorld& world_;
  int rank_;
};

}  // namespace vireo::comm

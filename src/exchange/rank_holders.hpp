#pragma once

#include "vireo/comm/communicator.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::exchanging {

/// The ranks of a communicator as the holders of a message's segments, in rank order.
class RankHolders final : public Holders {
 public:
  explicit RankHolders(Communicator& comm) : comm_(comm) {}
  [[nodiscard]] bool alone() const override { return comm_.size() == 1; }
  void combine(std::span<std::int64_t> values, std::span<const Reduction> how) override { comm_.combine(values, how); }
  std::int64_t before(std::int64_t value) override {
    const auto all = gather_all(comm_, value);
    std::int64_t sum = 0;
    for (int r = 0; r < comm_.rank(); ++r) sum += all[static_cast<std::size_t>(r)];
    return sum;
  }

 private:
  Communicator& comm_;
};

}  // namespace vireo::exchanging

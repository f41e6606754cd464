#pragma once

#include <optional>
#include <string>

#include "io/file_identity.hpp"
#include "io/hdf5.hpp"
#include "vireo/exchange/exchange.hpp"

/// The layout of a checkpoint, shared by its writer and its reader (docs/checkpoint.md).
namespace vireo::checkpoint {

inline constexpr const char* format = "vireo-checkpoint";
inline constexpr const char* data_group = "data";
inline constexpr const char* run_group = "run";
inline constexpr const char* method_group = "method";

/// The generation before the one at `path`.
[[nodiscard]] inline std::string previous_of(const std::string& path) { return path + ".previous"; }
/// The one that is being written.
[[nodiscard]] inline std::string unfinished_of(const std::string& path) { return path + ".unfinished"; }

/// What a checkpoint holds besides the state.
struct Header {
  hdf5::Attributes manifest;               ///< attributes of the file: version, hosts, ranks, run, ...
  hdf5::Attributes problem;                ///< attributes of /problem
  hdf5::Attributes constants;              ///< attributes of /constants
  std::string config;                      ///< the resolved configuration
  std::optional<io::FileIdentity> data{};  ///< /data: the file that the problem is made from, if it is
};

/// The parts of the state that a rank holds.
struct Placement {
  Index all_workers = 0;  ///< M
  Range workers;          ///< of this rank
  Index dimension = 0;    ///< d
  Range segment;          ///< coordinates of this rank
  Index rank = 0;
  Index ranks = 1;

  [[nodiscard]] static Placement of(const Exchange& exchange) {
    const auto& comm = exchange.communicator();
    return {exchange.layout().workers(),
            exchange.workers(),
            exchange.dimension(),
            exchange.segment(),
            static_cast<Index>(comm.rank()),
            static_cast<Index>(comm.size())};
  }
};

}  // namespace vireo::checkpoint

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/hdf5.hpp"
#include "io/trace_format.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::trace {

/// What a trace holds besides its rows.
struct Header {
  hdf5::Attributes manifest;  ///< attributes of the file: version, hosts, ranks, ...
  hdf5::Attributes problem;   ///< attributes of /problem
  std::string config;         ///< the resolved configuration
  bool simulated = false;     ///< the network is a modelled one
  std::string gap = {};       ///< definition of the problem's gap, where it has one
};

/// Checks, before anything is computed, that a trace can be written to `path`. An existing trace may be replaced; any
/// other existing file may not (UsageError). throws IoError where the path can not be written
void check_path(const std::string& path);

/// Writes the trace of a run as it goes; used on rank 0 alone. The file is flushed after every row, so that one which
/// is killed opens with plain h5py. A failure to write is an IoError, thrown out of the observer's call.
///
/// A writer that goes out of scope before `finished` leaves status=interrupted, termination=failed.
class Writer final : public Observer {
 public:
  Writer(const std::string& path, const Header& header);
  ~Writer() override;

  void row(const Row& row) override;
  /// Stores the point returned and closes the file.
  void finished(const Outcome& outcome) override;

 private:
  void create_columns(const Row& first);

  hdf5::File file_;
  bool simulated_;
  std::string gap_;
  std::vector<std::pair<const Quantity*, hdf5::Column>> columns_;
  enum class State : std::uint8_t { running, broken, closed } state_ = State::running;
};

}  // namespace vireo::trace

#pragma once

#include <optional>
#include <string>

#include "io/hdf5.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::hdf5 {

/// Makes a dataset of float64, [width] or [height x width], whose numbers lie in one piece of the file and are written
/// later.
void reserve_array(const File& file, const std::string& name, std::optional<Index> height, Index width);

/// A file that all ranks write to together: MPI ranks through the parallel driver; simulated ranks, which are threads of
/// one process, one after the other. It only fills arrays that are there already, each rank a part that lies in one
/// piece, so that the transfers are independent: a rank whose disk fails keeps no other one waiting. All calls are
/// collective, and fail on all ranks if they fail on one; a rank that failed where the others do not get away throws
/// alone, and must then end the job.
class SharedFile {
 public:
  /// throws IoError, or PeerFailure
  SharedFile(Communicator& comm, const std::string& path);
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile();

  /// Writes this rank's block of an array; `values` row by row. The block may be empty. matrix: [rows x columns]; else
  /// the array is a vector, and `rows` is ignored.
  void write(const std::string& name, bool matrix, Range rows, Range columns, ConstView values);

  /// Hands everything to the operating system and closes.
  void close();

 private:
  template <class Action>
  void together(double patience_seconds, Action&& action);
  hid_t check(hid_t id, const std::string& action) const;

  Communicator& comm_;
  std::string path_;
  bool parallel_;
  WriteFailure failure_;  ///< of simulated ranks
  Handle file_;
};

}  // namespace vireo::hdf5

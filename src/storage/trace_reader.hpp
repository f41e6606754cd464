#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::trace {

/// One column as it was read; integers are exact in `integers`, and rounded in `values`.
struct ColumnData {
  std::string name;
  std::string units;
  std::string definition;
  bool integer = false;
  std::vector<double> values;
  std::vector<std::int64_t> integers;
};

/// A trace in memory: also of a run that still goes on, or was killed.
struct Trace {
  std::string path;
  hdf5::Attributes manifest;  ///< attributes of the file, status and termination among them
  hdf5::Attributes problem;
  std::string config;
  std::vector<hdf5::Attributes> theory;  ///< the bounds of the method, in the order of their names
  std::vector<ColumnData> columns;       ///< all of the length of the shortest
  std::size_t rows = 0;
  std::optional<Vector> solution;
  hdf5::Attributes solution_attributes;
  /// Where the rows from `start_row` on were made; one for each time that the run was begun or resumed.
  struct Segment {
    std::int64_t start_row = 0;
    std::int64_t ranks = 0;
    std::string hosts;
    std::string job;
    std::string start_time;
  };
  std::vector<Segment> segments;

  /// null if there is no such column
  [[nodiscard]] const ColumnData* column(const std::string& name) const;
};

/// Collective, before all ranks read a trace: it is examined (io/examination.hpp). throws DataError like read
void examine(Communicator& comm, const std::string& path);

/// Whether the file is an HDF5 file that says of itself that it is a trace of Vireo. throws DataError for one that does
/// harm
[[nodiscard]] bool is_trace(const std::string& path);

/// The name of the run that a trace is of; empty if it has none. throws DataError like read
[[nodiscard]] std::string run_of(const std::string& path);

/// What is to be known of a trace that lies where another shall be written.
struct Remains {
  bool finished = false;
  std::int64_t iteration = 0;  ///< of its last row
  std::string config;
};

/// A look without reading the rows. throws DataError like read
[[nodiscard]] Remains look(const std::string& path);

/// Reads a trace, whatever its status. throws DataError that names the path: missing, a directory, not HDF5, not a
/// trace, of a newer format version, damaged
[[nodiscard]] Trace read(const std::string& path);

/// The point that a run returned.
struct Solution {
  Vector z;
  hdf5::Attributes attributes;  ///< residual, iterations, returned, ...
};

/// Reads the solution alone. throws DataError like read, and where the run has none (yet)
[[nodiscard]] Solution read_solution(const std::string& path);

/// An attribute's value; empty (or `otherwise`) if it is missing or of another type.
[[nodiscard]] std::string text(const hdf5::Attributes& attributes, const std::string& name);
[[nodiscard]] std::optional<double> real(const hdf5::Attributes& attributes, const std::string& name);
[[nodiscard]] std::int64_t integer(const hdf5::Attributes& attributes, const std::string& name, std::int64_t otherwise);

}  // namespace vireo::trace

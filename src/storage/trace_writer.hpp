#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/hdf5.hpp"
#include "storage/growing_column.hpp"
#include "storage/trace_format.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::trace {

/// What a trace holds besides its rows.
struct Header {
  hdf5::Attributes manifest;  ///< attributes of the file: version, hosts, ranks, ...
  hdf5::Attributes problem;   ///< attributes of /problem
  std::string config;         ///< the resolved configuration
  bool simulated = false;     ///< the network is a modelled one
  std::string gap = {};       ///< definition of the problem's gap, where it has one
  struct Block {
    std::string name;
    Range range;
  };
  std::vector<Block> blocks = {};  ///< of the problem's coordinates, in their order
  /// Members of /theory: a name, and the attributes of a bound (see docs/trace.md)
  std::vector<std::pair<std::string, hdf5::Attributes>> theory = {};
  struct Segment {
    std::int64_t ranks = 1;
    std::string hosts = {};
    std::string job = {};  ///< of the batch system; empty: none
    std::string start_time = {};
  } segment{};  ///< where the rows from here on are made
  /// The least time between two writes of rows that nothing else demands
  std::chrono::nanoseconds between_writes = std::chrono::seconds(1);
};

/// Checks that the file holds the trace that a run goes on with: of the run `run`, with at least `rows` rows, of which
/// the last of these is not after iteration `iteration`. throws DataError that says what differs
void check_continuation(const std::string& path, const std::string& run, std::int64_t rows, std::int64_t iteration);

/// Checks, before anything is computed, that a trace can be written to `path`. An existing trace may be replaced; any
/// other existing file may not (UsageError). throws IoError where the path can not be written
void check_path(const std::string& path);

/// Writes the trace of a run as it goes; used on rank 0 alone. Rows are brought into the file together, at most once a
/// second, before the state is saved, and at the end: each of them costs little, and a file whose run is killed opens
/// with plain h5py, and lacks rows of less than a second. A failure to write is an IoError, thrown out of the observer's
/// call.
///
/// A writer that goes out of scope before `finished` leaves status=interrupted, termination=failed.
class Writer final : public Observer {
 public:
  /// a new trace, in place of what was there
  Writer(const std::string& path, const Header& header);
  /// a trace that was interrupted: its first `rows` rows stay, and what comes is added to them. Of the header only the
  /// segment is used: the rest stays that of the beginning. The file is made anew: changing what there is in place
  /// would leave it unreadable if the run is killed just then
  Writer(const std::string& path, const Header& header, std::int64_t rows);
  ~Writer() override;

  void row(const Row& row) override;
  /// Everything is on the disk afterwards.
  void about_to_save() override;
  /// Stores the point returned and closes the file.
  void finished(const Outcome& outcome) override;

 private:
  template <class Make>
  void finish_start(const std::string& path, Make&& make);
  /// throws IoError if there may be no room for the rows that wait and `bytes` more within the limit of the size of
  /// files; the file is as good as before
  void check_room(std::size_t bytes) const;
  void take(const Row& row);
  /// The rows that wait are in the file afterwards, and the system has it.
  void write_rows();
  void complete(const Outcome& outcome);
  void create_columns(const Row& first);
  void open_measures(const Row& first);
  void write_ranks(const std::vector<RankTotals>& ranks);
  void write_blocks(const std::vector<Header::Block>& blocks);
  void add_segment(const Header::Segment& segment, std::int64_t start_row);

  hdf5::File file_;
  bool simulated_;
  std::string gap_;
  std::chrono::nanoseconds between_writes_;
  std::vector<std::pair<const Column*, GrowingColumn>> columns_;
  std::vector<GrowingColumn> measures_;              ///< of the method, in its order
  std::chrono::steady_clock::time_point written_{};  ///< when rows last were
  enum class State : std::uint8_t { running, broken, closed } state_ = State::running;
};

}  // namespace vireo::trace

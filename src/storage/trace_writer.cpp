#include "storage/trace_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "io/file_descriptor.hpp"
#include "io/named_file.hpp"
#include "io/own_file.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/core/error.hpp"

namespace vireo::trace {

namespace {

using Kind = hdf5::File::Kind;

constexpr hsize_t rows_per_chunk = 1024;
constexpr hsize_t segments_per_chunk = 16;

std::string unfinished_of(const std::string& path) { return path + ".unfinished"; }

bool present(const Column& column, const Row& first, bool simulated) {
  switch (column.when) {
    case Column::When::always:
      return true;
    case Column::When::distance_known:
      return !std::isnan(first.distance);
    case Column::When::gap_known:
      return !std::isnan(first.gap);
    case Column::When::simulated:
      return simulated;
  }
  return false;
}

/// What rows add to a column besides their entries is a new chunk at most, and what finds it.
constexpr std::size_t most_bytes_of_a_column = rows_per_chunk * sizeof(double) + 4096;
/// More than what a trace has before its first row, but for the configuration
constexpr std::size_t most_bytes_besides = std::size_t{64} << 10U;

/// A trace that is begun with `bytes` bytes, if there may be one, under a name that nobody looks for yet. Who may read
/// the one that it will replace may read it.
hdf5::File begun(const std::string& path, std::size_t bytes) {
  io::check_size_limit(path, bytes + most_bytes_besides);
  const auto unfinished = unfinished_of(path);
  io::remove_leftover(unfinished);
  auto file = hdf5::File::create_new(unfinished);
  io::set_mode(unfinished, io::mode_of(path));
  return file;
}

}  // namespace

void check_path(const std::string& path) {
  io::check_ours(path);
  io::check_regular(path, "write the trace");
  io::check_leftover(unfinished_of(path));
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && status.st_size > 0 && !is_trace(path))
    throw UsageError(path + ": is not a trace of Vireo, and is not overwritten; choose another --trace, or remove it");
  // Only trying tells: permission bits say nothing to root, on read-only file systems or in /proc.
  const int flags = exists ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL;
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) throw IoError(path + ": cannot write the trace: " + std::strerror(errno));
  ::close(descriptor);
  if (!exists) ::unlink(path.c_str());
}

void check_continuation(const std::string& path, const std::string& run, std::int64_t rows, std::int64_t iteration) {
  const auto trace = read(path);
  const std::string advice = "; give another file with --trace to go on without it";
  if (text(trace.manifest, "run") != run)
    throw DataError(path + ": is the trace of another run than the checkpoint" + advice);
  const auto* const iterations = trace.column("iteration");
  const auto kept = static_cast<std::size_t>(rows);
  if (rows < 1 || iterations == nullptr || !iterations->integer || trace.rows < kept)
    throw DataError(
        fmt::format("{}: has {} rows, and had {} when the checkpoint was written{}", path, trace.rows, rows, advice));
  if (iterations->integers[kept - 1] > iteration)
    throw DataError(
        fmt::format("{}: its row {} is not the one that it had when the checkpoint was written{}", path, rows, advice));
}

Writer::Writer(const std::string& path, const Header& header)
    : file_(begun(path, header.config.size() + 128 * header.blocks.size())),
      simulated_(header.simulated),
      gap_(header.gap),
      between_writes_(header.between_writes) {
  finish_start(path, [&] {
    file_.set(file_.id(), {{"format", std::string(format)}, {"format_version", format_version}});
    file_.set(file_.id(), header.manifest);
    file_.write_text("config", header.config);
    const auto problem = file_.create_group("problem");
    file_.set(problem.id(), header.problem);
    write_blocks(header.blocks);
    if (!header.theory.empty()) file_.create_group("theory");
    for (const auto& [name, bound] : header.theory) {
      const auto group = file_.create_group("theory/" + name);
      file_.set(group.id(), bound);
    }
    file_.create_group("trace");
    file_.create_group("segments");
    for (const char* const name : {"start_row", "ranks"})
      static_cast<void>(file_.create_column(std::string("segments/") + name, Kind::integers, segments_per_chunk));
    for (const char* const name : {"hosts", "job", "start_time"})
      static_cast<void>(file_.create_column(std::string("segments/") + name, Kind::texts, segments_per_chunk));
    add_segment(header.segment, 0);
  });
}

Writer::Writer(const std::string& path, const Header& header, std::int64_t rows)
    : file_(begun(path, io::FileDescriptor(path, O_RDONLY, "read it").size())),
      simulated_(header.simulated),
      gap_(header.gap),
      between_writes_(header.between_writes) {
  finish_start(path, [&] {
    const auto before = hdf5::File::open(path);
    file_.set(file_.id(), before.attributes(before.id()));
    for (const char* const part : {"config", "problem", "trace", "segments"}) file_.copy_from(before, part);
    for (const char* const part : {"blocks", "theory"})
      if (before.exists(part)) file_.copy_from(before, part);
    for (const auto& column : columns()) {
      if (!file_.exists("trace/" + column.name)) continue;
      columns_.emplace_back(&column, GrowingColumn(file_.open_column("trace/" + column.name)));
      columns_.back().second.shorten(static_cast<hsize_t>(rows));
    }
    for (const auto& name : file_.members("trace"))
      if (std::ranges::find(columns(), name, &Column::name) == columns().end())
        file_.open_column("trace/" + name).shorten(static_cast<hsize_t>(rows));
    add_segment(header.segment, rows);
  });
}

/// What `make` puts into the file appears at `path` as a whole, or not at all.
template <class Make>
void Writer::finish_start(const std::string& path, Make&& make) try {
  make();
  file_.set(file_.id(), {{"status", std::string("running")}, {"termination", std::string()}});
  file_.flush();
  file_.rename_to(path);
} catch (...) {
  ::unlink(unfinished_of(path).c_str());
  throw;
}

void Writer::write_blocks(const std::vector<Header::Block>& blocks) {
  if (blocks.empty()) return;
  file_.create_group("blocks");
  auto names = file_.create_column("blocks/name", Kind::texts, blocks.size());
  auto begins = file_.create_column("blocks/begin", Kind::integers, blocks.size());
  auto ends = file_.create_column("blocks/end", Kind::integers, blocks.size());
  for (const auto& block : blocks) {
    names.append(block.name);
    begins.append(static_cast<std::int64_t>(block.range.begin));
    ends.append(static_cast<std::int64_t>(block.range.end));
  }
}

void Writer::add_segment(const Header::Segment& segment, std::int64_t start_row) {
  file_.open_column("segments/start_row").append(start_row);
  file_.open_column("segments/ranks").append(segment.ranks);
  file_.open_column("segments/hosts").append(segment.hosts);
  file_.open_column("segments/job").append(segment.job);
  file_.open_column("segments/start_time").append(segment.start_time);
}

void Writer::about_to_save() try {
  write_rows();
  io::FileDescriptor(file_.path(), O_RDONLY, "write it to the disk").sync();
} catch (...) {
  state_ = State::broken;
  throw;
}

Writer::~Writer() {
  if (state_ != State::running) return;
  try {
    write_rows();
  } catch (...) {  // the error that got us here is the one to report
  }
  try {
    file_.set(file_.id(), {{"status", std::string("interrupted")}, {"termination", std::string("failed")}});
  } catch (...) {
  }
}

void Writer::create_columns(const Row& first) {
  for (const auto& column : columns()) {
    if (!present(column, first, simulated_)) continue;
    auto dataset =
        file_.create_column("trace/" + column.name, column.integer ? Kind::integers : Kind::reals, rows_per_chunk);
    const bool own_words = column.when == Column::When::gap_known && !gap_.empty();
    file_.set(dataset.id(), {{"units", column.units}, {"definition", own_words ? gap_ : column.definition}});
    columns_.emplace_back(&column, GrowingColumn(std::move(dataset)));
  }
}

/// The columns of the method, in its order: new ones, or those of a trace that goes on.
void Writer::open_measures(const Row& first) {
  for (const auto& measure : first.measures) {
    const auto name = "trace/" + measure.name;
    if (file_.exists(name)) {
      measures_.emplace_back(file_.open_column(name));
      continue;
    }
    auto column = file_.create_column(name, measure.value.index() == 0 ? Kind::integers : Kind::reals, rows_per_chunk);
    file_.set(column.id(), {{"units", measure.units}, {"definition", measure.definition}});
    measures_.emplace_back(std::move(column));
  }
}

void Writer::check_room(std::size_t bytes) const {
  if (!io::size_limit()) return;  // HDF5 need not be asked how large the file is
  for (const auto& [column, dataset] : columns_) bytes += dataset.bytes() + most_bytes_of_a_column;
  for (const auto& dataset : measures_) bytes += dataset.bytes() + most_bytes_of_a_column;
  io::check_size_limit(file_.path(), file_.size() + bytes + most_bytes_besides);
}

void Writer::row(const Row& row) {
  take(row);
  if (std::chrono::steady_clock::now() - written_ < between_writes_) return;
  check_room(0);
  write_rows();
}

void Writer::take(const Row& row) try {
  if (columns_.empty()) create_columns(row);
  if (measures_.empty()) open_measures(row);
  for (auto& [column, dataset] : columns_) dataset.add(column->value(row));
  for (std::size_t i = 0; i < measures_.size(); ++i) measures_[i].add(row.measures.at(i).value);
} catch (...) {
  state_ = State::broken;
  throw;
}

void Writer::write_rows() try {
  for (auto& [column, dataset] : columns_) dataset.write();
  for (auto& dataset : measures_) dataset.write();
  file_.flush();
  written_ = std::chrono::steady_clock::now();
} catch (...) {
  state_ = State::broken;
  throw;
}

/// A dataset for each of the counters that are kept for single ranks, and the names of the hosts, in the order of the
/// ranks.
void Writer::write_ranks(const std::vector<RankTotals>& ranks) {
  if (ranks.empty()) return;
  const auto group = file_.create_group("ranks");
  for (const auto& counter : counters) {
    if (counter.of_rank == nullptr) continue;
    const auto name = std::string("ranks/") + counter.name;
    auto column = file_.create_column(name, counter.member.index() == 0 ? Kind::integers : Kind::reals, ranks.size());
    file_.set(column.id(), {{"units", std::string(counter.units)}, {"definition", std::string(counter.of_rank)}});
    std::visit(
        [&](const auto member) {
          for (const auto& rank : ranks) column.append(rank.*member);
        },
        counter.member);
  }
  auto hosts = file_.create_column("ranks/host", Kind::texts, ranks.size());
  for (const auto& rank : ranks) hosts.append(rank.host);
}

void Writer::finished(const Outcome& outcome) {
  check_room(outcome.solution.size() * sizeof(double) + outcome.ranks.size() * 1024);
  write_rows();
  complete(outcome);
}

void Writer::complete(const Outcome& outcome) try {
  {
    const auto group = file_.create_group("solution");
    const auto z = file_.write_vector("solution/z", outcome.solution);
    file_.set(z.id(), {{"units", std::string("1")},
                       {"definition", std::string("the point returned")},
                       {"returned", to_string(outcome.returned)},
                       {"residual", outcome.residual},
                       {"initial_residual", outcome.initial_residual},
                       {"tolerance_met", std::int64_t{outcome.tolerance_met ? 1 : 0}},
                       {"iterations", outcome.iterations}});
    for (const auto& counter : counters)
      if (counter.result != Counter::Result::nowhere)
        std::visit([&](const auto member) { file_.set(z.id(), counter.name, outcome.totals.*member); }, counter.member);
    if (!std::isnan(outcome.distance)) file_.set(z.id(), "distance", outcome.distance);
    if (!std::isnan(outcome.gap)) file_.set(z.id(), "gap", outcome.gap);
  }
  write_ranks(outcome.ranks);
  file_.set(file_.id(), "termination", to_string(outcome.termination));
  file_.flush();
  // Last of all, so that `complete` is never true of a file that lacks something.
  file_.set(file_.id(), "status",
            std::string(outcome.termination == Termination::interrupted ? "interrupted" : "complete"));
  file_.flush();
  columns_.clear();
  measures_.clear();
  state_ = State::closed;
  file_.close();
} catch (...) {
  state_ = State::broken;
  throw;
}

}  // namespace vireo::trace

#include "storage/trace_reader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/printable.hpp"
#include "io/examination.hpp"
#include "io/hdf5_walk.hpp"
#include "storage/checkpoint_format.hpp"
#include "storage/manifest_form.hpp"
#include "storage/trace_format.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::trace {

namespace {

template <class Type>
const Type* find(const hdf5::Attributes& attributes, const std::string& name) {
  for (const auto& [key, value] : attributes)
    if (key == name) return std::get_if<Type>(&value);
  return nullptr;
}

ColumnData read_column(const hdf5::File& file, const std::string& name) {
  const std::string path = "trace/" + name;
  ColumnData column;
  column.name = name;
  const auto dataset = file.open_dataset(path);
  const auto attributes = file.attributes(dataset.id());
  column.units = text(attributes, "units");
  column.definition = text(attributes, "definition");
  column.integer = file.holds_integers(path);
  if (column.integer) {
    column.integers = file.read_integers(path);
    column.values.assign(column.integers.begin(), column.integers.end());
  } else {
    const Vector values = file.read_vector(path);
    column.values.assign(values.begin(), values.end());
  }
  return column;
}

std::vector<Trace::Segment> read_segments(const hdf5::File& file) {
  const auto start_rows = file.read_integers("segments/start_row");
  const auto ranks = file.read_integers("segments/ranks");
  const auto hosts = file.read_texts("segments/hosts");
  const auto jobs = file.read_texts("segments/job");
  const auto times = file.read_texts("segments/start_time");
  std::vector<Trace::Segment> out;
  for (std::size_t i = 0; i < std::min({start_rows.size(), ranks.size(), hosts.size(), jobs.size(), times.size()}); ++i)
    out.push_back({start_rows[i], ranks[i], hosts[i], jobs[i], times[i]});
  return out;
}

/// Columns in the order of the format; those it does not know follow.
void sort_columns(std::vector<ColumnData>& columns) {
  const auto place = [](const ColumnData& column) {
    const auto& all = trace::columns();
    return std::ranges::find(all, column.name, &Column::name) - all.begin();
  };
  std::stable_sort(columns.begin(), columns.end(),
                   [&](const ColumnData& a, const ColumnData& b) { return place(a) < place(b); });
}

/// throws DataError for what is no file, or an empty one
void check_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw DataError(path + ": " + std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw DataError(path + ": is a directory, not a trace");
  if (!S_ISREG(status.st_mode)) throw DataError(path + ": is not a regular file");
  if (status.st_size == 0) throw DataError(path + ": is empty, not a trace");
}

/// Opens a file that says of itself that it is a trace in a format that this program knows.
hdf5::File open(const std::string& path) {
  check_file(path);
  auto file = hdf5::File::open(path);
  const auto attributes = file.attributes(file.id());
  const auto says = text(attributes, "format");
  if (says == checkpoint::format)
    throw DataError(path + ": is a checkpoint, not a trace: give the file that --trace named");
  if (says != format) throw DataError(path + ": is an HDF5 file, but not a trace of Vireo");
  const auto version = integer(attributes, "format_version", 0);
  if (version < 1 || version > format_version)
    throw DataError(path + ": has trace format version " + std::to_string(version) + "; this program reads " +
                    std::to_string(format_version));
  hdf5::walk(file, hdf5::Depth::layout, 0);
  return file;
}

bool has_solution(const hdf5::File& file) { return file.exists("solution") && file.exists("solution/z"); }

Solution solution_of(const hdf5::File& file) {
  const auto dataset = file.open_dataset("solution/z");
  return {file.read_vector("solution/z"), file.attributes(dataset.id())};
}

}  // namespace

const ColumnData* Trace::column(const std::string& name) const {
  for (const auto& candidate : columns)
    if (candidate.name == name) return &candidate;
  return nullptr;
}

bool is_trace(const std::string& path) {
  try {
    const auto file = hdf5::File::open(path);
    return text(file.attributes(file.id()), "format") == format;
  } catch (const hdf5::NotHdf5&) {
    return false;
  }
}

void examine(Communicator& comm, const std::string& path) {
  collectively(comm, [&] {
    if (comm.rank() == 0) check_file(path);
  });
  io::examine_together(comm, path, {});
}

std::string run_of(const std::string& path) {
  const auto file = open(path);
  return text(file.attributes(file.id()), "run");
}

Trace read(const std::string& path) {
  const auto file = open(path);
  Trace trace;
  trace.path = path;
  trace.manifest = file.attributes(file.id());
  check_manifest(path, trace.manifest);
  trace.config = file.read_text("config");
  const auto problem = file.open_group("problem");
  trace.problem = file.attributes(problem.id());

  if (file.exists("theory"))
    for (const auto& name : file.members("theory")) {
      const auto bound = file.open_group("theory/" + name);
      trace.theory.push_back(file.attributes(bound.id()));
    }
  for (const auto& name : file.members("trace")) trace.columns.push_back(read_column(file, name));
  sort_columns(trace.columns);
  // A kill between the writes of two columns leaves one of them longer.
  if (!trace.columns.empty()) {
    trace.rows = trace.columns.front().values.size();
    for (const auto& column : trace.columns) trace.rows = std::min(trace.rows, column.values.size());
    for (auto& column : trace.columns) {
      column.values.resize(trace.rows);
      if (column.integer) column.integers.resize(trace.rows);
    }
  }
  if (file.exists("segments")) trace.segments = read_segments(file);
  if (has_solution(file)) {
    auto [z, attributes] = solution_of(file);
    trace.solution = std::move(z);
    trace.solution_attributes = std::move(attributes);
  }
  return trace;
}

Remains look(const std::string& path) {
  const auto file = open(path);
  Remains found{.finished = text(file.attributes(file.id()), "status") == "complete",
                .config = file.read_text("config")};
  // a run that was killed before its first row has no columns yet
  if (!file.exists("trace") || !file.exists("trace/iteration") || !file.holds_integers("trace/iteration")) return found;
  if (const auto iterations = file.read_integers("trace/iteration"); !iterations.empty())
    found.iteration = iterations.back();
  return found;
}

Solution read_solution(const std::string& path) {
  const auto file = open(path);
  if (!has_solution(file))
    throw DataError(path + ": holds no solution: the run that it is of did not finish (status " +
                    printable(text(file.attributes(file.id()), "status")) + ")");
  return solution_of(file);
}

std::string text(const hdf5::Attributes& attributes, const std::string& name) {
  const auto* found = find<std::string>(attributes, name);
  return found == nullptr ? std::string() : *found;
}

std::optional<double> real(const hdf5::Attributes& attributes, const std::string& name) {
  const auto* found = find<double>(attributes, name);
  return found == nullptr ? std::nullopt : std::optional<double>(*found);
}

std::int64_t integer(const hdf5::Attributes& attributes, const std::string& name, std::int64_t otherwise) {
  const auto* found = find<std::int64_t>(attributes, name);
  return found == nullptr ? otherwise : *found;
}

}  // namespace vireo::trace

#include "storage/checkpoint_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <set>

#include "core/printable.hpp"
#include "io/examination.hpp"
#include "io/hdf5_matrix.hpp"
#include "io/hdf5_walk.hpp"
#include "io/own_file.hpp"
#include "storage/manifest_form.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::checkpoint {

namespace {

using Kind = Verdict::Kind;

hdf5::File open(const std::string& path) {
  auto file = hdf5::File::open(path);
  const auto attributes = file.attributes(file.id());
  if (trace::text(attributes, "format") != format)
    throw DataError(path + ": is an HDF5 file, but not a checkpoint of Vireo");
  const auto version = trace::integer(attributes, "format_version", 0);
  if (version < 1 || version > format_version)
    throw DataError(
        fmt::format("{}: has checkpoint format version {}; this program reads {}", path, version, format_version));
  hdf5::walk(file, hdf5::Depth::layout, 0);
  return file;
}

/// An array's sizes, where it is one of numbers.
struct Sizes {
  int dimensions = 0;
  std::array<hsize_t, 2> of{};
};

Sizes sizes_of(const hdf5::File& file, const std::string& name, const hdf5::Handle& dataset) {
  const std::string action = "read '" + name + "'";
  const hdf5::Handle space(file.check(H5Dget_space(dataset.id()), action), H5Sclose);
  const hdf5::Handle type(file.check(H5Dget_type(dataset.id()), action), H5Tclose);
  Sizes sizes;
  sizes.dimensions = H5Sget_simple_extent_ndims(space.id());
  if (H5Tget_class(type.id()) != H5T_FLOAT || sizes.dimensions < 1 || sizes.dimensions > 2)
    throw DataError(file.path() + ": '" + printable(name) + "' is not an array of real numbers");
  H5Sget_simple_extent_dims(space.id(), sizes.of.data(), nullptr);
  return sizes;
}

std::string shape(const Sizes& sizes) {
  return sizes.dimensions == 1 ? fmt::format("[{}]", sizes.of[0]) : fmt::format("[{} x {}]", sizes.of[0], sizes.of[1]);
}

/// Fills a state from one group of the file, as it is listed.
class Load final : public StateList {
 public:
  Load(const hdf5::File& file, std::string group, const Placement& placement)
      : file_(file), group_(std::move(group)), placement_(placement) {
    const auto opened = file_.open_group(group_);
    scalars_ = file_.attributes(opened.id());
    for (const auto& name : file_.members(group_)) arrays_left_.insert(name);
    for (const auto& [name, value] : scalars_) scalars_left_.insert(name);
  }

  void global(const std::string& name, Vector& value) override {
    const Index width = value.empty() ? placement_.dimension : value.size();
    value.resize(width);
    read(name, {1, {width, 0}}, {0, 1}, {0, width}, value);
  }
  void per_worker(const std::string& name, WorkerVectors& value) override {
    const Index width = value.dimension() == 0 ? placement_.dimension : value.dimension();
    const Range workers = placement_.workers;
    if (value.workers() != workers || value.dimension() != width) value = WorkerVectors(workers, width);
    const View values = workers.size() == 0 ? View{} : View(value[workers.begin].data(), workers.size() * width);
    read(name, {2, {placement_.all_workers, width}}, workers, {0, width}, values);
  }
  void by_segment(const std::string& name, SegmentVector& value) override {
    // a vector of R^d, unless the method has laid out another, such as particles cut by blocks of theirs
    if (value.dimension == 0) value = SegmentVector(placement_.segment, placement_.dimension);
    read(name, {1, {value.dimension, 0}}, {0, 1}, value.segment, value.values);
  }
  void scalar(const std::string& name, double& value) override { take(name, value, "a real number"); }
  void scalar(const std::string& name, std::int64_t& value) override { take(name, value, "a whole number"); }
  [[nodiscard]] bool has_scalar(const std::string& name) const override {
    return std::ranges::any_of(scalars_, [&](const auto& scalar) { return scalar.first == name; });
  }

  /// What the file holds and the state has not asked for is of another method than this one.
  void finish() const {
    for (const auto* const left : {&arrays_left_, &scalars_left_})
      if (!left->empty())
        throw DataError(fmt::format("{}: holds '{}/{}', of which this program knows nothing", file_.path(), group_,
                                    printable(*left->begin())));
  }

 private:
  template <class Number>
  void take(const std::string& name, Number& value, const char* wanted) {
    scalars_left_.erase(name);
    for (const auto& [key, stored] : scalars_) {
      if (key != name) continue;
      const auto* const number = std::get_if<Number>(&stored);
      if (number == nullptr) throw DataError(fmt::format("{}: '{}/{}' is not {}", file_.path(), group_, name, wanted));
      value = *number;
      return;
    }
    throw DataError(fmt::format("{}: has no '{}/{}'", file_.path(), group_, name));
  }

  void read(const std::string& name, const Sizes& wanted, Range rows, Range columns, View out) {
    arrays_left_.erase(name);
    const std::string path = group_ + "/" + name;
    if (!file_.exists(path)) throw DataError(file_.path() + ": has no '" + path + "'");
    const auto dataset = file_.open_dataset(path);
    const auto found = sizes_of(file_, path, dataset);
    if (found.dimensions != wanted.dimensions || found.of != wanted.of)
      throw DataError(fmt::format("{}: '{}' has the shape {}, where {} is needed", file_.path(), path, shape(found),
                                  shape(wanted)));
    if (out.empty()) return;
    const std::string action = "read '" + path + "'";
    const hdf5::Handle source(file_.check(H5Dget_space(dataset.id()), action), H5Sclose);
    const hsize_t numbers = out.size();
    const hdf5::Handle target(file_.check(H5Screate_simple(1, &numbers, nullptr), action), H5Sclose);
    const std::size_t skipped = wanted.dimensions == 2 ? 0 : 1;
    const std::array<hsize_t, 2> start{rows.begin, columns.begin};
    const std::array<hsize_t, 2> count{rows.size(), columns.size()};
    file_.check(H5Sselect_hyperslab(source.id(), H5S_SELECT_SET, &start[skipped], nullptr, &count[skipped], nullptr),
                action);
    file_.check(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, target.id(), source.id(), H5P_DEFAULT, out.data()), action);
    if (!kernels::all_finite(out)) throw DataError(file_.path() + ": '" + path + "' is not finite");
  }

  const hdf5::File& file_;
  std::string group_;
  Placement placement_;
  hdf5::Attributes scalars_;
  std::set<std::string> arrays_left_;  // a scalar and an array may have the same name
  std::set<std::string> scalars_left_;
};

std::vector<std::string> arrays_of(const hdf5::File& file) {
  std::vector<std::string> out;
  for (const std::string group : {run_group, method_group})
    for (const auto& name : file.members(group)) {
      const auto path = group + "/" + name;
      out.push_back(printable(path) + " " + shape(sizes_of(file, path, file.open_dataset(path))));
    }
  return out;
}

hdf5::Attributes attributes_of(const hdf5::File& file, const char* group) {
  const auto opened = file.open_group(group);
  return file.attributes(opened.id());
}

std::optional<io::FileIdentity> data_of(const hdf5::File& file) {
  if (!file.exists(data_group)) return std::nullopt;
  const auto attributes = attributes_of(file, data_group);
  io::FileIdentity data{trace::text(attributes, "path"), trace::integer(attributes, "bytes", -1),
                        trace::text(attributes, "sha256")};
  const bool hexadecimal = data.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (data.path.empty() || data.bytes < 0 || data.sha256.size() != 64 || !hexadecimal)
    throw DataError(fmt::format("{}: its '{}' is not path, size and SHA-256 of a file", file.path(), data_group));
  return data;
}

}  // namespace

bool lies_at(const std::string& path) {
  for (const auto& generation : {path, previous_of(path)})
    if (const auto kind = glance(generation).kind; kind == Kind::good || kind == Kind::corrupt) return true;
  return false;
}

std::optional<Found> find(Communicator& comm, const std::string& path, std::string& remark) {
  const auto take = [&](const std::string& whole, const std::string& why) {
    io::examine_together(comm, whole, {});  // anybody can make a seal
    return Found{whole, why};
  };
  const auto newest = examine(comm, path);
  if (newest.kind == Kind::good) return take(path, {});
  if (newest.kind == Kind::incompatible) throw DataError(newest.text);
  const auto previous = previous_of(path);
  // who may write here can put a file beside a checkpoint, which must not stand in for it
  const auto stranger = broadcast(comm, comm.rank() == 0 ? io::stranger_beside(previous, path) : std::string(), 0);
  const auto older =
      stranger.empty() ? examine(comm, previous) : Verdict{Kind::incompatible, previous + ": " + stranger};
  if (older.kind == Kind::good) return take(previous, newest.text + "; the generation before it is whole");
  remark = newest.text;
  if (older.kind != Kind::missing) remark += "; and " + older.text;
  return std::nullopt;
}

Found find(Communicator& comm, const std::string& path) {
  std::string remark;
  if (auto found = find(comm, path, remark)) return *found;
  if (glance(path).kind == Kind::missing && glance(previous_of(path)).kind == Kind::missing) throw DataError(remark);
  throw IoError(remark);
}

Contents read(const std::string& path) {
  const std::lock_guard lock(hdf5::library_mutex());
  const auto file = open(path);
  Contents out;
  out.header.manifest = file.attributes(file.id());
  check_manifest(path, out.header.manifest);
  if (trace::text(out.header.manifest, "run").empty()) throw DataError(path + ": its attribute 'run' is missing");
  out.header.config = file.read_text("config");
  out.header.problem = attributes_of(file, "problem");
  out.header.constants = attributes_of(file, "constants");
  out.header.data = data_of(file);
  out.run = attributes_of(file, run_group);
  out.arrays = arrays_of(file);
  for (const char* const count : {"iteration", "rows"})
    if (trace::integer(out.run, count, -1) < 0)
      throw DataError(fmt::format("{}: '{}/{}' is not a number of them", path, run_group, count));
  return out;
}

void load(const std::string& path, const Placement& placement, RunState& state) {
  const std::lock_guard lock(hdf5::library_mutex());
  const auto file = open(path);
  Load run(file, run_group, placement);
  state.list_run(run);
  run.finish();
  Load method(file, method_group, placement);
  state.list_method(method);
  method.finish();
}

}  // namespace vireo::checkpoint

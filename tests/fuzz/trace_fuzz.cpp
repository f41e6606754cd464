// A trace that is well-formed HDF5 in which anything may be missing, or of another type, shape or value: it is read, to
// columns of one length, or refused with one line.
//
// An input is a list of edits (hdf5_edits.hpp). Its bytes themselves are not fuzzed: HDF5 makes no promise about damaged
// files.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hdf5_edits.hpp"
#include "storage/trace_reader.hpp"
#include "support.hpp"

namespace {

using namespace vireo;
using fuzz::require;

constexpr std::array names{"trace/iteration",
                           "trace/residual",
                           "trace/more",
                           "trace",
                           "solution/z",
                           "solution",
                           "config",
                           "problem",
                           "theory/residual",
                           "theory",
                           "segments/start_row",
                           "segments/hosts",
                           "segments",
                           "/",
                           ".",
                           "trace/residual/z",
                           ""};
constexpr std::array attributes{"format", "format_version", "status", "run",   "units", "definition",
                                "L",      "residual",       "hosts",  "ranks", "more",  ""};

std::string whole_trace() {
  const fuzz::ScratchFile scratch;
  {
    using Kind = hdf5::File::Kind;
    auto file = hdf5::File::create(scratch.path());
    file.set(file.id(), {{"format", std::string("vireo-trace")},
                         {"format_version", std::int64_t{1}},
                         {"status", std::string("complete")},
                         {"run", std::string(16, 'a')},
                         {"hosts", std::vector<std::string>{"a", "b"}}});
    file.write_text("config", "problem = game\nmethod = method\n");
    file.set(file.create_group("problem").id(), {{"L", 2.0}, {"fingerprint", std::string("f")}});
    for (const char* const group : {"theory", "trace", "segments", "solution"}) file.create_group(group);
    file.set(file.create_group("theory/residual").id(), {{"constant", 2.5}});
    auto iteration = file.create_column("trace/iteration", Kind::integers, 16);
    auto residual = file.create_column("trace/residual", Kind::reals, 16);
    for (std::int64_t k = 0; k < 5; ++k) {
      iteration.append(k);
      residual.append(1.0 / static_cast<double>(k + 1));
    }
    for (const char* const number : {"segments/start_row", "segments/ranks"})
      file.create_column(number, Kind::integers, 4).append(std::int64_t{0});
    for (const char* const text : {"segments/hosts", "segments/job", "segments/start_time"})
      file.create_column(text, Kind::texts, 4).append(std::string("a"));
    file.set(file.write_vector("solution/z", Vector(20, 1.0)).id(), {{"residual", 0.2}});
  }
  return scratch.content();
}

template <class Read>
void attempt(const std::string& path, Read&& read) {
  try {
    read();
  } catch (const DataError& error) {
    fuzz::require_one_line(error.what());
    require(std::string_view(error.what()).starts_with(path), "an error that does not name the file");
  }
}

void check(const trace::Trace& trace) {
  for (const auto& column : trace.columns) {
    require(column.values.size() == trace.rows, "columns of several lengths");
    require(!column.integer || column.integers.size() == trace.rows, "integers of another length");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string whole = whole_trace();
  static const fuzz::ScratchFile file;
  file.put(whole);
  const auto& path = file.path();
  fuzz::NamedRecipe recipe({data, size}, names, attributes);
  fuzz::edit(path, recipe);
  attempt(path, [&] { check(trace::read(path)); });
  attempt(path, [&] { static_cast<void>(trace::look(path)); });
  attempt(path, [&] { static_cast<void>(trace::read_solution(path)); });
  attempt(path, [&] { static_cast<void>(trace::is_trace(path)); });
  require(H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL) == 0, "handles that are left open");
  return 0;
}

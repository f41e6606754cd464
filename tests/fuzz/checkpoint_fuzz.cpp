// A checkpoint behind its digest, well-formed HDF5 in which anything may be missing, or of another type, shape or
// value: it is read, to a state that is finite and the same on all ranks, or refused with one line.
//
// An input is a list of edits (hdf5_edits.hpp) of a whole checkpoint. Its bytes themselves are not fuzzed: the
// digest keeps damaged ones from HDF5, which makes no promise about them.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "hdf5_edits.hpp"
#include "storage/checkpoint_reader.hpp"
#include "support.hpp"

namespace {

using namespace vireo;
using fuzz::require;

constexpr Index M = 5, d = 20;

constexpr std::array paths{
    "method/z", "method/h",   "method/e", "method/k",  "method/more", "run/best", "run/iteration", "run",
    "method",   "config",     "problem",  "constants", "data",        "/",        "method/",       ".",
    "..",       "method/z/z", ""};
constexpr std::array attributes{"format", "format_version", "iteration", "rows", "tau",  "k", "best_residual",
                                "path",   "bytes",          "sha256",    "run",  "more", ""};

checkpoint::Placement placement(Index rank, Index ranks) {
  return {M, part_of(M, ranks, rank), d, SegmentLayout(d, ranks).of(rank), rank, ranks};
}

/// A state with one thing of every kind.
class State final : public RunState {
 public:
  [[nodiscard]] std::int64_t iteration() const override { return iteration_; }
  void list_run(StateList& state) override {
    state.scalar("iteration", iteration_);
    state.scalar("rows", rows_);
    state.scalar("best_residual", best_residual_);
    state.global("best", best_);
  }
  void list_method(StateList& state) override {
    state.scalar("tau", tau_);
    state.scalar("k", k_);
    state.global("z", z_);
    state.per_worker("h", h_);
    state.by_segment("e", e_);
  }

  /// Vectors that are all of their shape, and finite
  void check(const checkpoint::Placement& place) const {
    const auto finite = [](double value) { return std::isfinite(value); };
    require(z_.size() == d && best_.size() == d && h_.workers() == place.workers && h_.dimension() == d &&
                e_.segment == place.segment && e_.values.size() == place.segment.size(),
            "a state of another shape");
    require(
        std::ranges::all_of(z_, finite) && std::ranges::all_of(best_, finite) && std::ranges::all_of(e_.values, finite),
        "a state that is not finite");
    for (Index m = place.workers.begin; m < place.workers.end; ++m)
      require(std::ranges::all_of(h_[m], finite), "a worker's state that is not finite");
  }
  [[nodiscard]] const Vector& z() const { return z_; }

 private:
  std::int64_t iteration_ = 0, rows_ = 0, k_ = 0;
  double best_residual_ = 0, tau_ = 0;
  Vector best_, z_;
  WorkerVectors h_;
  SegmentVector e_;
};

/// The file that is edited, as a writer lays it out.
std::string whole_checkpoint() {
  const fuzz::ScratchFile scratch;
  {
    auto file = hdf5::File::create(scratch.path(), checkpoint::seal_bytes);
    file.set(file.id(), {{"format", std::string(checkpoint::format)},
                         {"format_version", checkpoint::format_version},
                         {"run", std::string(16, 'a')},
                         {"hosts", std::vector<std::string>{"a", "b"}}});
    file.write_text("config", "problem = game\nmethod = method\n");
    const auto group = [&](const char* name, const hdf5::Attributes& attributes) {
      file.set(file.create_group(name).id(), attributes);
    };
    group("problem", {{"fingerprint", std::string("f")}});
    group("constants", {{"L", 2.0}});
    group(checkpoint::data_group,
          {{"path", std::string("/rows")}, {"bytes", std::int64_t{7}}, {"sha256", std::string(64, 'a')}});
    group(checkpoint::run_group, {{"iteration", std::int64_t{3}}, {"rows", std::int64_t{4}}, {"best_residual", 0.5}});
    group(checkpoint::method_group, {{"tau", 0.5}, {"k", std::int64_t{3}}});
    const Vector ones(M * d, 1.0);
    for (const char* const vector : {"run/best", "method/z", "method/e"})
      static_cast<void>(file.write_vector(vector, ConstView(ones).first(d)));
    const std::array<hsize_t, 2> sizes{M, d};
    const hdf5::Handle space(H5Screate_simple(2, sizes.data(), nullptr), H5Sclose);
    const hdf5::Handle h(
        H5Dcreate2(file.id(), "method/h", H5T_NATIVE_DOUBLE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Dclose);
    file.check(H5Dwrite(h.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, ones.data()), "write 'method/h'");
    file.close();
  }
  return scratch.content();
}

/// Whether it is read; false: it was refused
bool read(const std::string& path) {
  try {
    const auto contents = checkpoint::read(path);
    for (const auto& array : contents.arrays) fuzz::require_one_line(array);
    State alone;
    checkpoint::load(path, placement(0, 1), alone);
    alone.check(placement(0, 1));
    for (Index rank = 0; rank < 3; ++rank) {
      State state;
      checkpoint::load(path, placement(rank, 3), state);
      state.check(placement(rank, 3));
      require(state.z() == alone.z() && state.iteration() == alone.iteration(), "ranks that read different states");
    }
    require(alone.iteration() >= 0, "a negative iteration");
    static const std::vector<std::string> shapes{"run/best [20]", "method/e [20]", "method/h [5 x 20]",
                                                 "method/z [20]"};
    require(contents.arrays == shapes, "arrays of other shapes");
    return true;
  } catch (const DataError& error) {
    fuzz::require_one_line(error.what());
    require(std::string_view(error.what()).starts_with(path), "an error that does not name the file");
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string whole = whole_checkpoint();
  static const fuzz::ScratchFile file;
  file.put(whole);
  fuzz::NamedRecipe recipe({data, size}, paths, attributes);
  const bool edited = !recipe.empty();
  fuzz::edit(file.path(), recipe);
  const bool good = read(file.path());
  require(good || edited, "the whole checkpoint is refused");
  require(H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL) == 0, "handles that are left open");
  return 0;
}

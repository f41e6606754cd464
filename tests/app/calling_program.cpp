// A program with a main of its own that calls the solver: for tests of how files are examined for those that are no
// program of Vireo.
//   calling_program initial FILE [trusted]   from the point that the trace FILE holds, in a process without MPI
//   calling_program data FILE [trusted]      on the matrix in FILE, on MPI ranks
#include <cstdio>
#include <string_view>

#include "vireo/app/solve.hpp"
#include "vireo/comm/mpi.hpp"
#include "vireo/core/error.hpp"

namespace {

constexpr int other_errors = 10;

int call(int argc, char** argv) try {
  const std::string_view what = argc > 2 ? argv[1] : "";
  vireo::RunOptions options{.settings = {{"method", "extragradient"}, {"tolerance", "0"}, {"max-iterations", "3"}},
                            .trusted = argc > 3 && std::string_view(argv[3]) == "trusted"};
  const auto set = [&](const char* name, const char* value) { options.settings.emplace_back(name, value); };
  if (what == "initial") {
    set("problem", "bilinear:dimension=20,components=12");
    set("workers", "6");
    set("initial", argv[2]);
    return vireo::solve(options).iterations == 3 ? 0 : 1;
  }
  vireo::MpiSession session(&argc, &argv);
  set("problem", "matrix-game");
  set("workers", "3");
  set("data", argv[2]);
  return vireo::solve(session.world(), options).iterations == 3 ? 0 : 1;
} catch (const vireo::Error& error) {
  std::fprintf(stderr, "vireo: error: %s\n", error.what());
  return other_errors + static_cast<int>(error.kind());
}

}  // namespace

int main(int argc, char** argv) { return call(argc, argv); }

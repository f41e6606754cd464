// How fast a checkpoint is written, next to what the disk itself gives, in turns in one run; under mpirun:
//   mpirun -n 2 checkpoint_rate [DIRECTORY [RESULT [DIMENSION]]]
// RESULT is a JSON file for closing_table.py.
// The state is of d = 1e7 coordinates and M = 8 workers: a vector for each, and two that all ranks hold. The disk's own
// rate is that of one process that writes as much in pieces of 8 MiB and calls fsync.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/file_descriptor.hpp"
#include "storage/checkpoint_writer.hpp"
#include "vireo/comm/mpi.hpp"

namespace {

using namespace vireo;

class State final : public RunState {
 public:
  State(Exchange& exchange, Index d) : h_(exchange.workers(), d), z_(d, 1.5), w_(d, 2.5) {
    for (Index m = h_.workers().begin; m < h_.workers().end; ++m)
      for (Index j = 0; j < d; ++j) h_[m][j] = static_cast<double>(m + j);
  }
  [[nodiscard]] std::int64_t iteration() const override { return 1; }
  void list_run(StateList&) override {}
  void list_method(StateList& state) override {
    state.global("z", z_);
    state.global("w", w_);
    state.per_worker("h", h_);
  }

 private:
  WorkerVectors h_;
  Vector z_, w_;
};

template <class Action>
double seconds_of(Communicator& comm, Action&& action) {
  comm.barrier();
  const auto start = std::chrono::steady_clock::now();
  action();
  comm.barrier();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void write_raw(const std::string& path, std::size_t bytes) {
  const std::vector<char> piece(std::size_t{8} << 20, 'x');
  const io::FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, "write it");
  for (std::size_t done = 0; done < bytes; done += piece.size())
    file.write_at(piece.data(), std::min(piece.size(), bytes - done), done);
  file.sync();
}

/// Two lines of the closing table
void write_result(const std::string& path, Index d, Index M, double ratio, double percent) {
  const auto lines = nlohmann::json::array(
      {{{"name", "checkpoint/rate"},
        {"label", fmt::format("checkpoint, d = {:.0e}, M = {}, of the disk's own rate", static_cast<double>(d), M)},
        {"measured", ratio},
        {"at_least", 0.5}},
       {{"name", "checkpoint/share"}, {"label", "one every 60 s, % of a run"}, {"measured", percent}}});
  std::ofstream(path) << nlohmann::json{{"benchmarks", lines}} << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  MpiSession session(&argc, &argv);
  auto& comm = session.world();
  const std::string folder = argc > 1 ? argv[1] : ".";
  const std::string result = argc > 2 ? argv[2] : "";
  const Index d = argc > 3 ? std::stoul(argv[3]) : 10'000'000;
  constexpr Index M = 8;
  const auto bytes = static_cast<double>(8 * d * (M + 2));
  Exchange exchange(comm, {M, static_cast<Index>(comm.size())}, d, 1);
  State state(exchange, d);
  const auto path = folder + "/checkpoint-rate.h5";
  double best = std::numeric_limits<double>::infinity();
  double best_raw = best;
  for (int i = 0; i < 3; ++i) {
    best_raw = std::min(best_raw, seconds_of(comm, [&] {
                          if (comm.rank() == 0) write_raw(path + ".raw", static_cast<std::size_t>(bytes));
                        }));
    if (comm.rank() == 0) ::unlink((path + ".raw").c_str());
    best = std::min(best, seconds_of(comm, [&] {
                      static_cast<void>(checkpoint::write(comm, path, {}, checkpoint::Placement::of(exchange), state,
                                                          checkpoint::Generations::begin));
                    }));
    if (comm.rank() == 0) ::unlink(path.c_str());
  }
  if (comm.rank() == 0) {
    fmt::print(
        "{} ranks: {:.0f} MB in {:.2f} s, {:.0f} MB/s; the disk itself {:.0f} MB/s; ratio {:.2f}; one every 60 s is "
        "{:.1f} % of a run\n",
        comm.size(), bytes / 1e6, best, bytes / best / 1e6, bytes / best_raw / 1e6, best_raw / best, 100 * best / 60);
    if (!result.empty()) write_result(result, d, M, best_raw / best, 100 * best / 60);
  }
  return session.settle(0, nullptr);
}

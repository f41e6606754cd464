#include "app/run_files.hpp"

#include "io/shared_path.hpp"
#include "storage/checkpoint_writer.hpp"
#include "storage/trace_writer.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::app {

void check_files(const Configuration& configuration, const Outputs& outputs, Communicator& comm) {
  const auto& trace = outputs.trace.path;
  const auto& checkpoint = outputs.checkpoint.path;
  const auto& origins = configuration.origins;
  if (!trace.empty()) {
    collectively(comm, [&] {
      if (comm.rank() == 0) origins.blame("trace", [&] { trace::check_path(trace); });
    });
    origins.blame("trace", [&] { io::check_shared(comm, trace, "trace"); });
  }
  if (!checkpoint.empty()) origins.blame("checkpoint", [&] { checkpoint::check_path(comm, checkpoint); });
}

std::optional<io::FileIdentity> identify_data(const Configuration& configuration, bool writes, Communicator& comm,
                                              const std::optional<ResumePoint>& from) {
  std::optional<io::FileIdentity> data;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    if (from) {
      check_same_data(configuration, *from);
      data = from->contents.header.data;
    } else if (writes && !configuration.data.empty() && !configuration.checkpoint.empty()) {
      data = configuration.origins.blame("data", [&] { return io::identify(configuration.data); });
    }
  });
  return data;
}

}  // namespace vireo::app

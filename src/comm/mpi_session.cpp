#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "comm/mpi_check.hpp"
#include "comm/mpi_communicator.hpp"
#include "comm/settlement.hpp"
#include "comm/unclean.hpp"
#include "vireo/comm/mpi.hpp"

#ifdef __SANITIZE_ADDRESS__
/// Open MPI leaves some memory to the end of the process, from components that it has unloaded by then, so that its
/// leaks can not be told from others: AddressSanitizer looks for all else. ASAN_OPTIONS=detect_leaks=1 has them shown.
extern "C" const char* __asan_default_options();  // NOLINT: the sanitizer's name
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif
#ifdef __SANITIZE_THREAD__
/// Open MPI's TCP layer takes two of its locks in either order when it connects and when it ends.
extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __tsan_default_suppressions() { return "deadlock:mca_btl_tcp"; }
#endif

namespace vireo {
namespace {

/// How Open MPI opens files, unless the user has said so. Its own component, ompio, waits for ever inside MPI_File_open
/// where the system refuses one rank the file, and keeps a file pointer that ranks share, which nobody here uses: for
/// that its component sm takes a semaphore of the host, whose name is that of the file without its folder. Where a job
/// died between two calls, or another user's semaphore has that name, every later job would wait for it for ever.
/// ROMIO, which agrees on what the system says and takes no semaphore, comes first where it was built.
void choose_file_components() {
  constexpr int only_if_unset = 0;
  ::setenv("OMPI_MCA_io_ompio_priority", "0", only_if_unset);
  ::setenv("OMPI_MCA_sharedfp", "^sm", only_if_unset);
}

}  // namespace

struct MpiSession::State {
  comm::MpiCommunicator world{MPI_COMM_WORLD};
  MPI_Comm control = MPI_COMM_NULL;  ///< for the end of the job alone
  bool settled = false;
  int status = EXIT_FAILURE;  ///< that the process is to end with
};

MpiSession::MpiSession(int* argc, char*** argv) {
  choose_file_components();
  int provided = 0;
  // simulated ranks are threads, but only the main thread calls MPI
  comm::check_mpi(MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  // also for what libraries such as HDF5 derive from these
  for (MPI_Comm comm : {MPI_COMM_WORLD, MPI_COMM_SELF})
    comm::check_mpi(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  state_ = std::make_unique<State>();
  comm::check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &state_->control), "MPI_Comm_dup");
}

MpiSession::~MpiSession() {
  std::cout.flush();
  std::fflush(stdout);
  // Whoever leaves by an exception and without settling has peers that wait for it.
  if (!state_->settled && std::uncaught_exceptions() > 0 && state_->world.size() > 1)
    comm::Settlement::abort(EXIT_FAILURE);
  // The launcher ends all ranks as soon as one returns a non-zero code: nobody goes before all have flushed.
  if (state_->settled) MPI_Barrier(state_->control);
  if (comm::unclean()) {
    std::fflush(nullptr);
    std::_Exit(state_->status);
  }
  MPI_Comm_free(&state_->control);
  state_.reset();
  MPI_Finalize();
}

Communicator& MpiSession::world() { return state_->world; }

int MpiSession::settle(int status, const std::exception_ptr& failure, double patience_seconds) {
  const auto& world = state_->world;
  const auto mine = comm::RankEnding::of(world.rank(), status, failure);
  comm::Settlement settlement(state_->control, world.host(), failure, mine);
  try {
    const auto all = settlement.agree(patience_seconds);
    if (all.failed() && all.rank == world.rank()) settlement.report();
    state_->settled = true;
    state_->status = all.status;
    return all.status;
  } catch (...) {  // MPI itself fails: nobody can be asked
    if (failure) {
      settlement.report();
      comm::Settlement::abort(mine.status);
    }
    comm::Settlement(state_->control, world.host(), std::current_exception(), mine).report();
    comm::Settlement::abort(EXIT_FAILURE);
  }
}

}  // namespace vireo

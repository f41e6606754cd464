#include "app/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "app/signals.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

/// Writes to standard output. Returns the number of the error, or 0
int write_out(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? 0 : errno;
}

[[noreturn]] void report(int failure) {
  throw IoError(std::string("cannot write to standard output: ") + std::strerror(failure));
}

/// The standard output of the process that started this one.
std::string output_of_parent() { return "/proc/" + std::to_string(::getppid()) + "/fd/1"; }

/// Whether that process is Open MPI's launcher, and not a daemon of it, whose standard output is not the user's.
bool parent_is_launcher() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return false;
  std::ifstream file("/proc/" + std::to_string(::getppid()) + "/comm");
  std::string name;
  std::getline(file, name);
  for (const char* const known : {"mpirun", "mpiexec", "orterun", "prterun"})
    if (name.starts_with(known)) return true;
  return false;
}

/// The number of the error that the launcher gets where it writes for us, as far as that can be told; 0: none is known
int failure_of_launcher() {
  if (!parent_is_launcher()) return 0;
  const auto output = output_of_parent();
  struct stat status {};
  if (::stat(output.c_str(), &status) != 0) return 0;
  if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode)) return 0;
  const int descriptor = ::open(output.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  int failure = 0;
  if (S_ISFIFO(status.st_mode)) {
    pollfd pipe{.fd = descriptor, .events = POLLOUT, .revents = 0};
    if (::poll(&pipe, 1, 0) > 0 && (pipe.revents & POLLERR) != 0) failure = EPIPE;  // it has no reader
  } else if (::write(descriptor, "", 0) < 0) {
    failure = errno;  // nothing is written, but a device that takes nothing says so
  }
  ::close(descriptor);
  return failure;
}

}  // namespace

void Console::print(const std::string& text) const {
  if (!speaks_) return;
  if (const int failure = write_out(text); failure != 0) report(failure);
}

void PatientConsole::print(const std::string& text) {
  if (!speaks_ || failure_ != 0) return;
  failure_ = failure_of_launcher();  // which ends the job when it has failed to write about ten times
  if (failure_ == 0) failure_ = write_out(text);
}

void PatientConsole::check() const {
  const bool hung_up = failure_ == EIO && latest_signal() == SIGHUP;
  if (failure_ != 0 && !hung_up) report(failure_);
}

void check_output_of_launcher() {
  if (const int failure = failure_of_launcher(); failure != 0) report(failure);
}

namespace {

/// What standard output is: the launcher's where there is one on this host, else empty for our own.
std::string of_launcher() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return {};
  // The rank's parent is mpirun itself on the host where it was started; elsewhere it is a daemon without a terminal.
  const auto link = output_of_parent();
  std::array<char, 256> target{};
  const auto length = ::readlink(link.c_str(), target.data(), target.size());
  return length <= 0 ? "unknown" : std::string(target.data(), static_cast<std::size_t>(length));
}

std::size_t columns_of(int descriptor) {
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

bool on_terminal() {
  if (::isatty(STDOUT_FILENO) == 0) return false;
  const auto name = of_launcher();
  return name.empty() || name.starts_with("/dev/pts/") || name.starts_with("/dev/tty");
}

std::size_t terminal_width() {
  constexpr std::size_t usual = 80;
  std::size_t columns = 0;
  if (const auto name = of_launcher(); name.empty()) {
    columns = columns_of(STDOUT_FILENO);
  } else if (const int terminal = ::open(name.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC); terminal >= 0) {
    columns = columns_of(terminal);
    ::close(terminal);
  }
  return columns > 0 ? columns : usual;
}

}  // namespace vireo::app

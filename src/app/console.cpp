#include "app/console.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "vireo/core/error.hpp"

namespace vireo::app {

void Console::print(const std::string& text) const {
  if (!speaks_) return;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw IoError(std::string("cannot write to standard output: ") + std::strerror(errno));
}

namespace {

/// What standard output is: the launcher's where there is one on this host, else empty for our own.
std::string of_launcher() {
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return {};
  // The rank's parent is mpirun itself on the host where it was started; elsewhere it is a daemon without a terminal.
  const std::string link = "/proc/" + std::to_string(::getppid()) + "/fd/1";
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

#include "app/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "vireo/core/error.hpp"

namespace vireo::app {

void Console::print(const std::string& text) const {
  if (!speaks_) return;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw IoError(std::string("cannot write to standard output: ") + std::strerror(errno));
}

bool on_terminal() {
  if (::isatty(STDOUT_FILENO) == 0) return false;
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) return true;
  // The rank's parent is mpirun itself on the host where it was started; elsewhere it is a daemon without a terminal.
  const std::string link = "/proc/" + std::to_string(::getppid()) + "/fd/1";
  std::array<char, 256> target{};
  const auto length = ::readlink(link.c_str(), target.data(), target.size());
  if (length <= 0) return false;
  const std::string_view name(target.data(), static_cast<std::size_t>(length));
  return name.starts_with("/dev/pts/") || name.starts_with("/dev/tty");
}

}  // namespace vireo::app

#include "comm/host.hpp"

#include <unistd.h>

#include <array>

namespace vireo::comm {

std::string host_name() {
  std::array<char, 256> name{};
  // one byte is kept for the end, which gethostname leaves out where it truncates
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown host";
  return name.data();
}

}  // namespace vireo::comm

// `seal_program [--version N] FILE`: seals a file as a checkpoint, whatever it holds: for tests of what the reader
// makes of files that are whole and wrong.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "storage/checkpoint_seal.hpp"
#include "vireo/comm/simulated.hpp"

int main(int argc, char** argv) try {
  using vireo::checkpoint::seal;
  const bool other_version = argc == 4 && std::string_view(argv[1]) == "--version";
  vireo::run_simulated(1, {}, [&](vireo::Communicator& comm) {
    if (other_version)
      seal(comm, argv[3], std::stoll(argv[2]));
    else
      for (int i = 1; i < argc; ++i) seal(comm, argv[i]);
  });
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

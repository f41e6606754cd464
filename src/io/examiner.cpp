#include "io/examiner.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "io/examination.hpp"
#include "io/hdf5_heap.hpp"
#include "io/hdf5_walk.hpp"
#include "vireo/core/error.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VIREO_SANITIZED 1  // they take terabytes of addresses, and much time
#else
#define VIREO_SANITIZED 0
#endif

/// The process that reads what may do harm. It has the file alone, and nothing that it does outlives it.
namespace vireo::io {

namespace {

void limit(int resource, std::size_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0) return;
  now.rlim_cur = now.rlim_max = std::min<rlim_t>(most, now.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource_t>(resource), &now);
}

void take_few_rights(std::size_t bytes) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr std::size_t patience = VIREO_SANITIZED != 0 ? 10 : 1;
  limit(RLIMIT_CPU, patience * examiner::most_seconds(bytes));
  if (VIREO_SANITIZED == 0) limit(RLIMIT_AS, examiner::most_memory);
  std::signal(SIGXFSZ, SIG_IGN);  // what is loaded along may try to write, and is told that it can not
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
}

/// HDF5 takes some numbers of a file for places in its memory. In a fresh process these are zeros, which do no harm; in
/// one that has worked for a while they are anything. So this one's memory is filled with what no address is.
void fill_memory() {
  constexpr int filling = 0x5a;
  constexpr int stays = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, stays);
  ::mallopt(M_TRIM_THRESHOLD, stays);
  ::mallopt(M_PERTURB, filling);
  constexpr std::size_t pieces = 1000, largest = 32000;
  std::vector<void*> all;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t bytes = 16 + i * 4099 % largest;
    all.push_back(std::malloc(bytes));
    if (all.back() != nullptr) std::memset(all.back(), filling, bytes);
  }
  for (void* const piece : all) std::free(piece);
}

void say(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) ::_exit(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Whether it says that it is one of Vireo's
bool is_own(const hdf5::File& file) {
  for (const auto& [name, value] : file.attributes(file.id()))
    if (const auto* const text = std::get_if<std::string>(&value); name == "format" && text != nullptr)
      return text->starts_with("vireo-");
  return false;
}

/// Where HDF5's part of the file begins. throws DataError for addresses that are not of the size that all programs take
std::size_t first_byte_of(const hdf5::File& file) {
  const hdf5::Handle properties(file.check(H5Fget_create_plist(file.id()), "read it"), H5Pclose);
  hsize_t block = 0;
  std::size_t addresses = 0, sizes = 0;
  file.check(H5Pget_userblock(properties.id(), &block), "read it");
  file.check(H5Pget_sizes(properties.id(), &addresses, &sizes), "read it");
  if (addresses != sizeof(std::uint64_t) || sizes != sizeof(std::uint64_t))
    throw DataError(file.path() + ": has addresses of a size that no file of Vireo's has");
  return block;
}

void read_it(int descriptor, const std::string& named, const std::vector<std::string>& datasets, std::size_t bytes) {
  const auto name = "/proc/self/fd/" + std::to_string(descriptor);
  const auto file = hdf5::File::open_unexamined(name, named);
  if (!datasets.empty()) return hdf5::walk_datasets(file, datasets, bytes);
  // Of a file that is not Vireo's no more is read than what says so.
  std::vector<Range> numbers;
  if (is_own(file)) numbers = hdf5::walk(file, hdf5::Depth::contents, bytes);
  hdf5::check_heaps(FileDescriptor(name, O_RDONLY, "read it", named), named, first_byte_of(file), std::move(numbers));
}

/// Ends the process without the library's own clean-up, which may be what a file makes it stumble over.
[[noreturn]] void serve(int descriptor, const std::string& named, const std::vector<std::string>& datasets) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) ::_exit(1);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  take_few_rights(bytes);
  say(examiner::begun);
  // Twice: what is read behind the end of a small memory crashes there, and is hidden by a large one. This process has
  // neither threads nor MPI, so that it may have a child.
  const pid_t child = ::fork();
  const bool first = child != 0;
  if (!first) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  int status_of_child = 0;
  if (first && (child < 0 || ::waitpid(child, &status_of_child, 0) != child)) ::_exit(1);
  if (WIFSIGNALED(status_of_child)) ::kill(::getpid(), SIGKILL == WTERMSIG(status_of_child) ? SIGKILL : SIGABRT);
  if (first && status_of_child != 0) ::_exit(0);  // it has said why
  try {
    if (first) fill_memory();
    read_it(descriptor, named, datasets, bytes);
    if (!first) ::_exit(0);
    say(examiner::passed);
  } catch (const std::bad_alloc&) {
    say(std::string(examiner::refused) + " " + named + ": takes more memory than a file of its size may");
  } catch (const IoError& error) {
    say(std::string(examiner::failed) + " " + error.what());
  } catch (const std::exception& error) {
    say(std::string(examiner::refused) + " " + error.what());
  }
  ::_exit(first ? 0 : 1);
}

}  // namespace

std::optional<int> serve_examination(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  constexpr std::size_t least = 5;
  if (words.size() < least || words[1] != examiner::command) {
    offer_this_program();
    return std::nullopt;
  }
  if (words[2] != examiner::version) return 2;
  serve(std::atoi(words[3].c_str()), words[4], {words.begin() + least, words.end()});
}

}  // namespace vireo::io

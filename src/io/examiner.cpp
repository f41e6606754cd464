#include "io/examiner.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <new>
#include <string_view>

#include "io/examination.hpp"
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

void say(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) ::_exit(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void read_it(int descriptor, const std::string& named, const std::vector<std::string>& datasets, std::size_t bytes) {
  const auto file = hdf5::File::open_unexamined("/proc/self/fd/" + std::to_string(descriptor), named);
  if (!datasets.empty()) return hdf5::walk_datasets(file, datasets, bytes);
  // Of a file that is not Vireo's no more is read than what says so.
  for (const auto& [name, value] : file.attributes(file.id()))
    if (const auto* const text = std::get_if<std::string>(&value); name == "format" && text != nullptr)
      if (text->starts_with("vireo-")) return hdf5::walk(file, hdf5::Depth::contents, bytes);
}

/// Ends the process without the library's own clean-up, which may be what a file makes it stumble over.
[[noreturn]] void serve(int descriptor, const std::string& named, const std::vector<std::string>& datasets) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) ::_exit(1);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  take_few_rights(bytes);
  say(examiner::begun);
  try {
    read_it(descriptor, named, datasets, bytes);
    say(examiner::passed);
  } catch (const std::bad_alloc&) {
    say(std::string(examiner::refused) + " " + named + ": takes more memory than a file of its size may");
  } catch (const IoError& error) {
    say(std::string(examiner::failed) + " " + error.what());
  } catch (const std::exception& error) {
    say(std::string(examiner::refused) + " " + error.what());
  }
  ::_exit(0);
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

#include "io/examination.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <span>
#include <sstream>
#include <thread>
#include <tuple>
#include <utility>

#include "core/printable.hpp"
#include "io/examiner.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

namespace {

using Clock = std::chrono::steady_clock;
using Datasets = std::vector<std::string>;

std::atomic<bool> offered{false};
std::atomic<int> trusting_calls{0};

/// Files that have passed, as they were then, and what of them.
class Passed {
 public:
  using Key = std::tuple<dev_t, ino_t, off_t, time_t, long, time_t, long, Datasets>;
  static Key key(const struct stat& status, const Datasets& datasets) {
    return {status.st_dev,          status.st_ino,         status.st_size,         status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec, datasets};
  }
  bool has(const Key& key) {
    const std::lock_guard lock(mutex_);
    return keys_.contains(key);
  }
  void add(const Key& key) {
    const std::lock_guard lock(mutex_);
    keys_.insert(key);
  }

 private:
  std::mutex mutex_;
  std::set<Key> keys_;
};

Passed& passed_files() {
  static Passed files;
  return files;
}

/// The program that examines: this one where it can; else the one that was named, installed or built along; else the
/// first `vireo` in PATH. Empty: there is none.
std::string examining_program() {
  if (offered) return "/proc/self/exe";
  std::vector<std::string> candidates{VIREO_INSTALLED_PROGRAM, VIREO_BUILT_PROGRAM};
  const char* const named = std::getenv("VIREO_PROGRAM");
  if (named != nullptr) candidates = {named};
  if (const char* const path = std::getenv("PATH"); path != nullptr && named == nullptr) {
    std::istringstream folders(path);
    for (std::string folder; std::getline(folders, folder, ':');)
      if (folder.starts_with('/')) candidates.push_back(folder + "/vireo");
  }
  for (const auto& candidate : candidates)
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  return {};
}

/// A process that reads a file, and the end of the pipe through which it says what it has found.
class Reader {
 public:
  Reader(const ForeignFile& file, const Datasets& datasets);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (pipe_ >= 0) ::close(pipe_);
  }

  /// All that it says within so many seconds, after which it is killed; `in_time` is false then.
  std::string answer(std::size_t seconds, bool& in_time);
  /// The signal that it died of; 0: none
  [[nodiscard]] int signal() const { return signal_; }

 private:
  pid_t process_ = -1;
  int pipe_ = -1;
  int signal_ = 0;
};

Reader::Reader(const ForeignFile& file, const Datasets& datasets) {
  const auto program = examining_program();
  if (program.empty())
    throw IoError(file.path() +
                  ": cannot be examined before it is read: no program `vireo` is found that does it; name one in "
                  "VIREO_PROGRAM, or say that the files are trusted");
  constexpr int given = 3;  // the file, in that process
  std::vector<std::string> words{"vireo", examiner::command, examiner::version, std::to_string(given), file.path()};
  words.insert(words.end(), datasets.begin(), datasets.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw IoError(file.path() + ": cannot be examined before it is read: " + std::strerror(errno));
  pipe_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  // Copies first: either of the two may have one of the numbers that they get.
  constexpr int above = 100;
  ::posix_spawn_file_actions_adddup2(&actions, file.descriptor(), above);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, above, given);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, given + 1);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawn(&process_, program.c_str(), &actions, &attributes, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  ::close(ends[1]);
  if (error == 0) return;
  ::close(std::exchange(pipe_, -1));
  throw IoError(file.path() + ": cannot be examined before it is read: " + program + ": " + std::strerror(error));
}

std::string Reader::answer(std::size_t seconds, bool& in_time) {
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  std::string out;
  std::array<char, 4096> buffer{};
  constexpr std::size_t longest = 65536;
  in_time = false;
  while (out.size() < longest) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) break;
    pollfd waiting{pipe_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) break;
    if (ready <= 0) continue;
    const auto got = ::read(pipe_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    in_time = got >= 0;
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (!in_time) ::kill(process_, SIGKILL);
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  signal_ = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return out;
}

/// Why the file is refused; empty: it is not.
std::string refusal(const ForeignFile& file, const Datasets& datasets) {
  const auto bytes = static_cast<std::size_t>(file.status().st_size);
  Reader reader(file, datasets);
  bool in_time = false;
  auto answer = reader.answer(examiner::most_patience(bytes), in_time);
  const std::string_view begun = examiner::begun;
  if (!answer.starts_with(begun)) {
    if (!in_time) return file.path() + ": a process that would read it does not start in time";
    throw IoError(file.path() + ": cannot be examined before it is read: " + examining_program() +
                  " does not do it for this version of Vireo; name another in VIREO_PROGRAM, or say that the files are "
                  "trusted");
  }
  answer.erase(0, begun.size());
  if (in_time && answer == examiner::passed) return {};
  constexpr std::size_t longest = 2000;
  auto reason = printable(answer.substr(std::min(answer.size(), answer.find(' ') + 1)), longest);
  if (answer.starts_with(std::string(examiner::failed) + " ")) throw IoError(reason);
  if (answer.starts_with(std::string(examiner::refused) + " ")) return reason;
  const int signal = reader.signal();
  if (!in_time || signal == SIGXCPU || signal == SIGKILL)
    return file.path() + ": takes longer to read than a file of its size may: it is damaged, or made to do harm";
  return file.path() + ": HDF5 crashes on it (in a process of its own): it is damaged, or made to do harm";
}

}  // namespace

void offer_this_program() { offered = true; }

Trusting::Trusting(bool trusting) : trusting_(trusting) {
  if (trusting_) ++trusting_calls;
}

Trusting::~Trusting() {
  if (trusting_) --trusting_calls;
}

void examine(const ForeignFile& file, const Datasets& datasets) {
  if (trusting_calls > 0) return;
  // A file that a run is writing may be caught at a moment at which it cannot be read.
  constexpr int attempts = 10;
  constexpr std::chrono::milliseconds pause{30};
  for (int attempt = 1;; ++attempt) {
    const auto before = Passed::key(file.status(), datasets);
    if (passed_files().has(before)) return;
    const auto wrong = refusal(file, datasets);
    if (wrong.empty()) return passed_files().add(before);
    if (attempt == attempts || Passed::key(file.status(), datasets) == before) throw DataError(wrong);
    std::this_thread::sleep_for(pause);
  }
}

void examine_together(Communicator& comm, const std::string& path, const Datasets& datasets) {
  struct Identity {
    std::int64_t device = 0, inode = 0, bytes = 0;
    bool operator==(const Identity&) const = default;
  } first;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    const ForeignFile file(path);
    examine(file, datasets);
    const auto status = file.status();
    first = {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), status.st_size};
  });
  const auto host = broadcast(comm, comm.host(), 0);
  comm.broadcast(std::as_writable_bytes(std::span(&first, 1)), 0);
  collectively(comm, [&] {
    if (comm.rank() == 0) return;
    const ForeignFile file(path);
    const auto status = file.status();
    Identity here{static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), status.st_size};
    if (comm.host() != host) here.device = first.device;  // each host numbers its mounts
    if (here != first) throw DataError(path + ": is not the file that rank 0 has examined");
    passed_files().add(Passed::key(status, datasets));
  });
}

}  // namespace vireo::io

#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace vireo::comm {

/// While it lives, this rank is in a call that ends soon or never: after `seconds` the job is ended, with `text` as its
/// error. For calls of other libraries in which ranks can wait for each other for ever, so that none of them can say so.
class Stuck {
 public:
  Stuck(double seconds, std::string text);
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;
  ~Stuck();

  /// The status that the processes then end with; 1 where nobody says otherwise
  static void end_with(int status);

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace vireo::comm

#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "vireo/core/error.hpp"

namespace vireo::comm {

/// How one rank ended, ordered by what the job reports first: an error of a rank's own before the failure
/// of a peer before a mere code, and the lowest rank first. As one integer, the minimum over ranks is the job's
/// outcome.
struct RankEnding {
  enum class Kind : std::uint8_t { own_error, peer_failure, code_only, success };

  Kind kind = Kind::success;
  int rank = 0;
  ExitCode code = ExitCode::ok;

  /// of a rank that caught `failure`, or ended with `code` where that is null
  [[nodiscard]] static RankEnding of(int rank, ExitCode code, const std::exception_ptr& failure);

  /// failed by an exception (any)
  [[nodiscard]] bool failed() const { return kind == Kind::own_error || kind == Kind::peer_failure; }

  [[nodiscard]] std::int64_t packed() const;
  [[nodiscard]] static RankEnding unpacked(std::int64_t value);
};

/// An exception's text on one line (control characters are spaces); "out of memory" for std::bad_alloc.
[[nodiscard]] std::string text_of(const std::exception_ptr& failure);

}  // namespace vireo::comm

#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "vireo/core/error.hpp"

namespace vireo::comm {

/// How one rank ended, ordered by what the job reports first: an error of a rank's own before the failure
/// of a peer before a mere status, and the lowest rank first. As one integer, the minimum over ranks is the job's
/// outcome.
struct RankEnding {
  enum class Kind : std::uint8_t { own_error, peer_failure, status_only, success };

  Kind kind = Kind::success;
  int rank = 0;
  ErrorKind error = ErrorKind::internal;  ///< if it failed
  std::uint8_t status = 0;                ///< of the process, as the system takes it; not 0 if it failed

  /// of a rank that ends with `status`, and caught `failure` where that is not null
  [[nodiscard]] static RankEnding of(int rank, int status, const std::exception_ptr& failure);

  /// failed by an exception (any)
  [[nodiscard]] bool failed() const { return kind == Kind::own_error || kind == Kind::peer_failure; }

  [[nodiscard]] std::int64_t packed() const;
  [[nodiscard]] static RankEnding unpacked(std::int64_t value);
};

/// An exception's text on one line (control characters are spaces); "out of memory" for std::bad_alloc.
[[nodiscard]] std::string text_of(const std::exception_ptr& failure);

/// What the other ranks are told of a rank's exception: its text, or of a PeerFailure the text of what caused it.
[[nodiscard]] std::string cause_of(const std::exception_ptr& failure);

}  // namespace vireo::comm

#pragma once

#include <chrono>
#include <cstdint>

namespace vireo {

/// What a run has cost on this rank. Totals are sums over the ranks, except for seconds, where they are the
/// maximum.
struct Ledger {
  std::int64_t oracle_calls = 0;     ///< evaluations of single components F_{m,i}
  std::int64_t wire_bytes_up = 0;    ///< encoded bytes that this rank's workers sent in the server model
  std::int64_t wire_bytes_down = 0;  ///< encoded bytes that this rank's workers received in the server model
  double seconds_operator = 0;       ///< evaluating components
  double seconds_compress = 0;       ///< encoding, decoding and drawing
  double seconds_exchange = 0;       ///< communication, and waiting for it
};

/// Adds the time of a scope to one of a ledger's seconds.
class Timed {
 public:
  /// Adds the time to `seconds` when this object is destroyed.
  explicit Timed(double& seconds) : seconds_(seconds), start_(Clock::now()) {}
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  double& seconds_;
  Clock::time_point start_;
};

}  // namespace vireo

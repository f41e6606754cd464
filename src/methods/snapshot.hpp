#pragma once

#include <cstdint>
#include <optional>

#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// The snapshot of the loopless methods: a point w whose F(w) all ranks know, and whose F_m(w) each worker knows.
///
/// As a rule F_m(w) and F(w) are exchanged uncompressed. With a compressor C of their own they are announced by
/// differences instead: worker m remembers what it has announced, h_m, the server what all know, v, and a refresh is
///
///     worker m:  sends c_m = C_m( F_m(w) - h_m ),               h_m <- h_m + c_m
///     server:    sends c   = C( (1/M) sum_m h_m - v ),          v <- v + c,     e = (1/M) sum_m h_m - v
///
/// A method that uses h_m in place of F_m(w), v in place of F(w), and adds e to the mean that the server sends down in
/// every round until the next refresh, has an estimate of F(z) without bias, for any C:
///
///     E[ v + Q^serv( (1/M) sum_m Q_m^dev( F_m(z) - h_m ) + e ) ] = v + F(z) - (1/M) sum_m h_m + e = F(z)
///
/// If E||C(x) - x||^2 <= eps ||x||^2 with eps < 1, then h_m - F_m(w), e and with them the variance vanish as w
/// converges. Instead of h_m the worker keeps a_m = F_m(w) - h_m, which tends to zero: a refresh is then a round with
/// error feedback of the differences F_m(w^{k+1}) - F_m(w^k), with memories a_m and e, and rounding errors do not add
/// up.
class Snapshot {
 public:
  /// Whether the workers keep F_m(w) for `subtract`
  enum class Keep : std::uint8_t { worker_values, nothing };

  /// context: of the method that owns this object; compressor: null announces exactly (with it, Keep::worker_values)
  Snapshot(const MethodContext& context, Keep keep, const CompressorPointer& compressor = nullptr);

  /// w = z, announced; k: the iteration after which
  void move(ConstView z, std::int64_t k);

  /// w
  [[nodiscard]] ConstView point() const { return w_; }
  /// v, which is F(w) if announcements are exact
  [[nodiscard]] ConstView F() const { return F_w_; }
  /// D -= h_m, which is F_m(w) if announcements are exact
  void subtract(Index worker, View D) const;
  /// e, for Round::added; null if announcements are exact
  [[nodiscard]] const SegmentVector* unsent() const { return channel_.uplink ? &leftover_.server : nullptr; }
  /// w and F(w), if that is known
  [[nodiscard]] std::optional<Certificate> certificate() const;

  /// the point w, and what cannot be recomputed from it
  void list_state(StateList& state);
  /// after loading: F_m(w), and F(w)
  void restore();

 private:
  void announce_exactly(View F);
  void announce_compressed();

  const MethodContext& context_;
  Keep keep_;
  Channel channel_;
  std::int64_t moved_ = 0;
  Vector w_, F_w_, change_;
  WorkerVectors Fm_w_;  ///< F_m(w)
  Feedback leftover_;   ///< a_m and e
};

}  // namespace vireo::methods

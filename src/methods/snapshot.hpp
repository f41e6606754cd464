#pragma once

#include <cstdint>
#include <optional>

#include "methods/announcer.hpp"

namespace vireo::methods {

/// The snapshot of the loopless methods: a point w whose F(w) all ranks know, and whose F_m(w) each worker knows.
///
/// F_m(w) and F(w) are exchanged uncompressed, or announced by differences through compressors C_m and C (Announcer):
/// worker m remembers what it has announced, h_m, the server what all know, v, and a refresh is
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
/// converges. An announcement in between that is exact makes them 0. Instead of h_m the worker keeps a_m = F_m(w) - h_m,
/// which tends to zero: a refresh is then a round with error feedback of the differences F_m(w^{k+1}) - F_m(w^k), with
/// memories a_m and e, and rounding errors do not add up.
class Snapshot {
 public:
  /// Whether the workers keep F_m(w) for `subtract`; for announcements that are not exact they do in any case
  enum class Keep : std::uint8_t { worker_values, nothing };

  /// context: of the method that owns this object; announcer: by default exactly
  Snapshot(const MethodContext& context, Keep keep, Announcer announcer = {});

  /// w = z, announced; k: the iteration after which
  void move(ConstView z, std::int64_t k);

  /// w
  [[nodiscard]] ConstView point() const { return w_; }
  /// v, which is F(w) if announcements are exact
  [[nodiscard]] ConstView F() const { return F_w_; }
  /// D -= h_m, which is F_m(w) if announcements are exact
  void subtract(Index worker, View D) const;
  /// D += a_m, which is 0 if announcements are exact
  void add_unannounced(Index worker, View D) const;
  /// e, for Round::added; null if it is always 0
  [[nodiscard]] const SegmentVector* unsent() const {
    return announcer_.channel().downlink ? &leftover_.server : nullptr;
  }
  /// w and F(w), if that is known
  [[nodiscard]] std::optional<Certificate> certificate() const;
  /// How F_m(w) and F(w) are announced
  [[nodiscard]] Announcer& announcer() { return announcer_; }
  [[nodiscard]] const Announcer& announcer() const { return announcer_; }

  /// the point w, and what cannot be recomputed from it
  void list_state(StateList& state);
  /// after loading: F_m(w), and F(w)
  void restore();

 private:
  void make_room();
  void announce_exactly(View F);
  void announce_compressed();
  void owe_nothing();
  /// Whether what all know is F(w)
  [[nodiscard]] bool exact() const;

  const MethodContext& context_;
  Keep keep_;
  Announcer announcer_;
  std::int64_t moved_ = 0;
  std::int64_t since_exact_ = -1;  ///< announcements since the last exact one; -1: there was none
  Vector w_, F_w_, change_;
  WorkerVectors Fm_w_;  ///< F_m(w)
  Feedback leftover_;   ///< a_m and e
};

}  // namespace vireo::methods

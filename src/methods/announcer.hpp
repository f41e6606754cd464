#pragma once

#include <cstdint>
#include <string>

#include "methods/masha_theory.hpp"
#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// How F_m(w) and F(w) are announced at a snapshot w (see Snapshot): by which compressors, and how often exactly in
/// between. The parameter `snapshot` says which:
///
///     none      exactly, each time
///     [SPEC]    by this compressor in both directions, each time
///     auto      with step=adaptive: in each direction that the run compresses by the compressor of that direction, if
///               its draws are independent and it leaves at most half of what it is given, ||C(x) - x||^2 <= ||x||^2 / 2
///               in the mean, else by `natural`; each N-th time exactly. With other steps as none.
///
/// The theorem's step is shorter where announcements are not exact, by more than these save, while an adaptive step
/// finds that they hardly matter. Rand-k leaves almost all of what it is given: what it announces would be old for 1/q
/// refreshes. `natural` leaves an eighth at most, in any dimension, for a seventh of the bytes.
///
/// The exact ones are what the run knows its residual by: F(w) is then known to all, as it is where nothing is
/// compressed, and the run stops there, and returns the best of these w. N is such that they cost a tenth of the bytes.
class Announcer {
 public:
  /// `snapshot`
  [[nodiscard]] static Parameter parameter();

  /// Exactly
  Announcer() = default;
  Announcer(const Parameters& parameters, const MethodContext& context);

  /// False: each time exactly
  [[nodiscard]] bool compresses() const { return channel_.uplink != nullptr || channel_.downlink != nullptr; }
  /// C of the workers and C of the server; null: exactly
  [[nodiscard]] const Channel& channel() const { return channel_; }
  /// N; 0: none is exact, not even the first
  [[nodiscard]] std::int64_t exact_every() const { return exact_every_; }
  /// Of an announcement in the direction whose share compressed_share gives: what it is of an exact one
  [[nodiscard]] double density(const ChannelTheory& channel, const Exchange& exchange) const;
  /// What is known of the two compressors. throws UsageError for a compressor that leaves all that it is given, unless
  /// unproven choices are allowed
  [[nodiscard]] ChannelTheory theory(const MethodContext& context, const std::string& method) const;

  /// Sets N: share, of an iteration's message of an exact announcement; probability: of an announcement
  void space_exact_ones(double share, double density, double probability);

  /// Lists what auto has chosen, so that a run goes on with it whatever the rule has become
  void list_state(StateList& state);
  /// "announced by natural up, exactly down; one in 24 exactly"; empty if each is exact
  [[nodiscard]] std::string text() const;

 private:
  /// What auto chooses for a direction
  enum class Choice : std::uint8_t { exactly, as_messages, natural };

  [[nodiscard]] static Choice choose(const CompressorPointer& messages, const MethodContext& context);
  void take_choices();

  std::string spec_ = "none";  ///< what the user said
  Channel channel_;
  Channel messages_;  ///< the compressors of the run
  CompressorPointer natural_;
  Choice up_ = Choice::exactly;
  Choice down_ = Choice::exactly;
  std::int64_t exact_every_ = 0;
};

}  // namespace vireo::methods

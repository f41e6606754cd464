#include "methods/refresh.hpp"

#include <fmt/format.h>

#include "methods/draw_number.hpp"
#include "vireo/core/random.hpp"

namespace vireo::methods {

std::vector<Parameter> Refresh::parameters(const std::string& automatic, const std::string& choices,
                                           const std::string& to) {
  return {
      Parameter::real("probability", "auto", "1 - tau, of a refresh; auto: " + automatic, 0, 1).open_below().or_auto(),
      Parameter::choice("refresh", to, choices, {"zk", "next"}).formerly("zk")};
}

Refresh::Refresh(const Parameters& parameters, double automatic)
    : probability_(parameters.has("probability") ? parameters.real("probability") : automatic),
      to_next_(parameters.text("refresh") == "next") {}

bool Refresh::happens(std::uint64_t seed, std::int64_t k) const {
  return random::coin({.seed = seed, .purpose = random::Purpose::coin, .iteration = draw_number(k)}, probability_);
}

void Refresh::list_state(StateList& state) {
  if (state.has_scalar("probability")) state.scalar("probability", probability_);
}

std::string Refresh::text() const {
  return fmt::format("with probability 1-tau = {:.6g}, w <- {}", probability_, to_next_ ? "z^{k+1}" : "z^k");
}

}  // namespace vireo::methods

#include "methods/theory.hpp"

#include <cmath>

#include "methods/scaled_constants.hpp"
#include "vireo/core/error.hpp"

namespace vireo::methods {

std::vector<Parameter> constant_parameters() {
  return {L_parameter(),
          Parameter::positive("L_tilde", "", "root mean square of the workers' Lipschitz constants, likewise"),
          Parameter::real("mu", "", "strong monotonicity of F, likewise", 0, 1e300)};
}

Parameter L_parameter() { return Parameter::positive("L", "", "Lipschitz constant of F, in place of the problem's"); }

Constants with_given(Constants constants, const Parameters& parameters) {
  const auto take = [&](const char* name, std::optional<Constant>& constant) {
    if (!parameters.has(name)) return false;
    constant = {parameters.real(name), Origin::given};
    return true;
  };
  if (take("L", constants.L)) constants.in_domain_only = false;
  if (take("L_tilde", constants.L_tilde)) constants.L_ms.reset();  // what the user says stands for both
  take("L_component", constants.L_component);
  take("mu", constants.mu);
  take("cocoercivity", constants.cocoercivity);
  take("cocoercivity_component", constants.cocoercivity_component);
  return constants;
}

double require_L(const Constants& constants, const std::string& method) {
  if (!constants.L)
    throw UsageError(method + " needs a Lipschitz constant and the problem knows none: give --method " + method +
                     ":L=...");
  if (!(constants.L->value > 0))
    throw UsageError(method + ": L = 0 (F is constant), no step follows: give --method " + method + ":step=...");
  return constants.L->value;
}

double require_cocoercivity(const Constants& constants, bool allow_unproven, const std::string& method) {
  if (constants.cocoercivity && constants.cocoercivity->value > 0) return constants.cocoercivity->value;
  if (!constants.cocoercivity && !allow_unproven)
    throw UsageError("method " + method,
                     "its theory needs a cocoercive operator, and this one is not known to be; feg needs none, "
                     "cocoercivity=... gives the constant, --allow-unproven goes on with L in its place");
  return require_L(constants, method);
}

double L_tilde_or_L(const Constants& constants) {
  return constants.L_tilde ? constants.L_tilde->value : constants.L->value;
}

double L_ms_or_more(const Constants& constants) {
  return constants.L_ms ? constants.L_ms->value : L_tilde_or_L(constants);
}

double known_mu(const Constants& constants) { return constants.mu ? std::max(0.0, constants.mu->value) : 0.0; }

double total_mu(const Constants& constants, const Regularizer& g) { return known_mu(constants) + g.strong_convexity(); }

CompressorTheory theory_of(const CompressorPointer& compressor, const Exchange& exchange) {
  return compressor ? compressor->theory(exchange.dimension(), exchange.layout().workers()) : CompressorTheory{};
}

double mean_constant(const CompressorTheory& uplink, double L, double L_tilde, double senders) {
  switch (uplink.draws) {
    case CompressorTheory::Draws::independent:
      return with_scaled(
          [&](double l, double l_tilde) { return std::sqrt(l * l + (uplink.q - 1) * l_tilde * l_tilde / senders); }, L,
          L_tilde);
    case CompressorTheory::Draws::shared:
      return std::sqrt(uplink.q) * L;
    case CompressorTheory::Draws::partition:
      return std::sqrt(uplink.q / senders) * L_tilde;  // q = M but for rounded values
  }
  return L_tilde;
}

void refuse_compression(const Channel& channel, const std::string& method) {
  const auto check = [&](const CompressorPointer& compressor, const char* direction) {
    if (compressor && !compressor->identity())
      throw UsageError(direction, method + " sends its messages uncompressed; a method that compresses is masha1");
  };
  check(channel.uplink, "uplink");
  check(channel.downlink, "downlink");
}

void require_unbiased(const CompressorTheory& theory, bool allow_unproven, const std::string& method,
                      const std::string& direction) {
  if (theory.kind == CompressorTheory::Kind::unbiased || allow_unproven) return;
  throw UsageError(direction,
                   "the theory of " + method + " needs an unbiased compressor; --allow-unproven runs it all the same");
}

}  // namespace vireo::methods

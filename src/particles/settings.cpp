#include "particles/settings.hpp"

#include <fmt/format.h>

#include <cmath>

#include "vireo/core/error.hpp"

namespace vireo::particles {
namespace {

std::string number(double value) { return format_real(value); }

/// s that finds the minimum of Rastrigin's function with few particles and with many (docs/particles.md): the almost
/// sure rate of contraction is best near 0.75, and few particles must search longer.
double recommended_s(Index particles) { return particles >= 500 ? 0.7 : 1.0; }

/// lambda dt and s, by themselves or by lambda, sigma and dt
void read_step(const std::string& method, const Parameters& p, Index particles, Motion& motion) {
  const auto either = [&](const char* product, const char* factor) {
    if (p.has(product) && p.has(factor))
      throw UsageError(fmt::format("{}: give {} or {}, not both", method, product, factor));
  };
  either("lambda-dt", "lambda");
  either("s", "sigma");
  if (p.has("lambda-dt") && p.has("s") && p.has("dt"))
    throw UsageError(method + ": dt means nothing where lambda-dt and s are given");
  const double dt = p.has("dt") ? p.real("dt") : 0.01;
  motion.contraction = p.has("lambda-dt") ? p.real("lambda-dt") : dt * (p.has("lambda") ? p.real("lambda") : 1.0);
  motion.s = p.has("s") ? p.real("s") : p.has("sigma") ? p.real("sigma") * std::sqrt(dt) : recommended_s(particles);
  motion.s_is_automatic = !p.has("s") && !p.has("sigma");
  if (motion.scheme == Scheme::frozen && motion.noise != NoiseKind::anisotropic)
    throw UsageError(method + ": scheme=frozen has a formula for noise=anisotropic only");
  if (motion.scheme == Scheme::frozen && std::isfinite(motion.truncation))
    throw UsageError(method + ": scheme=frozen has no formula for a truncation");
}

}  // namespace

std::vector<Parameter> parameters_of_particles(const Defaults& defaults) {
  std::vector<Parameter> all{Parameter::integer("particles", defaults.particles, "N", 1, std::int64_t{1} << 40)};
  if (defaults.hopping) {
    all.push_back(Parameter::positive("width", "0.7", "standard deviation of the particles around the consensus"));
    all.push_back(Parameter::real("shrink", "1", "factor of the width every shrink-every steps", 0, 1).open_below());
    all.push_back(Parameter::integer("shrink-every", "100", "see shrink", 1));
  } else {
    all.push_back(Parameter::positive("lambda", "auto", "strength of the drift to the consensus; auto: 1").or_auto());
    all.push_back(Parameter::real(
                      "sigma", defaults.sigma,
                      "strength of the noise; auto: 7 for 500 particles or more, else 10 (dt = 0.01); noise=isotropic: "
                      "sqrt(lambda / d)",
                      0, 1e12)
                      .or_auto());
    all.push_back(Parameter::positive("dt", "auto", "step of time; auto: 0.01").or_auto());
    all.push_back(Parameter::positive("lambda-dt", "auto", "lambda dt, in place of lambda").or_auto());
    all.push_back(Parameter::real("s", "auto",
                                  "sigma sqrt(dt), in place of sigma; 0.5 to 1.1 is useful, above 1.5 "
                                  "particles leave for infinity; noise=isotropic needs s^2 d < 2 lambda dt",
                                  0, 1e6)
                      .or_auto());
    all.push_back(Parameter::choice("noise", "anisotropic", "sizes |X_j - c_j| each, or |X - c| for all coordinates",
                                    {"anisotropic", "isotropic"}));
    all.push_back(Parameter::positive("truncation", "inf", "largest size of the noise before it is multiplied by s")
                      .or_infinite());
    all.push_back(Parameter::choice(
        "scheme", "euler", "Euler-Maruyama, or the exact step with c frozen (stable for any dt)", {"euler", "frozen"}));
    all.push_back(Parameter::choice(
        "correction", "none", "heaviside: drift only for particles worse than the consensus", {"none", "heaviside"}));
    all.push_back(Parameter::flag("memory", "off", "the consensus is of the particles' best positions so far"));
    all.push_back(
        Parameter::real("lambda-memory", "0.4", "drift to the own best position, in units of lambda", 0, 1e6));
    all.push_back(Parameter::flag("reduce", "off", "fewer particles as they come together"));
    all.push_back(Parameter::integer("least", "64", "particles that reduce leaves", 1));
  }
  const std::vector<Parameter> common{
      Parameter::positive("alpha", defaults.alpha, "weights are exp(-alpha f)"),
      Parameter::real("alpha-factor", defaults.alpha_factor, "alpha is multiplied by this in every step; 1: fixed", 1,
                      1e6),
      Parameter::positive(
          "alpha-max", defaults.alpha_max,
          "largest alpha: the accuracy of the consensus is about d / (2 alpha); auto: 1e5, and more once "
          "a quarter of all steps has brought nothing")
          .or_auto()
          .formerly("1e+15"),
      Parameter::real("ess", "auto",
                      "alpha is such that the effective sample size (sum w)^2 / sum w^2 is this part of the particles; "
                      "auto: alpha is as above",
                      0, 1)
          .open()
          .or_auto(),
      Parameter::real("batch", "1", "part of the particles that is evaluated in a step", 0, 1).open_below(),
      Parameter::choice("update", "batch", "which particles move where batch < 1", {"batch", "all"}),
      Parameter::real("kick", "0", "standard deviation by which all particles are moved on stagnation; 0: never", 0,
                      1e12),
      Parameter::integer("patience", "20", "stagnating steps before a kick", 1),
      Parameter::positive("stagnation", "1e-5", "a step stagnates if no coordinate of the consensus moves by more"),
      Parameter::choice("bounds", "project", "how particles are brought back into the domain of g",
                        {"project", "reflect"}),
      Parameter::choice("start", defaults.start, "uniform between lower and upper, or normal around z^0",
                        {"uniform", "normal"}),
      Parameter::real("lower", "auto", "of start=uniform; auto: the problem's", -1e100, 1e100).or_auto(),
      Parameter::real("upper", "auto", "of start=uniform; auto: the problem's", -1e100, 1e100).or_auto(),
      Parameter::positive("deviation", defaults.deviation, "standard deviation of start=normal")};
  all.insert(all.end(), common.begin(), common.end());
  return all;
}

/// Up to here alpha rises in every step: larger ones make the best particle the consensus, before there is agreement on
/// where it should be.
constexpr double held_alpha = 1e5;

Settings settings_from(const std::string& method, const Parameters& p, bool hopping, std::pair<double, double> range) {
  Settings settings;
  settings.particles = p.integer("particles");
  auto& motion = settings.motion;
  if (hopping) {
    motion.scheme = Scheme::hopping;
    motion.width = p.real("width");
    motion.shrink = p.real("shrink");
    motion.shrink_every = p.integer("shrink-every");
  } else {
    motion.scheme = p.text("scheme") == "frozen" ? Scheme::frozen : Scheme::euler;
    motion.noise = p.text("noise") == "isotropic" ? NoiseKind::isotropic : NoiseKind::anisotropic;
    motion.truncation = p.real("truncation");
    read_step(method, p, settings.particles, motion);
    motion.heaviside = p.text("correction") == "heaviside";
    motion.memory = p.flag("memory");
    motion.memory_contraction = p.real("lambda-memory") * motion.contraction;
    settings.reduce = p.flag("reduce");
    settings.least = p.integer("least");
    if (settings.reduce && p.real("batch") < 1)
      throw UsageError(method + ": reduce=on and batch < 1 exclude each other");
  }
  settings.alpha = {.start = p.real("alpha"),
                    .factor = p.real("alpha-factor"),
                    .maximum = p.has("alpha-max") ? p.real("alpha-max") : Temperature{}.maximum,
                    .hold = p.has("alpha-max") ? infinity : held_alpha,
                    .effective = p.has("ess") ? std::optional(p.real("ess")) : std::nullopt};
  if (settings.alpha.start > settings.alpha.maximum)
    throw UsageError(fmt::format("{}: alpha={} is above alpha-max={}", method, number(settings.alpha.start),
                                 number(settings.alpha.maximum)));
  settings.batch = p.real("batch");
  settings.move_all = p.text("update") == "all";
  settings.kick = p.real("kick");
  settings.patience = p.integer("patience");
  settings.stagnation = p.real("stagnation");
  settings.bounds = p.text("bounds") == "reflect" ? Bounds::reflect : Bounds::project;
  settings.start = p.text("start") == "normal" ? Start::normal : Start::uniform;
  settings.lower = p.has("lower") ? p.real("lower") : range.first;
  settings.upper = p.has("upper") ? p.real("upper") : range.second;
  settings.deviation = p.real("deviation");
  if (settings.start == Start::uniform && settings.lower > settings.upper)
    throw UsageError(
        fmt::format("{}: lower={} is above upper={}", method, number(settings.lower), number(settings.upper)));
  return settings;
}

std::vector<std::pair<std::string, std::string>> describe(const Settings& settings) {
  const auto& m = settings.motion;
  const auto& a = settings.alpha;
  std::string step;
  if (m.scheme == Scheme::hopping)
    step = fmt::format("hops of width {}{}", number(m.width),
                       m.shrink < 1 ? fmt::format(", times {} every {} steps", number(m.shrink), m.shrink_every) : "");
  else
    step = fmt::format("lambda dt = {}, s = sigma sqrt(dt) = {}, {} noise{}{}", number(m.contraction), number(m.s),
                       m.noise == NoiseKind::anisotropic ? "anisotropic" : "isotropic",
                       std::isfinite(m.truncation) ? " truncated at " + number(m.truncation) : "",
                       m.scheme == Scheme::frozen ? ", exact step" : "");
  std::string alpha =
      a.effective    ? fmt::format("effective sample size {} N", number(*a.effective))
      : a.factor > 1 ? fmt::format("{}, times {} per step up to {}", number(a.start), number(a.factor),
                                   number(std::min(a.hold, a.maximum))) +
                           (a.hold < a.maximum ? ", and further once a quarter of the steps has brought nothing" : "")
                     : number(a.start) + ", fixed";
  std::string start = settings.start == Start::uniform
                          ? fmt::format("uniform in [{}, {}]", number(settings.lower), number(settings.upper))
                          : fmt::format("normal around z^0 with deviation {}", number(settings.deviation));
  return {{"particles", fmt::format("{}, {}", settings.particles, start)}, {"step", step}, {"alpha", alpha}};
}

}  // namespace vireo::particles

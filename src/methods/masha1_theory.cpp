#include "methods/masha1_theory.hpp"

#include <fmt/format.h>

#include <cmath>

#include "methods/rates.hpp"

namespace vireo::methods {
namespace {

double square(double x) { return x * x; }

/// What is left of the terms -a r_z and -c r_w
struct Budget {
  double a = 0;
  double c = 0;
};

/// Whether s W a / (a - s W) + s c / (c - s) <= m
bool covers(const Budget& left, double W, double s, double m) {
  if ((W > 0 && !(left.a > s * W)) || !(left.c > s)) return false;
  const double of_z = W > 0 ? s * W * left.a / (left.a - s * W) : 0.0;  // W = 0: V has no term of z
  return of_z + s * left.c / (left.c - s) <= m;
}

/// t of the theorem, from much to little for C
constexpr int steps_of_t = 41;
double t_at(int i) { return std::pow(10.0, 0.1 * i - 3); }

constexpr int steps_of_v = 30;
double v_at(int i) { return 0.9 * (i + 1) / steps_of_v; }

}  // namespace

double Masha1Theory::limit() const {
  const double p = probability;
  if (B == 0) return std::sqrt(p) / C;
  // where nothing is proved, as if a hundredth were left of tau
  if (!to_next) return std::sqrt(p) / (C + B / std::sqrt(holds() ? 1 - p : 0.01));
  double largest = 0;
  for (int i = 0; i < steps_of_v; ++i)
    largest = std::max(largest, std::sqrt((1 - v_at(i)) * p) / (C + B * std::sqrt(1 + p / v_at(i))));
  return largest;
}

bool Masha1Theory::shrinks(double gamma, double s) const {
  const double p = probability;
  const double tau = 1 - p;
  const double m = gamma * (2 * mu + strong_convexity);
  const double W = to_next ? tau : 1.0;
  const double noise = square(gamma * C);
  if (B == 0) return covers({.a = tau, .c = p - noise}, W, s, m);
  const double slowed = s / (p * (1 - rho));
  if (!(slowed < 1)) return false;
  const double owed = square(gamma * B / (1 - slowed));
  for (int i = 0; i < steps_of_t; ++i) {
    const double t = t_at(i);
    const double h = (1 + 1 / t) * owed;
    if (!to_next) {
      if (tau > 0 && covers({.a = tau - h / p, .c = p - (1 + t) * noise - h / tau}, W, s, m)) return true;
      continue;
    }
    for (int j = 0; j < steps_of_v; ++j) {
      const double v = v_at(j);
      const double of_v = h / (1 - v);
      if (of_v < v && covers({.a = tau, .c = p - (1 + t) * noise / (1 - v) - of_v * v / (v - of_v)}, W, s, m))
        return true;
    }
  }
  return false;
}

double Masha1Theory::decay(double gamma) const {
  double s = 0;
  double above = 1;
  for (int i = 0; i < (B == 0 ? 100 : 50); ++i) {
    const double middle = i < 20 && s == 0 ? above / 8 : (s + above) / 2;
    (shrinks(gamma, middle) ? s : above) = middle;
  }
  return s;
}

StepRule Masha1Theory::step() const {
  const double longest = limit();
  double best = 0.99;
  if (mu + strong_convexity > 0) {
    double largest = 0;
    // where the decay hardly changes, a finer grid would follow rounding
    for (int hundredths = B == 0 ? 1 : 60; hundredths <= 99; hundredths += B == 0 ? 1 : 3) {
      const double s = decay(hundredths * longest / 100);
      if (s <= largest) continue;
      largest = s;
      best = hundredths / 100.0;
    }
  }
  const char* const limit_text = B == 0    ? "sqrt(1-tau) / C_q"
                                 : to_next ? "sqrt((1-v)(1-tau)) / (C_q + B sqrt(1 + (1-tau)/v))"
                                           : "sqrt(1-tau) / (C_q + B / sqrt(tau))";
  StepRule rule{.gamma = best * longest, .formula = fmt::format("{:g} {},  C_q = {:.6g}", best, limit_text, C)};
  if (B > 0) rule.formula += fmt::format(", B = {:.6g}", B);
  return rule;
}

void Masha1Theory::announce(const ChannelTheory& announced, double root, double m, double L_ms) {
  const auto& [dev, serv] = announced;
  const auto rho_of = [](const CompressorTheory& theory) {  // 1 only where unproven choices are allowed
    const double eps = relative_error(theory);
    return eps < 1 ? std::sqrt(eps) : 0.0;
  };
  const auto R_of = [&](const CompressorTheory& theory) { return rho_of(theory) / (1 - rho_of(theory)); };
  const double k_c = dev.kind == CompressorTheory::Kind::contractive ? dev.growth : dev.q;
  B = root * L_ms * (R_of(dev) * m + R_of(serv) * std::sqrt(k_c) * (1 + R_of(dev)));
  rho = std::max(rho_of(dev), rho_of(serv));
}

std::vector<Rate> masha1_rates(const Masha1Theory& theory, const StepSize& step, const MethodContext& context) {
  if (!covered(step, context)) return {};
  const double s = theory.decay(step.value());
  if (!(s > 0)) return {};
  const double tau = 1 - theory.probability;
  if (theory.to_next && !(tau > 0)) return {};  // V has no term of z
  if (theory.B > 0)
    return linear_rates(std::nullopt, std::sqrt(1 - s), true,
                        "E V_k <= (1 - s)^k V_0, V and s of the theorem in masha1_theory.hpp", context);
  return linear_rates(std::sqrt(theory.to_next ? (1 + tau) / tau : 2), std::sqrt(1 - s), true,
                      fmt::format("|z^k - z*| <= {} (1 - s)^{{k/2}} D in the root mean square, s of the theorem in "
                                  "masha1_theory.hpp",
                                  theory.to_next ? "sqrt((1 + tau)/tau)" : "sqrt(2)"),
                      context);
}

}  // namespace vireo::methods

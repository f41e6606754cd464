#include <algorithm>
#include <cmath>
#include <limits>

#include "problems/checks/trial.hpp"
#include "problems/worker_values.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo::problems::checks {
namespace {

using Fault = Trial::Fault;

/// What a pair of points says of F; differences are those between u and v.
struct Stretch {
  const Pair* pair = nullptr;
  double product = 0;        ///< <F(u)-F(v), u-v>
  double of_F = 0;           ///< ||F(u)-F(v)||
  double of_workers = 0;     ///< root mean square of the ||F_m(u)-F_m(v)||
  double of_components = 0;  ///< the same of the E_i, if they are looked at
  double rounding = 0;       ///< of ||F(u)-F(v)||, by the size of F
};

Stretch stretch_of(Trial& trial, const Pair& pair, bool components) {
  const Range workers = trial.exchange().workers();
  Vector of_u(pair.u.size()), of_v(pair.u.size()), change(pair.u.size()), step(pair.u.size());
  std::vector<double> norms(workers.size()), squares(workers.size()), sizes(workers.size());
  trial.exchange().mean(
      [&](Index m, View x) {
        const Index own = m - workers.begin;
        trial.mean_pair(m, pair.u, pair.v, of_u, of_v);
        sizes[own] = kernels::norm(of_u);
        kernels::subtract(of_u, of_v, x);
        norms[own] = kernels::norm(x);
        if (components) squares[own] = trial.squares_of_components(m, pair.u, pair.v);
      },
      change);
  const auto all = [&](const std::vector<double>& values) {
    return share_worker_values(trial.exchange(), [&](Index m) { return values[m - workers.begin]; });
  };
  kernels::subtract(pair.u, pair.v, step);
  const auto of_components = all(squares);
  double sum = 0;
  for (const double value : of_components) sum += value;
  return {.pair = &pair,
          .product = kernels::dot(change, step),
          .of_F = kernels::norm(change),
          .of_workers = root_mean_square(all(norms)),
          .of_components = std::sqrt(sum / static_cast<double>(of_components.size())),
          .rounding = 1e-14 * root_mean_square(all(sizes))};
}

std::string at(const Stretch& s) {
  return " at u = " + text_of(s.pair->u) + ", v = " + text_of(s.pair->v) + ", |u-v| = " + text_of(s.pair->distance);
}

/// <F(u)-F(v), u-v> / |u-v|^2
double curvature(const Stretch& s) { return s.product / s.pair->distance / s.pair->distance; }

void check_monotone(Trial& trial, const std::vector<Stretch>& all, const std::optional<Constant>& mu) {
  const auto least = std::ranges::min_element(all, {}, curvature);
  if (least == all.end()) return trial.skip("monotone", "the domain of g is one point");
  const double slack = 1e-6 * least->of_F + least->rounding;
  const bool monotone = least->product >= -slack * least->pair->distance;
  if (monotone) return trial.add("monotone", std::nullopt, "on " + std::to_string(all.size()) + " pairs");
  const auto found = "<F(u)-F(v), u-v> = " + text_of(curvature(*least)) + " |u-v|^2" + at(*least);
  if (mu && mu->value < 0) return trial.skip("monotone", "not claimed, mu = " + text_of(mu->value) + ": " + found);
  trial.add("monotone", found);
}

/// Of a constant that some quantity of a pair must not exceed
struct Bound {
  std::string name;
  std::optional<Constant> declared;
  double (*reached)(const Stretch& s);  ///< the constant that the pair needs
  double (*rounding)(const Stretch& s);
};

double relative_rounding(const Stretch& s) { return s.rounding / s.pair->distance; }

void check_bound(Trial& trial, const std::vector<Stretch>& all, const Bound& bound) {
  if (!bound.declared || all.empty()) return;
  const double value = bound.declared->value;
  const auto most = std::ranges::max_element(all, {}, bound.reached);
  const double reached = bound.reached(*most);
  const auto of = bound.name + " = " + text_of(value) + " (" + to_string(bound.declared->origin) + ")";
  if (reached <= value * (1 + 1e-6) + bound.rounding(*most))
    trial.add(of, std::nullopt, "pairs reach " + text_of(reached));
  else
    trial.add(of, "a pair needs " + text_of(reached) + at(*most));
}

void check_constants(Trial& trial, const std::vector<Stretch>& all, const Constants& known, bool components) {
  const auto none = [](const Stretch&) { return 0.0; };
  check_bound(trial, all,
              {"L", known.L, [](const Stretch& s) { return s.of_F / s.pair->distance; }, relative_rounding});
  const auto of_workers = [](const Stretch& s) { return s.of_workers / s.pair->distance; };
  check_bound(trial, all, {"L_tilde", known.L_tilde, of_workers, relative_rounding});
  check_bound(trial, all, {"L_ms", known.L_ms, of_workers, relative_rounding});
  check_bound(trial, all,
              {"similarity", known.similarity,
               [](const Stretch& s) {
                 return std::sqrt(std::max(0.0, s.of_workers * s.of_workers - s.of_F * s.of_F)) / s.pair->distance;
               },
               relative_rounding});
  if (known.mu && !all.empty()) {
    const auto least = std::ranges::min_element(all, {}, curvature);
    const auto of = "mu = " + text_of(known.mu->value) + " (" + to_string(known.mu->origin) + ")";
    const double slack = (1e-6 * least->of_F + least->rounding) / least->pair->distance;
    if (curvature(*least) >= known.mu->value - slack)
      trial.add(of, std::nullopt, "pairs come down to " + text_of(curvature(*least)));
    else
      trial.add(of, "a pair has " + text_of(curvature(*least)) + at(*least));
  }
  // ratios of small differences say nothing
  std::vector<Stretch> clear;
  for (const auto& s : all)
    if (s.of_F > 1e6 * s.rounding && s.product > 0) clear.push_back(s);
  check_bound(trial, clear,
              {"cocoercivity", known.cocoercivity, [](const Stretch& s) { return s.of_F * s.of_F / s.product; }, none});
  if (!components) {
    if (known.L_component || known.cocoercivity_component)
      trial.skip("constants of the components", "they are drawn unevenly, or n d > 5e7");
    return;
  }
  check_bound(trial, all,
              {"L_component", known.L_component, [](const Stretch& s) { return s.of_components / s.pair->distance; },
               relative_rounding});
  check_bound(trial, clear,
              {"cocoercivity_component", known.cocoercivity_component,
               [](const Stretch& s) { return s.of_components * s.of_components / s.product; }, none});
}

void check_everywhere(Trial& trial) {
  const auto* const whole = trial.problem.everywhere();
  if (whole == nullptr) return;
  const auto& z = trial.points.all[1];
  Vector together(z.size());
  trial.whole(z, together);
  trial.of_workers("operator_at is F", [&](Index m) -> Fault {
    if (m != trial.exchange().workers().begin) return std::nullopt;  // once on each rank
    Vector alone(z.size());
    whole->operator_at(z, alone);
    if (close(together, alone, 1e3 * 0x1p-52 * kernels::norm(z))) return std::nullopt;
    return ": its rank finds another F, by " + text_of(kernels::distance(together, alone));
  });
}

void check_solution(Trial& trial) {
  const auto solution = trial.problem.solution();
  if (!solution || solution->size() != trial.problem.dimension()) return;
  Vector F(solution->size());
  trial.whole(*solution, F);
  const double residual = natural_residual(*solution, F, trial.g);
  const double size = 1 + kernels::norm(*solution);
  const auto text = "its residual is " + text_of(residual);
  if (residual <= 1e-6 * size)
    trial.add("solution() is one", std::nullopt, text);
  else
    trial.add("solution() is one", text);
}

bool drawn_alike(Trial& trial) {
  const auto shares = share_worker_values(trial.exchange(), [&](Index m) { return trial.shard(m).drawn_share(); });
  return *std::ranges::max_element(shares) == 0;
}

void look_at_pairs(Trial& trial) {
  const Constants known = trial.problem.constants(trial.exchange());
  const bool wanted = known.L_component || known.cocoercivity_component;
  const bool components = wanted && trial.few_components() && drawn_alike(trial);
  std::vector<Stretch> all;
  for (const auto& pair : trial.points.pairs) all.push_back(stretch_of(trial, pair, components));
  check_monotone(trial, all, known.mu);
  check_constants(trial, all, known, components);
}

}  // namespace

void check_whole(Trial& trial) {
  try {
    check_everywhere(trial);
    look_at_pairs(trial);
    check_solution(trial);
  } catch (const PeerFailure& failure) {
    trial.add("evaluations", failure.cause());
  } catch (const Error& failure) {  // on all ranks: what one finds, the others are told
    trial.add("evaluations", failure.what());
  }
}

}  // namespace vireo::problems::checks

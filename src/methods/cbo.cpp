#include "methods/cbo.hpp"

#include "methods/construct.hpp"
#include "methods/theory.hpp"
#include "particles/common.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::methods {

Cbo::Cbo(const Parameters& parameters, MethodContext context, Kind kind)
    : Method(std::move(context), Needs::an_objective) {
  const bool hopping = kind == Kind::hopping;
  const std::string name = hopping ? "consensus-hopping" : "cbo";
  refuse_compression(context_.channel, name);
  const auto& problem = context_.oracle.problem();
  auto settings = particles::settings_from(name, parameters, hopping, problem.start_range());
  const auto bounds = settings.bounds;
  particles::Swarm::Place place{.exchange = context_.exchange,
                                .seed = context_.seed,
                                .dimension = problem.dimension(),
                                .calls = problem.components()};
  if (problem.objective()->together()) {
    place.spread = Spread::replicated;
    place.energies = [this](const PointBlocks& blocks, View out) { energies(blocks, out); };
  }
  swarm_ = std::make_unique<particles::Swarm>(std::move(settings), std::move(place),
                                              particles::bring_back(context_.regularizer, problem.dimension(), bounds));
}

Cbo::~Cbo() = default;

/// f + g
void Cbo::energy(const Points& points, View out) const {
  const auto& f = *context_.oracle.problem().objective();
  if (f.together())
    f.values_together({1, [&](Index) { return points; }}, out, context_.exchange.ledger());
  else
    f.values(points, out);
  add_g(points, out);
}

void Cbo::energies(const PointBlocks& blocks, View out) const {
  context_.oracle.problem().objective()->values_together(blocks, out, context_.exchange.ledger());
  blocks.for_each([&](const Points& points, Index first) { add_g(points, out.subspan(first, points.size())); });
}

void Cbo::add_g(const Points& points, View out) const {
  if (context_.regularizer.zero()) return;
  Vector point(points.dimension());
  for (Index p = 0; p < points.size(); ++p) {
    points.copy(p, point);
    out[p] += context_.regularizer.value(point);
  }
}

void Cbo::start(ConstView z0) {
  swarm_->start(z0, [this](const Points& points, View out) { energy(points, out); });
}

void Cbo::iterate() {
  swarm_->step([this](const Points& points, View out) { energy(points, out); });
}

ConstView Cbo::point() const { return swarm_->consensus(); }

void Cbo::list_state(StateList& state) { swarm_->list_state(state, ""); }

IterationCost Cbo::cost() const {
  return {.evaluations = static_cast<double>(swarm_->settings().particles) * all_components()};
}

std::vector<Measure> Cbo::measures() const {
  auto all = particles::measures_of(*swarm_);
  double value = 0;
  energy(SinglePoint(swarm_->consensus()).points(), {&value, 1});
  all.insert(all.begin() + 1, {"consensus_value", "1", "f + g at the consensus point c", value});
  return all;
}

std::vector<std::pair<std::string, std::string>> Cbo::description() const {
  return particles::describe(swarm_->settings());
}

namespace {

template <Cbo::Kind kind>
MethodPointer make(const Parameters& parameters, MethodContext context) {
  return std::make_unique<Cbo>(parameters, std::move(context), kind);
}

}  // namespace

MethodPlugIn cbo() {
  MethodPlugIn plug;
  plug.name = "cbo";
  plug.also_called = {"consensus-based-optimization", "consensus-based-optimisation"};
  plug.needs = Needs::an_objective;
  plug.summary = "global minimisation of an objective by particles, without derivatives";
  plug.formula =
      "X^i <- X^i - lambda dt (X^i - c) + sigma sqrt(dt) D(X^i - c) xi^i; "
      " c = sum w_i X^i / sum w_i, w_i = exp(-alpha f(X^i))";
  plug.reference =
      "Carrillo, Jin, Li, Zhu, A consensus-based global optimization method for high dimensional machine learning "
      "problems, 2021; memory: Riedl, Leveraging memory effects and gradient information in CBO, 2023";
  plug.parameters = particles::parameters_of_particles({.alpha_max = "auto"});
  plug.best_of = "";
  plug.average_of = "";
  plug.make = make<Cbo::Kind::consensus>;
  return plug;
}

MethodPlugIn consensus_hopping() {
  MethodPlugIn hopping;
  hopping.name = "consensus-hopping";
  hopping.needs = Needs::an_objective;
  hopping.summary = "particles drawn afresh around the consensus: a stochastic gradient descent without gradients";
  hopping.formula = "X^i <- c + width xi^i;  c = sum w_i X^i / sum w_i, w_i = exp(-alpha f(X^i))";
  hopping.reference = "Riedl, Klock, Geldhauser, Fornasier, Gradient is all you need?, arXiv 2306.09778";
  hopping.parameters = particles::parameters_of_particles({.particles = "200",
                                                           .hopping = true,
                                                           .alpha = "100",
                                                           .alpha_factor = "1",
                                                           .start = "normal",
                                                           .deviation = "0.7"});
  hopping.best_of = "";
  hopping.average_of = "";
  hopping.make = make<Cbo::Kind::hopping>;
  return hopping;
}

}  // namespace vireo::methods

#include <algorithm>
#include <memory>
#include <vector>

#include "methods/construct.hpp"
#include "methods/theory.hpp"
#include "particles/common.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::methods {
namespace {

/// Consensus-based optimization for saddle points and games (Huang, Qiu, Riedl, "Consensus-based optimization for
/// saddle point problems", SICON 62, 2024; more players: Chenchene, Huang, Qiu, JOTA 206, 2025). Player b has N
/// particles in its block of the coordinates, weighed by its cost against a reference point of each other player:
///
///     c_b = sum_i w_i X^{b,i} / sum_i w_i,   w_i = exp(-alpha cost_b(X^{b,i}; r_{-b}))
///     X^{b,i} <- X^{b,i} - lambda dt (X^{b,i} - c_b) + sigma sqrt(dt) D(X^{b,i} - c_b) xi
///
/// one player after the other, each knowing the new references of those before it (sweep=gauss-seidel, as published for
/// saddle points), or all at once (jacobi, as published for games). r is the mean of the player's particles (as
/// published), their consensus, or the best of them. The point is (c_b)_b.
///
/// This is a dynamic of best responses: it needs strict ones. On bilinear games it diverges, or sits in corners; take
/// cbo-vi or extragradient there. Per step: N evaluations a player, one reduction of d_b + 7 numbers a player, and one
/// more for the mean.
class CboSaddle final : public Method {
 public:
  /// throws UsageError unless the problem gives its players' costs, and if the channel compresses
  CboSaddle(const Parameters& parameters, MethodContext context);
  ~CboSaddle() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  void list_state(StateList& state) override;
  void restore() override {}
  [[nodiscard]] std::vector<Measure> measures() const override;
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations =
                static_cast<double>(swarms_.size() * swarms_.front()->settings().particles) * all_components()};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  enum class Reference : std::uint8_t { mean, consensus, best };

  void weigh(Index player);
  void move(Index player);
  void refer(Index player);
  [[nodiscard]] View block_of(View z, Index player) const;

  Reference reference_;
  bool one_by_one_;
  std::vector<Range> blocks_;
  std::vector<std::unique_ptr<particles::Swarm>> swarms_;
  Vector z_;  ///< the consensus points
  Vector r_;  ///< the reference points
};

CboSaddle::CboSaddle(const Parameters& parameters, MethodContext context) : Method(std::move(context), Needs::a_game) {
  refuse_compression(context_.channel, "cbo-saddle");
  const auto& reference = parameters.text("reference");
  reference_ = reference == "mean"        ? Reference::mean
               : reference == "consensus" ? Reference::consensus
                                          : Reference::best;
  one_by_one_ = parameters.text("sweep") == "gauss-seidel";
  const auto& problem = context_.oracle.problem();
  const auto settings = particles::settings_from("cbo-saddle", parameters, false, problem.start_range());
  if (settings.motion.heaviside)
    throw UsageError("cbo-saddle: correction=heaviside compares values of one objective, and players have several");
  for (const auto& block : problem.blocks()) blocks_.push_back(block.range);
  z_.resize(problem.dimension());
  r_.resize(problem.dimension());
  for (Index b = 0; b < blocks_.size(); ++b) {
    const Range range = blocks_[b];
    // g is separable over blocks: the other players' coordinates are of no matter
    particles::Swarm::Settle settle;
    if (!context_.regularizer.zero())
      settle = [this, range, how = settings.bounds](double* rows, Index particles) {
        Vector whole(context_.oracle.problem().dimension(), 0.0);
        const auto part = View(whole).subspan(range.begin, range.size());
        particles::for_points(rows, particles, range.size(), [&](View x) {
          std::ranges::copy(x, part.begin());
          context_.regularizer.prox(1.0, whole);
          if (how == particles::Bounds::reflect) {
            for (Index j = 0; j < x.size(); ++j) part[j] = 2 * part[j] - x[j];
            context_.regularizer.prox(1.0, whole);
          }
          std::ranges::copy(part, x.begin());
        });
      };
    swarms_.push_back(
        std::make_unique<particles::Swarm>(settings,
                                           particles::Swarm::Place{.exchange = context_.exchange,
                                                                   .seed = context_.seed,
                                                                   .group = b,
                                                                   .dimension = range.size(),
                                                                   .calls = problem.components(),
                                                                   .with_best = reference_ == Reference::best},
                                           std::move(settle)));
  }
}

CboSaddle::~CboSaddle() = default;

View CboSaddle::block_of(View z, Index player) const {
  return z.subspan(blocks_[player].begin, blocks_[player].size());
}

/// c_b, from the costs against the references
void CboSaddle::weigh(Index player) {
  auto& swarm = *swarms_[player];
  swarm.weigh([&](const Points& own, View out) { context_.oracle.operators().game()->costs(player, own, r_, out); });
  std::ranges::copy(swarm.consensus(), block_of(z_, player).begin());
}

void CboSaddle::move(Index player) {
  swarms_[player]->move();
  refer(player);
}

/// r_b
void CboSaddle::refer(Index player) {
  auto& swarm = *swarms_[player];
  const auto to = block_of(r_, player).begin();
  switch (reference_) {
    case Reference::mean:
      std::ranges::copy(swarm.mean(), to);
      break;
    case Reference::consensus:
      std::ranges::copy(swarm.consensus(), to);
      break;
    case Reference::best:
      std::ranges::copy(swarm.best(), to);
      break;
  }
}

void CboSaddle::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  r_ = z_;
  for (Index b = 0; b < swarms_.size(); ++b) {
    swarms_[b]->draw(block_of(z_, b));
    std::ranges::copy(swarms_[b]->mean(), block_of(r_, b).begin());
  }
  z_ = r_;
}

void CboSaddle::iterate() {
  if (one_by_one_) {
    for (Index b = 0; b < swarms_.size(); ++b) {
      weigh(b);
      move(b);
    }
    return;
  }
  for (Index b = 0; b < swarms_.size(); ++b) weigh(b);
  for (Index b = 0; b < swarms_.size(); ++b) move(b);
}

void CboSaddle::list_state(StateList& state) {
  state.global("z", z_);
  state.global("references", r_);
  for (Index b = 0; b < swarms_.size(); ++b) swarms_[b]->list_state(state, "player" + std::to_string(b) + "_");
}

std::vector<Measure> CboSaddle::measures() const {
  std::vector<Measure> all;
  const auto blocks = context_.oracle.problem().blocks();
  for (Index b = 0; b < swarms_.size(); ++b)
    for (auto& measure : particles::measures_of(*swarms_[b], blocks[b].name + "_")) all.push_back(std::move(measure));
  return all;
}

std::vector<std::pair<std::string, std::string>> CboSaddle::description() const {
  auto lines = particles::describe(swarms_.front()->settings());
  lines.emplace_back("players", std::to_string(swarms_.size()) + (one_by_one_ ? ", one after the other" : ", at once"));
  return lines;
}

}  // namespace

MethodPlugIn cbo_saddle() {
  MethodPlugIn plug;
  plug.name = "cbo-saddle";
  plug.also_called = {"cbo-sp"};
  plug.needs = Needs::a_game;
  plug.summary =
      "saddle points and games whose players have strict best responses, by values of the costs alone; not "
      "for bilinear games";
  plug.formula =
      "per player X^i <- X^i - lambda dt (X^i - c) + sigma sqrt(dt) D(X^i - c) xi^i, c weighed by exp(-alpha "
      "cost(X^i; references of the others))";
  plug.reference = "Huang, Qiu, Riedl, Consensus-based optimization for saddle point problems, SICON 62, 2024";
  plug.parameters = particles::parameters_of_particles(
      {.sigma = "2", .alpha = "1e15", .alpha_factor = "1", .start = "normal", .deviation = "2"});
  plug.parameters.push_back(
      Parameter::choice("reference", "mean", "what the others know of a player", {"mean", "consensus", "best"}));
  plug.parameters.push_back(Parameter::choice("sweep", "gauss-seidel", "one player after the other, or all at once",
                                              {"gauss-seidel", "jacobi"}));
  plug.best_of = "";
  plug.average_of = "";
  plug.make = construct<CboSaddle>;
  return plug;
}

}  // namespace vireo::methods

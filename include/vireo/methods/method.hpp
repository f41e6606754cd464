#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vireo/core/state.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/plugins/catalog.hpp"
#include "vireo/problems/constants.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

/// F as a method sees it: the operators of this rank's workers, with every evaluation of a component
/// counted. Where the problem has no operator, problem() and components() are all that may be asked for:
/// Method's constructor refuses the other uses.
class Oracle {
 public:
  /// Evaluations are booked to the exchange's ledger.
  Oracle(const AnyProblem& problem, const Exchange& exchange)
      : problem_(problem), F_(problem.operators()), exchange_(exchange) {}

  /// out = F_m(z)
  void mean(Index worker, ConstView z, View out) const;
  /// F_m(u) and F_m(v), in one pass over the data if the shard can do so
  void mean_pair(Index worker, ConstView u, ConstView v, View out_u, View out_v) const;
  /// The estimate of F(z) from a batch of the worker's components, given by local numbers (see
  /// Shard::batch_mean)
  void batch_mean(Index worker, std::span<const Index> batch, ConstView z, View out) const;
  /// The same at u and at v, in one pass over the data if the shard can do so
  void batch_mean_pair(Index worker, std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                       View out_v) const;

  /// The problem, for what a method needs besides F: blocks, objective, start range
  [[nodiscard]] const AnyProblem& problem() const { return problem_; }
  /// The problem's operators, for what is not counted: game, gap, who can evaluate F
  [[nodiscard]] const Problem& operators() const { return *F_; }
  /// n, the number of components over all workers
  [[nodiscard]] Index components() const { return problem_.components(); }
  /// M sum_{i in shard} p_i. batch_mean of a batch of the worker's components, times this factor, is an
  /// estimate of F_m. If all components are equally likely, the factor is M r_m / n, where r_m is the size
  /// of the shard.
  [[nodiscard]] double share_of(Index worker) const;
  /// True if all components of the worker are equally likely
  [[nodiscard]] bool drawn_alike(Index worker) const { return F_->shard(worker).drawn_share() == 0; }
  /// Draws the local number of a component of a worker by the problem's law.
  [[nodiscard]] Index draw(Index worker, random::Stream& stream) const { return F_->shard(worker).draw(stream); }
  /// Draws the number of one of all n components by the problem's law.
  [[nodiscard]] Index draw_component(random::Stream& stream) const { return F_->draw_component(stream); }
  /// Number of components of a worker of this rank
  [[nodiscard]] Index components_of(Index worker) const { return F_->shard(worker).components(); }

 private:
  const AnyProblem& problem_;
  const Problem* F_;  ///< null: there is no operator
  const Exchange& exchange_;
};

class Method;

/// Everything that a method works with.
struct MethodContext {
  Oracle& oracle;                  ///< F, with its evaluations counted
  Exchange& exchange;              ///< makes one vector of the workers' vectors
  const Regularizer& regularizer;  ///< g
  Channel channel;                 ///< the compressors of uplink and downlink
  Constants constants;             ///< of the problem; a method puts the user's in their place
  std::uint64_t seed = 0;          ///< seed of the run, for keys of the method's own draws
  bool allow_unproven = false;     ///< true: choices that no theory covers are permitted
  /// Makes the compressor that a spec names, for methods with such a parameter.
  std::function<CompressorPointer(const std::string& spec)> make_compressor{};
  /// Makes the method that a spec names, on the same problem without compression, for methods that hand over
  /// to another.
  std::function<std::unique_ptr<Method>(const std::string& spec)> make_method{};
};

/// A point whose F the method has computed exactly and was charged for. A run may stop on it.
struct Certificate {
  ConstView point;             ///< the point; valid until the next iteration, like F
  ConstView F;                 ///< F(point), of all components, uncompressed
  std::int64_t iteration = 0;  ///< the k after which it was computed; a new certificate has another one
};

/// What an iteration costs on average, by which the rows of a trace and the checks for the stop are spaced.
struct IterationCost {
  /// Evaluations of single components over all workers, those of refreshes at their probability included. 0 if
  /// that is not known: one of each worker is assumed then.
  double evaluations = 0;
  /// True if certificate() is of the iterate z^k after every iteration, whose residual then costs nothing.
  bool certified = false;
};

/// The bound that a theorem gives for a quantity of the trace after k iterations, where D = ||z^0 - z*|| for
/// any solution z*:
///
///     quantity(z^k) <= constant D factor^k / (k + shift)^power
struct Rate {
  std::string quantity;              ///< "residual" or "distance", a column of the trace
  std::optional<double> constant{};  ///< empty if it depends on more than D, so that only the decay is known
  double factor = 1;                 ///< the decay in each iteration; 1 if there is no geometric decay
  double power = 0;                  ///< p in C / (k + shift)^p; 0 if there is no algebraic decay
  double shift = 1;                  ///< if it is 0, the bound says nothing about z^0
  bool expected = false;             ///< true: bounds the root mean square over the method's random draws
  std::string theorem;               ///< the bound as a formula, and where it is proved
};

/// What a method needs of a problem.
enum class Needs : std::uint8_t {
  an_operator,   ///< F
  an_objective,  ///< AnyProblem::objective
  a_game         ///< Problem::game, besides F
};

/// An iterative method for 0 in F(z) + dg(z). Every rank runs the same code on the same replicated vectors.
class Method {
 public:
  /// Throws UsageError if the problem lacks what the method needs.
  explicit Method(MethodContext context, Needs needs = Needs::an_operator);
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  virtual ~Method() = default;

  /// Sets z^0 and does what the algorithm does before its loop.
  virtual void start(ConstView z0) = 0;
  /// Makes one iteration, from k to k+1.
  virtual void iterate() = 0;
  /// z^k, the current iterate
  [[nodiscard]] virtual ConstView point() const = 0;
  /// The latest point whose F the method knows exactly, if there is one
  [[nodiscard]] virtual std::optional<Certificate> certificate() const = 0;
  /// The point of this iteration that the theory averages (z^{k+1/2}). Empty if there is none.
  [[nodiscard]] virtual ConstView averaged() const { return {}; }
  /// Lists everything that the next iteration depends on, for saving and loading alike.
  virtual void list_state(StateList& state) = 0;
  /// Called after loading: computes again what is not listed because it follows from what is.
  virtual void restore() = 0;
  /// Columns of the trace besides those that all methods have: always the same ones, in the same order.
  /// Evaluations for them are booked to the monitor.
  [[nodiscard]] virtual std::vector<Measure> measures() const { return {}; }
  /// The bounds that theorems give for this method on this problem with these parameters; always the same
  /// ones. If there are several for one quantity, all of them hold. Empty if no theorem covers the run, as
  /// with a step beyond the theory's or with estimated constants.
  [[nodiscard]] virtual std::vector<Rate> rates() const { return {}; }
  /// What an iteration costs; asked before the first one
  [[nodiscard]] virtual IterationCost cost() const { return {}; }
  /// Names and values for the heading, the step and its formula first
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> description() const = 0;

 protected:
  /// Collective: F = F(z), over the components of all workers, exchanged uncompressed.
  void evaluate(ConstView z, View F) const;
  /// n, as a number to compute with: what one evaluation of F costs
  [[nodiscard]] double all_components() const { return static_cast<double>(context_.oracle.components()); }

  MethodContext context_;  ///< the argument of the constructor
};

/// A run owns its method.
using MethodPointer = std::unique_ptr<Method>;

/// A method, for the setting `method`.
struct MethodPlugIn : PlugIn {
  std::string default_return = "last";  ///< last, average or best
  /// The points that the best one is chosen from, those of Method::certificate: "the snapshots w^k". An empty
  /// text: there are none, and `--return best` is refused. Not set: not said, and nothing is refused.
  std::optional<std::string> best_of{};
  /// The points that the average is taken of, those of Method::averaged: "z^{k+1/2}". Likewise.
  std::optional<std::string> average_of{};
  /// Says if there are points to choose the best from with these parameters. Null: as best_of says.
  std::function<bool(const Parameters&)> certifies{};
  /// An uplink compressor that the method is made for, which the heading names where a run compresses nothing. An
  /// empty text: the method sends its messages as they are.
  std::string usual_uplink{};
  Needs needs = Needs::an_operator;  ///< what the problem must have; the method refuses others by itself
  /// Says if the constants `similarity` and `similarity_first`, which take time to find, are needed. Null:
  /// never.
  std::function<bool(const Parameters&)> needs_similarity{};
  /// Says if the exact value of the constant `cocoercivity_component`, which takes time to find, is needed. Null:
  /// never.
  std::function<bool(const Parameters&)> needs_component_cocoercivity{};
  /// Builds the method, or throws UsageError. It is also called to check parameters, before constants are
  /// known.
  std::function<MethodPointer(const Parameters&, MethodContext)> make;
};

}  // namespace vireo

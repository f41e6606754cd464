#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vireo/exchange/exchange.hpp"
#include "vireo/methods/measure.hpp"
#include "vireo/methods/rate.hpp"
#include "vireo/methods/state.hpp"
#include "vireo/problems/constants.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

/// F as the method sees it: the workers of this rank, with every component evaluation counted.
class Oracle {
 public:
  /// books evaluations to the exchange's ledger
  Oracle(const Problem& problem, const Exchange& exchange) : problem_(problem), exchange_(exchange) {}

  /// out = F_m(z)
  void mean(Index worker, ConstView z, View out) const;
  /// F_m(u) and F_m(v) in one pass
  void mean_pair(Index worker, ConstView u, ConstView v, View out_u, View out_v) const;
  /// The mean over a batch of the worker's components, given by their local numbers (see Shard::batch_mean)
  void batch_mean(Index worker, std::span<const Index> batch, ConstView z, View out) const;
  /// The same at u and at v, in one pass
  void batch_mean_pair(Index worker, std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                       View out_v) const;

  /// for what a method needs besides F: blocks, objective, game
  [[nodiscard]] const Problem& problem() const { return problem_; }
  /// n, over all workers
  [[nodiscard]] Index components() const { return problem_.components(); }
  /// M sum_{i in shard} p_i, which is M r_m / n where all components are drawn alike: times this a batch of a worker's
  /// components, which batch_mean makes an estimate of F, estimates F_m
  [[nodiscard]] double share_of(Index worker) const;
  /// true if all components of a worker are drawn alike
  [[nodiscard]] bool drawn_alike(Index worker) const { return problem_.shard(worker).drawn_share() == 0; }
  /// Local number of a component of a worker, drawn by the problem's law
  [[nodiscard]] Index draw(Index worker, random::Stream& stream) const { return problem_.shard(worker).draw(stream); }
  /// Number of one of all n components, drawn by the problem's law
  [[nodiscard]] Index draw_component(random::Stream& stream) const { return problem_.draw_component(stream); }
  /// components of a worker of this rank
  [[nodiscard]] Index components_of(Index worker) const { return problem_.shard(worker).components(); }

 private:
  const Problem& problem_;
  const Exchange& exchange_;
};

class Method;

/// All that a method works with.
struct MethodContext {
  Oracle& oracle;                  ///< F, counted
  Exchange& exchange;              ///< how the workers' vectors become one
  const Regularizer& regularizer;  ///< g
  Channel channel;                 ///< compressors of both ways
  Constants constants;             ///< of the problem; a method puts the user's in their place
  std::uint64_t seed = 0;          ///< of the run, for keys of the method's own draws
  bool allow_unproven = false;     ///< choices that no theory covers are let through
  /// The compressor that a spec names, for methods that take one as a parameter
  std::function<CompressorPointer(const std::string& spec)> make_compressor{};
  /// The method that a spec names, on the same problem, uncompressed, for methods that hand over to another
  std::function<std::unique_ptr<Method>(const std::string& spec)> make_method{};
};

/// A point whose F the method has computed exactly and was charged for: what a stop may rest on.
struct Certificate {
  ConstView point;             ///< valid until the next iteration, like F
  ConstView F;                 ///< F(point), of all components, uncompressed
  std::int64_t iteration = 0;  ///< k after which it was computed: tells a new one from one already seen
};

/// What a method needs of a problem.
enum class Needs : std::uint8_t {
  an_operator,   ///< F
  an_objective,  ///< Problem::objective
  a_game         ///< Problem::game, besides F
};

/// An iterative method for 0 in F(z) + dg(z). Every rank runs the same code on the same replicated vectors.
class Method {
 public:
  /// throws UsageError if the problem lacks what is needed
  explicit Method(MethodContext context, Needs needs = Needs::an_operator);
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  virtual ~Method() = default;

  /// Sets z^0 and does what the algorithm does before its loop.
  virtual void start(ConstView z0) = 0;
  /// One iteration, k -> k+1.
  virtual void iterate() = 0;
  /// z^k
  [[nodiscard]] virtual ConstView point() const = 0;
  /// The latest point with known F, if the algorithm has one.
  [[nodiscard]] virtual std::optional<Certificate> certificate() const = 0;
  /// The point of this iteration that the theory averages (z^{k+1/2}); empty if there is none.
  [[nodiscard]] virtual ConstView averaged() const { return {}; }
  /// Everything that the next iteration depends on; serves saving and loading alike.
  virtual void list_state(StateList& state) = 0;
  /// After loading: recomputes what is not listed because it follows from what is.
  virtual void restore() = 0;
  /// Columns of the trace besides those that all methods have: always the same ones, in the same order. Evaluations
  /// that it takes are the monitor's.
  [[nodiscard]] virtual std::vector<Measure> measures() const { return {}; }
  /// What theorems say of this method on this problem, with these parameters; several of one quantity all hold. Always
  /// the same. Nothing where no theorem covers the run, such as for a step beyond the theory's, or where constants are
  /// estimated.
  [[nodiscard]] virtual std::vector<Rate> rates() const { return {}; }
  /// Names and values for the heading: the step and its formula first.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> description() const = 0;

 protected:
  /// F = F(z): every worker's components, exchanged uncompressed
  void evaluate(ConstView z, View F) const;

  MethodContext context_;  ///< as given to the constructor
};

/// A run owns its method.
using MethodPointer = std::unique_ptr<Method>;

}  // namespace vireo

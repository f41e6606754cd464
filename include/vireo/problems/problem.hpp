#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/plugins/catalog.hpp"
#include "vireo/problems/constants.hpp"
#include "vireo/problems/shard.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

class Exchange;
class Game;
class Objective;

/// A named block of coordinates, such as the players of a game.
struct Block {
  std::string name;  ///< the name by which --regularizer refers to it
  Range range;       ///< its coordinates
};

/// Where and for whom a problem is built.
class ProblemContext {
 public:
  /// `workers` is the number that the user asked for; if it is empty, the problem's own number is taken.
  ProblemContext(Communicator& comm, std::optional<Index> workers, Index default_workers, std::string data)
      : comm_(comm), workers_(workers), default_workers_(default_workers), data_(std::move(data)) {}

  /// The communicator of the ranks that build the problem together
  [[nodiscard]] Communicator& communicator() const { return comm_; }
  /// True if --data was given
  [[nodiscard]] bool has_data() const { return !data_.empty(); }
  /// The path given by --data. Throws UsageError if none was given.
  [[nodiscard]] const std::string& data() const;
  /// The layout of `components` components over workers and ranks: the user's M (UsageError if M >
  /// components), or the problem's own, at most `components`.
  [[nodiscard]] WorkerLayout place(Index components, const char* what = "components") const;

 private:
  Communicator& comm_;
  std::optional<Index> workers_;
  Index default_workers_;
  std::string data_;
};

class Problem;

/// What a run solves: a `Problem`, which has an operator F, or the minimisation of an `Objective` f. Exactly
/// one of operators() and objective() is there. z is a point of R^d, n the number of components of F or f.
class AnyProblem {
 public:
  /// `layout` is what ProblemContext::place returns.
  explicit AnyProblem(WorkerLayout layout) : layout_(layout) {}
  AnyProblem(const AnyProblem&) = delete;
  AnyProblem& operator=(const AnyProblem&) = delete;
  virtual ~AnyProblem() = default;

  /// This problem with its operators F_m, if it has an operator. Null otherwise.
  [[nodiscard]] virtual const Problem* operators() const { return nullptr; }
  /// The function f to be minimised, known by its values alone (see objective.hpp), if the problem is to
  /// minimise one. Null otherwise.
  [[nodiscard]] virtual const Objective* objective() const { return nullptr; }

  /// How the M workers are mapped onto the P ranks
  [[nodiscard]] const WorkerLayout& layout() const { return layout_; }
  /// d, the dimension of z
  [[nodiscard]] virtual Index dimension() const = 0;
  /// n, the number of components over all workers
  [[nodiscard]] virtual Index components() const = 0;

  /// The blocks on which regularizers can be put. They cover 0..d-1 in order.
  [[nodiscard]] virtual std::vector<Block> blocks() const { return {{"z", {0, dimension()}}}; }
  /// The problem's own regularizer for each block of blocks(). Where it is null, the user may choose one.
  [[nodiscard]] virtual std::vector<RegularizerPointer> own_regularizers() const { return {}; }

  /// z*, if it is known. It belongs to the problem's own regularizer g.
  [[nodiscard]] virtual std::optional<Vector> solution() const { return std::nullopt; }
  /// z^0, before it is projected onto the domain of g
  [[nodiscard]] virtual Vector initial_point() const { return Vector(dimension(), 0.0); }
  /// The interval in which particles begin: each coordinate is uniform between these two numbers.
  [[nodiscard]] virtual std::pair<double, double> start_range() const { return {-3.0, 3.0}; }

  /// What Problem::gap computes, in words for the trace. Empty if the problem has no gap function.
  [[nodiscard]] virtual std::string gap_definition() const { return {}; }

  /// Bytes of data that this rank holds, for --dry-run
  [[nodiscard]] virtual std::size_t memory_bytes() const { return 0; }
  /// Lines for the heading, such as "monotone on the set: beta = 2 >= R_w^2 = 1"
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }
  /// Text that identifies the data, such as sizes and digests. It is stored with the results.
  [[nodiscard]] virtual std::string fingerprint() const { return {}; }

 private:
  WorkerLayout layout_;
};

/// F as one function that any rank can evaluate by itself, without the other ranks.
class WholeOperator {
 public:
  WholeOperator() = default;
  WholeOperator(const WholeOperator&) = delete;
  WholeOperator& operator=(const WholeOperator&) = delete;
  virtual ~WholeOperator() = default;

  /// out = F(z), evaluated by this rank alone, and not counted.
  virtual void operator_at(ConstView z, View out) const = 0;
};

/// A finite-sum variational inequality: F(z) = (1/n) sum_i F_i(z) and, where it has one, a constraint set of
/// its own. Each rank holds the shards of its workers only; worker m's components are those with numbers
/// part_of(n, M, m).
class Problem : public AnyProblem {
 public:
  using AnyProblem::AnyProblem;

  [[nodiscard]] const Problem* operators() const final { return this; }

  /// The shard of a worker of this rank
  [[nodiscard]] virtual const Shard& shard(Index worker) const = 0;

  /// Draws the number i of a component by the law p to which Shard::batch_mean and the constants L_component
  /// and cocoercivity_component belong. The law is uniform, unless the problem knows a better one, in which
  /// p_i grows with the size of F_i.
  [[nodiscard]] virtual Index draw_component(random::Stream& stream) const { return stream.below(components()); }

  /// Collective: the constants that the problem knows. Those that stay empty are computed if the shards are
  /// affine. Otherwise L is estimated, and the others stay unknown.
  [[nodiscard]] virtual Constants constants(Exchange& /*exchange*/) const { return {}; }

  /// True if every shard is an AffineShard
  [[nodiscard]] virtual bool affine() const { return false; }

  /// Collective: how far z is from a solution in the problem's own terms, such as a duality gap. It is 0 at
  /// solutions and positive elsewhere, for the problem's own regularizer g. z must lie in the domain of g,
  /// and F is F(z). NaN if the problem has no gap function.
  [[nodiscard]] virtual double gap(Exchange& /*exchange*/, ConstView /*z*/, ConstView /*F*/) const {
    return std::numeric_limits<double>::quiet_NaN();
  }

  /// The costs of the players, if the problem knows them besides F. Null otherwise.
  [[nodiscard]] virtual const Game* game() const { return nullptr; }

  /// F as a function of each rank by itself, if every rank has what it takes. Null if the data of F are
  /// dealt to the ranks.
  [[nodiscard]] virtual const WholeOperator* everywhere() const { return nullptr; }
};

/// A run owns its problem.
using ProblemPointer = std::unique_ptr<AnyProblem>;

/// A problem, for the setting `problem`. `make` is collective: every rank builds the shards of its own
/// workers.
struct ProblemPlugIn : PlugIn {
  bool needs_data = false;     ///< a data file must be given
  bool takes_data = false;     ///< a data file may be given, but need not: it depends on the parameters
  Index default_workers = 64;  ///< M where the user names none, at most n
  /// Builds the problem. Collective. Throws UsageError or DataError.
  std::function<ProblemPointer(const Parameters&, const ProblemContext&)> make;
};

}  // namespace vireo

#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"
#include "vireo/problems/constants.hpp"
#include "vireo/problems/shard.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

class Exchange;
class Game;
class Objective;

/// A named block of coordinates, such as the players of a game.
struct Block {
  std::string name;  ///< as --regularizer takes it
  Range range;       ///< its coordinates
};

/// Where and for whom a problem is built.
class ProblemContext {
 public:
  /// workers: as the user asked, or empty for the problem's own number
  ProblemContext(Communicator& comm, std::optional<Index> workers, Index default_workers, std::string data)
      : comm_(comm), workers_(workers), default_workers_(default_workers), data_(std::move(data)) {}

  /// among the ranks that build the problem together
  [[nodiscard]] Communicator& communicator() const { return comm_; }
  /// --data was given
  [[nodiscard]] bool has_data() const { return !data_.empty(); }
  /// path of --data; throws UsageError if none was given
  [[nodiscard]] const std::string& data() const;
  /// The layout of `components` components over workers and ranks: the user's M (UsageError if M > components), or
  /// the problem's own, at most `components`.
  [[nodiscard]] WorkerLayout place(Index components, const char* what = "components") const;

 private:
  Communicator& comm_;
  std::optional<Index> workers_;
  Index default_workers_;
  std::string data_;
};

/// A finite-sum variational inequality: F(z) = (1/n) sum_i F_i(z) and, where it has one, a constraint set of its own.
/// Each rank holds the shards of its workers only; worker m's components are those with numbers part_of(n, M, m).
class Problem {
 public:
  /// layout: as ProblemContext::place gives it
  explicit Problem(WorkerLayout layout) : layout_(layout) {}
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
  virtual ~Problem() = default;

  /// M workers over P ranks
  [[nodiscard]] const WorkerLayout& layout() const { return layout_; }

  /// d
  [[nodiscard]] virtual Index dimension() const = 0;
  /// n, over all workers
  [[nodiscard]] virtual Index components() const = 0;
  /// the shard of a worker of this rank
  [[nodiscard]] virtual const Shard& shard(Index worker) const = 0;

  /// The number i of a component, drawn by the law p that Shard::batch_mean, L_component and cocoercivity_component are
  /// made for. Uniform, unless the problem knows a better one: then p_i grows with the size of F_i.
  [[nodiscard]] virtual Index draw_component(random::Stream& stream) const { return stream.below(components()); }

  /// Blocks that regularizers can be put on; they cover 0..d-1 in order.
  [[nodiscard]] virtual std::vector<Block> blocks() const { return {{"z", {0, dimension()}}}; }

  /// The problem's own regularizer per block (as in blocks()), null where it has none: then the user may choose.
  [[nodiscard]] virtual std::vector<RegularizerPointer> own_regularizers() const { return {}; }

  /// Constants that the problem knows. Collective. What stays empty is computed for affine shards, else estimated (L)
  /// or unknown.
  [[nodiscard]] virtual Constants constants(Exchange& /*exchange*/) const { return {}; }

  /// true if every shard is an AffineShard
  [[nodiscard]] virtual bool affine() const { return false; }

  /// z*, where it is known (with g = the problem's own regularizer)
  [[nodiscard]] virtual std::optional<Vector> solution() const { return std::nullopt; }

  /// What gap() computes, in words for the trace; empty: the problem has no gap function.
  [[nodiscard]] virtual std::string gap_definition() const { return {}; }

  /// How far z is from a solution in the problem's own terms, such as a duality gap: 0 at solutions, positive
  /// elsewhere. Belongs to g = the problem's own regularizer; z lies in its domain, and F = F(z). Collective.
  [[nodiscard]] virtual double gap(Exchange& /*exchange*/, ConstView /*z*/, ConstView /*F*/) const {
    return std::numeric_limits<double>::quiet_NaN();
  }

  /// The function to be minimised, where the problem is that of an objective without an operator (see objective.hpp);
  /// else null.
  [[nodiscard]] virtual const Objective* objective() const { return nullptr; }
  /// The players' costs, where the problem knows them besides F; else null.
  [[nodiscard]] virtual const Game* game() const { return nullptr; }

  /// true if any rank can evaluate F by itself, by operator_at
  [[nodiscard]] virtual bool everywhere() const { return false; }
  /// out = F(z), by this rank alone. Not charged to anybody. throws Error(internal) unless everywhere()
  virtual void operator_at(ConstView z, View out) const;

  /// Where particles begin: each coordinate uniform between these two
  [[nodiscard]] virtual std::pair<double, double> start_range() const { return {-3.0, 3.0}; }

  /// z^0 before projection
  [[nodiscard]] virtual Vector initial_point() const { return Vector(dimension(), 0.0); }

  /// Bytes that this rank holds, for --dry-run
  [[nodiscard]] virtual std::size_t memory_bytes() const { return 0; }

  /// Lines for the heading that a user must know ("monotone on the set: beta = 2 >= R_w^2 = 1").
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }

  /// Text that identifies the data (sizes, digests), kept with results
  [[nodiscard]] virtual std::string fingerprint() const { return {}; }

 private:
  WorkerLayout layout_;
};

/// A run owns its problem.
using ProblemPointer = std::unique_ptr<Problem>;

}  // namespace vireo

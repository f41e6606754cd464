#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vireo/problems/problem.hpp"

namespace vireo {

/// The short way to an operator of your own: write what one component is, and Vireo makes the shards.
///
///     class MyGame : public vireo::ComponentProblem {
///      public:
///       explicit MyGame(const vireo::ProblemContext& context)
///           : ComponentProblem(context, dimension, components) {}
///       void component(Index i, ConstView z, View out) const override;   // out = F_i(z)
///     };
class ComponentProblem : public Problem, public WholeOperator {
 public:
  /// A problem of the given d and n. Throws UsageError if more workers than components are asked for.
  ComponentProblem(const ProblemContext& context, Index dimension, Index components);
  ~ComponentProblem() override;

  /// out = F_i(z) for 0 <= i < components(). Must depend on nothing but i and z, and write all of out. An
  /// exception from it ends the run with a line that names iteration, worker and component.
  virtual void component(Index i, ConstView z, View out) const = 0;

  [[nodiscard]] Index dimension() const override { return dimension_; }
  [[nodiscard]] Index components() const override { return components_; }
  [[nodiscard]] const Shard& shard(Index worker) const override;
  /// Any rank can evaluate any component; operator_at is the mean of all of them, in order.
  [[nodiscard]] const WholeOperator* everywhere() const override { return this; }
  void operator_at(ConstView z, View out) const override;

 private:
  Index dimension_;
  Index components_;
  Index first_worker_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

/// The shortest way: F is one function (n = 1, and so one worker), with a start and its sets.
///
///     struct Rotation : vireo::SingleProblem {
///       explicit Rotation(const vireo::ProblemContext& context)
///           : SingleProblem(context, {1, 1}, {{"z", 2, vireo::make_nonnegative()}}) {}
///       void F(vireo::ConstView z, vireo::View out) const override { ... }   // out = F(z)
///     };
///     registry.problems.add(vireo::problem_of<Rotation>("rotation", "turns by a right angle"));
class SingleProblem : public ComponentProblem {
 public:
  /// A block of coordinates and its set.
  struct Set {
    std::string name;        ///< by which --regularizer refers to the block
    Index size = 0;          ///< its number of coordinates
    RegularizerPointer set;  ///< null: --regularizer may choose one
  };
  /// z^0, whose size is d, and sets for consecutive blocks of z. No sets: all of z is one block, which
  /// --regularizer chooses for. Throws UsageError if the sizes do not add up to d.
  SingleProblem(const ProblemContext& context, Vector start, std::vector<Set> sets = {});

  /// out = F(z), all of it. Must depend on nothing but z.
  virtual void F(ConstView z, View out) const = 0;

  void component(Index /*i*/, ConstView z, View out) const final { F(z, out); }
  [[nodiscard]] Vector initial_point() const override { return start_; }
  [[nodiscard]] std::vector<Block> blocks() const override;
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override;

 private:
  Vector start_;
  std::vector<Set> sets_;
};

/// The plug-in of a problem without parameters, which is made from its context alone. A problem that reads a
/// file says `problem_of<...>(...)`, and sets `needs_data` of what it gets.
template <class Made>
[[nodiscard]] ProblemPlugIn problem_of(std::string name, std::string summary) {
  ProblemPlugIn plug;
  plug.name = std::move(name);
  plug.summary = std::move(summary);
  plug.make = [](const Parameters&, const ProblemContext& context) { return std::make_unique<Made>(context); };
  return plug;
}

/// Sparse rows with labels, as LIBSVM files have them: the entries of row i are those from start[i] to
/// start[i+1]-1.
struct DataRows {
  Index columns = 0;            ///< the largest index in the file; columns count from 0 here
  std::vector<Index> start{0};  ///< one more than there are rows
  std::vector<Index> column;    ///< of each entry, increasing within a row
  Vector values;                ///< of each entry
  Vector labels;                ///< one for each row
  std::string fingerprint;      ///< text for AnyProblem::fingerprint
  /// Number of rows
  [[nodiscard]] Index rows() const { return labels.size(); }
};
/// Collective: the rows of the LIBSVM file --data, plain or gzip, in the order of the file, all of them on
/// every rank. Throws DataError "PATH:LINE: what is wrong", and UsageError if --data was not given.
[[nodiscard]] DataRows read_rows(const ProblemContext& context);

/// A matrix of numbers, row by row: entry (i, j) is values[i * columns + j].
struct DataMatrix {
  Index rows = 0;
  Index columns = 0;
  Vector values;
};
/// Collective: the 2-D dataset `name` of the HDF5 file --data, all of it on every rank. Throws DataError for
/// a file or a dataset that is missing or no matrix of finite numbers, and UsageError without --data.
[[nodiscard]] DataMatrix read_dataset(const ProblemContext& context, const std::string& name);

/// One property that an operator must have, or that it claims, and what was found.
struct OperatorCheck {
  /// What the check came to.
  enum class Verdict : std::uint8_t {
    holds,         ///< at the points that were looked at
    fails,         ///< `finding` says where
    not_looked_at  ///< `finding` says why
  };
  std::string property;              ///< a few words, such as "deterministic"
  Verdict verdict = Verdict::holds;  ///< what the check came to
  std::string finding{};             ///< numbers, with worker and component where it fails; may be empty
};

/// What check_operator has found.
struct OperatorReport {
  std::vector<OperatorCheck> checks;  ///< in one order; the first that fails may be the last
  std::int64_t evaluations = 0;       ///< of single components, over all workers
  /// False if a property fails
  [[nodiscard]] bool holds() const;
};

/// Collective: tries out what methods rely on, at points of the domain of g: z0 and random points around it,
/// near to each other and far. Values are finite and the same whenever they are asked for; means, batches,
/// pairs and operator_at agree; F is monotone; an affine operator is what apply, apply_transpose and
/// apply_mean_gram say; constants() are not beaten. The report is the same on any number of ranks, and is no
/// proof: what holds, holds at some points. An exception of the operator is what the first property fails by.
/// Takes at most 80 evaluations of all components, and where n d <= 5e7 as many again of each by itself.
[[nodiscard]] OperatorReport check_operator(const Problem& problem, Exchange& exchange, const Regularizer& g,
                                            ConstView z0);

}  // namespace vireo

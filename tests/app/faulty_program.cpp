// A user's program whose operators have one fault each, which `how` chooses: run by own_operator_test.py.
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "vireo/app/main.hpp"
#include "vireo/core/error.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace {

using namespace vireo;

/// F_i(z) = z - 1 + small turns, from z = 0: monotone, L = 1. Component 5 has the fault.
class Faulty final : public ComponentProblem {
 public:
  Faulty(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, 4, 8), how_(parameters.text("how")), from_(parameters.real("from")) {}

  void component(Index i, ConstView z, View out) const override {
    for (Index j = 0; j < z.size(); ++j) out[j] = z[j] - 1;
    out[0] += static_cast<double>(i) - 3.5;
    if (how_ == "curved") out[1] = -2 * z[1];
    if (i == 5) fault(z, out);
  }
  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override {
    Constants known;
    known.L = {how_ == "small-L" ? 0.5 : 1.0, Origin::bounded};
    known.L_tilde = known.L;
    if (how_ == "large-mu") known.mu = {1.5, Origin::bounded};
    return known;
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override {
    if (how_ == "outside") return {make_box(0, 2)};
    return {};
  }

 private:
  void fault(ConstView z, View out) const {
    if (how_ == "throw" && z[1] >= from_) throw std::domain_error("no demand at this price");
    if (how_ == "refuse" && z[1] >= from_) throw DataError("prices.csv: has no row for it");
    if (how_ == "nan" && z[1] >= from_) out[2] = std::numeric_limits<double>::quiet_NaN();
    if (how_ == "outside" && z[1] < 0) out[2] = std::numeric_limits<double>::quiet_NaN();
    if (how_ == "random") out[2] += 1e-9 * static_cast<double>(++calls_ % 3);
    if (how_ == "memory") {
      out[2] += 1e-3 * before_;
      before_ = z[3];
    }
  }

  std::string how_;
  double from_;
  mutable int calls_ = 0;
  mutable double before_ = 0;
};

/// F_i(z) = (i+1) R z, where R turns by a right angle, with n = 6: each form but `mean` may be wrong.
class Turn final : public AffineShard {
 public:
  Turn(Range own, double weight, std::string how) : own_(own), weight_(weight), how_(std::move(how)) {}
  [[nodiscard]] Index components() const override { return own_.size(); }
  void mean(ConstView z, View out) const override { turned(weight_ * sum(1), z, out); }
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override {
    double factor = 0;
    for (const Index i : batch) factor += static_cast<double>(own_.begin + i + 1);
    if (how_ != "batch") factor /= static_cast<double>(batch.size());
    turned(factor, z, out);
  }
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override {
    mean(u, out_u);
    mean(how_ == "pair" ? u : v, out_v);
  }
  void apply(ConstView v, View out) const override { turned(how_ == "apply" ? 1.0 : weight_ * sum(1), v, out); }
  void apply_transpose(ConstView v, View out) const override {
    turned(how_ == "transpose" ? weight_ * sum(1) : -weight_ * sum(1), v, out);
  }
  void apply_mean_gram(ConstView v, View out) const override {
    for (Index j = 0; j < v.size(); ++j) out[j] = (how_ == "gram" ? 2 : 1) * weight_ * sum(2) * v[j];
  }

 private:
  static void turned(double factor, ConstView z, View out) {
    out[0] = factor * z[1];
    out[1] = -factor * z[0];
  }
  /// sum of the (i+1)^power
  [[nodiscard]] double sum(int power) const {
    double total = 0;
    for (Index i = own_.begin; i < own_.end; ++i) {
      const auto factor = static_cast<double>(i + 1);
      total += power == 2 ? factor * factor : factor;
    }
    return total;
  }

  Range own_;
  double weight_;
  std::string how_;
};

class Turns final : public Problem {
 public:
  Turns(const Parameters& parameters, const ProblemContext& context) : Problem(context.place(6)) {
    const Range mine = layout().workers_of(static_cast<Index>(context.communicator().rank()));
    first_ = mine.begin;
    for (Index m = mine.begin; m < mine.end; ++m)
      shards_.push_back(std::make_unique<Turn>(part_of(6, layout().workers(), m),
                                               static_cast<double>(layout().workers()) / 6, parameters.text("how")));
  }
  [[nodiscard]] Index dimension() const override { return 2; }
  [[nodiscard]] Index components() const override { return 6; }
  [[nodiscard]] bool affine() const override { return true; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_.at(worker - first_); }

 private:
  Index first_ = 0;
  std::vector<std::unique_ptr<Turn>> shards_;
};

template <class Made>
ProblemPlugIn with_faults(const std::string& name, std::vector<std::string> faults) {
  ProblemPlugIn plug;
  plug.name = name;
  plug.summary = "has a fault";
  plug.parameters = {Parameter::choice("how", "none", "the fault", std::move(faults)),
                     Parameter::real("from", "-1e9", "where it begins: z_1 at least this", -1e9, 1e9)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<Made>(parameters, context);
  };
  return plug;
}

/// F(z) = (z_1, -z_0) on z >= 0, as the guide has it
struct Rotation final : SingleProblem {
  explicit Rotation(const ProblemContext& context)
      : SingleProblem(context, {1, 1}, {{"x", 1, make_nonnegative()}, {"y", 1, nullptr}}) {}
  void F(ConstView z, View out) const override {
    out[0] = z[1];
    out[1] = -z[0];
  }
};

/// F(z) = z - b, b being the labels of --data, or the first row of its dataset `A`
struct FromFile final : SingleProblem {
  explicit FromFile(const ProblemContext& context) : FromFile(context, target_of(context)) {}
  FromFile(const ProblemContext& context, const Vector& target)
      : SingleProblem(context, Vector(target.size(), 0.0)), target_(target) {}
  void F(ConstView z, View out) const override {
    for (Index j = 0; j < z.size(); ++j) out[j] = z[j] - target_[j];
  }

 private:
  static Vector target_of(const ProblemContext& context) {
    if (!context.data().ends_with(".h5")) return read_rows(context).labels;
    auto matrix = read_dataset(context, "A");
    matrix.values.resize(matrix.columns);
    return matrix.values;
  }
  Vector target_;
};

void register_all(Registry& registry) {
  registry.problems.add(with_faults<Faulty>(
      "faulty", {"none", "throw", "refuse", "nan", "outside", "random", "memory", "curved", "small-L", "large-mu"}));
  registry.problems.add(with_faults<Turns>("turns", {"none", "batch", "pair", "apply", "transpose", "gram"}));
  registry.problems.add(problem_of<Rotation>("rotation", "turns"));
  auto from_file = problem_of<FromFile>("from-file", "z is what a file says");
  from_file.needs_data = true;
  registry.problems.add(std::move(from_file));
}

}  // namespace

int main(int argc, char** argv) { return run_program(argc, argv, register_all); }

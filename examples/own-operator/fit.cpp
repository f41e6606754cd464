// A fit of the rows of a LIBSVM file, F_i(z) = tanh(<a_i, z> - b_i) a_i: a problem that reads --data, and adds only to
// the coordinates that a row has.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "vireo/app/main.hpp"
#include "vireo/problems/component_problem.hpp"

namespace {

class FitShard final : public vireo::Shard {
 public:
  FitShard(const vireo::DataRows& data, vireo::Range mine, double weight) : data_(data), mine_(mine), weight_(weight) {}
  [[nodiscard]] vireo::Index components() const override { return mine_.size(); }

  void mean(vireo::ConstView z, vireo::View out) const override {
    std::ranges::fill(out, 0.0);
    for (vireo::Index i = mine_.begin; i < mine_.end; ++i) add(i, weight_, z, out);
  }

  void batch_mean(std::span<const vireo::Index> batch, vireo::ConstView z, vireo::View out) const override {
    std::ranges::fill(out, 0.0);
    for (const vireo::Index i : batch) add(mine_.begin + i, 1.0 / static_cast<double>(batch.size()), z, out);
  }

 private:
  /// out += factor F_i(z)
  void add(vireo::Index i, double factor, vireo::ConstView z, vireo::View out) const {
    double misfit = -data_.labels[i];
    for (auto e = data_.start[i]; e < data_.start[i + 1]; ++e) misfit += data_.values[e] * z[data_.column[e]];
    for (auto e = data_.start[i]; e < data_.start[i + 1]; ++e)
      out[data_.column[e]] += factor * std::tanh(misfit) * data_.values[e];
  }

  const vireo::DataRows& data_;
  vireo::Range mine_;
  double weight_;  // M/n
};

class Fit final : public vireo::Problem {
 public:
  explicit Fit(const vireo::ProblemContext& context) : Fit(context, vireo::read_rows(context)) {}
  Fit(const vireo::ProblemContext& context, vireo::DataRows data)
      : Problem(context.place(data.rows(), "rows")), data_(std::move(data)) {
    const auto M = layout().workers();
    mine_ = layout().workers_of(context.communicator().rank());
    for (auto m = mine_.begin; m < mine_.end; ++m)
      shards_.push_back(std::make_unique<FitShard>(data_, vireo::part_of(data_.rows(), M, m),
                                                   static_cast<double>(M) / static_cast<double>(data_.rows())));
  }
  [[nodiscard]] vireo::Index dimension() const override { return data_.columns; }
  [[nodiscard]] vireo::Index components() const override { return data_.rows(); }
  [[nodiscard]] const vireo::Shard& shard(vireo::Index m) const override { return *shards_.at(m - mine_.begin); }
  [[nodiscard]] std::string fingerprint() const override { return data_.fingerprint; }

 private:
  vireo::DataRows data_;
  vireo::Range mine_;
  std::vector<std::unique_ptr<FitShard>> shards_;
};

}  // namespace

int main(int argc, char** argv) {
  auto problem = vireo::problem_of<Fit>("fit", "a fit of the rows of a file");
  problem.needs_data = true;
  return vireo::run_program(argc, argv, [&](vireo::Registry& registry) { registry.problems.add(problem); });
}

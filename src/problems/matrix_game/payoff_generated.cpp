#include <algorithm>
#include <cmath>

#include "io/number_list.hpp"
#include "problems/matrix_game/payoff.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/random.hpp"

namespace vireo::problems {
namespace {

/// A matrix given by a formula for its entries.
class FormulaPayoff final : public Payoff {
 public:
  using Entry = std::function<double(Index row, Index column)>;
  FormulaPayoff(Index rows, Index columns, Entry entry) : Payoff(rows, columns), entry_(std::move(entry)) {}

  linalg::LinesPointer rows_of(Range mine) override {
    return lines_of(mine, columns(), [&](Index line, Index j) { return entry_(line, j); });
  }
  linalg::LinesPointer columns_of(Range mine) override {
    return lines_of(mine, rows(), [&](Index line, Index i) { return entry_(i, line); });
  }
  [[nodiscard]] std::string source() const override { return "generated"; }

 private:
  template <class At>
  static linalg::LinesPointer lines_of(Range mine, Index length, At at) {
    auto lines = std::make_shared<linalg::DenseLines>(mine.size(), length);
    for (Index l = mine.begin; l < mine.end; ++l) {
      const View line = lines->line(l - mine.begin);
      for (Index j = 0; j < length; ++j) line[j] = at(l, j);
    }
    return lines;
  }

  Entry entry_;
};

Index distance(Index i, Index j) { return i > j ? i - j : j - i; }

/// Rows of a square matrix, as the parameters say
Index square_size(const Parameters& parameters, Index otherwise) {
  const Index rows = parameters.has("rows") ? parameters.integer("rows") : otherwise;
  if (parameters.has("columns") && parameters.integer("columns") != rows)
    throw UsageError("matrix-game: matrix=" + parameters.text("matrix") + " is square: leave columns= out");
  return rows;
}

PayoffPointer policeman_burglar(const Parameters& parameters, Communicator& comm) {
  Vector weights;
  if (parameters.has("weights")) {
    const std::string& path = parameters.text("weights");
    weights = io::read_number_list(comm, path);
    const Index n = square_size(parameters, weights.size());
    if (n > weights.size())
      throw DataError(path + ": has " + std::to_string(weights.size()) + " numbers, but rows=" + std::to_string(n));
    weights.resize(n);
  } else {
    weights.resize(square_size(parameters, 500));
    random::normals({.seed = parameters.integer("seed"), .purpose = random::Purpose::problem, .iteration = 1}, 0,
                    weights);
  }
  const Index n = weights.size();
  auto escapes = std::make_shared<Vector>(n);  // by distance
  for (Index k = 0; k < n; ++k) (*escapes)[k] = 1 - std::exp(-0.8 * static_cast<double>(k));
  auto wealth = std::make_shared<Vector>(std::move(weights));
  for (double& w : *wealth) w = std::abs(w);
  return std::make_unique<FormulaPayoff>(
      n, n, [escapes, wealth](Index i, Index j) { return (*wealth)[j] * (*escapes)[distance(i, j)]; });
}

PayoffPointer nemirovski(const Parameters& parameters) {
  const Index n = square_size(parameters, 500);
  const double alpha = parameters.real("alpha");
  auto powers = std::make_shared<Vector>(2 * n);  // (k/(2n-1))^alpha
  for (Index k = 1; k < 2 * n; ++k)
    (*powers)[k] = std::pow(static_cast<double>(k) / static_cast<double>(2 * n - 1), alpha);
  if (parameters.text("form") == "sum")  // i + j - 1, counted from 1
    return std::make_unique<FormulaPayoff>(n, n, [powers](Index i, Index j) { return (*powers)[i + j + 1]; });
  return std::make_unique<FormulaPayoff>(n, n, [powers](Index i, Index j) { return (*powers)[distance(i, j) + 1]; });
}

PayoffPointer random_payoff(const Parameters& parameters) {
  const Index rows = parameters.has("rows") ? parameters.integer("rows") : 500;
  const Index columns = parameters.has("columns") ? parameters.integer("columns") : rows;
  const random::Key key{.seed = parameters.integer("seed"), .purpose = random::Purpose::problem, .iteration = 2};
  return std::make_unique<FormulaPayoff>(rows, columns, [key, columns](Index i, Index j) {
    double value = 0;
    random::normals(key, i * columns + j, View(&value, 1));
    return value;
  });
}

}  // namespace

PayoffPointer generated_payoff(const Parameters& parameters, Communicator& comm) {
  const std::string& matrix = parameters.text("matrix");
  if (matrix == "policeman-burglar") return policeman_burglar(parameters, comm);
  if (matrix == "nemirovski") return nemirovski(parameters);
  return random_payoff(parameters);
}

}  // namespace vireo::problems

#include <algorithm>
#include <cmath>

#include "problems/matrix_game/line_problem.hpp"
#include "problems/matrix_game/payoff.hpp"
#include "vireo/core/error.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::problems {
namespace {

/// A payoff seen by the two players: x mixes its lines of the first kind (rows), y those of the second (columns);
/// transposed: the other way round.
class Roles {
 public:
  Roles(PayoffPointer payoff, bool transposed) : payoff_(std::move(payoff)), transposed_(transposed) {}
  [[nodiscard]] Index size_x() const { return transposed_ ? payoff_->columns() : payoff_->rows(); }
  [[nodiscard]] Index size_y() const { return transposed_ ? payoff_->rows() : payoff_->columns(); }
  [[nodiscard]] linalg::LinesPointer lines_x(Range mine) {
    return transposed_ ? payoff_->columns_of(mine) : payoff_->rows_of(mine);
  }
  [[nodiscard]] linalg::LinesPointer lines_y(Range mine) {
    return transposed_ ? payoff_->rows_of(mine) : payoff_->columns_of(mine);
  }
  [[nodiscard]] std::string source() const { return payoff_->source(); }

 private:
  PayoffPointer payoff_;
  bool transposed_;
};

/// ||line||^2 of all lines of a side, on all ranks. Collective; each rank looks at its share of them.
template <class LinesOf>
Vector squared_norms(Communicator& comm, Index count, const LinesOf& lines_of) {
  const auto ranks = static_cast<Index>(comm.size());
  const Range mine = part_of(count, ranks, static_cast<Index>(comm.rank()));
  const linalg::LinesPointer lines = lines_of(mine);
  Vector norms(count);
  for (Index l = mine.begin; l < mine.end; ++l) norms[l] = lines->squared_norm(l - mine.begin);
  std::vector<Piece> pieces;
  for (Index r = 0; r < ranks; ++r)
    pieces.push_back({8 * part_of(count, ranks, r).begin, 8 * part_of(count, ranks, r).size()});
  comm.all_gather(std::as_writable_bytes(std::span(norms)), pieces);
  return norms;
}

/// What must be known before the components can be dealt out.
struct Game {
  Roles roles;
  linalg::LinePairs pairs;
  double L_component;
};

Game make_game(const Parameters& parameters, const ProblemContext& context) {
  auto& comm = context.communicator();
  Roles roles(parameters.text("matrix") == "file" ? payoff_from_file(comm, context.data(), parameters.text("dataset"))
                                                  : generated_payoff(parameters, comm),
              parameters.flag("transposed"));
  const Vector norms_x = squared_norms(comm, roles.size_x(), [&](Range r) { return roles.lines_x(r); });
  const Vector norms_y = squared_norms(comm, roles.size_y(), [&](Range r) { return roles.lines_y(r); });
  double total = 0;
  for (const double norm : norms_x) total += norm;
  for (const double norm : norms_y) total += norm;
  if (!std::isfinite(total)) throw DataError("matrix-game: the entries of the matrix are too large: ||A||_F overflows");

  linalg::LinePairs pairs = parameters.text("sampling") == "importance"
                                ? linalg::LinePairs::by_size(norms_x, norms_y)
                                : linalg::LinePairs::uniform(norms_x.size(), norms_y.size());
  // Columns of one player do not meet those of the other, so that mean_k E_k'E_k is the diagonal matrix of the
  // ||A_i||^2 / P_i and ||A_j||^2 / Q_j.
  double largest = 0;
  for (Index i = 0; i < norms_x.size(); ++i)
    if (norms_x[i] > 0) largest = std::max(largest, norms_x[i] / pairs.probability_x(i));
  for (Index j = 0; j < norms_y.size(); ++j)
    if (norms_y[j] > 0) largest = std::max(largest, norms_y[j] / pairs.probability_y(j));
  return {std::move(roles), std::move(pairs), std::sqrt(largest)};
}

/// min over x, max over y in simplices of x'Ay:  F(x, y) = (A y, -A'x).
///
/// Component k is a pair of a row i and a column j (LinePairs), with estimate E_k(z) = (A_j y_j / Q_j, -A_i' x_i /
/// P_i): J has columns (0, -A_i') for x_i and (A_j, 0) for y_j.
class MatrixGame final : public LineProblem {
 public:
  MatrixGame(const ProblemContext& context, Game game)
      : LineProblem(context, std::move(game.pairs), game.roles.size_x(), game.roles.size_y(),
                    "pairs of a row and a column") {
    const Range rows = coordinates_x_here();
    const Range columns = coordinates_y_here();
    make_shards(
        {.lines = game.roles.lines_x(rows), .first_line = rows.begin, .coordinates = 0, .output = size_x(), .sign = -1},
        {.lines = game.roles.lines_y(columns),
         .first_line = columns.begin,
         .coordinates = size_x(),
         .output = 0,
         .sign = +1},
        nullptr);
    constants_.L_component = {game.L_component, Origin::computed};
    constants_.mu = {0.0, Origin::computed};  // J' = -J
    fingerprint_ = game.roles.source();
    if (fingerprint_ != "generated")
      fingerprint_ += " rows=" + std::to_string(size_x()) + " columns=" + std::to_string(size_y()) +
                      " digest=" + digest(context.communicator());
  }

  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override {
    return {make_simplex(), make_simplex()};
  }
  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override { return constants_; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }

  /// both players mix all their choices alike
  [[nodiscard]] Vector initial_point() const override {
    Vector z(dimension(), 1 / static_cast<double>(size_y()));
    std::fill_n(z.begin(), size_x(), 1 / static_cast<double>(size_x()));
    return z;
  }

  [[nodiscard]] std::string gap_definition() const override {
    return "duality gap max_y' x'Ay' - min_x' x''Ay over the simplices, exact";
  }
  [[nodiscard]] double gap(Exchange& /*exchange*/, ConstView /*z*/, ConstView F) const override {
    const ConstView Ay = F.first(size_x());
    const ConstView minus_Ax = F.subspan(size_x());
    return -*std::ranges::min_element(minus_Ax) - *std::ranges::min_element(Ay);
  }

 private:
  Constants constants_;
  std::string fingerprint_;
};

/// Parameters that the chosen matrix does not have must not be given.
void check(const Parameters& parameters, const ProblemContext& context) {
  const std::string& matrix = parameters.text("matrix");
  const bool file = matrix == "file";
  if (file && !context.has_data())
    throw UsageError(
        "matrix-game: give --data FILE, or a generated matrix: matrix=policeman-burglar, nemirovski or random");
  if (!file && context.has_data()) throw UsageError("matrix-game: --data is for matrix=file, but matrix=" + matrix);
  for (const char* const size : {"rows", "columns"})
    if (file && parameters.has(size))
      throw UsageError("matrix-game: " + std::string(size) + "= is for generated matrices; a file has its own sizes");
  if (matrix != "policeman-burglar" && parameters.has("weights"))
    throw UsageError("matrix-game: weights= is for matrix=policeman-burglar, but matrix=" + matrix);
}

}  // namespace

ProblemPlugIn matrix_game() {
  ProblemPlugIn plug;
  plug.name = "matrix-game";
  plug.also_called = {"zero-sum-game"};
  plug.summary =
      "a matrix game of two players with mixed strategies, from a file or generated; the duality gap is traced";
  plug.formula =
      "min over x, max over y in simplices of x'Ay;  F(x,y) = (A y, -A'x);  a component is a row i and a column j, "
      "drawn with probabilities P_i and Q_j: (A_j y_j / Q_j, -A_i'x_i / P_i)";
  plug.reference =
      "policeman-burglar: Nemirovski, Mini-course on convex programming algorithms, 2013; sampling: Alacaoglu, "
      "Malitsky, Stochastic variance reduction for variational inequality methods, COLT 2022";
  plug.parameters = {
      Parameter::choice("matrix", "file",
                        "file: --data, Matrix Market or HDF5; policeman-burglar: A_ij = |w_j| (1 - exp(-0.8 |i-j|)); "
                        "nemirovski: see form; random: normal entries",
                        {"file", "policeman-burglar", "nemirovski", "random"}),
      Parameter::text("dataset", "A", "file: of an HDF5 file"),
      Parameter::integer("rows", "auto", "of a generated matrix; auto: 500, or as many as there are weights", 1,
                         std::int64_t{1} << 31)
          .or_auto(),
      Parameter::integer("columns", "auto", "of a random matrix; auto: as many as rows", 1, std::int64_t{1} << 31)
          .or_auto(),
      Parameter::text("weights", "", "policeman-burglar: file with the w_j, one a line; else |standard normal|"),
      Parameter::choice("form", "sum", "nemirovski: ((i+j-1)/(2n-1))^alpha, or difference: ((|i-j|+1)/(2n-1))^alpha",
                        {"sum", "difference"}),
      Parameter::real("alpha", "1", "nemirovski: the power", 0, 1000),
      Parameter::flag("transposed", "off",
                      "A' in place of A, x taking columns and y rows: as in the released programs of Cai et al. (ICLR "
                      "2024), where the burglar minimises"),
      Parameter::choice("sampling", "uniform",
                        "rows and columns drawn alike, or with importance: P_i = |A_i|^2/|A|_F^2, which makes "
                        "L_component = |A|_F",
                        {"uniform", "importance"}),
      Parameter::integer("seed", "0", "of generated numbers", 0),
  };
  plug.takes_data = true;
  plug.default_workers = 64;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) -> ProblemPointer {
    check(parameters, context);
    return std::make_unique<MatrixGame>(context, make_game(parameters, context));
  };
  return plug;
}

}  // namespace vireo::problems

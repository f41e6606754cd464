#include <algorithm>
#include <cmath>

#include "linalg/spectrum.hpp"
#include "problems/matrix_game/line_problem.hpp"
#include "problems/matrix_game/quadratic_program.hpp"
#include "vireo/core/error.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// min over x, max over y of x'Hx/2 - h'x - y'(Ax - b):  F(x, y) = (H x - h - A'y, A x - b).
///
/// A component is a pair of a variable i and a constraint j (LinePairs, uniform on each side): J has columns (H_i, A_i)
/// for x_i and (-A_j', 0) for y_j.
class LagrangianQp final : public LineProblem {
 public:
  LagrangianQp(const ProblemContext& context, QuadraticProgram& program, linalg::LinePairs pairs)
      : LineProblem(context, std::move(pairs), program.variables(), program.constraints(),
                    "pairs of a variable and a constraint"),
        solution_(program.solution()),
        initial_point_(program.initial_point()) {
    const Range mine_x = coordinates_x_here();
    const Range mine_y = coordinates_y_here();
    make_shards(
        {.lines = program.columns(mine_x), .first_line = mine_x.begin, .coordinates = 0, .output = 0, .sign = +1},
        {.lines = program.rows(mine_y), .first_line = mine_y.begin, .coordinates = size_x(), .output = 0, .sign = -1},
        program.offset());
    fingerprint_ = program.source();
    if (fingerprint_ != "generated")
      fingerprint_ += " variables=" + std::to_string(size_x()) + " constraints=" + std::to_string(size_y()) +
                      " digest=" + digest(context.communicator());
    const double least = program.convex() ? 0.0 : least_curvature(context.communicator());
    constants_.mu = {least, Origin::computed};
    if (least < 0)
      remarks_ = {"not monotone: H has the eigenvalue " + format_real(least) + "; no theory of the methods applies"};
  }

  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override { return constants_; }
  [[nodiscard]] std::optional<Vector> solution() const override { return solution_; }
  [[nodiscard]] Vector initial_point() const override { return initial_point_; }
  [[nodiscard]] std::vector<std::string> remarks() const override { return remarks_; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }

 private:
  /// The smallest eigenvalue of (J + J')/2 = blockdiag(H, 0): that of H, at most 0.
  [[nodiscard]] double least_curvature(Communicator& comm) const {
    Exchange exchange(comm, layout(), dimension(), 0);
    Vector v(dimension(), 0.0);
    Vector Jv(dimension());
    const auto H = [&](ConstView x, View out) {
      std::ranges::copy(x, v.begin());
      exchange.mean([&](Index m, View to) { dynamic_cast<const AffineShard&>(shard(m)).apply(v, to); }, Jv);
      std::copy_n(Jv.begin(), size_x(), out.begin());
    };
    const auto range = linalg::spectral_range(size_x(), H, 0);
    // the enclosure is wider than the spectrum by 1e-9 of its size
    return range.smallest < -2e-9 * std::max(std::abs(range.largest), std::abs(range.smallest)) ? range.smallest : 0.0;
  }

  std::optional<Vector> solution_;
  Vector initial_point_;
  Constants constants_;
  std::vector<std::string> remarks_;
  std::string fingerprint_;
};

ProblemPointer make_lagrangian_qp(const Parameters& parameters, const ProblemContext& context) {
  std::unique_ptr<QuadraticProgram> program;
  if (context.has_data()) {
    if (parameters.has("size"))
      throw UsageError(
          "lagrangian-qp: size= is for the generated instance, --data has a size of its own: give one of the two");
    program = quadratic_program_from_file(context.communicator(), context.data());
  } else {
    program = hard_quadratic_program(parameters.has("size") ? parameters.integer("size") : 200);
  }
  return std::make_unique<LagrangianQp>(context, *program,
                                        linalg::LinePairs::uniform(program->variables(), program->constraints()));
}

}  // namespace

ProblemPlugIn lagrangian_qp() {
  ProblemPlugIn plug;
  plug.name = "lagrangian-qp";
  plug.also_called = {"qp"};
  plug.summary =
      "the Lagrangian of a quadratic program with equality constraints: Ouyang and Xu's hard instance, or H, h, A, b "
      "from an HDF5 file";
  plug.formula =
      "min over x, max over y of x'Hx/2 - h'x - y'(Ax - b);  F(x,y) = (H x - h - A'y, A x - b);  a component is a "
      "variable i and a constraint j, all alike: n (H_i x_i - A_j y_j, A_i x_i) - (h, b) if there are as many";
  plug.reference =
      "Ouyang, Xu, Lower complexity bounds of first-order methods for convex-concave bilinear saddle-point problems, "
      "Math. Program. 2021; sampled as in Cai, Alacaoglu, Diakonikolas, ICLR 2024";
  plug.parameters = {
      Parameter::integer("size", "auto",
                         "variables, and constraints, of the hard instance; auto: 200, unless --data is given", 1,
                         std::int64_t{1} << 30)
          .or_auto(),
  };
  plug.takes_data = true;
  plug.default_workers = 64;
  plug.make = make_lagrangian_qp;
  return plug;
}

}  // namespace vireo::problems

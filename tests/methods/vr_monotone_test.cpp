// Pins vr-extragradient and vr-forb to their textbook recursions, to their deterministic counterparts for one
// component, to the sign of the reflection, to convergence at the proved steps, and to what they are charged for.
#include "methods/linear_problem.hpp"
#include "methods/vr_support.hpp"

namespace vireo {
namespace {

using test::Assembly;
using test::Point;
using test::SampledTextbook;

constexpr double gamma = 0.03;
constexpr double p = 0.25;

test::SampledRecursion extragradient_recursion() {
  return [](const SampledTextbook& book) {
    return [book, z = book.z0(), w = book.z0(), k = std::uint64_t{0}]() mutable -> Point {
      const Point zbar = (1 - p) * z + p * w;
      const Point F_w = book.F(w);
      const Point half = book.prox(zbar - gamma * F_w, gamma);
      z = book.prox(zbar - gamma * (F_w + book.F_S_difference(k, half, w)), gamma);
      if (book.coin(k++, p)) w = z;
      return z;
    };
  };
}

test::SampledRecursion forb_recursion() {
  return [](const SampledTextbook& book) {
    return [book, z = book.z0(), w = book.z0(), w_before = book.z0(), k = std::uint64_t{0}]() mutable -> Point {
      const Point zbar = (1 - p) * z + p * w;
      z = book.prox(zbar - gamma * (book.F(w) + book.F_S_difference(k, z, w_before)), gamma);
      w_before = w;
      if (book.coin(k++, p)) w = z;
      return z;
    };
  };
}

TEST(VrExtragradient, EqualsItsTextbookRecursion) {
  test::expect_sampled_recursion("vr-extragradient:step=0.03,probability=0.25", 1, extragradient_recursion());
  test::expect_sampled_recursion("vr-extragradient:step=0.03,probability=0.25,batch=4", 4, extragradient_recursion());
}

TEST(VrForb, EqualsItsTextbookRecursion) {
  test::expect_sampled_recursion("vr-forb:step=0.03,probability=0.25", 1, forb_recursion());
  test::expect_sampled_recursion("vr-forb:step=0.03,probability=0.25,batch=4", 4, forb_recursion());
}

// With p = 1 the snapshot is z^k, and with one component (or all of them) the sample is F.
TEST(VrExtragradient, OfOneComponentIsExtragradient) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const auto& [components, spec] :
         {std::pair{1, "vr-extragradient:step=0.3"}, std::pair{8, "vr-extragradient:step=0.3,batch=8,probability=1"}})
      for (const RegularizerPointer& g : {RegularizerPointer{}, make_box(-0.2, 0.3)}) {
        const std::string problem = "quadratic-game:dimension=20,components=" + std::to_string(components);
        Assembly run(comm, problem, spec, "none", "none", 1, std::nullopt, "", g);
        Assembly plain(comm, problem, "extragradient:step=0.3", "none", "none", 1, std::nullopt, "", g);
        test::expect_equal_iterates(run, plain, 50, 1e-13);
      }
  });
}

TEST(VrMonotone, TakeTheTextsSteps) {
  test::on_simulated(2, [](Communicator& comm) {
    const double n = 27;
    const std::string problem = "quadratic-game:dimension=20,components=27";
    const auto step = [&](const std::string& method) {
      Assembly run(comm, problem, method);
      return test::step_of(*run.method);
    };
    Assembly run(comm, problem, "extragradient");
    const double L = run.constants.L->value, L_component = run.constants.L_component->value;
    const double s = (n - 3) / (3 * (n - 1));
    const double L_3 = std::sqrt((1 - s) * L * L + s * L_component * L_component);
    ASSERT_GT(L_component, 1.01 * L_3);
    const auto expect = [&](const std::string& method, double expected) {
      EXPECT_NEAR(step(method), expected, 1e-5 * expected) << method;
    };
    expect("vr-extragradient", 0.99 * std::sqrt(2 / n) / L_component);
    expect("vr-extragradient:batch=3", 0.99 * std::sqrt(6 / n) / L_3);
    expect("vr-extragradient:batch=100", 0.99 / L);
    expect("vr-forb", 0.99 * std::sqrt((1 / n) * (1 - 1 / n)) / L_component);
    expect("vr-forb:batch=3", 0.99 * std::sqrt((3 / n) * (1 - 3 / n)) / L_3);
    expect("vr-forb:batch=100", 0.99 * 0.5 / L);
    expect("vr-forb:L_component=5,step=2x", 2 * 0.99 * std::sqrt((1 / n) * (1 - 1 / n)) / 5);
  });
}

/// Whether 3000 iterations bring z a hundred times nearer to the solution of min_x max_y x y, whose F is the sum of
/// components that differ by constants, so that differences of any component are those of F.
bool contracts_on_the_bilinear_game(const std::function<Vector(Assembly&)>& after_3000_iterations) {
  test::add_linear_problem("xy", {{0, 1}, {-1, 0}});
  bool contracts = false;
  test::on_simulated(1, [&](Communicator& comm) {
    Assembly run(comm, "xy", "vr-forb:L_component=1");
    const Vector z = after_3000_iterations(run);
    contracts = kernels::squared_distance(z, *run.solution) < 1e-4 * kernels::squared_distance(run.z0, *run.solution);
  });
  return contracts;
}

TEST(VrForb, ContractsOnTheBilinearGameAndWithTheWrongSignDoesNot) {
  const auto reflected_by = [](double sign) {
    return [sign](Assembly& run) {
      const double refresh = 0.25, step = 0.99 * std::sqrt(refresh * (1 - refresh));
      Vector z = run.z0, w = z, w_before = z;
      for (std::uint64_t k = 0; k < 3000; ++k) {
        const Vector F_w = run.F(w), F_z = run.F(z), F_before = run.F(w_before);
        for (Index j = 0; j < z.size(); ++j)
          z[j] = (1 - refresh) * z[j] + refresh * w[j] - step * (F_w[j] + sign * (F_z[j] - F_before[j]));
        w_before = w;
        if (random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = k}, refresh)) w = z;
      }
      return z;
    };
  };
  EXPECT_TRUE(contracts_on_the_bilinear_game([](Assembly& run) {
    run.method->start(run.z0);
    for (int k = 0; k < 3000; ++k) run.method->iterate();
    return Vector(run.method->point().begin(), run.method->point().end());
  }));
  EXPECT_TRUE(contracts_on_the_bilinear_game(reflected_by(+1)));
  EXPECT_FALSE(contracts_on_the_bilinear_game(reflected_by(-1)));
}

class Sampled : public ::testing::TestWithParam<const char*> {};

TEST_P(Sampled, ReachesTheKnownSolutionAtTheProvedStep) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* batch : {"1", "3"})
      for (const char* problem : {"bilinear:dimension=12,components=26,condition=2",
                                  "quadratic-game:dimension=20,components=27,condition=5"}) {
        Assembly run(comm, problem, std::string(GetParam()) + ":batch=" + batch, "none", "none", 1, 4);
        const auto outcome =
            run.solve({.tolerance = 1e-10, .max_iterations = 400000, .return_point = ReturnPoint::best});
        EXPECT_EQ(outcome.termination, Termination::converged) << problem << ", batch=" << batch;
        EXPECT_LT(outcome.distance, 1e-9) << problem << ", batch=" << batch;
      }
  });
}

TEST_P(Sampled, IsChargedTwoBatchesAnIterationAndAllComponentsARefresh) {
  test::on_simulated(2, [](Communicator& comm) {
    Assembly run(comm, "bilinear:dimension=40,components=64", std::string(GetParam()) + ":probability=0.25,batch=3",
                 "none", "none", 1, 16);
    int refreshes = 0;
    for (std::uint64_t k = 0; k < 100; ++k)
      refreshes += random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = k}, 0.25) ? 1 : 0;
    const auto outcome = run.solve({.tolerance = 0, .max_iterations = 100, .return_point = ReturnPoint::best}, 7);
    EXPECT_EQ(outcome.totals.oracle_calls, 64 * (1 + refreshes) + 100 * 2 * 3);
    EXPECT_EQ(outcome.totals.wire_bytes_down, 16 * 8 * 40 * (1 + 100 + refreshes));
    EXPECT_LT(outcome.totals.wire_bytes_up, 8 * 40 * (16 * (1 + refreshes) + 100 * 3));
    EXPECT_GT(outcome.totals.wire_bytes_up, 8 * 40 * (16 * (1 + refreshes) + 100));
  });
}

TEST_P(Sampled, SaysWhatItNeeds) {
  test::add_linear_problem("xy", {{0, 1}, {-1, 0}});
  test::on_simulated(1, [](Communicator& comm) {
    const std::string method = GetParam();
    const auto make = [&](const std::string& spec, const char* uplink = "none") { Assembly(comm, "xy", spec, uplink); };
    EXPECT_THROW(make(method), UsageError);  // no constant of the components is known
    EXPECT_NO_THROW(make(method + ":L_component=1"));
    EXPECT_NO_THROW(make(method + ":step=0.1"));
    EXPECT_THROW(make(method + ":step=0.1", "natural"), UsageError);
    EXPECT_THROW(make(method + ":step=0.1,batch=0"), UsageError);
    EXPECT_THROW(make(method + ":step=0.1,probability=0"), UsageError);
  });
}

std::string name_of(std::string method) {
  std::ranges::replace(method, '-', '_');
  return method;
}

INSTANTIATE_TEST_SUITE_P(, Sampled, ::testing::Values("vr-extragradient", "vr-forb"),
                         [](const auto& instance) { return name_of(instance.param); });

}  // namespace
}  // namespace vireo

// The solver as a call on the ranks of MPI: the bytes of one rank, and an error on one rank ends the call on all.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "support/worlds.hpp"
#include "vireo/app/solve.hpp"
#include "vireo/core/error.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo {
namespace {

/// F_i(z)_j = (1 + (i + j) mod 3) (z_j - i mod 5); component `breaking` fails after a while.
class Springs final : public ComponentProblem {
 public:
  Springs(const ProblemContext& context, std::optional<Index> breaking)
      : ComponentProblem(context, 20, 12), breaking_(breaking) {}
  void component(Index i, ConstView z, View out) const override {
    if (i == breaking_ && ++calls_ > 30) throw std::domain_error("a spring is broken");
    for (Index j = 0; j < z.size(); ++j)
      out[j] = static_cast<double>(1 + (i + j) % 3) * (z[j] - static_cast<double>(i % 5));
  }

 private:
  std::optional<Index> breaking_;
  mutable int calls_ = 0;
};

ProblemFactory springs(std::optional<Index> breaking = std::nullopt) {
  return [=](const ProblemContext& context) { return std::make_unique<Springs>(context, breaking); };
}

const RunOptions compressed = {.settings = {{"method", "masha1"},
                                            {"uplink", "randk:fraction=0.3"},
                                            {"downlink", "randk:fraction=0.5"},
                                            {"workers", "5"},
                                            {"max-iterations", "200"},
                                            {"trace-every", "1"},
                                            {"tolerance", "0"}}};

TEST(SolveOnMpi, GivesTheBytesOfOneRank) {
  MemoryTrace rows;
  Observer* const all[] = {&rows};
  auto& world = test::mpi_world();
  // only rank 0 has somebody who wants rows
  const auto observers = world.rank() == 0 ? std::span<Observer* const>(all) : std::span<Observer* const>();
  const auto here = solve(world, springs(), compressed, observers);
  const auto alone = solve(springs(), compressed);
  EXPECT_EQ(here.solution, alone.solution);
  EXPECT_EQ(here.residual, alone.residual);
  EXPECT_EQ(here.totals.wire_bytes_up, alone.totals.wire_bytes_up);
  EXPECT_EQ(rows.rows().size(), world.rank() == 0 ? 201U : 0U);
}

TEST(SolveOnMpi, EndsOnAllRanksWhereOneFailsAndCanBeCalledAgain) {
  auto& world = test::mpi_world();
  bool own = false;
  bool of_another = false;
  try {
    static_cast<void>(solve(world, springs(11), compressed));
  } catch (const std::domain_error& error) {
    own = std::string(error.what()) == "a spring is broken";
  } catch (const PeerFailure& failure) {
    // what the caller of another rank is told has the place as well
    EXPECT_EQ(failure.cause(), "set-up, worker 4, component 11: a spring is broken");
    of_another = true;
  }
  EXPECT_NE(own, of_another);
  EXPECT_EQ(combine(world, own ? 1 : 0, Reduction::sum), 1);
  EXPECT_EQ(solve(world, springs(), compressed).iterations, 200);
}

TEST(SolveOnMpi, RefusesTheSameSettingsOnAllRanks) {
  auto wrong = compressed;
  wrong.settings.emplace_back("seed", "minus one");
  EXPECT_THROW(static_cast<void>(solve(test::mpi_world(), springs(), wrong)), UsageError);
}

}  // namespace
}  // namespace vireo

// Bitwise means bitwise: every method of the registry, uncompressed and with every compressor that it takes, has the
// same residuals, point, and costs on any number of ranks, MPI or simulated, also on more ranks than workers, as on
// one.
#include <cstring>
#include <map>

#include "methods/support.hpp"
#include "problems/logistic_data.hpp"

namespace vireo {
namespace {

constexpr Index workers = 7;  // fewer than the 8 ranks of the largest world, and no power of two

struct Problem {
  const char* name;
  const char* spec;
  RegularizerPointer g = nullptr;
  bool data = false;
  bool one_way = false;  ///< also compressed in one direction alone
};

const Problem problems[] = {
    {.name = "bilinear", .spec = "bilinear:dimension=50", .one_way = true},
    {.name = "quadratic_game", .spec = "quadratic-game:dimension=50,condition=10", .g = make_l1(0.01)},
    {.name = "logistic", .spec = "logistic", .data = true},
    {.name = "robust_regression", .spec = "robust-regression", .data = true},
};

/// Spec of a method or compressor whose defaults are not what should be run here
std::string spec_of(const std::string& name) {
  const std::map<std::string, std::string> special{{"halpern", "halpern:restart=on"},
                                                   {"eag", "eag:variant=V"},
                                                   {"vr-extragradient", "vr-extragradient:batch=3"},
                                                   {"vr-halpern-monotone", "vr-halpern-monotone:inner-length=0.5"},
                                                   {"optimistic-masha", "optimistic-masha:delta=0.5"},
                                                   {"three-pillars", "three-pillars:delta=0.5"},
                                                   {"svogs", "svogs:delta=0.5"},
                                                   {"vr-halpern", "vr-halpern:batch=3,probability=0.05,safeguard=on"},
                                                   {"compressed-halpern", "compressed-halpern:step=practical,batch=2"},
                                                   {"feg", "feg:rho=-0.01"},
                                                   {"cbo-vi", "cbo-vi:particles=10"},
                                                   {"randk", "randk:fraction=0.2,wire=float32"},
                                                   {"permk", "permk:wire=float32"},
                                                   {"topk", "topk:fraction=0.2"}};
  const auto found = special.find(name);
  return found != special.end() ? found->second : name;
}

struct Setting {
  std::string method, uplink, downlink;
  [[nodiscard]] std::string text() const { return method + ", " + uplink + " up, " + downlink + " down"; }
};

std::vector<Setting> settings_for(const Problem& problem) {
  std::vector<Setting> all;
  const auto& known = test::registry();
  for (const auto& method : known.methods.entries()) {
    if (method.needs != Needs::an_operator) continue;  // tests/particles/bitwise_test.cpp has these
    const auto spec = spec_of(method.name);
    all.push_back({spec, "none", "none"});
    for (const auto& compressor : known.compressors.entries()) {
      if (compressor.name == "none") continue;
      const auto Q = spec_of(compressor.name);
      all.push_back({spec, Q, Q});
      if (!problem.one_way) continue;
      all.push_back({spec, Q, "none"});
      all.push_back({spec, "none", Q});
    }
  }
  return all;
}

struct Trajectory {
  bool refused = false;           ///< with a UsageError
  std::vector<double> residuals;  ///< on rank 0
  Vector solution;
  std::int64_t oracle_calls = 0, wire_bytes_up = 0, wire_bytes_down = 0;
};

class Residuals final : public Observer {
 public:
  explicit Residuals(std::vector<double>& to) : to_(to) {}
  void row(const Row& row) override { to_.push_back(row.residual); }

 private:
  std::vector<double>& to_;
};

/// Every setting on one problem, which is built once. Collective.
std::vector<Trajectory> trajectories(Communicator& comm, const Problem& problem, const std::string& data) {
  test::Assembly run(comm, problem.spec, "extragradient", "none", "none", 3, workers, data, problem.g);
  std::vector<Trajectory> all;
  for (const auto& setting : settings_for(problem)) {
    auto& trajectory = all.emplace_back();
    try {
      // unproven combinations too: nothing here needs to converge
      run.method = test::make_method(
          run, setting.method,
          {.uplink = setting.uplink, .downlink = setting.downlink, .allow_unproven = true, .constants = {}});
    } catch (const UsageError&) {
      trajectory.refused = true;
      continue;
    }
    run.ledger = {};
    Residuals residuals(trajectory.residuals);
    std::vector<Observer*> observers{&residuals};
    auto outcome = run.solve({.tolerance = 0, .check_every = 10, .max_iterations = 40}, 1, observers);
    trajectory.solution = std::move(outcome.solution);
    trajectory.oracle_calls = outcome.totals.oracle_calls;
    trajectory.wire_bytes_up = outcome.totals.wire_bytes_up;
    trajectory.wire_bytes_down = outcome.totals.wire_bytes_down;
  }
  return all;
}

/// Index of the first number whose bits differ; the size if none does
template <class Numbers>
std::size_t first_difference(const Numbers& a, const Numbers& b) {
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && std::memcmp(&a[i], &b[i], sizeof a[i]) == 0) ++i;
  return i;
}

void expect_same(const Trajectory& one, const Trajectory& other, bool first_rank) {
  ASSERT_EQ(one.refused, other.refused);
  if (first_rank) {
    ASSERT_EQ(one.residuals.size(), other.residuals.size());
    EXPECT_EQ(first_difference(one.residuals, other.residuals), one.residuals.size()) << "iteration of the first";
  }
  ASSERT_EQ(one.solution.size(), other.solution.size());
  EXPECT_EQ(first_difference(one.solution, other.solution), one.solution.size()) << "coordinate of the first";
  EXPECT_EQ(one.oracle_calls, other.oracle_calls);
  EXPECT_EQ(one.wire_bytes_up, other.wire_bytes_up);
  EXPECT_EQ(one.wire_bytes_down, other.wire_bytes_down);
}

class Bitwise : public ::testing::TestWithParam<Problem> {
 protected:
  Bitwise() : file_(test::generate(60, 9, 0.8).text) {}

  [[nodiscard]] std::vector<Trajectory> on(Communicator& comm) const {
    return trajectories(comm, GetParam(), GetParam().data ? file_.path() : "");
  }
  [[nodiscard]] std::vector<Trajectory> on_one_rank() const {
    std::vector<Trajectory> all;
    test::on_simulated(1, [&](Communicator& comm) { all = on(comm); });
    return all;
  }

 private:
  test::ScratchFile file_;
};

void PrintTo(const Problem& problem, std::ostream* out) { *out << problem.spec; }

TEST_P(Bitwise, EveryMethodOnAnyNumberOfRanks) {
  const auto settings = settings_for(GetParam());
  const auto reference = on_one_rank();
  test::on_every_world([&](Communicator& comm) {
    const auto here = on(comm);
    ASSERT_EQ(here.size(), reference.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
      SCOPED_TRACE(settings[i].text());
      expect_same(reference[i], here[i], comm.rank() == 0);
    }
  });
}

// So that nothing is left out unnoticed: what refuses everything here needs a spec in spec_of.
TEST(BitwiseSettings, TakeEveryMethodAndEveryCompressor) {
  std::map<std::string, bool> taken;
  test::on_simulated(1, [&](Communicator& comm) {
    const auto& problem = problems[0];
    const auto settings = settings_for(problem);
    const auto all = trajectories(comm, problem, "");
    for (std::size_t i = 0; i < all.size(); ++i)
      for (const auto& spec : {settings[i].method, settings[i].uplink, settings[i].downlink})
        taken[spec] = taken[spec] || !all[i].refused;
  });
  for (const auto& [spec, once] : taken) EXPECT_TRUE(once) << spec << " is refused in every setting";
}

INSTANTIATE_TEST_SUITE_P(, Bitwise, ::testing::ValuesIn(problems),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace vireo

// Pins what methods say of their rates: the theorems' numbers, bounds that every run (or the mean square over seeds)
// stays under, and silence where no theorem covers the run.
#include "methods/linear_problem.hpp"
#include "methods/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using test::Assembly;

const std::string monotone_game = "bilinear:dimension=40,components=8,condition=100";
const std::string strong_game = "quadratic-game:dimension=40,components=8,condition=20";
const std::string symmetric_game = "quadratic-game:dimension=40,components=8,condition=20,skewness=0";

/// The rates of a method on a problem with z* known, and that problem's constants
struct Said {
  std::vector<Rate> rates;
  Constants constants;

  [[nodiscard]] const Rate& of(const std::string& quantity, std::size_t number = 0) const {
    for (const auto& rate : rates)
      if (rate.quantity == quantity && number-- == 0) return rate;
    throw std::logic_error("no such rate");
  }
};

Said said(const std::string& problem, const std::string& method, const std::string& uplink = "none",
          const RegularizerPointer& g = nullptr, const std::optional<Constants>& constants = std::nullopt,
          bool allow_unproven = false) {
  Said out;
  test::on_simulated(1, [&](Communicator& comm) {
    Assembly run(comm, problem, "extragradient", "none", "none", 1, std::nullopt, "", g);
    out.constants = constants ? *constants : run.constants;
    out.rates =
        test::make_method(run, method, {.uplink = uplink, .allow_unproven = allow_unproven, .constants = constants})
            ->rates();
  });
  return out;
}

double bound(const Rate& rate, double D, double k) {
  if (k + rate.shift == 0) return std::numeric_limits<double>::infinity();
  return *rate.constant * D * std::pow(rate.factor, k) / std::pow(k + rate.shift, rate.power);
}

/// z* with g: where extragradient with a step of its own gets no further
Vector solution_of(Assembly& run) {
  if (run.solution && run.regularizer->zero()) return *run.solution;
  const auto method = test::make_method(run, "extragradient");
  method->start(run.z0);
  for (int k = 0; k < 2000; ++k) method->iterate();
  return {method->point().begin(), method->point().end()};
}

/// Both quantities, over 400 iterations and the mean square over `seeds`, against every rate of the method. Each rate
/// is a bound, and one that says something: at its nearest the run is within a factor `within` of it.
void expect_under(const std::string& method, const std::string& problem, const RegularizerPointer& g = nullptr,
                  const std::string& uplink = "none", std::uint64_t seeds = 1, double within = 20) {
  SCOPED_TRACE(method + " on " + problem + (g ? " with " + g->description() : ""));
  constexpr std::size_t iterations = 400;
  std::vector<Rate> rates;
  std::vector<double> residual(iterations + 1), distance(iterations + 1);
  double D = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    test::on_simulated(1, [&](Communicator& comm) {
      Assembly run(comm, problem, "extragradient", "none", "none", seed, std::nullopt, "", g);
      const auto solution = solution_of(run);
      const auto tested = test::make_method(run, method, {.uplink = uplink});
      rates = tested->rates();
      D = std::sqrt(kernels::squared_distance(run.z0, solution));
      tested->start(run.z0);
      for (std::size_t k = 0; k <= iterations; ++k) {
        if (k > 0) tested->iterate();
        const double r = natural_residual(tested->point(), run.F(tested->point()), *run.regularizer);
        residual[k] += r * r / static_cast<double>(seeds);
        distance[k] += kernels::squared_distance(tested->point(), solution) / static_cast<double>(seeds);
      }
    });
  ASSERT_FALSE(rates.empty());
  for (const auto& rate : rates) {
    SCOPED_TRACE(rate.quantity + ": " + rate.theorem);
    EXPECT_EQ(rate.expected, seeds > 1);
    const auto& measured = rate.quantity == "residual" ? residual : distance;
    double nearest = 0;
    for (std::size_t k = 0; k <= iterations; ++k) {
      const double limit = bound(rate, D, static_cast<double>(k));
      // rounding: z* is known to that only
      ASSERT_LE(std::sqrt(measured[k]), limit * (1 + 1e-12) + 1e-11) << "k = " << k;
      if (std::isfinite(limit) && limit > 1e-8) nearest = std::max(nearest, std::sqrt(measured[k]) / limit);
    }
    EXPECT_GE(nearest, 1 / within);
  }
}

TEST(Rates, EveryRunIsUnderTheBound) {
  for (const char* method : {"extragradient", "extragradient:step=0.5x", "extragradient:step=1.076x", "feg",
                             "feg:step=0.5x", "eag", "eag:variant=V"})
    for (const auto& problem : {monotone_game, strong_game, symmetric_game}) expect_under(method, problem);
  for (const char* method :
       {"forb", "forb:step=0.7x", "optimistic", "optimistic:step=0.7x", "halpern", "halpern:step=0.5x"})
    for (const auto& problem : {strong_game, symmetric_game}) expect_under(method, problem);
}

TEST(Rates, AlsoWithARegularizerOrConstraint) {
  for (const auto& g : {make_l1(0.05), make_box(-0.2, 0.3), make_l2(0.3)})
    for (const char* method : {"extragradient", "feg", "forb:step=0.7x", "optimistic:step=0.7x", "halpern"})
      expect_under(method, strong_game, g, "none", 1, 100);
}

TEST(Rates, TheMeanSquareOverSeedsIsUnderTheBound) {
  const std::string sampled = "quadratic-game:dimension=20,components=16,condition=10";
  expect_under("masha1:step=auto", strong_game, nullptr, "randk:fraction=0.25", 6);
  expect_under("masha1:step=auto,refresh=zk", strong_game, make_box(-0.2, 0.3), "randk:fraction=0.25", 6, 100);
  expect_under("masha1:step=0.3x", strong_game, make_l2(0.3), "randk:fraction=0.25", 6, 100);
  expect_under("pp-masha1:step=auto", strong_game, nullptr, "randk:fraction=0.25", 6);
  expect_under("vr-masha1:step=auto", sampled, nullptr, "randk:fraction=0.25", 6);
  expect_under("masha2:step=auto", strong_game, nullptr, "topk:fraction=0.25", 6);
  expect_under("pp-masha2:step=auto", strong_game, nullptr, "topk:fraction=0.25", 6);
  expect_under("vr-masha2:step=auto", sampled, nullptr, "topk:fraction=0.25", 6);
  expect_under("vr-extragradient", sampled, nullptr, "none", 6);
  expect_under("optimistic-masha:step=auto", strong_game, nullptr, "permk", 6);
  expect_under("three-pillars:step=auto", strong_game, nullptr, "permk", 6);
  expect_under("vr-halpern", sampled, nullptr, "none", 6);
  expect_under("compressed-halpern", strong_game, nullptr, "randk:fraction=0.25", 6);
}

TEST(Rates, AreTheTheoremsNumbers) {
  const auto feg = said(monotone_game, "feg");
  const double L = feg.constants.L->value;
  EXPECT_DOUBLE_EQ(*feg.of("residual").constant, 2 * L);
  EXPECT_EQ(feg.of("residual").power, 1);
  EXPECT_EQ(feg.of("residual").shift, 0);
  EXPECT_DOUBLE_EQ(*said(monotone_game, "feg:rho=0.1").of("residual").constant, 2 / (1 / L + 0.2));
  EXPECT_DOUBLE_EQ(*said(monotone_game, "eag").of("residual").constant, std::sqrt(260) * L);
  EXPECT_DOUBLE_EQ(*said(monotone_game, "eag:variant=V").of("residual").constant, std::sqrt(27) * L);

  const auto halpern = said(strong_game, "halpern");
  EXPECT_DOUBLE_EQ(*halpern.of("residual").constant, halpern.constants.cocoercivity->value);
  EXPECT_EQ(halpern.of("residual").shift, 1);

  const auto extragradient = said(strong_game, "extragradient");
  const double of_strong = extragradient.constants.L->value;
  const double kappa = of_strong / extragradient.constants.mu->value;
  ASSERT_GT(kappa, 12);  // so that gamma L = 0.92
  const double a = 1.84 / kappa, b = 1 - 0.92 * 0.92;
  EXPECT_NEAR(extragradient.of("distance").factor, std::sqrt(1 - a * b / (a + b)), 1e-14);
  EXPECT_EQ(extragradient.of("distance").constant, 1);
  EXPECT_DOUBLE_EQ(*extragradient.of("residual").constant, of_strong);
  EXPECT_DOUBLE_EQ(*extragradient.of("residual", 1).constant, of_strong / (0.92 * std::sqrt(b)));
  EXPECT_EQ(extragradient.of("residual", 1).power, 0.5);

  const auto masha = said(strong_game, "masha1:step=0.01,refresh=zk,probability=0.2", "randk:fraction=0.25");
  const auto& of_masha = masha.constants;
  const double C2 = std::pow(of_masha.L->value, 2) + 3 * std::pow(of_masha.L_ms->value, 2) / 8;
  const double c = 0.2 - 1e-4 * C2, s = 1 - std::pow(masha.of("distance").factor, 2);
  EXPECT_NEAR(s * 0.8 / (0.8 - s) + s * c / (c - s), 0.02 * of_masha.mu->value, 1e-12);
  EXPECT_EQ(masha.of("distance").constant, std::sqrt(2));
  const auto tau = said(strong_game, "masha1:step=0.01,refresh=next,probability=0.2", "randk:fraction=0.25");
  EXPECT_DOUBLE_EQ(*tau.of("distance").constant, std::sqrt(1.8 / 0.8));
  EXPECT_EQ(said(strong_game, "masha2:step=auto", "topk:fraction=0.25").of("distance").constant, 2);
}

TEST(Rates, WhereOnlyTheDecayIsKnownThereIsNoConstant) {
  EXPECT_FALSE(said(strong_game, "svogs:step=auto").of("distance").constant);
  EXPECT_FALSE(
      said(strong_game, "masha1:step=auto,snapshot=[rounding:bits=16]", "randk:fraction=0.25").of("distance").constant);
  const auto diana = said(strong_game, "diana-sgda");
  EXPECT_FALSE(diana.of("distance").constant);
  EXPECT_NEAR(diana.of("distance").factor,
              std::sqrt(1 - diana.constants.mu->value / diana.constants.cocoercivity->value), 1e-14);
}

TEST(Rates, NothingIsSaidBeyondTheTheory) {
  const auto silent = [](const std::string& problem, const std::string& method, const std::string& uplink = "none",
                         const RegularizerPointer& g = nullptr) {
    EXPECT_TRUE(said(problem, method, uplink, g).rates.empty()) << method << " on " << problem;
  };
  silent(strong_game, "extragradient:step=1.5x");
  silent(strong_game, "feg:step=1.1x");
  silent(strong_game, "eag:variant=V,step=0.9x");
  silent(strong_game, "eag", "none", make_l1(0.1));
  silent(strong_game, "forb:step=1.1x");
  silent(strong_game, "halpern:restart=on");
  silent(strong_game, "halpern:step=1.1x");
  for (const char* method : {"masha1", "vr-masha1", "pp-masha1"}) silent(strong_game, method, "randk:fraction=0.25");
  silent(strong_game, "masha1:step=2x", "randk:fraction=0.25");
  silent(strong_game, "masha2", "topk:fraction=0.25");
  silent(strong_game, "masha2:step=1.1x", "topk:fraction=0.25");
  silent(strong_game, "masha2:step=auto,refresh=next", "topk:fraction=0.25");
  silent(strong_game, "masha2:step=auto,feedback=off", "topk:fraction=0.25");
  silent(strong_game, "optimistic-masha:step=1.1x", "permk");
  silent(strong_game, "svogs:probability=0.4,step=8x");
  silent(strong_game, "vr-halpern:parameters=aggressive");
  for (const char* method : {"agraal", "ceg", "qsgda", "vr-forb"}) silent(strong_game, method);
  auto merely_monotone = said(strong_game, "feg").constants;
  merely_monotone.mu->value = 0;
  EXPECT_TRUE(said(strong_game, "forb", "none", nullptr, merely_monotone).rates.empty());
  EXPECT_TRUE(said(strong_game, "masha1:step=auto", "randk:fraction=0.25", nullptr, merely_monotone).rates.empty());
  EXPECT_TRUE(said(strong_game, "masha1:step=auto", "topk:fraction=0.25", nullptr, std::nullopt, true).rates.empty());
}

TEST(Rates, EstimatedOrUnknownConstantsCarryNoTheorem) {
  auto constants = said(strong_game, "feg").constants;
  const auto rates_with = [&](const char* method) {
    return said(strong_game, method, "none", nullptr, constants).rates.size();
  };
  EXPECT_EQ(rates_with("feg"), 1U);
  EXPECT_EQ(rates_with("masha1:step=auto"), 2U);
  EXPECT_EQ(rates_with("extragradient"), 3U);
  // feg leaves the domain of g
  constants.in_domain_only = true;
  EXPECT_EQ(rates_with("feg:step=0.01"), 0U);
  EXPECT_THROW(static_cast<void>(rates_with("feg")), UsageError);
  EXPECT_EQ(rates_with("feg:L=100"), 1U);
  EXPECT_EQ(rates_with("extragradient"), 3U);
  constants.in_domain_only = false;
  // what the noise of the workers' messages is made of
  auto estimated = constants;
  for (auto* const constant : {&estimated.L_tilde, &estimated.L_ms}) (*constant)->origin = Origin::estimated;
  const auto rates_up = [&](const char* method, const char* uplink) {
    return said(strong_game, method, uplink, nullptr, estimated).rates.size();
  };
  for (const char* method : {"masha1:step=auto", "optimistic-masha", "diana-sgda"})
    EXPECT_EQ(rates_up(method, "randk:fraction=0.25"), 0U) << method;
  EXPECT_EQ(rates_up("optimistic-masha:step=auto", "randk-shared:fraction=0.25"), 2U);
  EXPECT_EQ(rates_up("diana-sgda", "none"), 2U);
  constants.L->origin = Origin::estimated;
  EXPECT_EQ(rates_with("feg") + rates_with("extragradient") + rates_with("masha1:step=auto"), 0U);
  constants.L->origin = Origin::bounded;
  constants.mu.reset();  // not known to be monotone
  EXPECT_EQ(rates_with("feg") + rates_with("extragradient") + rates_with("masha1:step=auto"), 0U);
  constants.mu = Constant{-0.5, Origin::computed};
  EXPECT_EQ(rates_with("feg") + rates_with("extragradient") + rates_with("masha1:step=auto"), 0U);
}

}  // namespace
}  // namespace vireo

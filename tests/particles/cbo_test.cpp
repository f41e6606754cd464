// Pins cbo and consensus-hopping to a NumPy-like recursion of their own numbers, hopping to the proximal step, and the
// choice of alpha, the kick, the reduction and the bounds to what they say.
#include <algorithm>

#include "core/noise.hpp"
#include "particles/support.hpp"
#include "problems/logistic_data.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using test::run;

/// Positions of all particles of one rank
std::vector<Vector> positions(const Method& method) {
  const auto& swarm = dynamic_cast<const methods::Cbo&>(method).swarm();
  std::vector<Vector> all;
  for (Index i = 0; i < swarm.own_particles().end; ++i) {
    all.emplace_back(swarm.consensus().size());
    swarm.copy(i, all.back());
  }
  return all;
}

/// sum w x / sum w
Vector consensus_of(const std::vector<Vector>& x, const std::function<double(ConstView)>& f, double alpha) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto& point : x) least = std::min(least, f(point));
  Vector c(x.front().size(), 0.0);
  double S = 0;
  for (const auto& point : x) {
    const double w = std::exp(-alpha * (f(point) - least));
    S += w;
    for (Index j = 0; j < c.size(); ++j) c[j] += w * point[j];
  }
  for (double& value : c) value /= S;
  return c;
}

double sphere(ConstView z) {
  double sum = 0;
  for (const double t : z) sum += (t - 1) * (t - 1);
  return sum;
}

TEST(Cbo, IsTheRecursionOfThePaper) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly assembly(comm, "sphere:dimension=3,shift=1",
                            "cbo:particles=150,lambda=2,sigma=5,dt=0.02,alpha=3,alpha-factor=1.1,alpha-max=4");
    auto& method = *assembly.method;
    method.start(assembly.z0);
    auto x = positions(method);
    EXPECT_EQ(x.size(), 150u);
    double alpha = 3;
    auto c = consensus_of(x, sphere, alpha);
    for (std::uint64_t k = 1; k <= 20; ++k) {
      ASSERT_LE(test::largest_difference(c, method.point()), 1e-12) << k;
      // the same noise: number j of particle i in step k
      const random::Noise noise({.seed = 1, .purpose = random::Purpose::particle, .worker = 0, .iteration = k});
      Vector xi(64 * 4);
      for (Index i = 0; i < x.size(); ++i) {
        if (i % 64 == 0) noise.normals(i, 64, 3, 64, xi.data());
        for (Index j = 0; j < 3; ++j) {
          const double D = x[i][j] - c[j];
          x[i][j] = x[i][j] - 0.04 * D + 5 * std::sqrt(0.02) * D * xi[j * 64 + i % 64];
        }
      }
      method.iterate();
      alpha = std::min(alpha * 1.1, 4.0);
      c = consensus_of(x, sphere, alpha);
      ASSERT_LE(test::largest_difference(x[149], positions(method)[149]), 1e-11) << k;
    }
  });
}

// The mean of exp(-alpha L |y|^2 / 2) under N(x, width^2): x / (1 + alpha width^2 L).
TEST(Hopping, IsTheProximalStepOnAQuadratic) {
  constexpr double alpha = 5, width = 0.3, L = 2;  // f = |x|^2
  constexpr int particles = 200000;
  const auto finished = run("sphere:dimension=2,lower=1,upper=1",
                            "consensus-hopping:particles=200000,width=0.3,deviation=0.3,alpha=5", 1);
  const double factor = 1 / (1 + alpha * width * width * L);
  // the weighted mean's standard error is about that of a mean of N numbers of the Gibbs measure, widened by the
  // weights
  const double error = 3 * width / std::sqrt(particles);
  for (const double value : finished.start) EXPECT_NEAR(value, factor, 5 * error);
  for (const double value : finished.point) EXPECT_NEAR(value, factor * factor, 10 * error);
}

TEST(Hopping, WidthShrinks) {
  const auto fixed = run("sphere:dimension=2", "consensus-hopping:particles=100", 60);
  const auto shrinking = run("sphere:dimension=2", "consensus-hopping:particles=100,shrink=0.5,shrink-every=10", 60);
  EXPECT_GT(fixed.measures.at("diameter"), 2);
  EXPECT_LT(shrinking.measures.at("diameter"), 0.2);
}

TEST(Cbo, ChoosesAlphaByEffectiveSampleSize) {
  for (const double part : {0.1, 0.5, 0.9})
    for (const char* problem : {"rastrigin", "sphere:dimension=5", "ackley"}) {
      const auto finished = run(problem, "cbo:particles=700,ess=" + std::to_string(part), 3);
      EXPECT_NEAR(finished.measures.at("effective_sample_size") / 700, part, 0.01 * part) << problem;
    }
}

TEST(Cbo, StepsByProductsAreThoseByFactors) {
  const auto one = run("rastrigin:dimension=4", "cbo:lambda=2,sigma=3,dt=0.04", 10);
  const auto other = run("rastrigin:dimension=4", "cbo:lambda-dt=0.08,s=0.6", 10);
  EXPECT_LE(test::largest_difference(one.point, other.point), 1e-9);
  EXPECT_THROW(run("rastrigin", "cbo:s=0.5,sigma=5", 1), UsageError);
  EXPECT_THROW(run("rastrigin", "cbo:lambda=1,lambda-dt=5", 1), UsageError);
  EXPECT_THROW(run("rastrigin", "cbo:scheme=frozen,noise=isotropic", 1), UsageError);
  EXPECT_THROW(run("rastrigin", "cbo:alpha=10,alpha-max=5", 1), UsageError);
}

TEST(Cbo, FreezingIsStableForAnyStep) {
  const auto euler = run("sphere:dimension=3", "cbo:lambda=1,sigma=1,dt=10", 20);
  const auto frozen = run("sphere:dimension=3", "cbo:lambda=1,sigma=1,dt=10,scheme=frozen", 200);
  EXPECT_GT(euler.measures.at("diameter"), 1e10);
  EXPECT_LT(frozen.measures.at("diameter"), 1e-10);
}

TEST(Cbo, ComesTogetherWithIsotropicNoiseByDefault) {
  for (const int d : {2, 10, 30}) {
    const auto finished = run("rastrigin:dimension=" + std::to_string(d), "cbo:particles=200,noise=isotropic", 3000);
    EXPECT_LT(finished.measures.at("diameter"), 1e-2) << d;
  }
}

TEST(Cbo, AlphaMaxBoundsTheAccuracy) {
  const auto coarse = run("sphere:dimension=20", "cbo:alpha-max=100", 600);
  const auto fine = run("sphere:dimension=20", "cbo", 600);
  EXPECT_GT(coarse.measures.at("consensus_value"), 1e-4);
  EXPECT_LT(fine.measures.at("consensus_value"), 1e-12);
}

// alpha grows to 1e5, stays there until a quarter of all steps has brought no value that is better by d/1e5, and then
// grows by a fifth in every step.
TEST(Cbo, AlphaRisesBeyondItsHoldOnceNothingBetterIsFound) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const char* problem : {"sphere:dimension=5", "rastrigin:dimension=5"}) {
      test::Assembly assembly(comm, problem, "cbo:particles=60,alpha-factor=1.3");
      auto& method = *assembly.method;
      method.start(assembly.z0);
      double alpha = 30, settled_value = std::numeric_limits<double>::max();
      int settled = 0;
      bool held = false;
      for (int k = 1; k <= 400; ++k) {
        const double best = test::measures(method).at("best_value");
        if (alpha * 1.3 <= 1e5) {
          alpha *= 1.3;
        } else {
          if (settled_value - best > 5 / 1e5) {
            settled_value = best;
            settled = 0;
          }
          ++settled;
          held = held || settled <= 0.25 * k;
          alpha = settled <= 0.25 * k ? 1e5 : std::min(1.2 * std::max(alpha, 1e5), 1e15);
        }
        method.iterate();
        ASSERT_EQ(test::measures(method).at("alpha"), alpha) << problem << ", " << k;
      }
      EXPECT_TRUE(held);
      EXPECT_GT(alpha, 1e9);
    }
  });
}

TEST(Cbo, TakesAlphaMaxAtItsWord) {
  EXPECT_EQ(run("sphere", "cbo:particles=64,alpha-max=1e5", 700).measures.at("alpha"), 1e5);
  EXPECT_EQ(run("sphere", "cbo:particles=64,alpha-max=1e15", 700).measures.at("alpha"), 1e15);
  EXPECT_EQ(run("sphere", "cbo:particles=64,alpha=1e7,alpha-factor=1", 50).measures.at("alpha"), 1e7);
}

TEST(Cbo, KicksWhenTheConsensusStagnates) {
  const std::string still = "cbo:particles=100,s=0.7,patience=3";
  const auto without = run("sphere:dimension=2", still, 1000);
  const auto with = run("sphere:dimension=2", still + ",kick=0.5", 1000);
  EXPECT_LT(without.measures.at("diameter"), 1e-6);
  EXPECT_GT(with.measures.at("diameter"), 1e-6);
}

TEST(Cbo, ReducesParticlesAsTheyComeTogether) {
  const auto finished = run("sphere:dimension=2", "cbo:particles=1000,reduce=on,least=128,s=0.3", 200);
  EXPECT_LE(finished.measures.at("particles"), 160);
  EXPECT_GE(finished.measures.at("particles"), 128);
  EXPECT_LT(finished.measures.at("evaluations"), 201 * 1000 / 2);
  EXPECT_LT(finished.measures.at("consensus_value"), 1e-4);
}

TEST(Cbo, StaysWithinBounds) {
  for (const char* bounds : {"project", "reflect"})
    test::on_simulated(1, [&](Communicator& comm) {
      test::Assembly assembly(comm, "rastrigin:dimension=3,shift=5", std::string("cbo:particles=100,bounds=") + bounds,
                              "none", "none", 1, std::nullopt, "", make_box(-1, 2));
      assembly.method->start(assembly.z0);
      Index on_boundary = 0, inside = 0;
      for (int k = 0; k < 5; ++k) {
        assembly.method->iterate();
        for (const auto& x : positions(*assembly.method))
          for (const double value : x) {
            ASSERT_LE(value, 2);
            ASSERT_GE(value, -1);
            (value == 2 || value == -1 ? on_boundary : inside) += 1;
          }
      }
      // projection leaves those inside where they are, and puts the others on the boundary; reflection puts few there
      EXPECT_GT(inside, 300u);
      if (std::string(bounds) == "project") {
        EXPECT_GT(on_boundary, 50u);
      }
    });
}

TEST(Cbo, OnlyObjectivesAreForIt) {
  EXPECT_THROW(run("bilinear:dimension=4", "cbo", 1), UsageError);
  EXPECT_THROW(run("rastrigin", "extragradient", 1), UsageError);
  EXPECT_THROW(run("bilinear:dimension=4", "cbo-saddle", 1), UsageError);
}

TEST(Cbo, ResidualIsTheValueAboveTheMinimum) {
  const auto finished = run("rastrigin:dimension=2,shift=1", "cbo", 1000, 1, nullptr, 1e-10);
  EXPECT_EQ(finished.outcome.termination, Termination::converged);
  EXPECT_LE(finished.outcome.residual, 1e-10);
  EXPECT_LE(test::distance(finished.point, 1), 1e-5);
  EXPECT_DOUBLE_EQ(finished.outcome.residual, finished.measures.at("consensus_value"));
}

// Both layouts of a network's loss against its definition, worker by worker and row by row.
TEST(NeuralFit, IsItsDefinitionInBothLayouts) {
  const auto data = test::generate(40, 5, 0.7);
  const test::ScratchFile file(data.text);
  for (const char* layout : {"particles", "data"})
    test::on_simulated(3, [&](Communicator& comm) {
      test::Assembly assembly(comm, std::string("neural-fit:hidden=3,lambda=0.1,layout=") + layout, "cbo:particles=10",
                              "none", "none", 1, 7, file.path());
      Vector w((5 + 2) * 3 + 1);
      random::normals({.seed = 8}, 0, w);
      const double got = assembly.problem->objective()->value(w);
      double want = 0.05 * kernels::squared_norm(w);
      for (Index i = 0; i < 40; ++i) {
        double o = w[21];
        for (Index k = 0; k < 3; ++k) {
          double t = w[15 + k];
          for (Index j = 0; j < 5; ++j) t += w[j * 3 + k] * data.rows[i][j];
          o += w[18 + k] * std::tanh(t);
        }
        want += std::log1p(std::exp(data.labels[i] > 0 ? -o : o)) / 40;
      }
      EXPECT_NEAR(got, want, 1e-13 * want) << layout;
    });
}

// All ranks together, for many particles at once: the same numbers as one by one, and a particle without a value does
// not touch the others.
TEST(NeuralFit, EvaluatesManyParticlesByOneReduction) {
  const test::ScratchFile file(test::generate(40, 5, 0.7).text);
  constexpr Index d = (5 + 2) * 3 + 1;
  for (const Index workers : {2U, 7U, 30U})  // several workers a pass, and one
    test::on_simulated(3, [&](Communicator& comm) {
      test::Assembly assembly(comm, "neural-fit:hidden=3,lambda=0.1,layout=data", "cbo:particles=10", "none", "none", 1,
                              workers, file.path());
      const auto& f = *assembly.problem->objective();
      constexpr Index sizes[] = {64, 64, 17};
      std::vector<Vector> rows;
      for (std::uint64_t b = 0; b < 3; ++b) {
        rows.emplace_back(64 * d);
        random::normals({.seed = b}, 0, rows.back());
      }
      rows[1][3] = std::nan("");                                       // coordinate 0 of point 3
      for (Index j = 0; j < d; ++j) rows[1][64 * j + 5] = 1e200;       // |w|^2 is not finite
      rows[2][64 * (d - 1) + 2] = std::numeric_limits<double>::max();  // nor this loss
      Vector values(64 + 64 + 17);
      Ledger ledger;
      f.values_together({3, [&](Index b) { return Points(rows[b].data(), sizes[b], d); }}, values, ledger);
      EXPECT_EQ(combine(comm, ledger.wire_bytes_up, Reduction::sum), static_cast<std::int64_t>(workers * 8 * 145));
      Index i = 0;
      for (Index b = 0; b < 3; ++b)
        for (Index p = 0; p < sizes[b]; ++p, ++i) {
          Vector point(d);
          Points(rows[b].data(), 64, d).copy(p, point);
          const bool bad = (b == 1 && (p == 3 || p == 5)) || (b == 2 && p == 2);
          ASSERT_EQ(std::isfinite(values[i]), !bad) << b << ", " << p;
          if (!bad) {
            ASSERT_EQ(values[i], f.value(point)) << b << ", " << p;
          }
        }
    });
}

/// What a step costs on a network: bytes of the paper's model for each worker, bytes that ranks send, and messages, one
/// after the other, as a clock counts them that knows nothing but latency
struct Traffic {
  double wire_bytes = 0, sent = 0, messages = 0;
};

Traffic traffic_of_a_step(int ranks, const std::string& problem, const std::string& method, Index workers,
                          const std::string& file = "") {
  Traffic traffic;
  constexpr NetworkModel only_latency{.latency_seconds = 1, .bytes_per_second = 1e300};
  run_simulated(ranks, only_latency, [&](Communicator& comm) {
    test::Assembly assembly(comm, problem, method, "none", "none", 1, workers, file);
    assembly.method->start(assembly.z0);
    const auto wire_before = assembly.ledger.wire_bytes_up, sent_before = comm.bytes_sent();
    const double clock = comm.modelled_seconds();
    assembly.method->iterate();
    const auto wire = combine(comm, assembly.ledger.wire_bytes_up - wire_before, Reduction::sum);
    const double messages = comm.modelled_seconds() - clock;
    const auto sent = combine(comm, comm.bytes_sent() - sent_before, Reduction::maximum);
    if (comm.rank() != 0) return;
    traffic = {static_cast<double>(wire) / static_cast<double>(workers), static_cast<double>(sent), messages};
  });
  return traffic;
}

// One reduction of d + 7 numbers a step and swarm, whatever N and P.
TEST(Cbo, AStepReducesAFewNumbersMoreThanCoordinates) {
  constexpr double record = 8 * (20 + 7);
  for (const char* particles : {"640", "64000"}) {
    const auto method = std::string("cbo:particles=") + particles;
    const auto one = traffic_of_a_step(2, "rastrigin:dimension=20", method, 1);
    EXPECT_EQ(one.wire_bytes, record) << particles;
    for (const int ranks : {2, 3, 8}) {
      const auto many = traffic_of_a_step(ranks, "rastrigin:dimension=20", method, 1);
      EXPECT_EQ(many.wire_bytes, record) << particles << " on " << ranks;
      // of each rank a record for every maximal subtree: at most twice the levels of its part of the tree
      EXPECT_LE(many.sent, (ranks - 1) * record * 2 * 10) << particles << " on " << ranks;
      EXPECT_LE(many.messages, 2 * ranks) << particles << " on " << ranks;
    }
  }
  // two swarms, and the mean of each
  EXPECT_EQ(traffic_of_a_step(3, "saddle-rastrigin:half=10", "cbo-saddle:particles=640", 1).wire_bytes,
            2 * 2 * 8 * (10 + 7));
}

// Where data are split: one reduction of N numbers more.
TEST(Cbo, AStepOnSplitDataReducesOneNumberPerParticle) {
  const test::ScratchFile file(test::generate(60, 5, 0.7).text);
  const auto few = traffic_of_a_step(4, "neural-fit:layout=data", "cbo:particles=64", 6, file.path());
  const auto many = traffic_of_a_step(4, "neural-fit:layout=data", "cbo:particles=6400", 6, file.path());
  constexpr double record = 8 * ((5 + 2) * 4 + 1 + 7);
  EXPECT_EQ(few.wire_bytes, 8 * 64 + record);
  EXPECT_EQ(many.wire_bytes, 8 * 6400 + record);
  EXPECT_EQ(few.messages, many.messages);
}

}  // namespace
}  // namespace vireo

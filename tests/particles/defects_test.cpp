// Each defect that was found in CBXpy and GOB (cbo.md, section 3.7) is a test here; sums of weights are in tally_test.
#include "particles/support.hpp"

namespace vireo {
namespace {

using test::run;
constexpr double inf = std::numeric_limits<double>::infinity();

TEST(Defects, TheSeedSeedsTheInitialParticlesToo) {
  const auto one = run("rastrigin", "cbo:particles=50", 5, 3);
  const auto again = run("rastrigin", "cbo:particles=50", 5, 3);
  const auto other = run("rastrigin", "cbo:particles=50", 5, 4);
  EXPECT_EQ(one.start, again.start);
  EXPECT_EQ(one.point, again.point);
  EXPECT_NE(one.start, other.start);
}

double bowl(ConstView z) { return z[0] * z[0] + z[1] * z[1]; }

TEST(Defects, AParticleWithoutAValueIsDroppedAndCounted) {
  const auto half = [](double bad) { return [bad](ConstView z) { return z[0] > 0.5 ? bad : bowl(z); }; };
  test::add_objective("nan-half", 2, half(std::nan("")));
  test::add_objective("inf-half", 2, half(inf));
  test::add_objective("minus-inf-half", 2, half(-inf));
  const auto nan = run("nan-half", "cbo:particles=200", 400);
  EXPECT_GT(nan.measures.at("dropped"), 50);
  EXPECT_LT(nan.measures.at("consensus_value"), 1e-8);
  // all that is not finite is alike
  for (const char* name : {"inf-half", "minus-inf-half"}) {
    const auto other = run(name, "cbo:particles=200", 400);
    EXPECT_EQ(other.point, nan.point) << name;
    EXPECT_EQ(other.measures.at("dropped"), nan.measures.at("dropped")) << name;
  }
}

TEST(Defects, NoFiniteValueAtAllEndsTheRun) {
  test::add_objective("nowhere", 2, [](ConstView) { return std::nan(""); });
  test::on_simulated(2, [](Communicator& comm) {
    test::Assembly assembly(comm, "nowhere", "cbo:particles=200");
    EXPECT_THROW(assembly.method->start(assembly.z0), NotFinite);
  });
}

TEST(Defects, EffectiveSampleSizeIsResolved) {
  // CBXpy's linear bisection gave 0.001 N here
  const auto finished = run("rastrigin:shift=2", "cbo:particles=1000,ess=0.5", 1);
  EXPECT_NEAR(finished.measures.at("effective_sample_size"), 500, 5);
}

TEST(Defects, MemoryWorksWithBatches) {
  for (const char* update : {"batch", "all"}) {
    const auto finished =
        run("rastrigin:dimension=4", std::string("cbo:memory=on,batch=0.3,s=0.8,update=") + update, 800);
    EXPECT_LT(finished.measures.at("consensus_value"), 1e-3) << update;
    // 1000 particles: 15 blocks of 64 with 19 each, one of 40 with 12
    EXPECT_EQ(finished.measures.at("evaluations"), 801 * (15 * 19 + 12)) << update;
  }
}

// With alpha beyond all differences the consensus is the best of all memories, also of those outside the batch.
TEST(Defects, MemoriesOutsideTheBatchAreWeighedToo) {
  for (const int iterations : {1, 2, 3, 10, 30}) {
    const auto finished =
        run("rastrigin:dimension=4", "cbo:particles=200,memory=on,batch=0.2,alpha=1e12,alpha-factor=1", iterations);
    EXPECT_NEAR(finished.measures.at("consensus_value"), finished.measures.at("best_value"), 1e-12) << iterations;
    EXPECT_LE(finished.measures.at("diameter"), 100) << iterations;
  }
}

TEST(Defects, MemoryWithBatchesFindsTheMinimum) {
  for (const std::uint64_t seed : {1U, 2U, 3U})
    EXPECT_LT(test::distance(run("rastrigin:shift=2", "cbo:s=0.7,memory=on,batch=0.5", 1000, seed).point, 2), 0.25)
        << seed;
}

// What a particle remembers keeps its weight when it has no value now; but a step without any value is an error.
TEST(Defects, MemoriesOutliveValuesThatAreNotFinite) {
  static bool bad = false;
  test::add_objective("sometimes", 2, [](ConstView z) { return bad && z[0] < 0.1 ? inf : bowl(z); });
  test::add_objective("never-again", 2, [](ConstView z) { return bad ? inf : bowl(z); });
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly some(comm, "sometimes", "cbo:particles=100,memory=on");
    bad = false;
    some.method->start(some.z0);
    const auto before = test::measures(*some.method);
    bad = true;
    some.method->iterate();
    const auto after = test::measures(*some.method);
    EXPECT_GT(after.at("dropped"), 10);
    EXPECT_LE(after.at("best_value"), before.at("best_value"));
    EXPECT_GT(after.at("effective_sample_size"), 0);

    test::Assembly none(comm, "never-again", "cbo:particles=100,memory=on");
    bad = false;
    none.method->start(none.z0);
    bad = true;
    EXPECT_THROW(none.method->iterate(), NotFinite);
  });
}

TEST(Defects, AnUnknownKeyIsRefused) {
  try {
    static_cast<void>(run("rastrigin", "cbo:batch_size=10", 1));
    FAIL() << "was accepted";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("batch_size"), std::string::npos) << error.what();
  }
}

TEST(Defects, RunsShareNothing) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly first(comm, "rastrigin:dimension=3", "cbo:particles=80");
    test::Assembly second(comm, "rastrigin:dimension=3", "cbo:particles=80");
    first.method->start(first.z0);
    for (int k = 0; k < 5; ++k) first.method->iterate();
    second.method->start(second.z0);
    for (int k = 0; k < 5; ++k) second.method->iterate();
    EXPECT_EQ(test::measures(*first.method), test::measures(*second.method));
    EXPECT_EQ(first.method->measures().size(), second.method->measures().size());
  });
}

/// Adds up what a method keeps
class Doubles final : public StateList {
 public:
  void global(const std::string&, Vector& value) override { count += value.size(); }
  void per_worker(const std::string&, WorkerVectors&) override {}
  void by_segment(const std::string&, SegmentVector& value) override { count += value.values.size(); }
  void scalar(const std::string&, double&) override { ++count; }
  void scalar(const std::string&, std::int64_t&) override { ++count; }
  Index count = 0;
};

TEST(Defects, MemoryIsAFewNumbersPerCoordinate) {
  for (const auto& [spec, most] : {std::pair{"cbo:particles=64000", 1.1}, {"cbo:particles=64000,memory=on", 2.2}})
    test::on_simulated(1, [&, spec = spec, most = most](Communicator& comm) {
      test::Assembly assembly(comm, "rastrigin:dimension=20", spec);
      assembly.method->start(assembly.z0);
      Doubles kept;
      assembly.method->list_state(kept);
      EXPECT_LE(static_cast<double>(kept.count), most * 64000 * 20) << spec;
    });
}

TEST(Defects, NothingIsEvaluatedThatTheMethodDoesNotNeed) {
  static Index calls = 0;
  test::add_objective("counting", 2, [](ConstView z) {
    ++calls;
    return bowl(z);
  });
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly assembly(comm, "counting", "cbo:particles=100");
    calls = 0;
    assembly.method->start(assembly.z0);
    EXPECT_EQ(calls, 100u);
    for (int k = 0; k < 3; ++k) assembly.method->iterate();
    EXPECT_EQ(calls, 400u);
    EXPECT_EQ(assembly.ledger.oracle_calls, 400);
  });
}

TEST(Defects, RanksWithoutParticlesDoNoHarm) {
  const auto one = run("rastrigin:dimension=3", "cbo:particles=10", 20);
  test::on_simulated(5, [&](Communicator& comm) {
    test::Assembly assembly(comm, "rastrigin:dimension=3", "cbo:particles=10");
    EXPECT_EQ(assembly.solve({.tolerance = 0, .max_iterations = 20}).solution, one.point);
  });
}

}  // namespace
}  // namespace vireo

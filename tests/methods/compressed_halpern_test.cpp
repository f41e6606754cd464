// Pins compressed-halpern to its textbook recursion, to the uncompressed iteration without compressors, to steps that
// do not diverge, to the bytes that the reference program finds, and to refusing what its theory does not cover.
#include "methods/estimated_halpern.hpp"

#include "methods/estimated_textbook.hpp"
#include "methods/masha_support.hpp"
#include "methods/support.hpp"

namespace vireo {
namespace {

using test::CompressedTextbook;
using test::EstimatedTextbook;
using Point = CompressedTextbook::Point;

Point compressed(const CompressedTextbook& book, std::uint64_t k, const Point& u, const Point& v) {
  return book.exchanged(k, [&](Index m) { return Point(book.F(m, u) - book.F(m, v)); });
}

TEST(CompressedHalpern, EqualsItsTextbookRecursion) {
  const std::string problem = "quadratic-game:dimension=20,components=27";  // 27 workers
  for (const auto& [up, down] : {std::pair{"randk:k=5", "none"},
                                 {"randk:k=5", "randk:k=10"},
                                 {"none", "natural"},
                                 {"rounding:bits=16", "rounding:bits=16"},
                                 {"permk", "none"}})
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)}) {
      const bool with_g = g != nullptr;
      const auto expect = [&, up = up, down = down](const std::string& method,
                                                    const test::EstimatedTextbookSettings& settings) {
        test::expect_compressed_recursion(problem, method, up, down, g, [&](const CompressedTextbook& book) {
          return EstimatedTextbook(book, settings, compressed);
        });
      };
      expect("compressed-halpern:step=0.1,probability=0.1", {.eta = 0.1, .g = with_g});
      expect("compressed-halpern:step=0.1,probability=0.3,anchor=1,restart=on",
             {.eta = 0.1, .p = 0.3, .a = 1, .restart = true, .g = with_g});
      expect("compressed-halpern:step=30,probability=0.3,safeguard=on",
             {.eta = 30, .p = 0.3, .safeguard = true, .g = with_g});
    }
}

TEST(CompressedHalpern, SamplesComponentsAndCompressesWhatTheyGive) {
  // 64 workers, which hold 3 or 4 components each
  const std::string problem = "quadratic-game:dimension=20,components=200";
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, problem, "compressed-halpern:step=0.1,probability=0.1,batch=2", "randk:k=5", "none", 9);
    const CompressedTextbook book(run, "randk:k=5", "none");
    const auto difference = [&](const CompressedTextbook& textbook, std::uint64_t k, const Point& u, const Point& v) {
      return textbook.exchanged(k, [&](Index m) {
        const Index r = run.oracle->components_of(m);
        const double share = 64.0 * static_cast<double>(r) / 200;
        const auto B = test::subset({9, random::Purpose::sample, m, k}, r, 2);
        Point at_u(u.size()), at_v(u.size());
        run.problem->operators()->shard(m).batch_mean_pair(B, book.view(u), book.view(v), {at_u.data(), book.d},
                                                           {at_v.data(), book.d});
        return Point(share * (at_u - at_v));
      });
    };
    EstimatedTextbook next(book, {.eta = 0.1}, difference);
    run.method->start(run.z0);
    for (std::uint64_t k = 0; k < 60; ++k) {
      run.method->iterate();
      const Point z = next(k);
      ASSERT_LE((z - book.point(run.method->point())).lpNorm<Eigen::Infinity>(), 1e-11 * (1 + z.norm())) << k;
    }
  });
}

// Differences that arrive whole: F~ is F, whether or not it is refreshed.
TEST(CompressedHalpern, WithoutCompressorsIsTheUncompressedIteration) {
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_box(-0.2, 0.3)})
    test::expect_same_iterates("quadratic-game:dimension=20,components=40",
                               "compressed-halpern:step=0.4,probability=0.05", "vr-halpern:step=0.4,probability=1", g,
                               1e-12);
}

TEST(CompressedHalpern, RefusesWhatItsTheoryDoesNotCover) {
  test::on_simulated(2, [](Communicator& comm) {
    const auto refused = [&](const std::string& problem, const test::MethodSettings& settings, const char* what) {
      test::Assembly run(comm, problem, "extragradient");
      for (const char* method : {"compressed-halpern", "compressed-halpern:step=practical"}) {
        try {
          (void)test::make_method(run, method, settings);
          ADD_FAILURE() << "accepted";
        } catch (const UsageError& error) {
          const std::string text = error.what();
          EXPECT_NE(text.find(what), std::string::npos) << text;
          EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        }
        auto all = settings;
        all.allow_unproven = true;
        EXPECT_NO_THROW((void)test::make_method(run, method, all));
      }
    };
    refused("bilinear:dimension=20,components=8,condition=inf", {}, "cocoercive");
    refused("rotations:dimension=20,components=8", {.uplink = "topk:k=3"}, "uplink: ");
    refused("rotations:dimension=20,components=8", {.downlink = "sign"}, "downlink: ");
  });
}

TEST(CompressedHalpern, StepsFollowFromTheVariance) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "rotations:dimension=40,components=16", "extragradient");
    const auto step = [&](const std::string& method, const char* up, const char* down) {
      return test::step_of(*test::make_method(run, method, {.uplink = up, .downlink = down}));
    };
    // omega = 9, M = 16, one component a worker
    EXPECT_NEAR(step("compressed-halpern:step=practical", "randk:k=4", "none"), 1 / (1 + 9.0 / 16), 1e-5);
    EXPECT_NEAR(step("compressed-halpern:step=practical", "natural", "natural"), 1 / (1.125 * (1 + 0.125 / 16)), 1e-5);
    // cert_eta(0.125, 0.05) = 0.3047 for rho = 1/8
    EXPECT_NEAR(step("compressed-halpern:probability=0.05", "none", "natural"), 0.304698, 1e-5);
    EXPECT_NEAR(step("compressed-halpern:step=certified,probability=0.05", "none", "natural"), 0.304698, 1e-5);
    EXPECT_NEAR(step("compressed-halpern:step=2x,probability=0.05", "none", "natural"), 2 * 0.304698, 1e-5);
    EXPECT_GT(step("compressed-halpern", "rounding:bits=16", "rounding:bits=16"), 0.95);
  });
}

// Steps that ignore the compression diverge here; the certified and the practical one do not.
TEST(CompressedHalpern, ConvergesWhereAStepThatIgnoresCompressionDiverges) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto end = [&](const std::string& method) {
      test::Assembly run(comm, "rotations:dimension=400,components=4,spread=1,smallest=1e-2", method,
                         "randk:fraction=0.02", "none", 1);
      return run
          .solve(
              {.tolerance = 0, .relative_tolerance = 0.3, .max_iterations = 20000, .return_point = ReturnPoint::best})
          .termination;
    };
    EXPECT_EQ(end("compressed-halpern:step=1,probability=0.02"), Termination::diverged);
    EXPECT_EQ(end("compressed-halpern:step=practical"), Termination::converged);
    EXPECT_EQ(end("compressed-halpern:step=practical,safeguard=off"), Termination::converged);
    EXPECT_EQ(end("compressed-halpern"), Termination::converged);
  });
}

struct Bytes {
  double up, down;
};

/// Bytes each way to a residual of eps of the first, median of 5 seeds, on rotations of 300 complex coordinates
Bytes bytes_to(Communicator& comm, Index M, double eps, const std::string& method, const char* up, const char* down) {
  std::vector<double> all_up, all_down;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    test::Assembly run(comm, "rotations:dimension=600,spread=1,smallest=1e-2,components=" + std::to_string(M), method,
                       up, down, seed);
    const auto outcome = run.solve(
        {.tolerance = 0, .relative_tolerance = eps, .max_iterations = 100000, .return_point = ReturnPoint::best});
    EXPECT_EQ(outcome.termination, Termination::converged) << method;
    EXPECT_LE(outcome.residual, eps * outcome.initial_residual) << "exact, uncompressed";
    all_up.push_back(static_cast<double>(outcome.totals.wire_bytes_up));
    all_down.push_back(static_cast<double>(outcome.totals.wire_bytes_down));
  }
  std::ranges::sort(all_up);
  std::ranges::sort(all_down);
  return {all_up[2], all_down[2]};
}

TEST(CompressedHalpern, SendsAFractionOfTheBytesOfHalpern) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto halpern = bytes_to(comm, 4, 1e-3, "halpern", "none", "none");
    const auto dense = bytes_to(comm, 4, 1e-3, "compressed-halpern:step=1.8,anchor=1,probability=1", "none", "none");
    const auto bits16 = bytes_to(comm, 4, 1e-3, "compressed-halpern:step=1.8,anchor=1,probability=0.01",
                                 "rounding:bits=16", "rounding:bits=16");
    const auto bits9 =
        bytes_to(comm, 4, 1e-3, "compressed-halpern:step=1.75,anchor=1,probability=0.01", "natural", "natural");
    EXPECT_GE(dense.up / bits16.up, 3.5);
    EXPECT_GE(dense.down / bits16.down, 3.5);
    EXPECT_GE(halpern.up / bits9.up, 5);
    EXPECT_GE(halpern.down / bits9.down, 5);

    const auto many = bytes_to(comm, 64, 1e-2, "halpern", "none", "none");
    const auto randk = bytes_to(comm, 64, 1e-2, "compressed-halpern:step=practical", "randk:fraction=0.01", "none");
    EXPECT_GE(many.up / randk.up, 4);
  });
}

}  // namespace
}  // namespace vireo

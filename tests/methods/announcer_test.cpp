// Pins how masha1 and its kin announce snapshots where nobody says: by which compressors, how often exactly, what that
// costs, and that a run goes on with what was chosen when it began.
#include <gmock/gmock.h>

#include "masha_support.hpp"
#include "methods/theory.hpp"

namespace vireo {
namespace {

using test::Assembly;
using test::State;

const std::string problem = "bilinear:dimension=40,components=8,condition=5";

/// what the heading says of announcements; empty if each is exact
std::string announced(const Method& method) {
  for (const auto& [name, text] : method.description())
    if (name == "snapshot") return text.substr(0, text.find(';'));
  return "";
}

std::string refresh(const Method& method) {
  for (const auto& [name, text] : method.description())
    if (name == "refresh") return text;
  return "";
}

TEST(Announcer, TakesTheCompressorsOfTheRunWhereTheyLeaveLittleAndNaturalElsewhere) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto by = [&](const std::string& up, const std::string& down, const std::string& method = "masha1") {
      return announced(*Assembly(comm, problem, method, up, down).method);
    };
    EXPECT_EQ(by("natural", "none"), "announced as the messages up, exactly down");
    EXPECT_EQ(by("dithering", "dithering"), "announced as the messages up, as the messages down");
    EXPECT_EQ(by("rounding:bits=16", "randk:k=10"), "announced as the messages up, by natural down");
    for (const char* up : {"randk:k=4", "randk-shared:k=4", "permk", "dithering:levels=1"})
      EXPECT_EQ(by(up, "none"), "announced by natural up, exactly down") << up;
    EXPECT_EQ(by("none", "natural"), "announced exactly up, as the messages down");
    EXPECT_EQ(by("none", "none"), "");
    for (const char* method : {"vr-masha1", "pp-masha1"})
      EXPECT_EQ(by("randk:k=4", "natural", method), "announced by natural up, as the messages down") << method;
    // whoever gives the step has exact ones
    for (const char* step : {"auto", "2x", "0.05"})
      EXPECT_EQ(by("natural", "natural", std::string("masha1:step=") + step), "") << step;
    EXPECT_EQ(by("natural", "natural", "masha1:snapshot=none"), "");
    EXPECT_EQ(by("natural", "natural", "masha1:snapshot=[sign]"), "announced by sign");
  });
}

TEST(Announcer, TheProbabilityIsTwiceTheOneThatBalancesMessagesAndAnnouncements) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto probability = [&](const std::string& method, const std::string& up, const std::string& down) {
      return refresh(*Assembly(comm, problem, method, up, down).method);
    };
    EXPECT_THAT(probability("masha1", "natural", "none"), testing::HasSubstr("= 1,"));
    EXPECT_THAT(probability("masha1:refresh=zk", "natural", "none"), testing::HasSubstr("= 0.9,"));
    EXPECT_THAT(probability("masha1", "none", "natural"), testing::HasSubstr("= 1,"));
    // a coordinate is 8 of 320 bytes, an announcement 2 + 9/8 40 = 47
    EXPECT_THAT(probability("masha1", "randk:k=1", "none"), testing::HasSubstr("= 0.340426,"));
    EXPECT_THAT(probability("pp-masha1:participants=4", "randk:k=1", "none"), testing::HasSubstr("= 0.170213,"));
    EXPECT_THAT(probability("masha1:snapshot=none", "randk:k=1", "none"), testing::HasSubstr("= 0.025,"));
    EXPECT_THAT(probability("masha1:snapshot=[natural]", "randk:k=1", "none"), testing::HasSubstr("= 0.340426,"));
    EXPECT_THAT(probability("masha1:step=0.1,snapshot=[natural]", "randk:k=1", "none"),
                testing::HasSubstr("= 0.170213,"));
  });
}

// N, the certificates and the bytes, from the coins.
TEST(Announcer, EachNthIsExactAndTheOthersCostWhatTheyWeigh) {
  for (const int ranks : {1, 3})
    test::on_simulated(ranks, [](Communicator& comm) {
      Assembly run(comm, problem, "masha1:probability=0.5", "randk:k=4", "natural");
      // from one announcement to the next: messages for 2 (8 4) bytes and an announcement for 47; a tenth of that for
      // the difference of an exact one and another, 320 - 47
      const double every = std::round((320 - 47) / (0.1 * (2 * 8 * 4 + 47)));
      const auto N = static_cast<int>(every);
      EXPECT_EQ(State::of(*run.method).get<std::int64_t>("exact_every"), N);
      run.method->start(run.z0);
      int announcements = 0, exact = 1;
      for (std::int64_t k = 0; k < 300; ++k) {
        run.method->iterate();
        const bool moves = random::coin(
            {.seed = 1, .purpose = random::Purpose::coin, .iteration = static_cast<std::uint64_t>(k)}, 0.5);
        announcements += moves ? 1 : 0;
        exact += moves && announcements % N == 0 ? 1 : 0;
        const auto known = run.method->certificate();
        ASSERT_EQ(known.has_value(), announcements % N == 0) << k;
        if (known) {
          Ledger not_the_runs;
          run.exchange->book_to(not_the_runs);
          EXPECT_LE(test::largest_difference(known->F, run.F(known->point)), 1e-14) << k;
          run.exchange->book_to(run.ledger);
        }
      }
      ASSERT_GT(exact, 3);
      const auto up = combine(comm, run.ledger.wire_bytes_up, Reduction::sum);
      EXPECT_EQ(up, 8 * (300 * 8 * 4 + exact * 320 + (announcements + 1 - exact) * 47));
    });
}

// A run that began when another rule held goes on with what it has.
TEST(Announcer, ARunGoesOnWithWhatWasChosen) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly begun(comm, problem, "vr-masha1:probability=0.5", "natural", "randk:k=20");
    begun.method->start(begun.z0);
    for (int k = 0; k < 30; ++k) begun.method->iterate();
    auto state = State::of(*begun.method);
    EXPECT_EQ(state.get<std::int64_t>("announced_up"), 1);    // as the messages
    EXPECT_EQ(state.get<std::int64_t>("announced_down"), 2);  // by natural

    // a step that is given has exact announcements, where the run begins with it
    Assembly other(comm, problem, "vr-masha1:probability=0.5,step=0.1", "natural", "randk:k=20");
    ASSERT_EQ(announced(*other.method), "");
    state.load_into(*other.method);
    EXPECT_EQ(announced(*other.method), announced(*begun.method));
    auto loaded = State::of(*other.method);
    EXPECT_EQ(loaded.get<Vector>("announced"), state.get<Vector>("announced"));
    for (Index m = 0; m < 8; ++m)
      EXPECT_EQ(test::largest_difference(loaded.get<WorkerVectors>("unannounced")[m],
                                         state.get<WorkerVectors>("unannounced")[m]),
                0);
    for (int k = 0; k < 30; ++k) other.method->iterate();
    EXPECT_GT(kernels::squared_distance(other.method->point(), begun.method->point()), 0);

    state.set<std::int64_t>("announced_up", 0);
    state.set<std::int64_t>("announced_down", 2);
    state.load_into(*other.method);
    EXPECT_EQ(announced(*other.method), "announced exactly up, by natural down");
  });
}

// The step adapts, and the run ends at an exact announcement of the wanted residual, without checks of its own.
TEST(Announcer, RunsConvergeByWhatTheExactOnesShow) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* method : {"masha1", "masha1:refresh=zk", "vr-masha1:batch=2", "pp-masha1:participants=4"})
      for (const char* up : {"natural", "randk:fraction=0.25"}) {
        Assembly run(comm, "bilinear:dimension=40,components=32,condition=5", method, up, "none", 1, 8);
        const auto outcome = run.solve(
            {.tolerance = 1e-9, .check_every = 1000000, .max_iterations = 20000, .return_point = ReturnPoint::best});
        EXPECT_EQ(outcome.termination, Termination::converged) << method << " " << up;
        EXPECT_EQ(outcome.returned, ReturnPoint::best) << method << " " << up;
      }
  });
}

}  // namespace
}  // namespace vireo

// Pins matrix games: F = (A y, -A'x), its samples, their law and constants against dense matrices; the duality gap
// against brute force; the generated matrices against their formulas; files of all kinds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "linalg/line_pairs.hpp"
#include "problems/dense.hpp"
#include "problems/matrix_files.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::test {
namespace {

using ::testing::HasSubstr;

/// A with F = (A y, -A'x)
Eigen::MatrixXd payoff(Assembly& run) {
  const auto blocks = run.problem->blocks();
  const auto r = static_cast<Eigen::Index>(blocks[0].range.size());
  const auto c = static_cast<Eigen::Index>(blocks[1].range.size());
  const auto F = mean_operator(run);
  EXPECT_EQ(F.c.norm(), 0);
  EXPECT_EQ(F.J.topLeftCorner(r, r).norm(), 0);
  EXPECT_EQ(F.J.bottomRightCorner(c, c).norm(), 0);
  Eigen::MatrixXd A = F.J.topRightCorner(r, c);
  EXPECT_LT((F.J.bottomLeftCorner(c, r) + A.transpose()).norm(), 1e-14 * A.norm());
  return A;
}

Eigen::MatrixXd payoff(const std::string& spec, const std::string& data = "", int ranks = 1, Index workers = 3) {
  Eigen::MatrixXd A;
  on_simulated(ranks, [&](Communicator& comm) {
    Assembly run(comm, "matrix-game:" + spec, "extragradient", "none", "none", 1, workers, data);
    const auto mine = payoff(run);
    if (comm.rank() == 0) A = mine;
  });
  return A;
}

std::vector<double> law(const Eigen::MatrixXd& A, bool importance) {
  const auto r = static_cast<Index>(A.rows()), c = static_cast<Index>(A.cols());
  Vector rows(r), columns(c);
  for (Index i = 0; i < r; ++i) rows[i] = A.row(static_cast<Eigen::Index>(i)).squaredNorm();
  for (Index j = 0; j < c; ++j) columns[j] = A.col(static_cast<Eigen::Index>(j)).squaredNorm();
  const auto pairs = importance ? linalg::LinePairs::by_size(rows, columns) : linalg::LinePairs::uniform(r, c);
  std::vector<double> p;
  for (Index k = 0; k < pairs.size(); ++k) p.push_back(pairs.probability(k));
  return p;
}

Rows some_matrix(Index rows, Index columns, double density) {
  Rows A(rows, std::vector<double>(columns, 0.0));
  random::Stream stream({.seed = 8});
  for (auto& row : A)
    for (double& value : row)
      if (stream.uniform() < density) value = std::round(400 * stream.uniform() - 200) / 64;
  A[0][columns - 1] = 1;
  return A;
}

Eigen::MatrixXd dense(const Rows& rows) {
  Eigen::MatrixXd A(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows[0].size()));
  for (Eigen::Index i = 0; i < A.rows(); ++i)
    for (Eigen::Index j = 0; j < A.cols(); ++j)
      A(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  return A;
}

TEST(MatrixGame, GeneratedMatricesFollowTheirFormulas) {
  const ScratchFile weights("# wealth\n3\n-1.5\n\n0.25\n4\n1\n");
  const double w[] = {3, 1.5, 0.25, 4, 1};
  const auto police = payoff("matrix=policeman-burglar,weights=" + weights.path());
  ASSERT_EQ(police.rows(), 5);
  ASSERT_EQ(police.cols(), 5);
  const auto transposed = payoff("matrix=policeman-burglar,transposed=on,weights=" + weights.path());
  EXPECT_EQ(transposed, police.transpose());
  const auto first = payoff("matrix=policeman-burglar,rows=4,weights=" + weights.path());
  EXPECT_EQ(first, police.topLeftCorner(4, 4));
  const auto sum = payoff("matrix=nemirovski,rows=5,alpha=2");
  const auto difference = payoff("matrix=nemirovski,rows=5,alpha=0.5,form=difference");
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) {
      EXPECT_NEAR(police(i, j), w[j] * (1 - std::exp(-0.8 * std::abs(i - j))), 1e-15);
      EXPECT_NEAR(sum(i, j), std::pow((i + j + 1) / 9.0, 2), 1e-15);
      EXPECT_NEAR(difference(i, j), std::sqrt((std::abs(i - j) + 1) / 9.0), 1e-15);
    }
  const auto random = payoff("matrix=random,rows=30,columns=20,seed=2", "", 2, 5);
  ASSERT_EQ(random.rows(), 30);
  ASSERT_EQ(random.cols(), 20);
  EXPECT_NEAR(random.mean(), 0, 0.15);
  EXPECT_NEAR(random.squaredNorm() / 600, 1, 0.2);
  EXPECT_GT((random - payoff("matrix=random,rows=30,columns=20,seed=3")).norm(), 1);
}

TEST(MatrixGame, FormsAndConstantsAreThoseOfTheMatrices) {
  on_simulated(1, [](Communicator& comm) {
    for (const std::string spec : {"matrix=policeman-burglar,rows=9,seed=1", "matrix=random,rows=7,columns=4",
                                   "matrix=random,rows=4,columns=7,transposed=on", "matrix=nemirovski,rows=6"})
      for (const bool importance : {false, true})
        for (const Index M : std::vector<Index>{1, 4}) {
          SCOPED_TRACE(spec + (importance ? " importance " : " uniform ") + std::to_string(M));
          Assembly run(comm, "matrix-game:" + spec + ",sampling=" + (importance ? "importance" : "uniform"),
                       "extragradient", "none", "none", 1, M);
          const auto A = payoff(run);
          expect_pairs_are_two_singles(*run.problem->operators());
          expect_shards_agree(run, law(A, importance));
          expect_constants_of_the_matrix(run);
          EXPECT_NEAR(run.constants.L->value, largest_singular_value(A), 1e-7 * A.norm());
          EXPECT_EQ(run.constants.mu->value, 0);
          EXPECT_FALSE(run.constants.cocoercivity);
          if (importance) {
            EXPECT_NEAR(run.constants.L_component->value, A.norm(), 1e-13 * A.norm());
          } else {
            const double r = static_cast<double>(A.rows()), c = static_cast<double>(A.cols());
            const double largest =
                std::max(r * A.rowwise().squaredNorm().maxCoeff(), c * A.colwise().squaredNorm().maxCoeff());
            EXPECT_NEAR(run.constants.L_component->value, std::sqrt(largest), 1e-13 * std::sqrt(largest));
          }
        }
  });
}

// halpern.md section 2: the component of row and column i, 500 times what they contribute
TEST(MatrixGame, UniformComponentsOfASquareAreThoseOfTheReferenceProgram) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "matrix-game:matrix=random,rows=6", "extragradient", "none", "none", 1, 2);
    const auto A = payoff(run);
    const auto E = estimates(run);
    ASSERT_EQ(E.size(), 6U);
    for (Eigen::Index i = 0; i < 6; ++i) {
      Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(12, 12);
      expected.block(0, 6 + i, 6, 1) = 6 * A.col(i);
      expected.block(6, i, 6, 1) = -6 * A.row(i).transpose();
      EXPECT_LT((E[static_cast<std::size_t>(i)].J - expected).norm(), 1e-13 * expected.norm());
    }
  });
}

// The drawn estimates have mean F and mean square L_component^2.
TEST(MatrixGame, DrawnEstimatesHaveTheirMeanAndMeanSquare) {
  on_simulated(1, [](Communicator& comm) {
    for (const char* const sampling : {"uniform", "importance"}) {
      Assembly run(comm, std::string("matrix-game:matrix=policeman-burglar,rows=5,seed=4,sampling=") + sampling,
                   "extragradient", "none", "none", 1, 1);
      const Vector z = normal(10, 3);
      const Vector F = run.F(z);
      Vector E(10), sum(10, 0.0);
      double squares = 0;
      random::Stream stream({.seed = 5, .purpose = random::Purpose::sample});
      constexpr int draws = 40000;
      for (int draw = 0; draw < draws; ++draw) {
        const Index k = run.problem->operators()->draw_component(stream);
        run.problem->operators()->shard(0).batch_mean(std::span(&k, 1), z, E);
        kernels::axpy(1.0 / draws, E, sum);
        squares += kernels::squared_norm(E) / draws;
      }
      const double L = run.constants.L_component->value;
      const double size = L * kernels::norm(z);
      EXPECT_LT(distance(sum, F), 4 * size / std::sqrt(static_cast<double>(draws))) << sampling;
      if (sampling == std::string("importance")) {  // the mean square is attained by every z
        EXPECT_NEAR(squares, size * size, 0.03 * size * size);
      } else {
        EXPECT_LT(squares, size * size);
      }
    }
  });
}

TEST(MatrixGame, TheGapIsWhatBestAnswersGain) {
  on_simulated(2, [](Communicator& comm) {
    Assembly run(comm, "matrix-game:matrix=random,rows=6,columns=4", "extragradient", "none", "none", 1, 3);
    const auto A = payoff(run);
    EXPECT_THAT(run.problem->gap_definition(), HasSubstr("duality gap"));
    for (std::uint64_t i = 0; i < 10; ++i) {
      Vector z = normal(10, i);
      run.regularizer->prox(1.0, z);
      double best_y = -1e300, best_x = 1e300;
      for (Eigen::Index j = 0; j < 4; ++j) best_y = std::max(best_y, eigen(ConstView(z).first(6)).dot(A.col(j)));
      for (Eigen::Index k = 0; k < 6; ++k) best_x = std::min(best_x, A.row(k).dot(eigen(ConstView(z).subspan(6))));
      EXPECT_NEAR(run.problem->operators()->gap(*run.exchange, z, run.F(z)), best_y - best_x, 1e-14 * A.norm());
    }
  });
}

// Rock, paper, scissors: the uniform mixtures are the solution, and pure ones can be exploited.
TEST(MatrixGame, RockPaperScissors) {
  const ScratchFile file(array_text({{0, 1, -1}, {-1, 0, 1}, {1, -1, 0}}));
  on_simulated(1, [&](Communicator& comm) {
    Assembly run(comm, "matrix-game", "extragradient", "none", "none", 1, std::nullopt, file.path());
    const Vector uniform = run.problem->initial_point();
    for (const double share : uniform) EXPECT_EQ(share, 1.0 / 3);
    EXPECT_NEAR(run.problem->operators()->gap(*run.exchange, uniform, run.F(uniform)), 0, 1e-16);
    const Vector rocks{1, 0, 0, 1, 0, 0};
    EXPECT_EQ(run.problem->operators()->gap(*run.exchange, rocks, run.F(rocks)), 2);

    run.z0 = rocks;
    Criteria criteria;
    criteria.tolerance = 1e-10;
    criteria.max_iterations = 2000;
    const auto outcome = run.solve(criteria);
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_LT(outcome.gap, 1e-9);
    EXPECT_GE(outcome.gap, 0);
    EXPECT_LT(distance(outcome.solution, uniform), 1e-9);
  });
}

/// Keeps the rows of a trace
class Keep final : public Observer {
 public:
  void row(const Row& row) override { rows.push_back(row); }
  std::vector<Row> rows;
};

TEST(MatrixGame, TheGapIsTracedAtTheMonitorsExpenseAndChangesNothing) {
  on_simulated(2, [&](Communicator& comm) {
    Assembly traced(comm, "matrix-game:matrix=policeman-burglar,rows=20", "extragradient");
    Assembly plain(comm, "matrix-game:matrix=policeman-burglar,rows=20", "extragradient");
    Criteria criteria;
    criteria.tolerance = 0;
    criteria.max_iterations = 50;
    Keep keep;
    Observer* const observer = &keep;
    const auto with = traced.solve(criteria, 10, std::span(&observer, 1));
    const auto without = plain.solve(criteria);
    EXPECT_EQ(with.solution, without.solution);
    EXPECT_EQ(with.totals.oracle_calls, without.totals.oracle_calls);
    EXPECT_EQ(with.totals.wire_bytes_up, without.totals.wire_bytes_up);
    EXPECT_EQ(with.gap, traced.problem->operators()->gap(*traced.exchange, with.solution, traced.F(with.solution)));
    if (comm.rank() != 0) return;
    ASSERT_EQ(keep.rows.size(), 6U);
    for (const auto& row : keep.rows) EXPECT_GT(row.gap, 0);
    EXPECT_LT(keep.rows.back().gap, keep.rows.front().gap);
    EXPECT_EQ(keep.rows.back().gap, with.gap);
  });
}

// Outside the simplices the difference of best answers means nothing: the trace has that at the projection.
TEST(MatrixGame, TheGapOfAPointOutsideIsThatOfItsProjection) {
  on_simulated(2, [&](Communicator& comm) {
    Assembly run(comm, "matrix-game:matrix=random,rows=5,columns=4", "extragradient", "none", "none", 1, 3);
    run.z0 = normal(9, 6);
    Vector inside = run.z0;
    run.regularizer->prox(1.0, inside);
    const double expected = run.problem->operators()->gap(*run.exchange, inside, run.F(inside));
    Criteria criteria;
    criteria.max_iterations = 1;
    Keep keep;
    Observer* const observer = &keep;
    const auto outcome = run.solve(criteria, 1, std::span(&observer, 1));
    EXPECT_EQ(outcome.totals.oracle_calls, 3 * static_cast<std::int64_t>(run.problem->components()));
    if (comm.rank() == 0) {
      EXPECT_EQ(keep.rows.at(0).gap, expected);
    }
  });
}

TEST(MatrixGame, BitsDoNotDependOnTheRanks) {
  expect_same_bits_on_any_ranks("matrix-game:matrix=policeman-burglar,rows=23,sampling=importance");
  expect_same_bits_on_any_ranks("matrix-game:matrix=random,rows=12,columns=9");
  const auto A = some_matrix(11, 14, 0.4);
  for (const auto& text : {array_text(A), coordinate_text(A)}) {
    const ScratchFile file(text);
    expect_same_bits_on_any_ranks("matrix-game", file.path());
    expect_same_bits_on_any_ranks("matrix-game:sampling=importance,transposed=on", file.path());
  }
  const Hdf5File file({{"payoff", A}});
  expect_same_bits_on_any_ranks("matrix-game:dataset=payoff", file.path());
}

TEST(MatrixGame, FilesOfAllKindsHoldTheSameMatrix) {
  const auto rows = some_matrix(11, 14, 0.4);
  const auto A = dense(rows);
  const ScratchFile array(array_text(rows)), coordinate(coordinate_text(rows));
  const Hdf5File hdf5({{"A", rows}});
  for (const auto& path : {array.path(), coordinate.path(), hdf5.path()})
    for (const int ranks : {1, 2, 5})
      for (const char* const sampling : {"uniform", "importance"}) {
        const auto found = payoff(std::string("sampling=") + sampling, path, ranks, 4);
        ASSERT_EQ(found.rows(), 11);
        ASSERT_EQ(found.cols(), 14);
        EXPECT_LT((found - A).norm(), 1e-15 * A.norm());
      }
}

TEST(MatrixGame, SparseFilesGiveConsistentForms) {
  const auto rows = some_matrix(13, 9, 0.2);
  const ScratchFile file(coordinate_text(rows));
  on_simulated(1, [&](Communicator& comm) {
    for (const bool importance : {false, true}) {
      Assembly run(comm, std::string("matrix-game:sampling=") + (importance ? "importance" : "uniform"),
                   "extragradient", "none", "none", 1, 3, file.path());
      expect_pairs_are_two_singles(*run.problem->operators());
      expect_shards_agree(run, law(dense(rows), importance));
      expect_constants_of_the_matrix(run);
    }
  });
}

TEST(MatrixGame, FingerprintsTellMatricesApart) {
  const auto rows = some_matrix(6, 5, 0.9);
  auto other = rows;
  other[3][2] += 1;
  const ScratchFile file(array_text(rows)), same(coordinate_text(rows)), changed(array_text(other));
  const auto fingerprint = [](const std::string& path, int ranks) {
    std::string text;
    on_simulated(ranks, [&](Communicator& comm) {
      const Assembly run(comm, "matrix-game", "extragradient", "none", "none", 1, 5, path);
      if (comm.rank() == 0) text = run.problem->fingerprint();
    });
    return text;
  };
  const auto reference = fingerprint(file.path(), 1);
  EXPECT_THAT(reference, HasSubstr("rows=6 columns=5 digest="));
  for (const int ranks : {2, 3, 7}) EXPECT_EQ(fingerprint(file.path(), ranks), reference);
  EXPECT_EQ(fingerprint(same.path(), 2), reference);
  EXPECT_NE(fingerprint(changed.path(), 1), reference);
}

TEST(MatrixGame, RefusesWhatDoesNotFitTogether) {
  const ScratchFile file(array_text({{1, 2}, {3, 4}}));
  EXPECT_THAT(failure_of<UsageError>("matrix-game"), HasSubstr("give --data FILE, or a generated matrix"));
  EXPECT_THAT(failure_of<UsageError>("matrix-game:matrix=random", file.path()), HasSubstr("--data is for matrix=file"));
  EXPECT_THAT(failure_of<UsageError>("matrix-game:rows=2", file.path()), HasSubstr("rows= is for generated"));
  EXPECT_THAT(failure_of<UsageError>("matrix-game:matrix=nemirovski,rows=3,columns=4"), HasSubstr("is square"));
  EXPECT_THAT(failure_of<UsageError>("matrix-game:matrix=random,weights=w"), HasSubstr("weights= is for"));
  EXPECT_THAT(failure_of<UsageError>("matrix-game", file.path(), 1, 3),
              HasSubstr("only 2 pairs of a row and a column"));
}

TEST(MatrixGame, RefusesBadFilesOfWeights) {
  const auto failure = [](const std::string& text) {
    const ScratchFile file(text);
    auto what = failure_of<DataError>("matrix-game:matrix=policeman-burglar,rows=3,weights=" + file.path(), "", 2);
    return what.substr(std::min(what.size(), file.path().size()));
  };
  EXPECT_EQ(failure("1\n2\nx\n"), ":3: 'x' is not a number");
  EXPECT_EQ(failure("1\n2 3\n"), ":2: '2 3' is not a number");
  EXPECT_EQ(failure("1\nnan\n"), ":2: 'nan' is not finite");
  EXPECT_EQ(failure("1\n1e999\n"), ":2: '1e999' is outside the range of double precision");
  EXPECT_EQ(failure("# nothing\n\n"), ": no numbers in it");
  EXPECT_EQ(failure("1\n2\n"), ": has 2 numbers, but rows=3");
  EXPECT_THAT(failure_of<DataError>("matrix-game:matrix=policeman-burglar,weights=/nowhere/w"),
              HasSubstr("/nowhere/w"));
}

TEST(MatrixGame, RefusesBadFiles) {
  const ScratchFile text("+1 1:3\n"), empty("");
  EXPECT_THAT(failure_of<DataError>("matrix-game", text.path(), 2), HasSubstr("neither a Matrix Market file"));
  EXPECT_THAT(failure_of<DataError>("matrix-game", empty.path(), 2),
              HasSubstr("is empty, neither a Matrix Market file"));
  EXPECT_THAT(failure_of<DataError>("matrix-game", "/nowhere/A", 2), HasSubstr("/nowhere/A"));
  const Hdf5File hdf5({{"B", {{1, 2}}}}, {{"list", {1, 2}}});
  EXPECT_THAT(failure_of<DataError>("matrix-game", hdf5.path(), 2),
              HasSubstr("has no dataset 'A'; it has 'B', 'list'"));
  EXPECT_THAT(failure_of<DataError>("matrix-game:dataset=list", hdf5.path(), 2), HasSubstr("'list' is not a matrix"));
  const Hdf5File infinite({{"A", {{1, 2}, {3, std::numeric_limits<double>::infinity()}}}});
  EXPECT_THAT(failure_of<DataError>("matrix-game", infinite.path(), 2), HasSubstr("'A'[1, 1] is not finite"));
  const ScratchFile huge(array_text({{1e200, 0}, {0, 1e200}}));
  EXPECT_THAT(failure_of<DataError>("matrix-game", huge.path()), HasSubstr("too large"));
  const std::string damaged = content_of(hdf5.path()).substr(0, 100);
  const ScratchFile cut(damaged);
  EXPECT_THAT(failure_of<DataError>("matrix-game", cut.path(), 2), HasSubstr("cannot open it as an HDF5 file"));
}

}  // namespace
}  // namespace vireo::test

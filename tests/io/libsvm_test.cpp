// Reading in parallel: the rows that workers get, and the error that a bad file gives, are the same for any number of
// ranks, for plain and gzip.
#include "io/libsvm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <mutex>
#include <numeric>
#include <set>

#include "core/permutation.hpp"
#include "io/libsvm_files.hpp"
#include "support/worlds.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

namespace {

using test::content_of;
using test::gzipped;
using test::on_simulated;
using test::ScratchFile;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int rank_counts[] = {1, 2, 3, 5};

// Row i has label i and entries that depend on i; some lines are blank or comments.
std::string example_text(int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i) {
    text += std::to_string(i);
    for (int k = 1; k <= i % 7; ++k)
      text += " " + std::to_string(k * (1 + i % 5)) + ":" + std::to_string(i) + "." + std::to_string(k);
    text += i % 3 == 0 ? "\r\n" : "\n";
    if (i % 11 == 0) text += "\n";
    if (i % 13 == 0) text += "# nothing\n";
  }
  return text;
}

// What all ranks together know after reading and dealing.
struct Dealt {
  LibsvmFile totals;  // without blocks
  std::vector<linalg::SparseRows> workers;
};

Dealt deal(const std::string& path, int ranks, Index workers, bool shuffled = false, std::uint64_t seed = 0) {
  Dealt result;
  result.workers.resize(workers);
  std::mutex mutex;
  on_simulated(ranks, [&](Communicator& comm) {
    LibsvmFile file = read_libsvm(comm, path);
    const WorkerLayout layout(workers, static_cast<Index>(comm.size()));
    LibsvmFile totals{.blocks = {},
                      .rows = file.rows,
                      .features = file.features,
                      .nonzeros = file.nonzeros,
                      .bytes = file.bytes,
                      .digest = file.digest};
    auto mine = deal_rows(comm, std::move(file), layout, shuffled, seed);
    const Range range = layout.workers_of(static_cast<Index>(comm.rank()));
    ASSERT_EQ(mine.size(), range.size());
    const std::lock_guard lock(mutex);
    result.totals = totals;
    for (Index m = 0; m < mine.size(); ++m) result.workers[range.begin + m] = std::move(mine[m]);
  });
  return result;
}

std::vector<double> labels_in_order(const Dealt& dealt) {
  std::vector<double> labels;
  for (const auto& rows : dealt.workers) labels.insert(labels.end(), rows.labels.begin(), rows.labels.end());
  return labels;
}

// The one message that all ranks leave with.
std::string error_of(const std::string& path, int ranks) {
  std::set<std::string> messages;
  std::mutex mutex;
  on_simulated(ranks, [&](Communicator& comm) {
    std::string message = "no error";
    try {
      (void)read_libsvm(comm, path);
    } catch (const DataError& error) {
      message = error.what();
    }
    const std::lock_guard lock(mutex);
    messages.insert(message);
  });
  EXPECT_EQ(messages.size(), 1U) << "ranks differ";
  return *messages.begin();
}

TEST(Libsvm, WorkersGetTheSameRowsForAnyNumberOfRanks) {
  constexpr int rows = 157;
  const std::string text = example_text(rows);
  const ScratchFile plain(text);
  const ScratchFile zipped(gzipped(text), ".gz");
  for (const bool shuffled : {false, true}) {
    for (const Index workers : std::vector<Index>{1, 4, 16}) {
      const Dealt reference = deal(plain.path(), 1, workers, shuffled, 7);
      EXPECT_EQ(reference.totals.rows, static_cast<std::uint64_t>(rows));
      EXPECT_EQ(reference.totals.features, 30U);
      EXPECT_EQ(reference.totals.bytes, text.size());
      for (Index m = 0; m < workers; ++m) EXPECT_EQ(reference.workers[m].rows(), part_of(rows, workers, m).size());
      for (const int ranks : rank_counts) {
        for (const auto* file : {&plain, &zipped}) {
          const Dealt dealt = deal(file->path(), ranks, workers, shuffled, 7);
          EXPECT_EQ(dealt.totals.rows, reference.totals.rows);
          EXPECT_EQ(dealt.totals.features, reference.totals.features);
          EXPECT_EQ(dealt.totals.nonzeros, reference.totals.nonzeros);
          EXPECT_EQ(dealt.totals.digest, reference.totals.digest);
          EXPECT_TRUE(dealt.workers == reference.workers) << ranks << " ranks, " << workers << " workers";
        }
      }
    }
  }
}

TEST(Libsvm, ContiguousKeepsTheOrderAndEntriesStayWithTheirRow) {
  const ScratchFile file(example_text(50));
  const Dealt dealt = deal(file.path(), 3, 4);
  std::vector<double> expected(50);
  std::iota(expected.begin(), expected.end(), 0.0);
  EXPECT_EQ(labels_in_order(dealt), expected);
  for (const auto& rows : dealt.workers)
    for (Index i = 0; i < rows.rows(); ++i)
      for (auto e = rows.start[i]; e < rows.start[i + 1]; ++e) EXPECT_EQ(std::floor(rows.values[e]), rows.labels[i]);
}

TEST(Libsvm, ShuffledIsThePermutationOfTheSeed) {
  const ScratchFile file(example_text(200));
  const auto labels = labels_in_order(deal(file.path(), 3, 8, true, 5));
  const random::Permutation permutation({.seed = 5, .purpose = random::Purpose::partition}, 200);
  std::vector<double> expected(200, -1);
  for (std::uint64_t i = 0; i < 200; ++i) expected[permutation.position(i)] = static_cast<double>(i);
  EXPECT_EQ(labels, expected);
  EXPECT_NE(labels, labels_in_order(deal(file.path(), 3, 8, true, 6)));
  EXPECT_EQ(std::set<double>(labels.begin(), labels.end()).size(), 200U);
}

TEST(Libsvm, DigestTellsDataApart) {
  const auto digest_of = [](const std::string& text) { return deal(ScratchFile(text).path(), 2, 1).totals.digest; };
  const auto reference = digest_of("1 1:2\n-1 2:3\n");
  EXPECT_EQ(digest_of("# comment\n+1 1:2.0\r\n\n-1 2:3"), reference);
  for (const auto* other :
       {"1 1:2\n-1 2:4\n", "1 1:2\n-1 3:3\n", "1 1:2\n1 2:3\n", "-1 2:3\n1 1:2\n", "1 1:2 2:3\n-1\n"})
    EXPECT_NE(digest_of(other), reference) << other;
}

// More ranks than lines, lines longer than a rank's share, no newline at the end.
TEST(Libsvm, SharesOfOddSizes) {
  std::string one_line = "1";
  for (int k = 1; k < 3000; ++k) one_line += " " + std::to_string(k) + ":1";
  for (const auto& text :
       {std::string("5 1:1"), "1 1:1\n" + one_line + "\n2 2:2", std::string("\n\n\n4\n\n"), one_line + "\r\n"}) {
    const ScratchFile file(text);
    const Dealt reference = deal(file.path(), 1, 1);
    for (const int ranks : {2, 3, 5, 8}) {
      const Dealt dealt = deal(file.path(), ranks, 1);
      EXPECT_TRUE(dealt.workers == reference.workers);
      EXPECT_EQ(dealt.totals.digest, reference.totals.digest);
    }
  }
}

// Text of several rounds of blocks; also several members.
TEST(Libsvm, LongGzipStreams) {
  std::string text;
  while (text.size() < 9'000'000) text += "1 1:0.125 2:0.25 3:0.375 4:0.5 5:0.625 6:0.75 7:0.875 100:1\n-1 50:3 70:4\n";
  const auto middle = text.find('\n', text.size() / 2) - 3;  // members end inside of lines
  const ScratchFile plain(text);
  const ScratchFile zipped(gzipped(text.substr(0, middle)) + gzipped("") + gzipped(text.substr(middle)), ".gz");
  const Dealt reference = deal(plain.path(), 1, 2);
  for (const int ranks : {1, 2, 3}) {
    const Dealt dealt = deal(zipped.path(), ranks, 2);
    EXPECT_TRUE(dealt.workers == reference.workers);
    EXPECT_EQ(dealt.totals.digest, reference.totals.digest);
  }
  const ScratchFile bad(gzipped(text + "1 1:x\n1 1:y\n"), ".gz");
  const auto lines = std::count(text.begin(), text.end(), '\n');
  for (const int ranks : {1, 2, 3})
    EXPECT_EQ(error_of(bad.path(), ranks),
              bad.path() + ":" + std::to_string(lines + 1) + ": value 'x' of index 1 is not a number");
}

TEST(Libsvm, TheFirstBadLineIsReportedForAnyNumberOfRanks) {
  const std::string good = example_text(60);
  const auto good_lines = static_cast<int>(std::count(good.begin(), good.end(), '\n'));
  const std::string tail = "1 0:1\n" + good + "1 3:nan\n" + good + "junk\n";
  const std::tuple<std::string, int, std::string> cases[] = {
      {tail, 1, "index 0: indices count from 1"},
      {good + tail, good_lines + 1, "index 0: indices count from 1"},
      {good + good + "1 2:1 1:1\r\n" + tail, 2 * good_lines + 1, "index 1 follows index 2: indices must increase"},
      {good + good + good + "x", 3 * good_lines + 1, "label 'x' is not a number"},
  };
  for (const auto& [text, line, what] : cases) {
    const ScratchFile plain(text);
    const ScratchFile zipped(gzipped(text), ".gz");
    for (const int ranks : rank_counts) {
      EXPECT_EQ(error_of(plain.path(), ranks), plain.path() + ":" + std::to_string(line) + ": " + what);
      EXPECT_EQ(error_of(zipped.path(), ranks), zipped.path() + ":" + std::to_string(line) + ": " + what);
    }
  }
}

TEST(Libsvm, FilesThatCannotBeRead) {
  const ScratchFile empty("");
  const ScratchFile blank("\n  \n# only this\n");
  const ScratchFile empty_zip(gzipped(""), ".gz");
  const std::string folder = std::filesystem::temp_directory_path().string();
  for (const int ranks : rank_counts) {
    EXPECT_EQ(error_of("/no/such/file", ranks), "/no/such/file: cannot be opened: No such file or directory");
    EXPECT_EQ(error_of(folder, ranks), folder + ": is a directory, not a data file");
    EXPECT_EQ(error_of("/dev/null", ranks), "/dev/null: is not a regular file");
    EXPECT_EQ(error_of(empty.path(), ranks), empty.path() + ": the file is empty");
    EXPECT_EQ(error_of(blank.path(), ranks), blank.path() + ": no rows in it, only blank lines and comments");
    EXPECT_EQ(error_of(empty_zip.path(), ranks), empty_zip.path() + ": no rows in it, only blank lines and comments");
  }
}

TEST(Libsvm, BinaryJunkGivesAPrintableMessage) {
  std::string junk;
  for (int i = 0; i < 100'000; ++i) junk += static_cast<char>((i * 7919) >> 3);
  const ScratchFile file(junk);
  for (const int ranks : rank_counts) {
    const std::string message = error_of(file.path(), ranks);
    EXPECT_THAT(message, StartsWith(file.path() + ":1: not LIBSVM text: byte '\\x"));
    for (const char c : message) EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

TEST(Libsvm, DamagedGzipStreams) {
  const std::string text = example_text(5000);
  const std::string zipped = gzipped(text);
  const auto expect = [&](const std::string& content, const std::string& what) {
    const ScratchFile file(content, ".gz");
    const std::string first = error_of(file.path(), 1);
    EXPECT_THAT(first, StartsWith(file.path() + ": "));
    EXPECT_THAT(first, HasSubstr(what));
    for (const int ranks : rank_counts) EXPECT_EQ(error_of(file.path(), ranks), first);
  };
  expect(zipped.substr(0, zipped.size() / 2), "truncated gzip stream");
  expect(zipped.substr(0, zipped.size() - 1), "truncated gzip stream");
  expect(zipped.substr(0, 2), "truncated gzip stream");
  expect(zipped.substr(0, 12), "truncated gzip stream");
  std::string flipped = zipped;
  flipped[zipped.size() - 6] = static_cast<char>(flipped[zipped.size() - 6] ^ 1);  // the check sum
  expect(flipped, "corrupt gzip stream");
  for (const std::size_t at : {zipped.size() / 3, zipped.size() / 2}) {
    std::string damaged = zipped;
    for (std::size_t i = at; i < at + 8; ++i) damaged[i] = static_cast<char>(damaged[i] ^ 0x5a);
    expect(damaged, "corrupt gzip stream");  // although its text may hold a bad line before that
  }
  expect(zipped + "junk", "followed by something else");
  // damage is told before a bad line
  const std::string bad_line = gzipped("1 0:1\n" + text);
  expect(bad_line.substr(0, bad_line.size() - 3), "truncated gzip stream");
}

TEST(Libsvm, RealData) {
  const auto path = test::data_set("w8a");
  if (!path) GTEST_SKIP() << "w8a is not here; set VIREO_DATA to its folder";
  const Dealt reference = deal(*path, 1, 16);
  EXPECT_EQ(reference.totals.rows, 49749U);
  EXPECT_EQ(reference.totals.features, 300U);
  EXPECT_EQ(reference.totals.nonzeros, 579586U);
  const ScratchFile zipped(gzipped(content_of(*path)), ".gz");
  EXPECT_TRUE(deal(*path, 3, 16).workers == reference.workers);
  EXPECT_TRUE(deal(zipped.path(), 3, 16).workers == reference.workers);
}

}  // namespace
}  // namespace vireo

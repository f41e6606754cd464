// The Matrix Market reader: what formats mean, the same entries on any number of ranks, and one clear line about a
// wrong file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "core/byte_order_mark.hpp"
#include "io/libsvm_files.hpp"
#include "io/matrix_market.hpp"
#include "support/worlds.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Entries = std::map<std::pair<unsigned, unsigned>, double>;

struct Found {
  Index rows = 0;
  Index columns = 0;
  Entries entries;
};

/// All entries, from rows dealt out in blocks; those by columns must agree
Found read(const std::string& text, int ranks) {
  const test::ScratchFile file(text);
  Found found;
  std::mutex mutex;
  test::on_simulated(ranks, [&](Communicator& comm) {
    const MatrixMarketFile matrix(comm, file.path());
    const auto rank = static_cast<Index>(comm.rank());
    const auto parts = static_cast<Index>(comm.size());
    const auto by_row = matrix.entries_in_rows(part_of(matrix.rows(), parts, rank));
    const auto by_column = matrix.entries_in_columns({0, matrix.columns()});
    for (std::size_t e = 1; e < by_row.size(); ++e)
      EXPECT_LT(std::pair(by_row[e - 1].row, by_row[e - 1].column), std::pair(by_row[e].row, by_row[e].column));
    for (std::size_t e = 1; e < by_column.size(); ++e)
      EXPECT_LT(std::pair(by_column[e - 1].column, by_column[e - 1].row),
                std::pair(by_column[e].column, by_column[e].row));
    const std::scoped_lock lock(mutex);
    found.rows = matrix.rows();
    found.columns = matrix.columns();
    for (const auto& e : by_row) EXPECT_TRUE(found.entries.emplace(std::pair(e.row, e.column), e.value).second);
  });
  return found;
}

void expect_entries(const std::string& text, const Entries& expected) {
  for (const int ranks : {1, 2, 3, 7}) EXPECT_EQ(read(text, ranks).entries, expected) << text << ranks;
}

TEST(MatrixMarket, ReadsEveryFormat) {
  expect_entries("%%MatrixMarket matrix coordinate real general\n%comment\n\n2 3 3\n1 1 5\n2 3 -1e-3\n% more\n2 1 +7\n",
                 {{{0, 0}, 5}, {{1, 2}, -1e-3}, {{1, 0}, 7}});
  expect_entries("%%MatrixMarket MATRIX Coordinate Integer symmetric\r\n2 2 2\r\n1 1 5\r\n2 1 3\r\n",
                 {{{0, 0}, 5}, {{1, 0}, 3}, {{0, 1}, 3}});
  expect_entries("%%MatrixMarket matrix coordinate real skew-symmetric\n3 3 1\n3 1 4\n", {{{2, 0}, 4}, {{0, 2}, -4}});
  expect_entries("%%MatrixMarket matrix coordinate pattern general\n2 2 2\n1 2\n2 2", {{{0, 1}, 1}, {{1, 1}, 1}});
  expect_entries("%%MatrixMarket matrix array real general\n2 3\n1\n2\n3\n4\n5\n6\n",
                 {{{0, 0}, 1}, {{1, 0}, 2}, {{0, 1}, 3}, {{1, 1}, 4}, {{0, 2}, 5}, {{1, 2}, 6}});
  expect_entries("%%MatrixMarket matrix array real symmetric\n3 3\n1\n2\n3\n4\n5\n6\n", {{{0, 0}, 1},
                                                                                         {{1, 0}, 2},
                                                                                         {{0, 1}, 2},
                                                                                         {{2, 0}, 3},
                                                                                         {{0, 2}, 3},
                                                                                         {{1, 1}, 4},
                                                                                         {{2, 1}, 5},
                                                                                         {{1, 2}, 5},
                                                                                         {{2, 2}, 6}});
  expect_entries("%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n",
                 {{{1, 0}, 1}, {{0, 1}, -1}, {{2, 0}, 2}, {{0, 2}, -2}, {{2, 1}, 3}, {{1, 2}, -3}});
  expect_entries("%%MatrixMarket matrix coordinate real general\n4 5 0\n", {});
  EXPECT_EQ(read("%%MatrixMarket matrix coordinate real general\n4 5 0\n", 2).columns, 5U);
}

// Long enough that each rank parses a part, and arrays' entries must be placed by those of the ranks before.
TEST(MatrixMarket, PlacesEntriesOfLongFilesOnAnyRanks) {
  std::string array = "%%MatrixMarket matrix array real general\n37 53\n";
  std::string lower = "%%MatrixMarket matrix array real symmetric\n41 41\n";
  Entries dense, symmetric;
  for (unsigned j = 0; j < 53; ++j)
    for (unsigned i = 0; i < 37; ++i) {
      array += std::to_string(100 * i + j) + ".5\n";
      dense[{i, j}] = 100 * i + j + 0.5;
    }
  for (unsigned j = 0; j < 41; ++j)
    for (unsigned i = j; i < 41; ++i) {
      lower += std::to_string(100 * i + j) + "\n";
      symmetric[{i, j}] = symmetric[{j, i}] = 100 * i + j;
    }
  expect_entries(array, dense);
  expect_entries(lower, symmetric);
}

std::string failure(const std::string& text, int ranks) {
  const test::ScratchFile file(text);
  std::string what = "no error";
  try {
    test::on_simulated(ranks, [&](Communicator& comm) {
      const MatrixMarketFile matrix(comm, file.path());
      (void)matrix.entries_in_rows({0, matrix.rows()});
    });
  } catch (const DataError& error) {
    what = error.what();
    EXPECT_THAT(what, StartsWith(file.path()));
    what = what.substr(file.path().size());
  }
  return what;
}

TEST(MatrixMarket, SaysWhatIsWrongAndWhere) {
  const std::string coordinate = "%%MatrixMarket matrix coordinate real general\n";
  const std::string array = "%%MatrixMarket matrix array real general\n";
  const std::map<std::string, std::string> cases = {
      {"", ":1: the file is empty"},
      {"hello\n", ":1: not a Matrix Market file: its first line begins with 'hello'"},
      {"%%MatrixMarket vector coordinate real general\n", ":1: holds 'vector', not a matrix"},
      {"%%MatrixMarket matrix list real general\n", ":1: format 'list' is not coordinate or array"},
      {"%%MatrixMarket matrix array complex general\n",
       ":1: entries of kind 'complex' are not real, integer or pattern"},
      {"%%MatrixMarket matrix array real hermitian\n",
       ":1: symmetry 'hermitian' is not general, symmetric or skew-symmetric"},
      {"%%MatrixMarket matrix array pattern general\n", ":1: an array has no pattern"},
      {coordinate + "% only comments\n", ":2: the line of sizes is missing"},
      {coordinate + "2 x 1\n", ":2: number of columns 'x' is not a whole number up to 2147483648"},
      {coordinate + "2 2\n", ":2: the line of sizes has no number of entries"},
      {coordinate + "2 2 1 1\n1 1 1\n", ":2: the line of sizes goes on: '1'"},
      {coordinate + "0 2 0\n", ":2: a matrix without rows or columns"},
      {"%%MatrixMarket matrix array real symmetric\n2 3\n", ":2: a symmetric or skew-symmetric matrix must be square"},
      {coordinate + "2 2 2\n1 1 1\n3 1 1\n", ":4: row '3' is not between 1 and 2"},
      {coordinate + "2 2 2\n1 1 1\n0 1 1\n", ":4: row '0' is not between 1 and 2"},
      {coordinate + "2 2 2\n1 1 1\n1 -1 1\n", ":4: column '-1' is not a whole number"},
      {coordinate + "2 2 2\n1 1 1\n1 2\n", ":4: an entry without a value"},
      {coordinate + "2 2 2\n1 1 1\n1\n", ":4: no column"},
      {coordinate + "2 2 2\n1 1 1\n1 2 nan\n", ":4: entry 'nan' is not finite"},
      {coordinate + "2 2 2\n1 1 1\n1 2 1,5\n", ":4: entry '1,5' is not a number"},
      {coordinate + "2 2 2\n1 1 1\n1 2 3 4\n", ":4: more than an entry: '4'"},
      {coordinate + "2 2 3\n1 1 1\n1 2 3\n", ": lists 2 entries, but its sizes announce 3"},
      {coordinate + "2 2 1\n1 1 1\n1 2 3\n", ": lists 2 entries, but its sizes announce 1"},
      {coordinate + "2 2 2\n1 2 1\n1 2 3\n", ": the entry in row 1, column 2 is listed twice"},
      {array + "2 2\n1\n2\n3\n", ": lists 3 entries, but its sizes announce 4"},
      {array + "2 2\n1\n2 3\n4\n", ":4: more than one number: '3'"},
      {array + "2 2\n1\ntwo\n4\n", ":4: entry 'two' is not a number"},
      {"%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n1 2 1\n",
       ":3: an entry above the diagonal of a symmetric or skew-symmetric matrix, of which the part below is listed"},
      {"%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n1 1 1\n",
       ":3: an entry on the diagonal of a skew-symmetric matrix"},
  };
  for (const auto& [text, expected] : cases)
    for (const int ranks : {1, 3}) EXPECT_EQ(failure(text, ranks), expected) << text;
}

// The first wrong line, wherever the ranks' shares begin.
TEST(MatrixMarket, NamesTheFirstWrongLineOnAnyRanks) {
  std::string text = "%%MatrixMarket matrix coordinate real general\n% sizes\n90 90 1000\n";
  for (int line = 4; line <= 1003; ++line) text += line == 500 || line == 900 ? "1 91 1\n" : "90 90 1.25\n";
  for (const int ranks : {1, 2, 3, 4, 8}) EXPECT_EQ(failure(text, ranks), ":500: column '91' is not between 1 and 90");
}

// Where a file comes from shows in what stands around its text: a byte order mark, blanks before the banner, any case.
TEST(MatrixMarket, ReadsWhatOtherProgramsWrite) {
  const std::string body = " matrix coordinate real general\n2 2 2\n1 1 5\n2 2 -1\n";
  const Entries expected{{{0, 0}, 5}, {{1, 1}, -1}};
  for (const std::string banner : {"%%MatrixMarket", "%%matrixmarket", "  %%MatrixMarket", "\n\n%%MatrixMarket",
                                   "\xef\xbb\xbf%%MatrixMarket", "\xef\xbb\xbf\r\n %%MATRIXMARKET"}) {
    EXPECT_TRUE(MatrixMarketFile::recognise(banner.substr(byte_order_mark(banner)) + body)) << banner;
    expect_entries(banner + body, expected);
    expect_entries(test::gzipped(banner + body), expected);
  }
  EXPECT_FALSE(MatrixMarketFile::recognise("%%MatrixMarke"));
  EXPECT_FALSE(MatrixMarketFile::recognise(""));
}

// Long enough for several pieces, each of them parsed by one rank: the same entries as of the text itself, and the same
// line for what is wrong.
TEST(MatrixMarket, ReadsGzipOnAnyRanks) {
  std::string array = "%%MatrixMarket matrix array real general\n1000 300\n";
  for (int i = 0; i < 300000; ++i) array += std::to_string(i) + ".25\n";
  const auto whole = test::gzipped(array);
  const auto expected = read(array, 1).entries;
  for (const int ranks : {1, 2, 5}) EXPECT_EQ(read(whole, ranks).entries, expected) << ranks;
  for (const int line : {250000, 120000}) array.replace(array.find("\n" + std::to_string(line) + ".25"), 2, "\nx");
  for (const int ranks : {1, 2, 3}) {
    EXPECT_EQ(failure(test::gzipped(array), ranks), ":120003: entry 'x20000.25' is not a number");
    EXPECT_THAT(failure(whole.substr(0, whole.size() / 2), ranks), HasSubstr("truncated gzip stream"));
  }
}

}  // namespace
}  // namespace vireo::io

// Any bytes as a LIBSVM file, plain or gzip: they are read or refused with one line, the same on 1 and on several
// ranks, and what is read is in order.
//
// The first byte says how the rest becomes a file: 7 modulo 8: it is compressed first, in two members (in any case a
// file that begins as gzip does is taken as gzip). It also says how many ranks there are.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "io/libsvm.hpp"
#include "io/text_lines.hpp"
#include "support.hpp"
#include "vireo/comm/simulated.hpp"

namespace {

using namespace vireo;
using fuzz::require;

std::string gzipped(const std::string& text) {
  z_stream stream{};
  require(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK, "no deflate");
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// What a file says, or what is wrong with it.
struct Reading {
  std::string error;
  std::uint64_t rows = 0, features = 0, nonzeros = 0, digest = 0;
  bool operator==(const Reading&) const = default;
};

void check_in_order(const linalg::SparseRows& rows) {
  require(rows.start.size() == rows.rows() + 1 && rows.start.front() == 0 && rows.start.back() == rows.nonzeros(),
          "rows without their ends");
  require(rows.values.size() == rows.nonzeros(), "entries without values");
  const auto finite = [](double value) { return std::isfinite(value); };
  require(std::ranges::all_of(rows.values, finite) && std::ranges::all_of(rows.labels, finite),
          "a number that is not finite");
  for (Index i = 0; i < rows.rows(); ++i)
    for (auto e = rows.start[i] + 1; e < rows.start[i + 1]; ++e)
      require(rows.columns[e - 1] < rows.columns[e], "columns out of order");
}

Reading read_on(int ranks, const std::string& path) {
  Reading reading;
  try {
    run_simulated(ranks, {}, [&](Communicator& comm) {
      auto file = read_libsvm(comm, path);
      for (const auto& block : file.blocks) check_in_order(block.rows);
      if (comm.rank() == 0) reading = {"", file.rows, file.features, file.nonzeros, file.digest};
      const auto rows = file.rows;
      const WorkerLayout layout(std::min<Index>(rows, 5), static_cast<Index>(ranks));
      Index dealt = 0;
      for (const auto& worker : deal_rows(comm, std::move(file), layout, rows % 2 == 0, 1)) {
        check_in_order(worker);
        dealt += worker.rows();
      }
      const auto all = combine(comm, static_cast<std::int64_t>(dealt), Reduction::sum);
      require(static_cast<std::uint64_t>(all) == rows, "rows that are lost");
    });
  } catch (const DataError& error) {
    fuzz::require_one_line(error.what());
    reading.error = error.what();
    require(reading.error.starts_with(path), "an error that does not name the file");
  }
  return reading;
}

/// The text comes back from pieces and blocks of any size, in whole lines.
void check_lines(std::span<const char> text, std::size_t block, std::size_t piece) {
  std::size_t at = 0;
  io::WholeLines lines(
      [&](std::span<char> into) {
        const auto count = std::min({into.size(), piece, text.size() - at});
        std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
        at += count;
        return count;
      },
      block);
  std::string together;
  for (auto next = lines.next(); !next.empty(); next = lines.next()) {
    require(together.empty() || together.back() == '\n', "a block that is cut within a line");
    together += next;
  }
  require(std::ranges::equal(together, text), "blocks that are not the text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const fuzz::ScratchFile file;
  const unsigned how = data[0];
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto half = text.size() / 2;
  file.put(how % 8 == 7 ? gzipped(text.substr(0, half)) + gzipped(text.substr(half)) : text);
  const auto alone = read_on(1, file.path());
  const int ranks = 2 + static_cast<int>(how / 8) % 3;
  require(read_on(ranks, file.path()) == alone, std::to_string(ranks) + " ranks read another file than one");
  check_lines(text, 1 + how % 7, 1 + how / 7 % 5);
  return 0;
}

#include "io/libsvm.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "io/file_kind.hpp"
#include "io/libsvm_digest.hpp"
#include "io/libsvm_parser.hpp"
#include "io/text_agreement.hpp"
#include "io/text_file.hpp"
#include "io/text_gzip.hpp"
#include "io/text_lines.hpp"
#include "vireo/core/error.hpp"

namespace vireo {
namespace {

// fits into a core's own cache, so that a block is parsed from there
constexpr std::size_t block_bytes = std::size_t{1} << 19;

// Text that was read so far, by all ranks.
struct Progress {
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
};

// Collective: ranks have parsed consecutive pieces of the text, in rank order. Numbers their lines and rows from `done`
// on, keeps the own rows, and adds all pieces to `done`. Returns what is wrong with the own piece, in terms of the
// file.
std::exception_ptr place_piece(Communicator& comm, const std::string& path, libsvm::Parser&& mine, Progress& done,
                               LibsvmFile& file) {
  const auto lines = gather_all(comm, static_cast<std::int64_t>(mine.lines()));
  const auto rows = gather_all(comm, static_cast<std::int64_t>(mine.rows().rows()));
  const auto before = [&](const std::vector<std::int64_t>& counts, int rank) {
    return static_cast<std::uint64_t>(std::accumulate(counts.begin(), counts.begin() + rank, std::int64_t{0}));
  };
  // counts of a rank with a wrong line are too small, but no later rank's numbers are ever shown then
  const std::uint64_t first_line = done.lines + before(lines, comm.rank());
  const std::uint64_t first_row = done.rows + before(rows, comm.rank());
  done.lines += before(lines, comm.size());
  done.rows += before(rows, comm.size());

  if (!mine.trouble().empty())
    return std::make_exception_ptr(
        DataError(path + ":" + std::to_string(first_line + mine.lines() + 1) + ": " + mine.trouble()));
  if (mine.rows().rows() > 0) {
    file.features = std::max(file.features, mine.features());
    file.nonzeros += mine.rows().nonzeros();
    file.blocks.push_back({first_row, mine.take_rows()});
  }
  return nullptr;
}

void read_plain(Communicator& comm, const std::string& path, const io::TextFile& text, LibsvmFile& out,
                Progress& done) {
  libsvm::Parser parser;
  std::exception_ptr failure;
  try {
    // all ranks must cut the same bytes
    if (text.bytes() != out.bytes)
      throw DataError(path + ": ranks see files of different sizes (" + std::to_string(out.bytes) +
                      " bytes on rank 0, " + std::to_string(text.bytes()) + " on " + comm.host() + ")");
    const auto ranks = static_cast<Index>(comm.size());
    const Range share = text.lines_starting_in(part_of(out.bytes, ranks, static_cast<Index>(comm.rank())));
    std::uint64_t at = share.begin;
    io::WholeLines lines(
        [&](std::span<char> into) {
          const std::size_t wanted = std::min<std::size_t>(into.size(), share.end - at);
          const std::size_t got = text.read(at, into.first(wanted));
          if (got < wanted) throw DataError(path + ": became shorter while it was read");
          at += got;
          return got;
        },
        block_bytes);
    bool first = true;
    for (auto block = lines.next(); !block.empty(); block = lines.next()) {
      if (!parser.parse(block)) break;
      if (std::exchange(first, false))
        parser.expect(1.1 * static_cast<double>(share.size()) / static_cast<double>(block.size()));
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const auto wrong_line = place_piece(comm, path, std::move(parser), done, out);
  io::fail_together(comm, failure ? failure : wrong_line);
}

// What rank 0 deals out in one round: consecutive blocks of text, one to each rank.
class TextRound {
 public:
  explicit TextRound(Communicator& comm) : comm_(comm), bytes_(static_cast<std::size_t>(comm.size()) + 1) {}

  // rank 0: takes the next blocks
  void fill(io::WholeLines& lines) {
    text_.clear();
    std::fill(bytes_.begin(), bytes_.end(), std::uint64_t{0});
    for (std::size_t rank = 0; rank + 1 < bytes_.size(); ++rank) {
      const auto block = lines.next();
      text_.insert(text_.end(), block.begin(), block.end());
      bytes_[rank] = block.size();
      if (block.empty()) return;
    }
    bytes_.back() = 1;  // more may follow
  }

  // Collective. Returns the own block.
  std::span<const char> deal() {
    comm_.broadcast(std::as_writable_bytes(std::span(bytes_)), 0);
    const auto ranks = static_cast<std::size_t>(comm_.size());
    const auto me = static_cast<std::size_t>(comm_.rank());
    std::vector<Piece> outgoing(ranks), incoming(ranks);
    if (me == 0) {
      std::size_t offset = bytes_[0];
      for (std::size_t rank = 1; rank < ranks; offset += bytes_[rank++]) outgoing[rank] = {offset, bytes_[rank]};
    } else {
      incoming[0] = {0, bytes_[me]};
      mine_.resize(bytes_[me]);
    }
    comm_.all_to_all(std::as_bytes(std::span(text_)), outgoing, std::as_writable_bytes(std::span(mine_)), incoming);
    return me == 0 ? std::span<const char>(text_).first(bytes_[0]) : std::span<const char>(mine_);
  }

  [[nodiscard]] bool more() const { return bytes_.back() != 0; }

 private:
  Communicator& comm_;
  std::vector<std::uint64_t> bytes_;  // of each rank's block; last: whether another round follows
  std::vector<char> text_;            // rank 0: of all ranks
  std::vector<char> mine_;            // other ranks
};

void read_gzip(Communicator& comm, const std::string& path, const io::TextFile& text, LibsvmFile& out, Progress& done) {
  std::optional<io::GzipText> stream;
  std::optional<io::WholeLines> lines;
  // rank 0 holds the text of one round: about 64 MB at most
  const std::size_t block = std::clamp((std::size_t{1} << 26) / static_cast<std::size_t>(comm.size()),
                                       std::size_t{1} << 16, std::size_t{1} << 22);
  TextRound round(comm);
  do {
    io::together(comm, [&] {
      if (comm.rank() != 0) return;
      if (!stream) {
        stream.emplace(path, text);
        lines.emplace([&](std::span<char> into) { return stream->read(into); }, block);
      }
      round.fill(*lines);
    });
    const auto mine = round.deal();
    libsvm::Parser parser;
    std::exception_ptr failure;
    try {
      (void)parser.parse({mine.data(), mine.size()});
    } catch (...) {
      failure = std::current_exception();
    }
    const auto wrong_line = place_piece(comm, path, std::move(parser), done, out);
    if (!failure) failure = wrong_line;
    // A damaged stream can look like a wrong line: then it is the damage that the user must know of.
    if (combine(comm, failure ? 1 : 0, Reduction::maximum) != 0 && comm.rank() == 0) {
      try {
        stream->verify_rest();
      } catch (...) {
        failure = std::current_exception();
      }
    }
    io::fail_together(comm, failure);
  } while (round.more());
}

// A line of such a file would be said to be wrong, which says less.
void refuse_other_formats(const std::string& path, const io::TextFile& file) {
  const auto kind = io::file_kind(file);
  if (!kind.empty() && kind != io::libsvm_kind)
    throw DataError(path + ": is " + kind + ", not text of LIBSVM's format (LABEL INDEX:VALUE ...)");
}

}  // namespace

LibsvmFile read_libsvm(Communicator& comm, const std::string& path) {
  std::optional<io::TextFile> text;
  io::together(comm, [&] { text.emplace(path); });

  LibsvmFile file;
  std::array<std::uint64_t, 2> size_and_kind{};
  io::together(comm, [&] {
    std::array<char, 2> beginning{};
    const std::size_t got = text->read(0, beginning);
    size_and_kind = {text->bytes(), io::GzipText::recognise(std::span(beginning).first(got)) ? 1U : 0U};
    if (text->bytes() == 0) throw DataError(path + ": the file is empty");
    if (size_and_kind[1] == 0) refuse_other_formats(path, *text);
  });
  comm.broadcast(std::as_writable_bytes(std::span(size_and_kind)), 0);
  file.bytes = size_and_kind[0];

  Progress done;
  if (size_and_kind[1] != 0)
    read_gzip(comm, path, *text, file, done);
  else
    read_plain(comm, path, *text, file, done);

  file.rows = done.rows;
  if (file.rows == 0) throw DataError(path + ": no rows in it, only blank lines and comments");
  file.features =
      static_cast<std::uint64_t>(combine(comm, static_cast<std::int64_t>(file.features), Reduction::maximum));
  file.nonzeros = static_cast<std::uint64_t>(combine(comm, static_cast<std::int64_t>(file.nonzeros), Reduction::sum));
  file.digest = libsvm::digest(comm, file.blocks);
  return file;
}

}  // namespace vireo

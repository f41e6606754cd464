#include "io/matrix_market.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>

#include "io/matrix_market_header.hpp"
#include "io/text_agreement.hpp"
#include "io/text_lines.hpp"
#include "io/text_numbers.hpp"
#include "io/text_stream.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

using Symmetry = MatrixMarketHeader::Symmetry;

/// Parses one rank's share of the body.
class BodyParser {
 public:
  explicit BodyParser(const MatrixMarketHeader& header) : header_(header) {}

  /// Parses whole lines; false at the first wrong one, of which trouble() then tells.
  bool parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!line.empty() && !line.starts_with('%') && !(header_.dense ? parse_number(line) : parse_entry(line)))
        return false;
      ++lines_;
    }
    return true;
  }

  [[nodiscard]] std::uint64_t lines() const { return lines_; }  ///< that are right
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// number of entries that were listed
  [[nodiscard]] std::uint64_t listed() const { return header_.dense ? numbers_.size() : entries_.size(); }

  /// The entries, given how many ranks before this one have listed.
  [[nodiscard]] std::vector<MatrixEntry> take(std::uint64_t before) {
    if (header_.dense) place_numbers(before);
    if (header_.symmetry != Symmetry::general) fill_in();
    return std::move(entries_);
  }

 private:
  bool wrong(std::string trouble) {
    trouble_ = std::move(trouble);
    return false;
  }

  bool parse_number(std::string_view line) {
    const auto word = next_word(line);
    double value = 0;
    if (auto trouble = read_number(word, value); !trouble.empty()) return wrong("entry " + trouble);
    if (!line.empty()) return wrong("more than one number: " + quoted(trimmed(line)));
    numbers_.push_back(value);
    return true;
  }

  bool parse_index(std::string_view word, const char* what, std::uint64_t most, std::uint32_t& out) {
    std::uint64_t index = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    if (word.empty()) return wrong(std::string("no ") + what);
    if (error != std::errc{} || end != word.data() + word.size())
      return wrong(std::string(what) + " " + quoted(word) + " is not a whole number");
    if (index < 1 || index > most)
      return wrong(std::string(what) + " " + quoted(word) + " is not between 1 and " + std::to_string(most));
    out = static_cast<std::uint32_t>(index - 1);
    return true;
  }

  bool parse_entry(std::string_view line) {
    MatrixEntry entry;
    if (!parse_index(next_word(line), "row", header_.rows, entry.row)) return false;
    if (!parse_index(next_word(line), "column", header_.columns, entry.column)) return false;
    if (header_.pattern) {
      entry.value = 1;
    } else {
      const auto word = next_word(line);
      if (word.empty()) return wrong("an entry without a value");
      if (auto trouble = read_number(word, entry.value); !trouble.empty()) return wrong("entry " + trouble);
    }
    if (!trimmed(line).empty()) return wrong("more than an entry: " + quoted(trimmed(line)));
    if (header_.symmetry != Symmetry::general && entry.row < entry.column)
      return wrong(
          "an entry above the diagonal of a symmetric or skew-symmetric matrix, of which the part below is listed");
    if (header_.symmetry == Symmetry::skew && entry.row == entry.column)
      return wrong("an entry on the diagonal of a skew-symmetric matrix");
    entries_.push_back(entry);
    return true;
  }

  /// An array lists columns one after the other; of a symmetric matrix, the part below the diagonal.
  void place_numbers(std::uint64_t before) {
    const std::uint64_t diagonal = header_.symmetry == Symmetry::skew ? 1 : 0;
    const auto first_row = [&](std::uint64_t column) {
      return header_.symmetry == Symmetry::general ? 0 : column + diagonal;
    };
    std::uint64_t column = 0;
    std::uint64_t row = 0;
    if (header_.symmetry == Symmetry::general) {
      column = before / header_.rows;
      row = before % header_.rows;
    } else {
      std::uint64_t skip = before;
      while (column < header_.columns && skip >= header_.rows - first_row(column)) {
        skip -= header_.rows - first_row(column);
        ++column;
      }
      row = first_row(column) + skip;
    }
    entries_.reserve(numbers_.size());
    for (const double value : numbers_) {
      entries_.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), value});
      if (++row < header_.rows) continue;
      ++column;
      row = first_row(column);
    }
    numbers_ = {};
  }

  void fill_in() {
    const double sign = header_.symmetry == Symmetry::skew ? -1 : 1;
    const std::size_t listed = entries_.size();
    for (std::size_t e = 0; e < listed; ++e) {
      const auto [row, column, value] = entries_[e];
      if (row != column) entries_.push_back({column, row, sign * value});
    }
  }

  const MatrixMarketHeader& header_;
  std::vector<MatrixEntry> entries_;
  std::vector<double> numbers_;  ///< of an array
  std::uint64_t lines_ = 0;
  std::string trouble_;
};

/// A piece of the body in whole lines, parsed. Pieces count from 0 in the order of the text.
struct Parsed {
  std::size_t piece = 0;
  BodyParser body;
};

/// Text as it is: piece r is rank r's share of the bytes.
std::size_t parse_plain(const Communicator& comm, const TextFile& file, const MatrixMarketHeader& header,
                        std::vector<Parsed>& mine) {
  const auto ranks = static_cast<Index>(comm.size());
  const auto rank = static_cast<Index>(comm.rank());
  const Range share = part_of(file.bytes() - header.body, ranks, rank);
  const Range bytes = file.lines_starting_in({header.body + share.begin, header.body + share.end});
  auto& parser = mine.emplace_back(Parsed{rank, BodyParser(header)}).body;
  std::uint64_t at = bytes.begin;
  WholeLines lines(
      [&](std::span<char> out) {
        const std::size_t got = file.read(at, out.first(std::min<std::uint64_t>(out.size(), bytes.end - at)));
        at += got;
        return got;
      },
      std::size_t{1} << 19U);
  for (auto block = lines.next(); !block.empty() && parser.parse(block);) block = lines.next();
  return ranks;
}

/// A stream that can only be read from its beginning: all ranks inflate it, which is several times as fast as parsing,
/// and rank r parses the pieces r, r + P, r + 2 P, ...
std::size_t parse_compressed(const Communicator& comm, TextStream& text, const MatrixMarketHeader& header,
                             std::vector<Parsed>& mine) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  const auto rank = static_cast<std::size_t>(comm.rank());
  text.skip(header.body);
  WholeLines lines([&](std::span<char> out) { return text.read(out); }, std::size_t{1} << 20U);
  std::size_t piece = 0;
  for (auto block = lines.next(); !block.empty(); block = lines.next(), ++piece)
    if (piece % ranks == rank) (void)mine.emplace_back(Parsed{piece, BodyParser(header)}).body.parse(block);
  return piece;
}

/// Something that pieces have, on all ranks
class PerPiece {
 public:
  explicit PerPiece(std::size_t pieces) : values_(pieces) {}
  std::int64_t& operator[](std::size_t piece) { return values_[piece]; }
  void add_up(Communicator& comm) {
    const std::vector<Reduction> how(values_.size(), Reduction::sum);
    if (!values_.empty()) comm.combine(values_, how);
  }
  [[nodiscard]] std::uint64_t before(std::size_t piece) const {
    const auto end = values_.begin() + static_cast<std::ptrdiff_t>(piece);
    return static_cast<std::uint64_t>(std::accumulate(values_.begin(), end, std::int64_t{0}));
  }

 private:
  std::vector<std::int64_t> values_;
};

/// Collective: throws on all ranks what is wrong with the first piece that has a wrong line. Counts of pieces with a
/// wrong line are too small, but no later one is told of.
void refuse_wrong_lines(Communicator& comm, const std::string& path, const MatrixMarketHeader& header,
                        const std::vector<Parsed>& mine, std::size_t pieces) {
  PerPiece lines(pieces);
  auto first_wrong = static_cast<std::int64_t>(pieces);
  for (const auto& [piece, body] : mine) {
    lines[piece] = static_cast<std::int64_t>(body.lines());
    if (!body.trouble().empty()) first_wrong = std::min(first_wrong, static_cast<std::int64_t>(piece));
  }
  lines.add_up(comm);
  first_wrong = combine(comm, first_wrong, Reduction::minimum);
  together(comm, [&] {
    for (const auto& [piece, body] : mine)
      if (static_cast<std::int64_t>(piece) == first_wrong)
        throw DataError(path + ":" + std::to_string(header.body_line + lines.before(piece) + body.lines()) + ": " +
                        body.trouble());
  });
}

}  // namespace

bool MatrixMarketFile::recognise(std::string_view beginning) {
  constexpr std::string_view banner = "%%matrixmarket";
  beginning.remove_prefix(std::min(beginning.find_first_not_of(" \t\r\n"), beginning.size()));
  return std::ranges::equal(beginning.substr(0, banner.size()), banner, {},
                            [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
}

MatrixMarketFile::MatrixMarketFile(Communicator& comm, const std::string& path) : comm_(comm), path_(path) {
  std::optional<TextFile> file;
  MatrixMarketHeader header;
  std::vector<Parsed> mine;
  std::size_t pieces = 0;
  together(comm, [&] {
    file.emplace(path);
    TextStream text(path, *file);
    header = MatrixMarketHeader::read(text, path);
    TextStream again(path, *file);
    pieces = text.compressed() ? parse_compressed(comm, again, header, mine) : parse_plain(comm, *file, header, mine);
  });
  rows_ = header.rows;
  columns_ = header.columns;
  dense_ = header.dense;
  const auto here = static_cast<std::int64_t>(pieces);
  if (combine(comm, here, Reduction::minimum) != combine(comm, here, Reduction::maximum))
    throw DataError(path + ": ranks see different files");

  refuse_wrong_lines(comm, path, header, mine, pieces);
  PerPiece listed(pieces);
  for (const auto& [piece, body] : mine) listed[piece] = static_cast<std::int64_t>(body.listed());
  listed.add_up(comm);
  if (const auto found = listed.before(pieces); found != header.lines)
    throw DataError(path + ": lists " + std::to_string(found) + " entries, but its sizes announce " +
                    std::to_string(header.lines));
  for (auto& [piece, body] : mine) {
    auto entries = body.take(listed.before(piece));
    if (entries_.empty())
      entries_ = std::move(entries);
    else
      entries_.insert(entries_.end(), entries.begin(), entries.end());
  }
}

std::vector<MatrixEntry> MatrixMarketFile::deliver(Range mine, bool by_row) const {
  const auto ranks = static_cast<std::size_t>(comm_.size());
  const auto me = static_cast<std::size_t>(comm_.rank());
  const auto begins = gather_all(comm_, static_cast<std::int64_t>(mine.begin));
  const auto ends = gather_all(comm_, static_cast<std::int64_t>(mine.end));
  const auto wanted_by = [&](std::size_t rank, const MatrixEntry& entry) {
    const auto line = static_cast<std::int64_t>(by_row ? entry.row : entry.column);
    return begins[rank] <= line && line < ends[rank];
  };

  std::vector<std::vector<MatrixEntry>> parcels(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank)
    for (const auto& entry : entries_)
      if (wanted_by(rank, entry)) parcels[rank].push_back(entry);

  std::vector<MatrixEntry> out = std::move(parcels[me]);
  parcels[me].clear();
  // how many to expect from each rank
  std::vector<std::uint64_t> outgoing(ranks), incoming(ranks);
  std::vector<Piece> numbers(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    outgoing[rank] = parcels[rank].size();
    numbers[rank] = {8 * rank, rank == me ? std::size_t{0} : std::size_t{8}};
  }
  comm_.all_to_all(std::as_bytes(std::span(outgoing)), numbers, std::as_writable_bytes(std::span(incoming)), numbers);

  std::vector<Piece> sent(ranks), received(ranks);
  std::vector<MatrixEntry> message;
  const std::size_t own = out.size();
  std::size_t total = own;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    sent[rank] = {message.size() * sizeof(MatrixEntry), parcels[rank].size() * sizeof(MatrixEntry)};
    message.insert(message.end(), parcels[rank].begin(), parcels[rank].end());
    parcels[rank] = {};
    received[rank] = {total * sizeof(MatrixEntry), incoming[rank] * sizeof(MatrixEntry)};
    total += incoming[rank];
  }
  out.resize(total);
  comm_.all_to_all(std::as_bytes(std::span(message)), sent, std::as_writable_bytes(std::span(out)), received);

  const auto place = [&](const MatrixEntry& e) {
    return by_row ? std::pair(e.row, e.column) : std::pair(e.column, e.row);
  };
  std::ranges::sort(out, {}, place);
  together(comm_, [&] {
    const auto twice = std::ranges::adjacent_find(out, {}, place);
    if (twice != out.end())
      throw DataError(path_ + ": the entry in row " + std::to_string(twice->row + 1) + ", column " +
                      std::to_string(twice->column + 1) + " is listed twice");
  });
  return out;
}

}  // namespace vireo::io

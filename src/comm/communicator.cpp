#include "vireo/comm/communicator.hpp"

#include "comm/pieces.hpp"

namespace vireo {

void Communicator::count_all_to_all(std::span<const Piece> outgoing, std::span<const Piece> incoming) {
  bytes_sent_ += static_cast<std::int64_t>(comm::total_bytes(outgoing));
  bytes_received_ += static_cast<std::int64_t>(comm::total_bytes(incoming));
}

void Communicator::count_all_gather(std::span<const Piece> pieces) {
  const auto all = static_cast<std::int64_t>(comm::total_bytes(pieces));
  const auto of = [&](int rank) { return static_cast<std::int64_t>(pieces[static_cast<std::size_t>(rank)].bytes); };
  bytes_sent_ += all - of((rank() + 1) % size());
  bytes_received_ += all - of(rank());
}

void Communicator::count_broadcast(std::size_t bytes, int root) {
  if (rank() == root)
    bytes_sent_ += static_cast<std::int64_t>(bytes) * (size() - 1);
  else
    bytes_received_ += static_cast<std::int64_t>(bytes);
}

std::int64_t combine(Communicator& comm, std::int64_t value, Reduction how) {
  comm.combine({&value, 1}, {&how, 1});
  return value;
}

std::vector<std::int64_t> gather_all(Communicator& comm, std::int64_t value) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  std::vector<std::int64_t> values(ranks);
  std::vector<Piece> pieces(ranks);
  for (std::size_t p = 0; p < ranks; ++p) pieces[p] = {sizeof value * p, sizeof value};
  values[static_cast<std::size_t>(comm.rank())] = value;
  comm.all_gather(std::as_writable_bytes(std::span(values)), pieces);
  return values;
}

std::vector<std::string> gather_all(Communicator& comm, const std::string& text) {
  const auto sizes = gather_all(comm, static_cast<std::int64_t>(text.size()));
  std::vector<Piece> pieces;
  std::size_t total = 0;
  for (const auto size : sizes) {
    pieces.push_back({total, static_cast<std::size_t>(size)});
    total += static_cast<std::size_t>(size);
  }
  std::string joined(total, '\0');
  joined.replace(pieces[static_cast<std::size_t>(comm.rank())].offset, text.size(), text);
  comm.all_gather(std::as_writable_bytes(std::span(joined)), pieces);
  std::vector<std::string> texts;
  for (const auto& piece : pieces) texts.push_back(joined.substr(piece.offset, piece.bytes));
  return texts;
}

std::string broadcast(Communicator& comm, const std::string& text, int root) {
  auto size = static_cast<std::uint64_t>(text.size());
  comm.broadcast(std::as_writable_bytes(std::span(&size, 1)), root);
  std::string copy = comm.rank() == root ? text : std::string(size, '\0');
  comm.broadcast(std::as_writable_bytes(std::span(copy)), root);
  return copy;
}

}  // namespace vireo

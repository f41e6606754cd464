#include "comm/simulated_communicator.hpp"

#include "comm/host.hpp"
#include "comm/pieces.hpp"

namespace vireo::comm {

using Operation = SimulatedCall::Operation;

void SimulatedCommunicator::barrier() { world_.collective(rank_, {}); }

void SimulatedCommunicator::all_to_all(std::span<const std::byte> send, std::span<const Piece> outgoing,
                                       std::span<std::byte> receive, std::span<const Piece> incoming) {
  check_pieces(outgoing, size(), send.size(), "all_to_all (send)");
  check_pieces(incoming, size(), receive.size(), "all_to_all (receive)");
  check_nothing_to_self(outgoing, rank_, "all_to_all (send)");
  check_nothing_to_self(incoming, rank_, "all_to_all (receive)");
  SimulatedCall call;
  call.operation = Operation::all_to_all;
  call.send = send;
  call.outgoing = outgoing;
  call.receive = receive;
  call.incoming = incoming;
  world_.collective(rank_, call);
  count_all_to_all(outgoing, incoming);
}

void SimulatedCommunicator::all_gather(std::span<std::byte> buffer, std::span<const Piece> pieces) {
  all_gather_while(buffer, pieces, [] { return false; });
}

void SimulatedCommunicator::all_gather_while(std::span<std::byte> buffer, std::span<const Piece> pieces,
                                             const Work& meanwhile) {
  check_pieces(pieces, size(), buffer.size(), "all_gather");
  SimulatedCall call;
  call.operation = Operation::all_gather;
  call.receive = buffer;
  call.incoming = pieces;
  world_.collective(rank_, call, meanwhile);
  count_all_gather(pieces);
}

void SimulatedCommunicator::broadcast(std::span<std::byte> buffer, int root) {
  if (root < 0 || root >= size())
    throw Error(ErrorKind::internal, "broadcast: there is no rank " + std::to_string(root));
  SimulatedCall call;
  call.operation = Operation::broadcast;
  call.receive = buffer;
  call.root = root;
  world_.collective(rank_, call);
  count_broadcast(buffer.size(), root);
}

void SimulatedCommunicator::combine(std::span<std::int64_t> values, std::span<const Reduction> how) {
  if (values.size() != how.size())
    throw Error(ErrorKind::internal, "combine: " + std::to_string(values.size()) + " values and " +
                                         std::to_string(how.size()) + " reductions");
  SimulatedCall call;
  call.operation = Operation::combine;
  call.values = values;
  call.how = how;
  world_.collective(rank_, call);
}

std::string SimulatedCommunicator::host() const { return host_name(); }

}  // namespace vireo::comm

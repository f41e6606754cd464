"""The clock of the simulated communicator (include/vireo/comm/simulated.hpp, src/comm/network_clock.cpp), in Python.

A message of b bytes takes latency + b / bandwidth. A rank's port sends its messages one after the other and receives likewise, both at
once; all ranks wait for the last one, so a collective takes as long as its slowest rank.
"""
import collections

import numpy

#: latency in seconds and bandwidth in bytes per second
Network = collections.namedtuple("Network", ["latency", "bandwidth"])

#: a number of messages and of bytes, one after the other: Cost(messages, bytes)
Cost = collections.namedtuple("Cost", ["messages", "bytes"])


def seconds(network, cost):
    """latency * messages + bytes / bandwidth"""
    return network.latency * cost.messages + cost.bytes / network.bandwidth


def rounds(ranks):
    """ceil(log2 P)"""
    return (ranks - 1).bit_length()


def all_gather(sizes):
    """Bruck's algorithm on pieces of these sizes, one for each rank: everybody's but the own, in ceil(log2 P) messages."""
    return Cost(rounds(len(sizes)), float(sizes.sum() - sizes.min()))


def combine(ranks, values):
    """A reduction and a broadcast of 8 bytes a value, each ceil(log2 P) messages with all of them"""
    return Cost(2 * rounds(ranks), 2.0 * rounds(ranks) * 8 * values)


def all_to_all(network, owners, sent):
    """The cost for the slowest rank, where sent[i, p] bytes go from rank owners[i] to rank p, and the other ranks send nothing. What a rank
    has for itself is not sent, and empty messages are not either."""
    sent = sent.copy()
    sent[numpy.arange(len(owners)), owners] = 0.0
    out = numpy.array([(sent > 0).sum(axis=1), sent.sum(axis=1)])
    into = numpy.array([(sent > 0).sum(axis=0), sent.sum(axis=0)])
    ports = numpy.concatenate([out, into], axis=1)
    slowest = int(numpy.argmax(network.latency * ports[0] + ports[1] / network.bandwidth))
    return Cost(float(ports[0, slowest]), float(ports[1, slowest]))

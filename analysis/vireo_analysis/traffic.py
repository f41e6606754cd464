"""The messages of one exchange on P ranks, as src/exchange makes them: what goes to whom, and what it costs the slowest rank."""
import numpy

from .clock import Cost, all_gather, all_to_all, combine
from .counts import FINE, encoded_bytes, entries_of
from .specs import parse_spec

#: random draws over which the number and the size of sparse messages are averaged: as many as this many entries allow, 3 to 50
ENTRIES = 300_000
#: counts that the ranks add in each round of a distributed selection, and the rounds that it usually takes (selection.cpp)
SELECTION = [2048, 2048]


def starts(total, parts):
    """Where the contiguous blocks of `total` items begin that `parts` owners get, and their end (part_of of layout.hpp)"""
    share, rest = divmod(total, parts)
    at = numpy.arange(parts + 1, dtype=numpy.int64)
    return share * at + rest * at // parts


def segments(dimension, ranks):
    """Sizes of the ranks' segments of the coordinates, cut at multiples of 8"""
    return numpy.diff(numpy.minimum(8 * starts((dimension + 7) // 8, ranks), dimension))


def subtrees(begin, end, workers):
    """Numbers of workers of the maximal subtrees inside [begin, end) of the tree over all workers (maximal_subtrees of tree.cpp)"""
    sizes, first = [], begin
    while first < end:
        width = 1
        while first % (2 * width) == 0 and min(first + 2 * width, workers) <= end and first + width < workers:
            width *= 2
        last = min(first + width, workers)
        sizes.append(last - first)
        first = last
    return sizes


def _places(sizes, spec, workers, rng):
    """For each worker, the share of its message that falls into each segment"""
    dimension = sizes.sum()
    k = entries_of(spec, dimension, workers)
    if k is None and parse_spec(spec)[0] in FINE:  # each piece has a head, that of an empty segment too, and whole bytes
        pieces = numpy.array([encoded_bytes(spec, int(size), workers) for size in sizes])
        return numpy.broadcast_to(pieces / encoded_bytes(spec, int(dimension), workers), (workers, len(sizes)))
    if k is None:
        return numpy.broadcast_to(sizes / dimension, (workers, len(sizes)))
    return rng.multivariate_hypergeometric(sizes, k, size=workers, method="marginals") / k


def sent(sizes, workers, spec, bytes_up, rng):
    """(ranks that have workers, bytes from each of them to every rank) when the workers send messages of `bytes_up` bytes; `sizes` are
    those of the ranks' segments. A rank adds up each maximal subtree that it owns and sends 8 bytes a coordinate for it, or passes on its
    messages where they are shorter."""
    bounds = starts(workers, len(sizes))
    owners = numpy.flatnonzero(numpy.diff(bounds))
    places = None if spec == "none" else _places(sizes, spec, workers, rng)
    out = numpy.zeros((len(owners), len(sizes)))
    for row, rank in enumerate(owners):
        first = bounds[rank]
        for size in subtrees(int(bounds[rank]), int(bounds[rank + 1]), workers):
            if places is None or size * bytes_up >= 8 * sizes.sum():
                out[row] += 8.0 * sizes
            else:
                out[row] += bytes_up * places[first : first + size].sum(axis=0)
            first += size
    return owners, out


def head_combines(spec):
    """Numbers of values in the collective operations by which a compressor on the downlink finds its scale or its selection"""
    name, parameters = parse_spec(spec)
    if name == "induced":
        return [values for part in ("first", "second") for values in head_combines(parameters.get(part, "none").strip("[]"))]
    combines = list(SELECTION) if name == "topk" else []
    if name == "sign" or (name == "dithering" and parameters.get("norm") == "l2"):
        combines += [1, 2]
    elif name in ("natural", "rounding", "dithering") or parameters.get("wire") == "float32":
        combines += [1]
    return combines


def added(costs):
    """All of these, one after the other"""
    costs = list(costs)
    return Cost(sum(cost.messages for cost in costs), sum(cost.bytes for cost in costs))


def delivered(sizes, downlink, bytes_down):
    """(costs of the downlink, bytes that all ranks move): everybody gets everybody's segment"""
    ranks = len(sizes)
    if downlink == "none":
        costs = [combine(ranks, 1)] if (sizes == 0).any() else []
        return [*costs, all_gather(8.0 * sizes)], 8.0 * sizes.sum() * (ranks - 1)
    pieces = 8 + bytes_down * sizes / sizes.sum()
    costs = [combine(ranks, values) for values in head_combines(downlink)]
    moved = float(pieces.sum()) * (ranks - 1)
    if parse_spec(downlink)[0] in ("topk", "induced"):  # the sizes go ahead
        costs.append(all_gather(numpy.full(ranks, 8.0)))
        moved += 8.0 * ranks * (ranks - 1)
    return [*costs, all_gather(pieces)], moved


def exchange(network, dimension, ranks, workers, uplink="none", downlink="none", bytes_up=0.0, bytes_down=0.0):
    """(Cost of one exchange for the slowest rank, bytes that all ranks move in it), the mean over draws where there are any"""
    if ranks == 1:
        return Cost(0.0, 0.0), 0.0
    rng = numpy.random.default_rng(0)
    sparse = entries_of(uplink, dimension, workers) is not None
    draws = min(50, max(3, ENTRIES // (workers * ranks))) if sparse else 1
    found = [_drawn(network, segments(dimension, ranks), workers, uplink, downlink, bytes_up, bytes_down, rng) for _ in range(draws)]
    return Cost(*numpy.mean([cost for cost, _ in found], axis=0)), float(numpy.mean([moved for _, moved in found]))


def _drawn(network, sizes, workers, uplink, downlink, bytes_up, bytes_down, rng):
    """The same for one draw"""
    name, ranks = parse_spec(uplink)[0], len(sizes)
    down = sizes
    if name == "randk-shared":  # the entries that all workers share are added like short full messages
        sizes = rng.multivariate_hypergeometric(sizes, entries_of(uplink, sizes.sum(), workers), method="marginals")
        uplink = "none"
        if downlink == "none":
            down = sizes
    owners, matrix = sent(sizes, workers, uplink, bytes_up, rng)
    costs, moved = delivered(down, downlink, bytes_down)
    moved += matrix.sum() - matrix[numpy.arange(len(owners)), owners].sum()
    costs.append(all_to_all(network, owners, matrix))
    if name in ("topk", "induced"):  # the sizes go ahead, from everybody to everybody
        costs.append(Cost(ranks - 1, 8.0 * (ranks - 1)))
        moved += 8.0 * ranks * (ranks - 1)
    return added(costs), moved

"""The messages of one exchange on P ranks, as src/exchange makes them: what goes to whom, and what it costs the slowest rank."""
import numpy

from .clock import Cost, all_gather, all_to_all, combine
from .counts import entries_of
from .specs import parse_spec

#: random draws over which the number and the size of sparse messages are averaged
SAMPLES = 3


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
    if k is None:
        return numpy.broadcast_to(sizes / dimension, (workers, len(sizes)))
    return rng.multivariate_hypergeometric(sizes, k, size=workers, method="marginals") / k


def sent(sizes, workers, spec, bytes_up, rng):
    """Bytes from each rank that has workers (rows) to each rank (columns) when the workers send messages of `bytes_up` bytes; `sizes` are
    those of the ranks' segments. A rank adds up each maximal subtree that it owns and sends 8 bytes a coordinate for it, or passes on its
    messages where they are shorter."""
    bounds = starts(workers, len(sizes))
    places = None if spec == "none" else _places(sizes, spec, workers, rng)
    out = numpy.zeros((len(sizes), len(sizes)))
    for rank in numpy.flatnonzero(numpy.diff(bounds)):
        first = bounds[rank]
        for size in subtrees(int(bounds[rank]), int(bounds[rank + 1]), workers):
            if places is None or size * bytes_up >= 8 * sizes.sum():
                out[rank] += 8.0 * sizes
            else:
                out[rank] += bytes_up * places[first : first + size].sum(axis=0)
            first += size
    return out


def head_combines(spec):
    """Values in each collective operation that a compressor on the way down needs to find its scale; Top-k's selection is not known"""
    name, parameters = parse_spec(spec)
    if name == "sign" or (name == "dithering" and parameters.get("norm") == "l2"):
        return [1, 2]
    if name in ("natural", "rounding", "dithering") or parameters.get("wire") == "float32":
        return [1]
    return []


def added(costs):
    """All of these, one after the other"""
    costs = list(costs)
    return Cost(sum(cost.messages for cost in costs), sum(cost.bytes for cost in costs))


def delivered(sizes, downlink, bytes_down):
    """(costs of the way down, bytes that all ranks move): everybody gets everybody's segment"""
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
    draws = SAMPLES if entries_of(uplink, dimension, workers) is not None else 1
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
    matrix = sent(sizes, workers, uplink, bytes_up, rng)
    costs, moved = delivered(down, downlink, bytes_down)
    moved += matrix.sum() - numpy.trace(matrix)
    costs.append(all_to_all(network, matrix))
    if name in ("topk", "induced"):  # the sizes go ahead
        ahead = 8.0 * (1 - numpy.eye(ranks))
        costs.append(all_to_all(network, ahead))
        moved += ahead.sum()
    return added(costs), moved

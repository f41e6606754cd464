"""How many exchanges a run made and how large its messages were, from what the trace counted.

A method talks through one operation, the mean of what the workers send (vireo/exchange/exchange.hpp). Some of these means are compressed,
the others are sent in full: 8 d bytes from and to each worker. The trace counts the bytes of all of them together; how many there were of
each kind is concluded here, and `how` says from what.
"""
import dataclasses

from .errors import InputError
from .specs import parse_spec

#: compressors whose messages are values at k places
SPARSE = ("randk", "randk-shared", "topk", "permk")
#: compressed means in each iteration, where the methods' sources say it; others are assumed to make one
COMPRESSED_PER_ITERATION = {"extragradient": 0, "masha1": 1}
#: methods that announce their snapshots by compressed exchanges too, where `snapshot` says so; and compressors that then serve for both
ANNOUNCING = ("masha1", "vr-masha1", "pp-masha1")
FINE = ("natural", "rounding", "dithering")


@dataclasses.dataclass
class Exchanges:
    """What was exchanged up to a row of a trace."""

    full: float  #: means sent in full
    compressed: float  #: compressed means
    up: float  #: bytes of one compressed message up, on average
    down: float  #: bytes of one compressed message down
    how: str  #: what the two numbers rest on
    assumed: list  #: what had to be assumed beyond that, as sentences
    announced: float = 0.0  #: compressed means that announce snapshots, with compressors and sizes of their own
    announced_uplink: str = "none"
    announced_downlink: str = "none"
    announced_up: float = 0.0
    announced_down: float = 0.0

    def all(self):
        """How many there were"""
        return self.full + self.compressed + self.announced

    def kinds(self, config):
        """The same as every_kind, of those kinds that there were"""
        return [kind for kind in self.every_kind(config) if kind[0] > 0]

    def every_kind(self, config):
        """(how many, uplink, downlink, bytes of a message up, and down) of those in full, compressed, announced"""
        return [(self.full, "none", "none", 0.0, 0.0),
                (self.compressed, config.get("uplink", "none"), config.get("downlink", "none"), self.up, self.down),
                (self.announced, self.announced_uplink, self.announced_downlink, self.announced_up, self.announced_down)]


def entries_of(spec, dimension, workers):
    """The number k of values in a message, None for a compressor that sends all coordinates"""
    name, parameters = parse_spec(spec)
    if name not in SPARSE:
        return None
    if name == "permk":
        return max(1, round(dimension / workers))
    if "k" in parameters:
        return int(parameters["k"])
    return min(max(1, int(float(parameters.get("fraction", "0.1")) * dimension + 0.5)), dimension)


def encoded_bytes(spec, dimension, workers):
    """Bytes of a message that has the same size whatever it says; None for compressors whose messages have not"""
    name, parameters = parse_spec(spec)
    if name == "none":
        return 8 * dimension
    if name in FINE:
        bits = {"natural": 9, "rounding": int(parameters.get("bits", "16")),
                "dithering": 1 + int(parameters.get("levels", "127")).bit_length()}[name]
        return (8 if name == "dithering" else 2) + (bits * dimension + 7) // 8
    if name not in ("randk", "randk-shared"):
        return None
    k = entries_of(spec, dimension, workers)
    return 8 * k if parameters.get("wire", "float64") == "float64" else 4 + 4 * k


def exchanges(trace, row):
    """The exchanges up to this row. InputError if the counters do not tell."""
    for name in ("dimension", "components"):
        if not trace.problem.get(name):
            raise InputError(f"{trace.path}: does not say the {name} of its problem")
    if not trace.manifest.get("workers"):
        raise InputError(f"{trace.path}: does not say its number of workers")
    d, n, M = trace.problem["dimension"], trace.problem["components"], trace.manifest["workers"]
    iterations, calls, up, down = (trace.column(name)[row] for name in ("iteration", "oracle_calls", "wire_bytes_up", "wire_bytes_down"))
    uplink, downlink = trace.config.get("uplink", "none"), trace.config.get("downlink", "none")
    method = parse_spec(trace.config.get("method", ""))[0]
    in_full = 8.0 * d * M
    assumed = []
    if uplink == downlink == "none":
        return Exchanges(down / in_full, 0, 8.0 * d, 8.0 * d, "bytes down, all messages being sent in full", assumed)

    if method not in COMPRESSED_PER_ITERATION:
        assumed.append(f"that {method} makes one compressed exchange in each iteration")
    if "topk" in downlink:
        assumed.append("that the ranks select the Top-k of the downlink in two rounds, a number that depends on the data")
    compressed = COMPRESSED_PER_ITERATION.get(method, 1) * iterations
    if announcer(trace.config, method, uplink) != "none" or announcer(trace.config, method, downlink) != "none":
        return _announcing(trace, row, method, assumed)
    known = encoded_bytes(uplink, d, M) if parse_spec(uplink)[0] in SPARSE else None
    if downlink == "none" and parse_spec(uplink)[0] != "randk-shared":
        full, how = down / in_full - compressed, "bytes down, all sent in full, less one compressed exchange per iteration"
    elif known is not None:
        full, how = (up / M - compressed * known) / (8 * d), "bytes up, less a Rand-k message per iteration and worker"
    elif calls % n == 0 and calls / n >= compressed:
        full, how = calls / n - compressed, "oracle calls, n for each exchange, less one compressed exchange per iteration"
    else:
        raise InputError(f"{trace.path}: the counters of {method} with --uplink {uplink} and --downlink {downlink} do not tell how many "
                         "exchanges were sent in full")
    if full < -1e-9 * max(1.0, compressed):
        raise InputError(f"{trace.path}: its bytes are fewer than one compressed exchange per iteration of {method} takes; `network` does "
                         "not know how this method exchanges")
    full = max(0.0, full)
    if compressed == 0:
        return Exchanges(full, 0, 8.0 * d, 8.0 * d, how, assumed)
    return Exchanges(full, compressed, (up - full * in_full) / (compressed * M), (down - full * in_full) / (compressed * M), how, assumed)


def announcer(config, method, messages):
    """The compressor that announces snapshots in a direction whose messages have this one; "none" where they are announced exactly"""
    parameters = parse_spec(config.get("method", ""))[1]
    spec = parameters.get("snapshot", "none")
    if method not in ANNOUNCING or spec == "none" or (spec == "auto" and parameters.get("step") != "adaptive"):
        return "none"
    if spec != "auto":
        return spec.strip("[]")
    return messages if messages == "none" or parse_spec(messages)[0] in FINE else "natural"


def _announcing(trace, row, method, assumed):
    """The exchanges of a method that announces its snapshots by a compressor, but some of them exactly"""
    d, n, M = trace.problem["dimension"], trace.problem["components"], trace.manifest["workers"]
    iterations, calls, up, down = (trace.column(name)[row] for name in ("iteration", "oracle_calls", "wire_bytes_up", "wire_bytes_down"))
    uplink, downlink = trace.config.get("uplink", "none"), trace.config.get("downlink", "none")
    by = [announcer(trace.config, method, spec) for spec in (uplink, downlink)]
    in_full = 8.0 * d
    if by[1] == downlink == "none" and parse_spec(uplink)[0] != "randk-shared":
        told, how = down / M / in_full, "bytes down, all sent in full"
    elif method == "masha1" and calls % n == 0:
        told, how = calls / n, "oracle calls, n for each exchange"
    else:
        raise InputError(f"{trace.path}: the counters of {method} with --uplink {uplink} and --downlink {downlink} do not tell how many "
                         "exchanges there were")
    refreshes = max(0.0, told - iterations)
    sizes = [[encoded_bytes(spec, d, M) for spec in pair] for pair in ((uplink, by[0]), (downlink, by[1]))]
    exact = 0.0
    for (message, announcement), total in zip(sizes, (up, down)):
        if message and announcement and announcement < in_full:
            exact = (total / M - iterations * message - refreshes * announcement) / (in_full - announcement)
            break
    else:
        assumed.append("that no snapshot is announced exactly")
    exact = min(max(0.0, exact), refreshes)
    announced = refreshes - exact
    announcement = [pair[1] or in_full for pair in sizes]
    messages = [(total / M - exact * in_full - announced * size) / iterations if iterations else in_full
                for total, size in zip((up, down), announcement)]
    return Exchanges(exact, iterations, *messages, how + ", less one per iteration: the refreshes; their bytes tell the exact ones", assumed,
                     announced, *by, *announcement)

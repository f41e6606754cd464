#!/usr/bin/env python3
"""Top-k of the same size by others, against ours: lines for closing_table.py on standard output.

Usage: topk_peers.py COMPRESSORS.json > PEERS.json; takes our time from the bench `compressors` of the same run. A peer that is not
installed (Debian: python3-torch) is a line that says so.
"""
import json
import sys
import time

import numpy

DIMENSION, K = 10_000_000, 100_000


def shortest(action, seconds=5.0):
    action()
    best, total = float("inf"), 0.0
    while total < seconds:
        start = time.perf_counter()
        action()
        took = time.perf_counter() - start
        best, total = min(best, took), total + took
    return best


def torch_topk(x):
    import torch

    torch.set_num_threads(1)
    values = torch.from_numpy(x).abs()
    return shortest(lambda: torch.topk(values, K))


def numpy_argpartition(x):
    values = numpy.abs(x)
    return shortest(lambda: numpy.argpartition(values, DIMENSION - K))


def main():
    with open(sys.argv[1]) as file:
        ours = next((run["milliseconds"] / 1e3 for run in json.load(file)["benchmarks"] if "milliseconds" in run), None)
    lines = []
    x = numpy.random.default_rng(1).standard_normal(DIMENSION)
    for name, peer, bound in (("torch.topk", torch_topk, {"at_least": 8}), ("numpy.argpartition", numpy_argpartition, {})):
        label = f"topk, 1% of d = 1e7: {name} / ours"
        if ours is None:
            lines.append({"name": label, "error_occurred": True, "error_message": "topk was not run"})
            continue
        try:
            lines.append({"name": name, "label": label, "measured": peer(x) / ours, **bound})
        except ImportError as missing:
            lines.append({"name": label, "error_occurred": True, "error_message": f"{missing.name} is not installed"})
    json.dump({"benchmarks": lines}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()

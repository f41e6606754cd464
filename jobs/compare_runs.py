#!/usr/bin/env python3
"""Compares what two runs paid to reach the same residual: compare_runs.py RUN.h5 BASELINE.h5

Prints one sentence with the ratios of bytes up, bytes down and oracle calls at the end of both runs, which stopped at the
same tolerance.
"""
import sys

import h5py


def cost(path):
    """(residual returned, counters at the end of the run)"""
    with h5py.File(path, "r") as trace:
        if trace.attrs["status"] != "complete" or trace.attrs["termination"] != "converged":
            sys.exit(f"compare_runs: {path}: the run did not converge")
        rows = trace["trace"]
        return trace["solution/z"].attrs["residual"], {
            name: int(rows[name][-1]) for name in ("wire_bytes_up", "wire_bytes_down", "oracle_calls")
        }


def words(ratio):
    return f"{1 / ratio:.1f} times fewer" if ratio < 1 else f"{ratio:.1f} times more"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.splitlines()[0])
    residual, run = cost(sys.argv[1])
    baseline_residual, baseline = cost(sys.argv[2])
    ratio = {name: run[name] / baseline[name] for name in run}
    print(
        f"To a residual of {max(residual, baseline_residual):.1e}, MASHA1 with Rand-k sent {words(ratio['wire_bytes_up'])} bytes up, "
        f"received {words(ratio['wire_bytes_down'])} bytes down, and made {words(ratio['oracle_calls'])} oracle calls "
        f"than uncompressed extragradient (ratios {ratio['wire_bytes_up']:.2f}, {ratio['wire_bytes_down']:.2f}, "
        f"{ratio['oracle_calls']:.2f})."
    )


if __name__ == "__main__":
    main()

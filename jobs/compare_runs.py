#!/usr/bin/env python3
"""Compares what runs paid to reach the same residual: compare_runs.py BASELINE.h5 NAME RUN.h5 NAME [RUN.h5 NAME ...]

Prints a table of what each paid in all, and a sentence with the ratios of the last run to the first one.
"""
import sys

import h5py

#: of every message, in seconds
LATENCY = 10e-6
NETWORKS = {"100 Mbit/s": 100e6, "10 Gbit/s": 10e9}


class Paid:
    """What a run that reached its residual has paid at its end"""

    def __init__(self, path, name):
        self.name = name
        with h5py.File(path, "r") as trace:
            if trace.attrs["status"] != "complete" or trace.attrs["termination"] != "converged":
                sys.exit(f"compare_runs: {path}: the run did not converge")
            self.residual = trace["solution/z"].attrs["residual"]
            rows = trace["trace"]
            self.iterations, self.up, self.down, self.calls = (
                int(rows[column][-1]) for column in ("iteration", "wire_bytes_up", "wire_bytes_down", "oracle_calls"))
            self.workers = int(trace.attrs["workers"])
            self.components = int(trace["problem"].attrs["components"])

    def seconds(self, bits_per_second):
        """That the messages take where each worker has a link of its own to the server: one message up and one down for each
        evaluation of F."""
        exchanges = self.calls / self.components
        return 2 * exchanges * LATENCY + 8 * (self.up + self.down) / self.workers / bits_per_second


def bytes_text(count):
    return f"{count / 1e6:.3g} MB"


def seconds_text(seconds):
    return f"{seconds:.3g} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def ratio_text(ratio):
    return f"{1 / ratio:.1f} times fewer" if ratio < 1 else f"{ratio:.1f} times more"


def table(runs):
    rows = [["", "iterations", "bytes up", "bytes down", "oracle calls", *NETWORKS]]
    rows += [[run.name, f"{run.iterations:,}", bytes_text(run.up), bytes_text(run.down), f"{run.calls:,}",
              *(seconds_text(run.seconds(speed)) for speed in NETWORKS.values())] for run in runs]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  " + row[0].ljust(widths[0]) + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))
                     for row in rows)


def main():
    arguments = sys.argv[1:]
    if len(arguments) < 4 or len(arguments) % 2:
        sys.exit(__doc__.splitlines()[0])
    runs = [Paid(path, name) for path, name in zip(arguments[::2], arguments[1::2])]
    first, last = runs[0], runs[-1]
    print(f"What each run paid to a residual of {max(run.residual for run in runs):.1e}, all workers together; and the seconds that its\n"
          f"messages would take where each of the {first.workers} workers has a link of its own to a server, with {LATENCY * 1e6:.0f} us a message:\n")
    print(table(runs))
    calls = last.calls / first.calls
    print(f"\n{last.name}: {ratio_text(last.up / first.up)} bytes up and {ratio_text(last.down / first.down)} bytes down than "
          f"{first.name}, for {calls:.2f} times its oracle calls.")


if __name__ == "__main__":
    main()

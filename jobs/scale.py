#!/usr/bin/env python3
"""How many bytes the busiest rank moves in an iteration as ranks grow: P ranks with a worker each, simulated.

    jobs/scale.py [--ranks 8,32,128,512] [--dimension 100000] [--fraction 0.01]

MASHA1 with Rand-k both ways: what a rank sends and receives stays the same as ranks are added, since each adds up one segment of the
coordinates; a star's server receives all messages, and sends all of them. Also the modelled time on a network (10 us a message,
1 Gbit/s). The figures are means over the trial iterations of `vireo solve --dry-run`; whether one of them refreshes depends on the seed
alone, hence it is the same for all P. VIREO names the program (default: build/release/vireo, or the installed one).
"""
import argparse
import json
import subprocess
import sys

from vireo_sweep.errors import InputError
from vireo_sweep.program import path_of_vireo


def measure(program, ranks, dimension, fraction, iterations):
    command = [program, "solve", "--dry-run", "--quiet", "--max-iterations", str(iterations), "--problem", f"bilinear:structure=banded,dimension={dimension},components={ranks}",
               "--workers", str(ranks), "--simulate", str(ranks), "--latency", "10us", "--bandwidth", "1Gbit/s",
               "--method", "masha1:refresh=next", "--uplink", f"randk:fraction={fraction}", "--downlink", f"randk:fraction={fraction}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", default="8,32,128,512")
    parser.add_argument("--dimension", type=int, default=100_000)
    parser.add_argument("--fraction", type=float, default=0.01)
    parser.add_argument("--iterations", type=int, default=20, help="trial iterations, at most 100")
    options = parser.parse_args()
    try:
        program = path_of_vireo()
    except InputError as error:
        sys.exit(str(error))
    print(f"masha1, d = {options.dimension:,}, Rand-{100 * options.fraction:g} % both ways; bytes an iteration\n")
    print(f"{'ranks':>6} {'busiest sends':>14} {'busiest receives':>17} {'a server receives':>18} {'a server sends':>15} {'modelled':>10}")
    for ranks in map(int, options.ranks.split(",")):
        found = measure(program, ranks, options.dimension, options.fraction, options.iterations)
        print(f"{ranks:>6} {found['busiest_rank_bytes_sent']:>14,.0f} {found['busiest_rank_bytes_received']:>17,.0f} "
              f"{found['wire_bytes_up']:>18,.0f} {found['wire_bytes_down']:>15,.0f} {1e3 * found['seconds_modelled']:>7.2f} ms", flush=True)


if __name__ == "__main__":
    main()

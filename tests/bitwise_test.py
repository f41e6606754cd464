#!/usr/bin/env python3
"""Bitwise means bitwise: the program's /solution/z, /trace/residual and the bounds in /theory are the same bytes on 1, 2, 3 and 4 MPI ranks and on 1, 2, 5 and 8
simulated ranks, for every problem and method here, with Rand-k both ways. Also on more ranks than workers. This is for the program from
its command line to its file; every method with every compressor is in tests/methods/bitwise_test.cpp."""
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

import h5py

from support.data import logistic_file
from support.program import VIREO, on_ranks


class Bitwise(unittest.TestCase):
    def digest(self, launcher, arguments, trace):
        command = [*launcher, VIREO, "solve", *arguments, "--trace", trace, "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 5, (command, done.stdout, done.stderr))  # the iteration limit
        with h5py.File(trace, "r") as file:
            digests = [hashlib.sha256(file[name][:].tobytes()).hexdigest() for name in
                       ("solution/z", "trace/residual", "trace/oracle_calls", "trace/wire_bytes_up", "trace/wire_bytes_down")]
            self.assertEqual(len(file["trace/residual"]), 41)
            digests.append({name: dict(bound.attrs) for name, bound in file.get("theory", {}).items()})
        os.remove(trace)
        return digests

    def test_every_number_of_ranks_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace.h5")
            problems = [["--problem", "bilinear:dimension=50"], ["--problem", "quadratic-game:dimension=50"],
                        ["--problem", "matrix-game:matrix=policeman-burglar,rows=40,sampling=importance"],
                        ["--problem", "logistic", "--data", logistic_file(folder, rows=60)]]
            methods = [["--method", "extragradient"],
                       ["--method", "masha1", "--uplink", "randk:fraction=0.2", "--downlink", "randk:fraction=0.5"]]
            for problem in problems:
                for method in methods:
                    arguments = [*problem, *method, "--workers", "8", "--tolerance", "0", "--max-iterations", "40", "--trace-every", "1"]
                    reference = self.digest([], arguments, trace)
                    for ranks in (1, 2, 3, 4):
                        self.assertEqual(self.digest(on_ranks(ranks), arguments, trace), reference,
                                         (arguments, ranks))
                    for ranks in (1, 2, 5, 8, 11):
                        self.assertEqual(self.digest([], [*arguments, "--simulate", str(ranks)], trace), reference,
                                         (arguments, "simulated", ranks))


if __name__ == "__main__":
    sys.exit(unittest.main())

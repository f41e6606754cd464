#!/usr/bin/env python3
"""Every file of examples/config runs with `vireo solve --config`, as its first lines say, converges and is verified."""
import glob
import os
import shlex
import subprocess
import sys
import tempfile
import unittest

import numpy

VIREO = os.environ["VIREO"]
MPIRUN = shlex.split(os.environ["VIREO_MPIRUN"])
EXAMPLES = os.environ["VIREO_EXAMPLES"]


def logistic_file(folder):
    generator = numpy.random.default_rng(0)
    path = os.path.join(folder, "rows.libsvm")
    with open(path, "w") as out:
        for row in generator.standard_normal((100, 9)):
            label = "+1" if row.sum() + generator.standard_normal() > 0 else "-1"
            out.write(label + "".join(f" {j + 1}:{value:.6g}" for j, value in enumerate(row)) + "\n")
    return path


class ConfigExamples(unittest.TestCase):
    def run_here(self, folder, command):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, (command, done.stdout, done.stderr))

    def test_each_runs(self):
        files = sorted(glob.glob(os.path.join(EXAMPLES, "*.ini")))
        self.assertGreaterEqual(len(files), 4)
        for path in files:
            name = os.path.splitext(os.path.basename(path))[0]
            with self.subTest(name), tempfile.TemporaryDirectory() as folder, open(path) as file:
                text = file.read()
                self.assertIn(f"vireo solve --config {name}.ini", text)
                ranks = "2" if "mpirun -n 2" in text else "1"
                data = ["--data", logistic_file(folder)] if "--data" in text else []
                self.run_here(folder, [*MPIRUN, "-n", ranks, VIREO, "solve", "--quiet", "--config", path, *data])
                self.run_here(folder, [VIREO, "verify", f"{name}.h5"])


if __name__ == "__main__":
    sys.exit(unittest.main())

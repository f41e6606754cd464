#!/usr/bin/env python3
"""Every file of examples/config runs with `vireo solve --config`, as its first lines say, converges and is verified."""
import glob
import os
import subprocess
import sys
import tempfile
import unittest

from support.data import logistic_file
from support.program import VIREO, on_ranks

EXAMPLES = os.environ["VIREO_EXAMPLES"]


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
                ranks = 2 if "mpirun -n 2" in text else 1
                data = ["--data", logistic_file(folder, rows=100)] if "--data" in text else []
                self.run_here(folder, [*on_ranks(ranks), VIREO, "solve", "--quiet", "--config", path, *data])
                self.run_here(folder, [VIREO, "verify", f"{name}.h5"])


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""Numbers far from 1: labels of 1e160 and 1e-170 give right residuals and points, a matrix of zeros is solved at the start, a matrix of 1e-170 has its L,
and a residual beyond the largest number is not-finite in the line of JSON, the table, the trace and `verify`."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

from support.program import VIREO, on_ranks


class ExtremeNumbers(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="vireo-extreme-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def vireo(self, arguments, ranks=0):
        done = subprocess.run([*on_ranks(ranks), VIREO, *arguments.split()], capture_output=True, text=True, timeout=60, cwd=self.folder)
        return done, json.loads(done.stdout.splitlines()[-1]) if done.stdout else None

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def least_squares(self, scale, ranks=0):
        """f(w) = mean (w_i - label_i)^2 / 2 + 0.05 |w|^2: w_i = label_i / 1.2, and F(0) = -label / 2"""
        self.write("labels.svm", f"1e{scale} 1:1\n2e{scale} 2:1\n")
        done, result = self.vireo("solve --problem least-squares:lambda=0.1 --data labels.svm --method extragradient --tolerance 0 "
                                  "--relative-tolerance 1e-6 --trace t.h5 --overwrite", ranks)
        with h5py.File(os.path.join(self.folder, "t.h5")) as file:
            return done, result, file["solution/z"][:], file["trace/residual"][:], file.attrs["termination"]

    def test_labels_of_any_size_give_right_residuals(self):
        for scale in (160, -170, 300, -300):
            for ranks in (0, 2):
                with self.subTest(scale=scale, ranks=ranks):
                    done, result, z, residuals, termination = self.least_squares(scale, ranks)
                    self.assertEqual((done.returncode, result["termination"], termination), (0, "converged", "converged"), done.stdout)
                    unit = float(f"1e{scale}")
                    self.assertAlmostEqual(residuals[0] / unit, numpy.sqrt(5) / 2, places=12)
                    numpy.testing.assert_allclose(z / unit, [1 / 1.2, 2 / 1.2], rtol=1e-5)
                    done, result = self.vireo("verify t.h5")
                    self.assertEqual((done.returncode, result["agrees"]), (0, True), done.stdout)

    def test_a_residual_beyond_the_largest_number_is_not_finite(self):
        self.write("labels.svm", "1.7e308 1:1 2:1 3:1\n" * 3)
        done, result = self.vireo("solve --problem least-squares:lambda=0.1 --data labels.svm --method extragradient --relative-tolerance 1e-6 --trace t.h5 --overwrite")
        self.assertEqual((done.returncode, result["termination"], result["residual"]), (4, "not-finite", None), done.stdout)
        self.assertIn("failed: a number is not finite any more", done.stdout)
        with h5py.File(os.path.join(self.folder, "t.h5")) as file:
            self.assertEqual(file.attrs["termination"], "not-finite")
        done, result = self.vireo("verify t.h5")
        self.assertEqual((done.returncode, result["agrees"]), (4, False))

    def test_a_matrix_of_zeros_is_solved_at_the_start(self):
        self.write("zeros.mtx", "%%MatrixMarket matrix coordinate real general\n2 3 0\n")
        for method in ("extragradient", "extragradient:step=1", "feg", "masha1", "vr-extragradient"):
            done, result = self.vireo(f"solve --problem matrix-game --data zeros.mtx --method {method}")
            self.assertEqual((done.returncode, result["termination"], result["iterations"]), (0, "converged", 0), method + done.stdout + done.stderr)
            self.assertIn("F is constant", " ".join(done.stdout.split()))
        self.vireo("solve --problem matrix-game --data zeros.mtx --method agraal --trace zeros.h5")
        done, result = self.vireo("verify zeros.h5")
        self.assertEqual((done.returncode, result["agrees"]), (0, True))

    def test_a_matrix_of_small_numbers_has_its_constants(self):
        self.write("small.mtx", "%%MatrixMarket matrix array real general\n2 2\n3e-170\n0\n0\n-1e-170\n")
        done, _ = self.vireo("solve --problem matrix-game --data small.mtx --method extragradient --tolerance 0 --max-iterations 1")
        constants = {name: float(value) for name, value in re.findall(r"^  (L\w*) +(\S+) \(", done.stdout, re.MULTILINE)}
        self.assertEqual(set(constants), {"L", "L_tilde", "L_ms"})  # of L_component, the sum of squares has vanished: it is not known
        self.assertAlmostEqual(constants["L"] / 1e-170, 3, places=6)
        self.assertAlmostEqual(constants["L_tilde"] / 1e-170, numpy.sqrt(20), places=3)
        # steps follow from squares of the constants, which vanish; c / L with c as for a matrix of ordinary numbers
        self.write("ordinary.mtx", "%%MatrixMarket matrix array real general\n2 2\n3\n0\n0\n-1\n")
        for method in ("masha1 --uplink randk:fraction=0.5", "pp-masha1:participants=1", "optimistic-masha --uplink randk:fraction=0.5", "feg"):
            steps = []
            for name in ("small.mtx", "ordinary.mtx"):
                done, _ = self.vireo(f"solve --problem matrix-game --data {name} --method {method} --tolerance 0 --max-iterations 1")
                steps += re.findall(r"^  step +(\S+) ", done.stdout, re.MULTILINE)
            self.assertEqual(len(steps), 2, method + done.stderr)
            self.assertAlmostEqual(float(steps[0]) / float(steps[1]) / 1e170, 1, places=4, msg=method)


if __name__ == "__main__":
    sys.exit(unittest.main())

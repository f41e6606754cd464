#!/usr/bin/env python3
"""An operator that declares no constants: L is estimated and labelled so in heading and trace, and a run that then diverges, or is
held by a constraint set and comes no nearer, says what to do; what it says to do helps."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import h5py

from support.program import on_ranks

CUBIC = os.environ["CUBIC"]


def one_line(text):
    return re.sub(r"\s+", " ", text)


class EstimatedConstants(unittest.TestCase):
    def solve(self, *arguments):
        limit = [] if "--max-iterations" in arguments else ["--max-iterations", "20000"]
        command = [*on_ranks(2), CUBIC, "solve", *limit, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        result = json.loads(done.stdout.splitlines()[-1])
        return done.returncode, one_line(done.stdout), result

    def test_the_estimate_is_labelled_in_heading_and_trace(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace.h5")
            code, text, result = self.solve("--problem", "cubic", "--method", "extragradient", "--trace", trace)
            self.assertEqual((code, result["termination"]), (0, "converged"))
            self.assertRegex(text, r" L [0-9.e+]+ \(estimated\) L_tilde [0-9.e+]+ \(estimated\) warning L is estimated")
            self.assertNotIn("what to do", text)
            with h5py.File(trace, "r") as file:
                problem = file["problem"].attrs
                self.assertEqual([problem["L_origin"], problem["L_tilde_origin"]], ["estimated", "estimated"])
                self.assertGreater(problem["L"], 0)
                self.assertNotIn("mu", problem)

    def test_verify_compares_estimates_that_were_made_in_the_same_way(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace.h5")
            code, _, _ = self.solve("--problem", "cubic", "--method", "extragradient", "--trace", trace)
            self.assertEqual(code, 0)
            verify = lambda: subprocess.run([*on_ranks(1), CUBIC, "verify", trace], capture_output=True, text=True, timeout=120)
            self.assertEqual(verify().returncode, 0)
            with h5py.File(trace, "r+") as file:
                file["problem"].attrs["L"] = 0.9 * file["problem"].attrs["L"]
            self.assertEqual(verify().returncode, 4)
            with h5py.File(trace, "r+") as file:  # as older programs left it
                del file["problem"].attrs["estimated_by"]
            done = verify()
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_adaptive_step_says_why_nothing_is_proved_of_it(self):
        for method in ("masha1", "masha2"):
            _, text, _ = self.solve("--problem", "cubic", "--method", method, "--max-iterations", "3")
            self.assertIn("adaptive; not proved: L is estimated", text)
            self.assertRegex(text, method + r" compresses nothing, --uplink \S+ would")
        _, text, _ = self.solve("--problem", "cubic", "--method", "masha1", "--uplink", "natural", "--max-iterations", "3")
        self.assertNotIn("compresses nothing", text)
        _, text, _ = self.solve("--problem", "cubic", "--method", "extragradient", "--max-iterations", "3")
        self.assertNotIn("compresses nothing", text)

    def test_a_diverging_run_says_what_to_do(self):
        code, text, result = self.solve("--problem", "cubic:target=30", "--method", "extragradient")
        self.assertEqual(code, 4)
        self.assertIn(result["termination"], ("diverged", "not-finite"))
        advice = re.search(r"what to do L = [0-9.e+]+ is an estimate.* as in --method (\S+), or .* as in --method (\S+)", text)
        self.assertIsNotNone(advice, text)
        self.assertEqual(advice.group(1), "extragradient:step=0.1x")
        self.assertRegex(advice.group(2), r"^extragradient:L=[0-9.e+]+$")
        code, text, _ = self.solve("--problem", "cubic:target=30", "--method", "extragradient:L=4000")
        self.assertEqual(code, 0)
        self.assertIn(" L 4000 (given) ", text)

    def test_the_advice_names_constants_that_the_method_takes(self):
        code, text, _ = self.solve("--problem", "cubic:target=30", "--method", "masha1:step=auto")
        self.assertEqual(code, 4)
        (suggested,) = re.findall(r"--method (masha1:step=auto,L=[0-9.e+]+,L_tilde=[0-9.e+]+)", text)
        code, text, _ = self.solve("--problem", "cubic:target=30", "--method", suggested, "--max-iterations", "1")
        self.assertNotEqual(code, 2)

    def test_a_run_that_a_set_keeps_from_diverging_says_so_too(self):
        held = ("--problem", "cubic:target=30", "--regularizer", "nonnegative")
        code, text, result = self.solve(*held, "--method", "extragradient")
        self.assertEqual((code, result["termination"]), (5, "max-iterations"))
        self.assertRegex(text, r"what to do L = [0-9.e+]+ is an estimate")
        code, text, _ = self.solve(*held, "--method", "extragradient:L=4000")
        self.assertEqual(code, 0)
        self.assertNotIn("what to do", text)

    def test_constants_that_are_given_are_called_given(self):
        code, text, _ = self.solve("--problem", "cubic", "--method", "masha1:L=50,L_tilde=50")
        self.assertEqual(code, 0)
        self.assertIn(" L 50 (given) L_tilde 50 (given) ", text)
        self.assertNotIn("estimated", text)


if __name__ == "__main__":
    sys.exit(unittest.main())

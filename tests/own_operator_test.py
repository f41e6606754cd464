#!/usr/bin/env python3
"""An operator of one's own that throws or is not finite: the line names iteration, worker and component, the same on any number of ranks, and the exit
code is that of the exception. `check` finds each of the faults that tests/app/faulty_program.cpp can have, names it, and finds none where there is none."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import h5py

from support.program import VIREO, on_ranks

FAULTY = os.environ["FAULTY"]
SOLVE = "solve --method extragradient:step=0.1 --max-iterations 200 --workers 4 --problem "


def one_line(text):
    return re.sub(r"\s+", " ", text)


def run(arguments, ranks=0, program=FAULTY):
    return subprocess.run([*on_ranks(ranks), program, *arguments.split()], capture_output=True, text=True, timeout=60)


class Failures(unittest.TestCase):
    def test_what_an_operator_throws_says_where(self):
        for how, code, text in (("throw", 1, "no demand at this price"), ("refuse", 3, "prices.csv: has no row for it")):
            lines = set()
            for ranks in (0, 3):
                done = run(SOLVE + f"faulty:how={how},from=0.5", ranks)
                self.assertEqual(done.returncode, code, done.stderr)
                lines.update(line for line in re.sub(r" \[rank.*", "", done.stderr).splitlines() if line.startswith("vireo: error:"))
            (line,) = lines
            self.assertRegex(line, rf"^vireo: error: iteration [1-9], worker 2, component 5: {re.escape(text)}$")
        set_up = run("solve --method extragradient --problem faulty:how=throw --workers 4")
        self.assertIn("vireo: error: iteration 0, worker 2, component 5: no demand at this price", set_up.stderr)

    def test_what_is_not_finite_says_where(self):
        lines = set()
        for ranks in (0, 2, 3):
            done = run(SOLVE + "faulty:how=nan,from=0.5", ranks)
            self.assertEqual((done.returncode, done.stderr.count("vireo: error")), (4, 0), done.stderr)
            self.assertEqual(json.loads(done.stdout.splitlines()[-1])["termination"], "not-finite")
            found = re.search(r"not finite F at a z that is finite, \|z\| = \S+: worker 2, component 5, in iteration [1-9]\b", one_line(done.stdout))
            self.assertIsNotNone(found, done.stdout)
            lines.add(found[0])
        self.assertEqual(len(lines), 1, lines)
        compressed = run(SOLVE.replace("extragradient:step=0.1", "masha1:step=0.1 --uplink randk:k=3") + "faulty:how=nan,from=0.5")
        self.assertRegex(one_line(compressed.stdout), r"worker 2, component 5, in iteration \d")

    def test_an_iterate_that_leaves_is_not_the_operators_fault(self):
        done = run("solve --method extragradient:step=1e200 --problem faulty:how=none --max-iterations 50")
        self.assertEqual(done.returncode, 4)
        self.assertNotRegex(done.stdout, "not finite +F at")


class Check(unittest.TestCase):
    def check(self, arguments, code, ranks=0, program=FAULTY):
        done = run("check --problem " + arguments, ranks, program)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return one_line(done.stdout), json.loads(done.stdout.splitlines()[-1])

    def test_each_fault_is_found_and_named(self):
        faults = [("faulty:how=throw,from=0.5", "finite", "worker 2, component 5: no demand"), ("faulty:how=nan,from=0.5", "finite", "worker 2, component 5: F is not"),
                  ("faulty:how=random", "deterministic", "worker 2, component 5 at the same z: coordinate 2"),
                  ("faulty:how=memory", "no memory of earlier calls", "worker 2, component 5 at the same z"),
                  ("faulty:how=curved", "monotone", "<F(u)-F(v), u-v> = -"), ("faulty:how=small-L", "L = 0.5 (bounded)", "a pair needs 1"),
                  ("faulty:how=large-mu", "mu = 1.5 (bounded)", "a pair has 1"), ("turns:how=batch", "batches agree with the mean", "worker 0: the batch"),
                  ("turns:how=pair", "pairs agree with the mean", "worker 0: mean_pair"), ("turns:how=apply", "affine", "worker 0: apply(u-v)"),
                  ("turns:how=transpose", "affine", "worker 0: apply and apply_transpose"), ("turns:how=gram", "affine", "worker 0: apply_mean_gram is not that of")]
        for problem, property_, text in faults:
            with self.subTest(problem=problem):
                shown, result = self.check(problem + " --workers 4" if "faulty" in problem else problem + " --workers 2", 4)
                self.assertIn(f"{property_} FAILED {text}", shown)
                self.assertEqual((result["holds"], result["failed"][0]), (False, property_))

    def test_nothing_is_found_where_there_is_nothing(self):
        for problem in ("faulty", "turns", "faulty:how=outside", "rotation"):
            shown, result = self.check(problem, 0)
            self.assertEqual((result["holds"], result["failed"]), (True, []), shown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        rows = os.path.join(folder.name, "rows.txt")
        with open(rows, "w") as file:
            file.write("".join(f"{1 - 2 * (i % 2)} 1:{i % 5 - 2} 2:{i % 3 / 2} {3 + i % 4}:1\n" for i in range(40)))
        for problem in ("bilinear", "quadratic-game", "rotations",
                        "matrix-game:matrix=random,rows=9,columns=8", "robust-regression --data " + rows, "group-dro --data " + rows, "least-squares --data " + rows):
            self.check(problem, 0, program=VIREO)

    def test_any_number_of_ranks_finds_the_same(self):
        for problem, code in (("faulty:how=memory", 4), ("faulty:how=curved", 4), ("turns", 0)):
            self.assertEqual(len({self.check(problem + " --workers 4", code, ranks)[0] for ranks in (0, 2, 3)}), 1)

    def test_bad_input_is_refused(self):
        for arguments, code, text in (("--problem no-such", 2, "unknown problem 'no-such'"), ("", 2, "--problem is missing"),
                                      ("--problem rastrigin", 2, "has no operator to check"), ("--problem faulty --method masha1", 2, "method"),
                                      ("--problem logistic --data /no/such", 3, "/no/such: cannot be opened: No such file")):
            done = run("check " + arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)


class ShortForms(unittest.TestCase):
    def test_one_function_its_sets_and_its_start_are_a_problem(self):
        done = run("solve --problem rotation --regularizer y=nonnegative --method agraal --tolerance 1e-8", 2)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"x: nonneg")

    def test_problems_read_rows_and_datasets(self):
        with tempfile.TemporaryDirectory() as folder:
            rows, matrix = os.path.join(folder, "rows.txt"), os.path.join(folder, "matrix.h5")
            with open(rows, "w") as file:
                file.write("3 1:1\n-4 2:0.5\n")
            with h5py.File(matrix, "w") as file:
                file["A"] = [[3.0, -4.0], [7.0, 7.0]]
            for path in (rows, matrix):
                for ranks in (0, 2):
                    trace = os.path.join(folder, f"{ranks}{os.path.basename(path)}.h5")
                    done = run(f"solve --problem from-file --data {path} --method extragradient:step=0.5 --tolerance 1e-10 --trace {trace}", ranks)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    with h5py.File(trace, "r") as file:
                        self.assertAlmostEqual(abs(file["solution/z"][:] - [3, -4]).max(), 0, delta=1e-9)
            for path, code, text in ((rows + "x", 3, "No such file"), (__file__, 3, ":2: label")):
                done = run(f"check --problem from-file --data {path}")
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(text, done.stderr)


class Messages(unittest.TestCase):
    def test_a_trace_of_ones_own_program_is_verified_by_that(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace.h5")
            self.assertEqual(run(SOLVE + "faulty --trace " + trace).returncode, 0)
            done = run("verify " + trace, program=VIREO)
            self.assertEqual(done.returncode, 3)
            self.assertRegex(done.stderr, r"unknown problem 'faulty'.*; it is the trace of the program 'faulty_program': verify it with that")
            self.assertEqual(run("verify " + trace).returncode, 0)

    def test_no_estimate_is_warned_of_that_the_method_does_not_take(self):
        warning = r"warning +L is estimated"
        solve = "solve --problem rotation --max-iterations 2 --method "
        self.assertRegex(run(solve + "extragradient").stdout, warning)
        for method in ("extragradient:L=3", "agraal"):
            self.assertNotRegex(run(solve + method).stdout, warning)


if __name__ == "__main__":
    sys.exit(unittest.main())

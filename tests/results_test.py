#!/usr/bin/env python3
"""What scripts rest on: the blocks in the trace, the keys of the line of JSON, the line that says how an interrupted run goes on, and --gap-tolerance,
which ends a run on gaps that it has paid for: the same with and without a trace, on any number of ranks, and after an interruption."""
import os
import shlex
import signal
import subprocess
import sys
import unittest

import h5py

from support.checkpoint_runs import MASHA, REQUEUE, CheckpointCase
from support.program import VIREO
from support.traces import read_trace

GAME = "--problem matrix-game:matrix=random,rows=20,columns=30 --workers 4 --tolerance 0 "
LAST = GAME + "--method extragradient --return last "
# the method's own certificate is of z^k; there is none of the average; there is one of the snapshots, now and then
POINTS = {"last": (LAST, 3e-2), "average": (GAME + "--method extragradient --return average --check-every 7 ", 3e-2),
          "best": (GAME + "--method masha1 --uplink randk:fraction=0.5 --return best ", 3e-1)}


class Results(CheckpointCase):
    def finished(self, arguments, ranks=0, code=0):
        done = self.vireo(arguments, ranks)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return self.json_of(done.stdout)

    def test_the_closing_line_has_what_scripts_ask_for(self):
        line = self.finished(f"solve {LAST} --seed 7 --max-iterations 20 --trace t.h5 --checkpoint c.h5", 2, code=5)
        with h5py.File(self.path("t.h5")) as file:
            self.assertEqual(line["gap"], file["solution/z"].attrs["gap"])
        self.assertEqual((line["seed"], line["checkpoint"], line["trace"]), (7, self.path("c.h5"), self.path("t.h5")))
        self.assertTrue(line["method"].startswith("extragradient"))
        self.assertNotIn("distance", line)
        line = self.finished(f"solve {MASHA} --max-iterations 20", code=5)
        self.assertGreater(line["distance"], 0)
        self.assertNotIn("gap", line)
        self.assertIsNone(line["checkpoint"])

    def test_the_trace_names_the_blocks(self):
        self.finished(f"solve {LAST} --max-iterations 5 --trace t.h5 --checkpoint c.h5", code=5)
        for _ in range(2):
            with h5py.File(self.path("t.h5")) as file:
                blocks = list(zip(file["blocks/name"].asstr()[:], file["blocks/begin"][:], file["blocks/end"][:]))
                self.assertEqual(blocks, [("x", 0, 20), ("y", 20, 50)])
                self.assertAlmostEqual(file["solution/z"][20:50].sum(), 1)  # a mixed strategy
            self.finished("resume c.h5 --max-iterations 9", code=5)  # a trace that goes on keeps them

    def test_a_run_ends_at_the_gap_of_the_point_that_it_returns(self):
        for point, (arguments, gap) in POINTS.items():
            with self.subTest(point=point):
                whole = self.finished(f"solve {arguments} --gap-tolerance {gap} --trace t.h5 --overwrite")
                self.assertEqual(whole["termination"], "converged")
                self.assertLessEqual(whole["gap"], gap)
                trace = read_trace(self.path("t.h5"))
                if point == "last":  # the first that is small enough
                    self.assertTrue((trace.columns["gap"][:-1] > gap).all() and trace.columns["gap"][-1] <= gap)
                if point == "average":
                    self.assertEqual(whole["iterations"] % 7, 0)
                for ranks, extra in ((0, ""), (3, "--trace-every 5")):  # the monitor has no say in it
                    again = self.finished(f"solve {arguments} --gap-tolerance {gap} {extra} --trace s.h5 --overwrite", ranks)
                    for name in ("iterations", "gap", "residual", "oracle_calls", "wire_bytes_up", "wire_bytes_down"):
                        self.assertEqual(again[name], whole[name], name)
                self.assertEqual(self.vireo("verify t.h5").returncode, 0)
                # F was known there, or is evaluated for the residual as well
                plain = self.finished(f"solve {arguments} --max-iterations {whole['iterations']}", code=5)
                self.assertEqual(plain["oracle_calls"], whole["oracle_calls"])

    def test_a_gap_that_is_not_reached_is_a_limit(self):
        self.finished(f"solve {LAST} --gap-tolerance 1e-9 --max-iterations 10", code=5)
        self.finished(f"solve {LAST} --gap-tolerance 0 --max-iterations 10", code=5)

    def test_an_interruption_changes_nothing(self):
        for arguments, gap in POINTS.values():
            limited = f"{arguments} --gap-tolerance {gap} --trace t.h5 --checkpoint c.h5 --overwrite"
            whole = self.finished(f"solve {arguments} --gap-tolerance {gap} --trace whole.h5 --overwrite")
            self.finished(f"solve {limited} --max-iterations {whole['iterations'] // 2}", code=5)
            for _ in range(2):  # one that has converged still has
                resumed = self.finished("resume c.h5 --max-iterations none", 2)
                self.assertEqual((resumed["termination"], resumed["iterations"], resumed["gap"]), ("converged", whole["iterations"], whole["gap"]))
            self.assertEqual(read_trace(self.path("t.h5")).same_bytes(), read_trace(self.path("whole.h5")).same_bytes())
            closer = self.finished(f"resume c.h5 --gap-tolerance {whole['gap'] / 2}")
            self.assertLessEqual(closer["gap"], whole["gap"] / 2)

    def test_a_problem_without_a_gap_is_refused(self):
        for ranks in (0, 3):
            self.one_error(self.vireo(f"solve {MASHA} --gap-tolerance 1e-3 --trace t.h5", ranks), 2, "--gap-tolerance", "bilinear", "no gap")
            self.assertFalse(os.path.exists(self.path("t.h5")))
        self.one_error(self.vireo(f"solve {LAST} --gap-tolerance -1"), 2, "--gap-tolerance")

    def test_after_a_signal_the_command_is_shown_that_goes_on(self):
        process = self.begin(f"solve {MASHA} --max-iterations none --trace t.h5 --checkpoint \"it's c.h5\"", 2)
        self.wait_for_rows(process, "t.h5", 20)
        process.send_signal(signal.SIGUSR1)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, REQUEUE, err)
        lines = [line for line in out.splitlines() if line.startswith("go on: ")]
        self.assertEqual(lines, ["go on: vireo resume " + shlex.quote(self.path("it's c.h5")).replace("'\"'\"'", "'\\''")])
        program, *rest = shlex.split(lines[0].removeprefix("go on: "))
        done = subprocess.run([VIREO, *rest, "--max-iterations", "1"], capture_output=True, text=True, timeout=60)
        self.assertEqual((program, done.returncode), ("vireo", 5), done.stderr)
        for arguments in (f"solve {MASHA} --max-iterations 9 --checkpoint d.h5", f"solve {MASHA} --max-iterations none --max-seconds 1s"):
            self.assertNotIn("go on:", self.vireo(arguments).stdout)


if __name__ == "__main__":
    sys.exit(unittest.main())

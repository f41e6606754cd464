#!/usr/bin/env python3
"""How far apart the rows of a trace and the checks for the stop are: by default numbers that follow from the problem, M and the method alone, which the
trace holds; --trace-every 0 leaves the first and the last row; a run that goes on keeps what it has; and --max-seconds counts from the program's start."""
import re
import sys
import unittest

from support.checkpoint_runs import EXTRAGRADIENT, MASHA, REQUEUE, CheckpointCase
from support.program import VIREO, on_ranks
from support.traces import read_trace

SNAPSHOT = MASHA.replace("masha1", "masha1:snapshot=[natural]")  # which knows F nowhere, and pays for its checks


class Spacing(CheckpointCase):
    def command(self, arguments, ranks):
        return [*on_ranks(ranks), VIREO, *arguments.split()]  # with the default

    def solve(self, arguments, name="t.h5", ranks=0, code=5):
        replace = "" if "--resume" in arguments else " --overwrite"
        done = self.vireo(f"solve {arguments} --trace {name}{replace}", ranks)
        self.assertEqual(done.returncode, code, done.stderr)
        return read_trace(self.path(name)), done.stdout

    def settings(self, trace):
        config = self.vireo(f"info {trace}").stdout
        return {name: int(re.search(rf"{name} = (\d+)$", config, re.M)[1]) for name in ("trace-every", "check-every")}

    def test_the_numbers_are_those_of_the_problem_and_the_method(self):
        for arguments in (SNAPSHOT, EXTRAGRADIENT):
            whole, out = self.solve(arguments + "--max-iterations 300")
            numbers = self.settings("t.h5")
            every = numbers["trace-every"]
            self.assertGreater(every, 1)
            self.assertIn(f"a row every {every} iterations", " ".join(out.split()))
            self.assertEqual(whole.columns["iteration"].tolist(), [*range(0, 300, every), 300])
            for ranks, network in ((2, ""), (0, " --simulate 3")):
                other, _ = self.solve(arguments + "--max-iterations 300" + network, "s.h5", ranks)
                self.assertEqual(self.settings("s.h5"), numbers)
                self.assertEqual({**other.same_bytes(), "seconds_modelled": 0}, {**whole.same_bytes(), "seconds_modelled": 0})

    def test_the_numbers_given_with_the_default_are_those_of_the_default(self):
        whole, _ = self.solve(SNAPSHOT + "--max-iterations 300")
        numbers = self.settings("t.h5")
        given = " ".join(f"--{name} {value}" for name, value in numbers.items())
        again, _ = self.solve(SNAPSHOT + f"--max-iterations 300 {given}", "s.h5")
        self.assertEqual(again.same_bytes(), whole.same_bytes())

    def test_0_leaves_the_first_row_and_the_last(self):
        for ranks in (0, 2):
            trace, out = self.solve(EXTRAGRADIENT + "--max-iterations 33 --trace-every 0", ranks=ranks)
            self.assertEqual(trace.columns["iteration"].tolist(), [0, 33])
            self.assertIn("the first and the last row", " ".join(out.split()))
        self.assertEqual(self.vireo("verify t.h5").returncode, 0)
        for last in (20, 31, 44):  # the row of an end goes when the run goes on
            self.solve(EXTRAGRADIENT + f"--max-iterations {last} --trace-every 0 --checkpoint c.h5 --resume auto", "r.h5")
            self.assertEqual(read_trace(self.path("r.h5")).columns["iteration"].tolist(), [0, last])

    def test_a_run_that_goes_on_keeps_its_spacings(self):
        whole, _ = self.solve(SNAPSHOT + "--max-iterations 500 --trace-every 7 --check-every 13", "whole.h5")
        self.solve(SNAPSHOT + "--max-iterations 250 --trace-every 7 --check-every 13 --checkpoint c.h5")
        self.solve(SNAPSHOT + "--max-iterations 400 --checkpoint c.h5 --resume auto")  # nothing is said: nothing changes
        self.assertEqual(self.settings("t.h5"), {"trace-every": 7, "check-every": 13})
        self.assertEqual(self.vireo("resume c.h5 --max-iterations 500").returncode, 5)
        self.assertEqual(read_trace(self.path("t.h5")).same_bytes(), whole.same_bytes())

    def test_the_time_before_the_first_iteration_counts(self):
        for more, code in (("", 5), (" --checkpoint c.h5", REQUEUE)):
            done = self.vireo(f"solve {EXTRAGRADIENT} --max-iterations none --max-seconds 1ms{more}")
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual((self.json_of(done.stdout)["termination"], self.json_of(done.stdout)["iterations"]), ("max-seconds", 0))


if __name__ == "__main__":
    sys.exit(unittest.main())

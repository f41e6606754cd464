#!/usr/bin/env python3
"""Two runs never write one trace or checkpoint at the same time: the second ends with 6 and says on which host, as which process and since when the
first runs, also with --overwrite or --resume auto, and also if both resume one checkpoint. No lock outlives its run, which may be killed. Where
the file system has no locks, the heading says so.

PAIRS: how many pairs are started at random offsets, every other one with a kill -9 of the first; FOLDER: where (the default: a temporary one)."""
import os
import random
import signal
import sys
import time
import unittest

from support.checkpoint_runs import EXTRAGRADIENT, MASHA, CheckpointCase
from support.traces import read_trace

IO = 6
PAIRS = int(os.environ.get("PAIRS", "3"))
ENDLESS = " --max-iterations none --trace-every 50 --quiet"
LOCKS = {"t.h5.lock", "c.h5.lock", "d.h5.lock"}


class TwoRuns(CheckpointCase):
    def setUp(self):
        super().setUp()
        if "FOLDER" in os.environ:
            self.folder = os.path.join(os.environ["FOLDER"], f"{os.path.basename(self.folder)}")
            os.mkdir(self.folder)

    def first(self, arguments):
        """A run that has its files, and goes on until it is ended."""
        process = self.begin(arguments + ENDLESS)
        while not self.holds(process, "t.h5"):  # the last that it takes
            self.assertIsNone(process.poll(), "ended by itself")
            time.sleep(0.01)
        return process

    def holds(self, process, name):
        try:
            with open(self.path(name + ".lock")) as file:
                return f"pid {process.pid}\n" in file.read()
        except FileNotFoundError:
            return False

    def kill(self, process):
        process.send_signal(signal.SIGKILL)
        process.wait()

    def in_use(self, process, arguments, name, ranks=0):
        self.one_error(self.vireo(arguments + ENDLESS, ranks), IO, f"{name}: is in use by another run: process {process.pid} on host "
                       f"{os.uname().nodename}, which began at 20")

    def test_the_second_run_is_refused(self):
        solve = f"solve {MASHA} --trace t.h5 --checkpoint c.h5"
        process = self.first(solve + " --checkpoint-every 100")
        self.in_use(process, solve + " --overwrite", "c.h5", ranks=2)
        self.in_use(process, solve + " --resume auto", "c.h5")
        self.in_use(process, f"solve {EXTRAGRADIENT} --trace t.h5 --checkpoint d.h5 --overwrite", "t.h5")
        self.assertEqual(LOCKS.intersection(os.listdir(self.folder)), {"t.h5.lock", "c.h5.lock"})
        os.symlink("t.h5", self.path("link.h5"))
        self.in_use(process, f"solve {MASHA} --trace link.h5 --overwrite", "t.h5")
        self.kill(process)
        self.assertEqual(self.vireo(f"{solve} --max-iterations 10 --overwrite").returncode, 5)  # at once
        self.assertFalse(LOCKS.intersection(os.listdir(self.folder)))

    def test_two_that_resume_one_checkpoint(self):
        self.assertEqual(self.vireo(f"solve {MASHA} --max-iterations 10 --trace t.h5 --checkpoint c.h5").returncode, 5)
        process = self.first("resume c.h5")
        self.in_use(process, "resume c.h5", "c.h5")
        self.in_use(process, "resume c.h5 --checkpoint ./c.h5 --trace u.h5", "c.h5", ranks=2)
        self.in_use(process, "resume c.h5 --checkpoint d.h5", "t.h5")
        self.kill(process)
        self.assertEqual(self.vireo("resume c.h5 --max-iterations 100 --trace-every 1").returncode, 5)

    def test_pairs_at_random_offsets(self):
        generator = random.Random(20261127)
        solve = f"solve {MASHA} --trace t.h5 --checkpoint c.h5 --checkpoint-every 200 --resume auto"
        refused = killed = 0
        for number in range(PAIRS):
            first = self.begin(solve + ENDLESS)
            time.sleep(generator.uniform(0, 0.8))
            second = self.begin(solve + ENDLESS)
            time.sleep(generator.uniform(0, 1.2))
            first.send_signal(signal.SIGKILL if number % 2 == 1 else signal.SIGTERM)
            # Once the first is gone the second may have begun, or have ended before.
            time.sleep(generator.uniform(0, 0.6))
            second.send_signal(signal.SIGTERM)
            for process in (first, second):
                out, err = process.communicate(timeout=60)
                # 75: it was the one; 6: the other was; a signal before it took note of signals
                self.assertIn(process.returncode, (75, IO, -signal.SIGTERM, -signal.SIGKILL), out + err)
                killed += process.returncode == -signal.SIGKILL
                if process.returncode == IO:
                    refused += 1
                    self.assertIn("is in use by another run", err)
            third = self.vireo(f"{solve} --max-seconds 0.6 {ENDLESS}")  # no lock is left
            self.assertEqual(third.returncode, 75, third.stderr)
        trace = read_trace(self.path("t.h5"))
        self.assertGreaterEqual(len(trace.segments["start_row"]), PAIRS)
        self.assertFalse(LOCKS.intersection(os.listdir(self.folder)))
        # Two writers would have left rows that are missing, or there twice.
        self.assert_whole(MASHA + "--trace-every 50 ", trace)
        if PAIRS >= 20:
            self.assertGreater(refused, 0)
        print(f"of {PAIRS} pairs {refused} had one that was refused, {killed} one that was killed")

    def test_a_file_system_without_locks(self):
        environment = {"LD_PRELOAD": os.environ["NO_LOCKS"], "ASAN_OPTIONS": "verify_asan_link_order=0"}
        process = self.begin(f"solve {MASHA} --max-iterations 10 --trace t.h5 --checkpoint c.h5", environment=environment)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 5, err)
        said = " ".join(out.split())
        self.assertEqual(said.count("the file system has no locks"), 1, out)
        self.assertIn(f"{self.path('t.h5')} (No locks available), {self.path('c.h5')} (No locks available)", said)
        self.assertFalse(LOCKS.intersection(os.listdir(self.folder)))


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""Killed at random moments, also in the middle of writing a checkpoint, a run still ends with the bytes of one that was left alone,
repeats no more than what came after its last checkpoint, and its trace can be read after every kill and while it goes on.

KILLS: how often (default: 50; tests/run.sh --long: 100), a half of them a run of small and frequent iterations, the other one of large checkpoints."""
import os
import random
import signal
import sys
import time
import unittest

from support.checkpoint_runs import MASHA, CheckpointCase, ranks_of
from support.traces import read_trace

KILLS = int(os.environ.get("KILLS", "50"))
LARGE = ("--problem bilinear:dimension=4000,structure=sparse,components=8 --workers 8 --tolerance 0 --method masha2:step=1e-4 "
         "--uplink topk:fraction=0.1 --downlink topk:fraction=0.1 ")


class Kill(CheckpointCase):
    def starts(self):
        return len(read_trace(self.path("t.h5")).segments["start_row"]) if os.path.exists(self.path("t.h5")) else 0

    def kill_one(self, generator, arguments, every, ranks):
        """One start, one kill: whether a checkpoint was being written."""
        starts = self.starts()
        process = self.begin(f"solve {arguments} --max-iterations none --trace t.h5 --checkpoint c.h5 --checkpoint-every {every} "
                             "--resume auto --quiet", ranks)
        while self.starts() == starts:
            self.assertIsNone(process.poll(), "ended by itself")
            time.sleep(0.01)
        while starts == 0 and not os.path.exists(self.path("c.h5")):  # what comes before the first one is lost, of course
            self.assertIsNone(process.poll(), "ended by itself")
            time.sleep(0.001)
        time.sleep(generator.uniform(0.0, 0.3))
        self.assertIsNone(process.poll(), "ended by itself")
        os.kill(generator.choice(ranks_of(process, ranks)), signal.SIGKILL)
        writing = os.path.exists(self.path("c.h5.unfinished"))
        process.communicate(timeout=60)
        self.assertNotIn(process.returncode, (0, 5, 75))
        return writing

    def test_a_run_survives_being_killed(self):
        generator = random.Random(20261124)
        written_into = 0
        for name, arguments, every, kills in (("small", MASHA, 40, KILLS // 2), ("large", LARGE, 1, KILLS - KILLS // 2)):
            for file in ("t.h5", "c.h5", "c.h5.previous", "c.h5.unfinished", "whole.h5"):
                if os.path.exists(self.path(file)):
                    os.remove(self.path(file))
            for number in range(kills):
                written_into += self.kill_one(generator, arguments, every, ranks=(0, 2, 3)[number % 3])
            rows = read_trace(self.path("t.h5")).rows
            self.assertEqual(self.starts(), kills)
            # A start goes on from the last checkpoint, or from the one before it if the kill came between the two renames.
            last = self.vireo(f"solve {arguments} --max-iterations {rows + 20} --trace t.h5 --checkpoint c.h5 --resume auto --quiet", 2)
            self.assertEqual(last.returncode, 5, last.stderr)
            trace = read_trace(self.path("t.h5"))
            self.assertLessEqual(rows - trace.segments["start_row"][-1], 2 * every + 1)
            self.assert_whole(arguments, trace)
            self.assertFalse(os.path.exists(self.path("c.h5.unfinished")))
        self.assertGreater(written_into, 0, "no kill came while a checkpoint was written")
        print(f"{written_into} of {KILLS} kills came while a checkpoint was written")


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""A disk on which one call fails, in the middle of a run: every fault ends the run with 6 and one line, or leaves it as it is, with complete files;
no signal, no hang. What is left goes on to the same bytes. Of all calls that a run makes on its files, on each of its ranks, FAULTS are tried
(tests/long.sh: 100)."""
import collections
import concurrent.futures
import errno
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from support.checkpoint_runs import GAME
from support.program import VIREO, on_ranks
from support.traces import read_trace

SHIM = os.environ["FAULTY_DISK"]
FAULTS = int(os.environ.get("FAULTS", "18"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
RUN = "solve " + GAME.replace("--tolerance 0", "--tolerance 1e-3") + "--method extragradient --trace t.h5 --trace-every 1 --checkpoint c.h5 --checkpoint-every 50 --resume auto"
HALVED = 0
# A disk that is full or read-only stays so; a block that cannot be read or written is one of many.
LASTING = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
ERRORS = {"open": (errno.EIO, *LASTING), "read": (errno.EIO, HALVED), "write": (errno.EIO, errno.ENOSPC, errno.EDQUOT, HALVED),
          "sync": (errno.EIO, errno.ENOSPC, errno.EDQUOT), "rename": (errno.EIO, *LASTING), "close": (errno.EIO, errno.ENOSPC, errno.EDQUOT),
          "resize": (errno.EIO, errno.ENOSPC, errno.EDQUOT), "reserve": (errno.EIO, errno.ENOSPC, errno.EDQUOT)}
Fault = collections.namedtuple("Fault", "start ranks rank call name nth error")


def run(folder, ranks, extra="", **settings):
    environment = {**os.environ, "LD_PRELOAD": SHIM, "FAULT_FOLDER": folder, "FAULT_LOG": folder + ".log", **settings} if settings else None
    return subprocess.run([*on_ranks(ranks), VIREO, *shlex.split(RUN + " " + extra)], capture_output=True, text=True, timeout=60, cwd=folder,
                          env=environment)


def log_of(folder):
    with open(folder + ".log") as file:
        return file.read().splitlines()


class InjectedFaults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="vireo-faults-")
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = scratch.name
        folder = cls.folder("whole")
        done = run(folder, 0)
        assert done.returncode == 0, done.stderr
        cls.whole = read_trace(os.path.join(folder, "t.h5")).same_bytes()
        assert read_trace(os.path.join(folder, "t.h5")).rows > 120
        assert run(cls.folder("stopped"), 0, "--max-iterations 120").returncode == 5

    @classmethod
    def folder(cls, name, start="new"):
        path = os.path.join(cls.scratch, name)
        if start == "new":
            os.mkdir(path)
        else:
            shutil.copytree(os.path.join(cls.scratch, start), path)
        return path

    def faults(self):
        """All that can happen to a run that begins, and to one that goes on: each call on each file, the first, the last and one between."""
        found = []
        for start in ("new", "stopped"):
            for ranks in (0, 2):
                folder = self.folder(f"look-{start}-{ranks}", start)
                done = run(folder, ranks, FAULT_RANK="none")
                self.assertEqual(done.returncode, 0, done.stderr)
                for (rank, call, name), count in sorted(collections.Counter(tuple(line.split(" ", 2)) for line in log_of(folder)).items()):
                    found += [Fault(start, ranks, rank, call, name, nth, error) for nth in sorted({1, (count + 1) // 2, count}) for error in ERRORS[call]
                              if not name.startswith("t.h5.probe") and not name.startswith("c.h5.probe")]
        return found + [Fault("stopped", ranks, "examiner", "read", name, nth, error) for ranks in (0, 2) for name in ("t.h5", "c.h5")
                        for nth in (1, 2, 3, 10, 40) for error in ERRORS["read"]]

    def chosen(self):
        """Of every call in turn, so that none is left out."""
        by_call = collections.defaultdict(list)
        for fault in self.faults():
            by_call[fault.call].append(fault)
        order = random.Random(SEED)
        for some in by_call.values():
            order.shuffle(some)
        out = []
        while len(out) < FAULTS and any(by_call.values()):
            out += [some.pop() for _, some in sorted(by_call.items()) if some]
        return out[:FAULTS]

    def outcome(self, number, fault):
        """What is wrong with how the run ended and what it left; empty: nothing."""
        folder = self.folder(str(number), fault.start)
        settings = {"FAULT_RANK": fault.rank, "FAULT_CALL": fault.call, "FAULT_NAME": fault.name, "FAULT_NTH": str(fault.nth),
                    "FAULT_ERROR": str(fault.error)} | ({"FAULT_STAYS": "1"} if fault.error in LASTING else {})
        try:
            done = run(folder, fault.ranks, **settings)
        except subprocess.TimeoutExpired as late:
            return f"hangs: {late.stderr}"
        said = [line for line in done.stderr.splitlines() if line.startswith("vireo: error:")]
        shown = f"{done.returncode}: {done.stderr}"
        if fault.rank != "examiner" and not any(line.endswith(" FAULT") for line in log_of(folder)):
            return "has not met the fault" if done.returncode != 0 else ""
        if (done.returncode, len(said)) not in ((6, 1), (0, 0)):
            return "ends with " + shown
        if done.returncode == 6:
            again = run(folder, 0)
            if again.returncode != 0:
                return f"does not go on: {again.returncode}: {again.stderr} {sorted(os.listdir(folder))} after {shown}"
        if read_trace(os.path.join(folder, "t.h5")).same_bytes() != self.whole:
            return "leaves another trace, after " + shown
        info = subprocess.run([VIREO, "info", "c.h5"], cwd=folder, capture_output=True, text=True)
        if info.returncode != 0:
            return "leaves a checkpoint that is not whole: " + info.stderr
        left = sorted(os.listdir(folder))
        if left not in (["c.h5", "t.h5"], ["c.h5", "c.h5.previous", "t.h5"]):
            return f"leaves {left}, after {shown}"
        shutil.rmtree(folder)
        return ""

    def test_every_fault_ends_in_good_order(self):
        chosen = self.chosen()
        self.assertEqual(len(chosen), FAULTS)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            outcomes = list(pool.map(self.outcome, range(FAULTS), chosen))
        wrong = [f"{fault}: {what}" for fault, what in zip(chosen, outcomes) if what]
        self.assertEqual(wrong, [], "\n\n".join(wrong))


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""What does not come back: an operator that hangs or calls exit(), on one process or on one rank of several, in the set-up or later; a file that one
rank alone cannot open; a semaphore that another job has left. Every run ends, with 1 and one line where it could not be finished."""
import concurrent.futures
import ctypes
import ctypes.util
import errno
import os
import subprocess
import sys
import unittest
import uuid

from support.checkpoint_runs import EXTRAGRADIENT, CheckpointCase
from support.program import VIREO, on_ranks

FAULTY_DISK = os.environ["FAULTY_DISK"]
MISBEHAVING = os.environ["MISBEHAVING"]
SOLVE = "solve --method extragradient:step=1e-4 --max-iterations 100000 --tolerance 0 --problem misbehaving:"


class Misbehaviour(CheckpointCase):
    def command(self, arguments, ranks):
        return [*on_ranks(ranks), MISBEHAVING, *arguments.split()]

    def all_end(self, cases, more=""):
        """Each (ranks, arguments, texts) ends with 1 and a line that holds the texts."""
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            ended = list(pool.map(lambda case: self.vireo(SOLVE + case[1] + more, case[0], timeout=30), cases))
        for (ranks, arguments, texts), done in zip(cases, ended):
            with self.subTest(ranks=ranks, arguments=arguments):
                self.one_error(done, 1, *texts)

    def test_a_rank_that_hangs_is_noticed_from_the_start_on(self):
        alone = ("--rank-timeout", "the process hangs")
        several = ("--rank-timeout", "a rank does not answer")
        set_up, iteration = "the set-up has stood still for 1 s", "no iteration has ended for 1 s"
        self.all_end([(0, "how=hang", (set_up, *alone)), (0, "how=hang,when=first", (set_up, *alone)),
                      (0, "how=hang,when=later,from-rank=1 --simulate 2", (iteration, *alone)),
                      (2, "how=hang,from-rank=1", (set_up, *several)), (1, "how=hang,when=later", (iteration, *alone))], " --rank-timeout 1s")

    def test_exit_is_no_way_to_succeed(self):
        self.all_end([(ranks, f"how={how},from-rank={first},when=later", ("exit() was called",))
                      for ranks, how, first in ((0, "exit", 0), (0, "quick-exit", 0), (2, "exit", 0), (2, "exit", 1))])

    def test_times_may_be_as_long_as_one_likes(self):
        for time in ("1e10s", "1e300s"):
            done = self.vireo(SOLVE.replace("1s", time) .replace("100000", "20") + f"how=none --max-seconds {time} --checkpoint c.h5 --checkpoint-every {time} --overwrite")
            self.assertEqual(done.returncode, 5, done.stdout + done.stderr)


class OneRankAlone(CheckpointCase):
    def test_a_rank_whose_disk_hangs_while_a_checkpoint_is_read(self):
        self.assertEqual(self.vireo(f"solve {EXTRAGRADIENT} --max-iterations 20 --checkpoint c.h5").returncode, 5)
        fault = {"LD_PRELOAD": FAULTY_DISK, "FAULT_FOLDER": self.folder, "FAULT_LOG": self.path("log"), "FAULT_CALL": "open", "FAULT_RANK": "1",
                 "FAULT_NAME": "c.h5", "FAULT_NTH": "1", "FAULT_ERROR": "-1"}
        process = self.begin("resume c.h5 --max-iterations 40 --rank-timeout 1s", 2, fault)
        out, err = process.communicate(timeout=30)
        self.one_error(subprocess.CompletedProcess([], process.returncode, out, err), 1, "the set-up has stood still for 1 s (--rank-timeout)")

    def test_an_open_that_fails_on_one_rank_ends_all(self):
        """Before they open a checkpoint together, where all can agree, and while they do, where the others wait for ever for the one that fails."""
        def fail(nth):
            folder = self.path(f"{nth}")
            os.mkdir(folder)
            fault = {"LD_PRELOAD": FAULTY_DISK, "FAULT_FOLDER": folder, "FAULT_LOG": folder + ".log", "FAULT_CALL": "open", "FAULT_RANK": "1",
                     "FAULT_NAME": "c.h5.unfinished", "FAULT_NTH": str(nth), "FAULT_STAYS": "1", "FAULT_ERROR": str(errno.ENOENT)}
            return subprocess.run([*on_ranks(3), VIREO, *f"solve {EXTRAGRADIENT} --max-iterations 40 --checkpoint c.h5".split()], cwd=folder, timeout=30,
                                  capture_output=True, text=True, env={**os.environ, **fault})
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for nth, done in zip((1, 2, 3), pool.map(fail, (1, 2, 3))):  # by itself, together, to seal it
                with self.subTest(nth=nth):
                    # what the ranks do together, they fail in together, and MPI has words of its own
                    self.one_error(done, 6, "c.h5.unfinished: cannot ", *(() if nth == 2 else ("No such file or directory", "[rank 1 on ")))


class Semaphore(CheckpointCase):
    def test_one_that_was_left_behind_holds_up_nobody(self):
        """Open MPI's shared file pointer takes a semaphore that is called after the file, and waits for it for ever if it is taken."""
        name = f"s{uuid.uuid4().hex[:12]}.h5"
        semaphore = f"/OMPIO_{name}.unfinished".encode()
        library = ctypes.CDLL(ctypes.util.find_library("pthread") or None, use_errno=True)
        library.sem_open.restype = ctypes.c_void_p
        self.assertTrue(library.sem_open(semaphore, os.O_CREAT, 0o644, 0), os.strerror(ctypes.get_errno()))
        self.addCleanup(library.sem_unlink, semaphore)
        done = self.vireo(f"solve {EXTRAGRADIENT} --max-iterations 30 --checkpoint {name} --checkpoint-every 10", 2, timeout=30)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), [name, name + ".previous"])


if __name__ == "__main__":
    sys.exit(unittest.main())

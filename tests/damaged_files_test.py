#!/usr/bin/env python3
"""Damaged, resealed and hand-made files, given to every command that reads files: none crashes, hangs, takes a gigabyte, writes anywhere else, or
gives a wrong answer. 100 files; FILES=1000 for all (tests/long.sh). The counts of the outcomes are printed."""
import collections
import concurrent.futures
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from support.damaged_files import Maker, outside, state_of
from support.program import VIREO

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "analysis"))

FILES = int(os.environ.get("FILES", "100"))
SECONDS, BYTES = 5, 1 << 30
DRAWING = 60  # seconds for pictures, of good files too, where other tests run beside
CODES = {0, 2, 3, 4, 5, 6}
PROBLEM = ["--problem", "bilinear:dimension=20,components=12", "--workers", "6"]
RUN = ["--method", "extragradient", "--tolerance", "1e-3"]
GAME = ["solve", "--problem", "matrix-game", "--method", "extragradient", "--max-iterations", "3", "--quiet"]


class DamagedFiles(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="vireo-damaged-")
        self.addCleanup(scratch.cleanup)
        self.folder = os.path.join(scratch.name, "in")
        self.outside = os.path.join(scratch.name, "outside")
        os.mkdir(self.folder)
        outside(self.outside)
        self.good = {kind: os.path.join(scratch.name, name) for kind, name in
                     (("trace", "t.h5"), ("checkpoint", "c.h5"), ("matrix", "m.h5"))}
        done = self.vireo(["solve", *PROBLEM, *RUN, "--trace", self.good["trace"]], scratch.name)[0]
        self.assertEqual(done.returncode, 0, done.stderr)
        self.residual = json.loads(done.stdout.splitlines()[-1])["residual"]
        # a run that has been interrupted, and its trace, in a folder where its paths lead
        self.begun = os.path.join(scratch.name, "begun")
        os.mkdir(self.begun)
        self.resumed = os.path.join(scratch.name, "resumed")
        os.mkdir(self.resumed)
        run = ["solve", *PROBLEM, *RUN, "--max-iterations", "30", "--trace", "t.h5", "--checkpoint", "c.h5"]
        self.assertEqual(self.vireo(run, self.resumed)[0].returncode, 5)
        for name in ("t.h5", "c.h5"):
            shutil.move(os.path.join(self.resumed, name), self.begun)
        shutil.copy(os.path.join(self.begun, "c.h5"), self.good["checkpoint"])
        self.write_matrix(self.good["matrix"])
        self.counts = collections.Counter()
        self.largest = [0, 0.0]
        self.lock = threading.Lock()

    def write_matrix(self, path):
        import h5py
        import numpy
        with h5py.File(path, "w") as file:
            file.create_dataset("A", data=numpy.random.default_rng(1).normal(size=(40, 30)), chunks=(8, 30), compression="gzip", shuffle=True,
                                fletcher32=True)

    def vireo(self, arguments, folder):
        """(what is done, the most memory that it or a process of its had, seconds)"""
        start = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([VIREO, *arguments], stdout=out, stderr=errors, cwd=folder)
            timer = threading.Timer(4 * SECONDS, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0), errors.seek(0)
            done = subprocess.CompletedProcess(arguments, process.returncode, out.read().decode(errors="replace"),
                                               errors.read().decode(errors="replace"))
        return done, usage.ru_maxrss * 1024, time.monotonic() - start

    def give(self, arguments, folder, what):
        """Runs one command on a file, and checks what holds for all; its exit code and last line"""
        done, memory, seconds = self.vireo(arguments, folder)
        said = f"{what}: {' '.join(arguments)}: {done.returncode} {done.stderr}"
        self.assertIn(done.returncode, CODES, said)
        self.assertLess(seconds, SECONDS, said)
        self.assertLess(memory, BYTES, said)
        errors = [line for line in done.stderr.splitlines() if line]
        self.assertEqual(len(errors), 1 if done.returncode in (2, 3, 6) else 0, said)
        for text in (done.stdout, done.stderr):
            self.assertFalse(any(ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 for c in text), said)
        with self.lock:
            self.counts[arguments[0] + (" --initial" if "--initial" in arguments else " --data" if "--data" in arguments else ""), done.returncode] += 1
            self.largest = [max(self.largest[0], memory), max(self.largest[1], seconds)]
        return done.returncode, done.stdout.splitlines()[-1:]

    def resume(self, kind, path, what):
        """With the file in the place of the checkpoint, or of the trace that lies beside a good one"""
        for name in os.listdir(self.resumed):
            os.remove(os.path.join(self.resumed, name))
        for name in ("t.h5", "c.h5"):
            shutil.copy(os.path.join(self.begun, name), self.resumed)
        shutil.copy(path, os.path.join(self.resumed, "t.h5" if kind == "trace" else "c.h5"))
        code, last = self.give(["resume", "c.h5", "--quiet", "--max-iterations", "2000"], self.resumed, what)
        if code == 0 and kind != "resealed":  # of what is resealed, nobody knows what it was
            self.assertEqual(json.loads(last[0])["residual"], self.residual, what)

    def look(self, kind, path, what, everything):
        if kind == "matrix":
            self.give([*GAME, "--data", path], self.folder, what)
            return
        if kind == "trace" or everything:
            self.give(["info", path], self.folder, what)
            code, last = self.give(["verify", "--quiet", path], self.folder, what)
            if code == 0:
                self.assertAlmostEqual(json.loads(last[0])["residual"], self.residual, delta=1e-12, msg=what)
            self.give(["solve", *PROBLEM, "--method", "extragradient", "--quiet", "--max-iterations", "2", "--initial", path], self.folder, what)
        if everything:
            self.give([*GAME, "--data", path], self.folder, what)
        self.resume(kind, path, what)

    # ---- the analysis, in this process: it reads in children

    def commands(self, path):
        made = os.path.join(self.folder, "made.svg")
        yield "read", ["read", path]
        yield "table", ["table", path]
        yield "watch", ["watch", path, "--once"]
        yield "network", ["network", path]
        yield "profile", ["profile", path]
        yield "plot", ["plot", path, "-o", made]
        yield "report", ["report", self.folder, "-o", os.path.join(self.outside, "..", "report.html")]

    def chosen(self, kind, count):
        """All read a file in one way; to draw what was read takes seconds, and is done for some of the many."""
        looking = ["table", "watch", "network", "profile"]
        if FILES <= 100:
            return ["read", looking[count % 4]] if kind == "trace" else []
        return ["read", *looking] + (["plot"] if count % 7 == 0 else []) + (["report"] if count % 23 == 0 else [])

    def analyse(self, path, what, names):
        from vireo_analysis.__main__ import main
        for name, arguments in self.commands(path):
            if name not in names:
                continue
            start = time.monotonic()
            out, errors = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
                code = main(arguments)
            said = f"{what}: {' '.join(arguments)}: {code} {errors.getvalue()}"
            self.assertIn(code, (0, 2), said)
            self.assertEqual(len(errors.getvalue().splitlines()), 0 if code == 0 else 1, said)
            self.assertLess(time.monotonic() - start, DRAWING if name in ("plot", "report") else SECONDS, said)
            self.assertNotIn("\x1b", out.getvalue() + errors.getvalue(), said)
            self.counts["analysis " + name, code] += 1

    def test_nothing_that_a_file_holds_does_harm(self):
        maker = Maker(self.folder, self.good, self.outside, os.environ["SEAL"])
        before = state_of(self.outside)
        start = time.monotonic()
        count = 0
        wrong = []
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            for kind, path, way in maker.files(FILES):
                count += 1
                what = f"file {count - 1}, a {kind}, {way}"
                looked = beside.submit(self.look, kind, path, what, FILES > 100)
                for action in (lambda path=path, what=what, kind=kind: self.analyse(path, what, self.chosen(kind, count)), looked.result):
                    try:
                        action()
                    except AssertionError as error:
                        wrong.append(str(error))
        self.assertEqual(wrong, [])
        self.assertEqual(state_of(self.outside), before)
        print(f"{count} files in {time.monotonic() - start:.0f} s; the most memory {self.largest[0] / 1e6:.0f} MB, the longest {self.largest[1]:.1f} s")
        for (name, code), number in sorted(self.counts.items()):
            print(f"  {name:20} {code:3} {number:6}")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""A checkpoint knows its run's data file by path, size and SHA-256: a run goes on from that file alone, whatever is like it, and only then; a run
without a checkpoint does not pay for it."""
import os
import shutil
import subprocess
import sys
import unittest

import h5py

from support.checkpoint_runs import CheckpointCase
from support.traces import read_trace

DATA, LIMIT = 3, 5
ROWS = "".join(f"{1 if i % 4 == 1 else -1} 1:{i % 5} 2:{i % 3 + 1}\n" for i in range(30))
RUN = "--problem logistic --data rows.svm --method extragradient --tolerance 0 "


class DataFiles(CheckpointCase):
    def setUp(self):
        super().setUp()
        self.put("rows.svm", ROWS)
        done = self.vireo(f"solve {RUN} --max-iterations 10 --trace t.h5 --checkpoint c.h5")
        self.assertEqual(done.returncode, LIMIT, done.stderr)

    def put(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def sha256sum(self, name):
        return subprocess.run(["sha256sum", self.path(name)], check=True, capture_output=True, text=True).stdout.split()[0]

    def assert_refused(self, *texts, ranks=0):
        """By resume, and by solve --resume auto, which then touch nothing."""
        for arguments in ("resume c.h5", f"solve {RUN} --checkpoint c.h5 --resume auto"):
            self.one_error(self.vireo(arguments, ranks), DATA, self.path("rows.svm"), *texts)
        self.assertEqual(read_trace(self.path("t.h5")).rows, 11)

    def test_the_file_is_shown_as_sha256sum_shows_it(self):
        shown = self.vireo("info c.h5").stdout
        words = shown[shown.index("\ndata\n"):].split()
        self.assertEqual(words[:7], ["data", "path", self.path("rows.svm"), "bytes", str(len(ROWS)), "sha256", self.sha256sum("rows.svm")])
        with h5py.File(self.path("c.h5")) as file:
            self.assertEqual(dict(file["data"].attrs), {"path": self.path("rows.svm"), "bytes": len(ROWS), "sha256": self.sha256sum("rows.svm")})

    def test_the_same_file_is_gone_on_with(self):
        done = self.vireo("resume c.h5 --max-iterations 20", 3)
        self.assertEqual(done.returncode, LIMIT, done.stderr)
        # nor does it matter whether it is another copy, with another time, or a link to where it was moved
        os.rename(self.path("rows.svm"), self.path("elsewhere.svm"))
        os.symlink("elsewhere.svm", self.path("rows.svm"))
        done = self.vireo("resume c.h5 --max-iterations 30")
        self.assertEqual(done.returncode, LIMIT, done.stderr)
        self.assert_whole(RUN, read_trace(self.path("t.h5")))
        self.assertIn(self.sha256sum("rows.svm"), self.vireo("info c.h5").stdout)  # the new checkpoint still knows it

    def test_a_file_of_another_size_is_refused(self):
        self.put("rows.svm", ROWS.replace("1:4", "1:4.5", 1))
        self.assert_refused("c.h5", "has changed", f"{len(ROWS) + 2} bytes", f"had {len(ROWS)}")
        # also one that says the same
        self.put("rows.svm", ROWS + "# nothing more\n")
        self.assert_refused("bytes")
        self.put("rows.svm", "")
        self.assert_refused("it has 0 bytes")

    def test_a_file_of_the_same_size_is_refused_by_its_digest(self):
        before = self.sha256sum("rows.svm")
        self.put("rows.svm", ROWS.replace("1:4", "1:3", 1))
        self.assert_refused("c.h5", "has changed", f"SHA-256 is {self.sha256sum('rows.svm')}, and was {before}", ranks=2)
        self.one_error(self.vireo("resume c.h5 --simulate 3"), DATA, "SHA-256")
        # before anything is made of what it says
        self.put("rows.svm", ROWS.replace("1:4", "1:x", 1))
        self.assert_refused("SHA-256")

    def test_a_file_that_is_gone_is_named(self):
        os.rename(self.path("rows.svm"), self.path("elsewhere.svm"))
        self.assert_refused("data", "No such file")
        # where a run's data are is not a thing to change
        self.one_error(self.vireo("resume c.h5 --data elsewhere.svm"), 2, "--data", "checkpoint's")
        done = self.vireo(f"solve {RUN.replace('rows.svm', 'elsewhere.svm')} --checkpoint c.h5 --resume auto", 2)
        self.one_error(done, DATA, "c.h5", "another run", self.path("rows.svm"), self.path("elsewhere.svm"))

    def test_every_kind_of_file(self):
        for name, content in (("game.mtx", "%%MatrixMarket matrix array real general\n2 3\n1\n-4\n-2\n5\n3\n6.5\n"), ("game.h5", None)):
            if content is None:
                with h5py.File(self.path(name), "w") as file:
                    file["A"] = [[1.0, -2.0, 3.0], [-4.0, 5.0, 6.5]]
            else:
                self.put(name, content)
            shutil.copy(self.path(name), self.path("kept"))
            run = f"solve --problem matrix-game --data {name} --workers 2 --method extragradient:step=0.05 --tolerance 0 --max-iterations 2 --checkpoint g.h5 --overwrite"
            done = self.vireo(run)
            self.assertEqual(done.returncode, LIMIT, done.stderr)
            self.assertEqual(self.vireo("resume g.h5 --max-iterations 3").returncode, LIMIT)
            with open(self.path("kept"), "rb") as file:
                changed = file.read()
            number = b"6.5" if content else b"\x1a\x40"  # 6.5 as float64
            self.assertIn(number, changed)
            with open(self.path(name), "wb") as file:
                file.write(changed.replace(number, b"7.5" if content else b"\x1e\x40"))
            self.one_error(self.vireo("resume g.h5 --max-iterations 10", 2), DATA, self.path(name), "SHA-256", self.sha256sum("kept"))
            os.remove(self.path("g.h5"))

    def test_what_a_checkpoint_says_of_it_must_make_sense(self):
        with open(self.path("c.h5"), "rb") as file:
            whole = file.read()
        cases = [(lambda data: data.attrs.__setitem__("bytes", -1), "path, size and SHA-256"),
                 (lambda data: data.attrs.__setitem__("bytes", "many"), "path, size and SHA-256"),
                 (lambda data: data.attrs.__delitem__("path"), "path, size and SHA-256"),
                 (lambda data: data.attrs.__setitem__("sha256", "0" * 63), "path, size and SHA-256"),
                 (lambda data: data.attrs.__setitem__("sha256", "g" * 64), "path, size and SHA-256"),
                 (lambda data: data.attrs.__setitem__("path", "/elsewhere"), "another run"),
                 (lambda data: data.parent.__delitem__("data"), "another run: its data is not given")]
        for change, text in cases:
            with self.subTest(text=text):
                with open(self.path("c.h5"), "wb") as file:
                    file.write(whole)
                with h5py.File(self.path("c.h5"), "r+") as file:
                    change(file["data"])
                subprocess.run([os.environ["SEAL"], self.path("c.h5")], check=True)
                self.one_error(self.vireo("resume c.h5"), DATA, "c.h5", text)

    def test_only_a_run_with_a_checkpoint_reads_the_file_twice(self):
        def bytes_read(arguments):
            trace = self.path("calls")
            subprocess.run(["strace", "-f", "-e", "trace=pread64", "-P", self.path("rows.svm"), "-o", trace, *self.command(arguments, 0)],
                           capture_output=True, cwd=self.folder, timeout=60)
            with open(trace) as file:
                return sum(int(line.rsplit("=", 1)[1]) for line in file if "pread64(" in line)
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        plain = bytes_read(f"solve {RUN} --max-iterations 1")
        self.assertGreaterEqual(plain, len(ROWS))
        for arguments in (f"solve {RUN} --checkpoint n.h5 --dry-run", f"solve {RUN} --checkpoint n.h5 --print-config"):
            self.assertEqual(bytes_read(arguments), plain, arguments)
        self.assertEqual(bytes_read(f"solve {RUN} --max-iterations 1 --checkpoint n.h5"), plain + len(ROWS))
        self.assertEqual(bytes_read("resume c.h5 --max-iterations 11"), plain + len(ROWS))


if __name__ == "__main__":
    sys.exit(unittest.main())

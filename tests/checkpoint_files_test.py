#!/usr/bin/env python3
"""Whatever a checkpoint's file holds, resume neither crashes nor hangs nor goes on from something else than what was saved: damage falls back
to the generation before, or ends with 6; a file that is whole and of something else, or does not fit, ends with 3; one line says why."""
import os
import random
import shutil
import subprocess
import sys
import unittest

import h5py
import numpy

from support.checkpoint_runs import MASHA, CheckpointCase
from support.traces import read_trace

DATA, IO = 3, 6


class CheckpointFiles(CheckpointCase):
    def setUp(self):
        super().setUp()
        done = self.vireo(f"solve {MASHA} --max-iterations 40 --trace t.h5 --checkpoint c.h5 --checkpoint-every 30")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.whole = self.read("c.h5")
        self.previous = self.read("c.h5.previous")
        shutil.copy(self.path("t.h5"), self.path("kept.h5"))

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def put(self, content, previous):
        with open(self.path("c.h5"), "wb") as file:
            file.write(content)
        if previous is None:
            if os.path.exists(self.path("c.h5.previous")):
                os.remove(self.path("c.h5.previous"))
        else:
            with open(self.path("c.h5.previous"), "wb") as file:
                file.write(previous)
        shutil.copy(self.path("kept.h5"), self.path("t.h5"))

    def resume(self, ranks=0):
        return self.vireo("resume c.h5 --max-iterations 50", ranks, timeout=20)

    def assert_damage_is_found(self, content, ranks=0):
        self.put(content, None)
        self.one_error(self.resume(ranks), IO, "c.h5", "damaged checkpoint")
        self.assertEqual(self.read("c.h5"), content)  # nothing is made worse
        self.put(content, content)
        self.one_error(self.resume(ranks), IO, "c.h5", "c.h5.previous")

    def assert_previous_is_taken(self, content, ranks=0):
        self.put(content, self.previous)
        done = self.resume(ranks)
        self.assertEqual(done.returncode, 5, done.stderr)
        said = " ".join(done.stdout.split())
        self.assertIn("c.h5.previous, after 30 iterations (", said)
        trace = read_trace(self.path("t.h5"))
        self.assertEqual(trace.segments["start_row"], [0, 31])
        self.assert_whole(MASHA, trace)
        # The damaged one is gone, and both generations are of this run and whole, or not there.
        self.assertEqual(self.vireo("info c.h5").returncode, 0)
        self.assertFalse(os.path.exists(self.path("c.h5.previous")))

    # ---- damage

    def test_a_file_cut_off_anywhere(self):
        lengths = [0, 1, 16, 511, 512, 513, len(self.whole) - 1] + random.Random(1).sample(range(len(self.whole)), 13)
        for length in lengths:
            with self.subTest(length=length):
                self.assert_damage_is_found(self.whole[:length])
        self.assert_damage_is_found(self.whole + b"\0")
        for length in lengths[::6]:
            with self.subTest(length=length):
                self.assert_previous_is_taken(self.whole[:length], ranks=2 if length else 0)

    def test_a_byte_changed_anywhere(self):
        generator = random.Random(2)
        for place in [0, 17, 200, 512, 600, *generator.sample(range(len(self.whole)), 15)]:  # all bytes: tests/io/checkpoint_test.cpp
            with self.subTest(place=place):
                changed = bytearray(self.whole)
                changed[place] ^= 1 << generator.randrange(8)
                self.put(bytes(changed), None)
                self.one_error(self.vireo("resume c.h5 --max-iterations 50 --quiet", timeout=20), IO, "damaged checkpoint")
        changed = bytearray(self.whole)
        changed[len(changed) // 2] ^= 4
        self.assert_previous_is_taken(bytes(changed), ranks=3)
        self.assert_damage_is_found(bytes(changed), ranks=2)

    def test_a_newest_generation_that_is_missing(self):
        self.put(self.whole, self.previous)
        os.remove(self.path("c.h5"))
        done = self.resume(2)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("No such file", done.stdout)
        self.assert_whole(MASHA, read_trace(self.path("t.h5")))

    def test_resume_auto_begins_where_all_is_damaged(self):
        self.put(self.whole[:1000], self.previous[:1000])
        again = f"solve {MASHA} --max-iterations 50 --trace t.h5 --checkpoint c.h5 --resume auto"
        self.one_error(self.vireo(again), 2, "t.h5: the finished trace of the same run")
        with h5py.File(self.path("t.h5"), "r+") as file:
            file.attrs["status"] = "running"  # as if the run had been killed
        done = self.vireo(again, 2)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("no checkpoint to go on from:", " ".join(done.stdout.split()))
        self.assert_whole(MASHA, read_trace(self.path("t.h5")))
        self.assertFalse(os.path.exists(self.path("c.h5.previous")))  # the damaged one is not this run's

    # ---- whole, and wrong

    def assert_refused(self, change, *texts):
        self.put(self.whole, self.previous)
        with h5py.File(self.path("c.h5"), "r+") as file:
            change(file)
        subprocess.run([os.environ["SEAL"], self.path("c.h5")], check=True)
        ranks = 0 if len(texts) == 1 else 3  # mpirun takes a while
        self.one_error(self.resume(ranks), DATA, "c.h5", *texts)
        self.one_error(self.vireo(f"solve {MASHA} --max-iterations 50 --checkpoint c.h5 --resume auto"), DATA, "c.h5", *texts)
        self.assertEqual(read_trace(self.path("t.h5")).rows, 41)  # nothing was touched

    def replace(self, name, values):
        def change(file):
            del file[name]
            file[name] = values
        return change

    def test_what_does_not_fit_is_refused(self):
        M, d = 6, 60
        cases = [
            (lambda file: file.__delitem__("method/z"), "has no 'method/z'"),
            (self.replace("method/z", numpy.zeros(d + 1)), "method/z", "[61]", "[60]"),
            (self.replace("method/z", numpy.zeros(d - 1)), "method/z", "[59]", "[60]"),
            (self.replace("method/z", numpy.zeros(0)), "method/z", "[0]"),
            (self.replace("method/z", numpy.zeros((M, d))), "method/z", "[6 x 60]"),
            (self.replace("method/z", numpy.zeros(d, dtype=int)), "method/z", "not an array of real numbers"),
            (self.replace("method/z", numpy.zeros((2, 2, 2))), "method/z", "not an array of real numbers"),
            (self.replace("method/z", numpy.full(d, numpy.nan)), "method/z", "not finite"),
            (lambda file: file["method/w"].__setitem__(7, numpy.inf), "method/w", "not finite"),
            (lambda file: file["method"].attrs.__delitem__("k"), "has no 'method/k'"),
            (lambda file: file["method"].attrs.__setitem__("k", "forty"), "'method/k' is not a whole number"),
            (lambda file: file["method"].__setitem__("more", numpy.zeros(d)), "method/more"),
            (lambda file: file["method"].attrs.__setitem__("more", 1), "method/more"),
            (lambda file: file["method"].__setitem__("k", numpy.zeros(d)), "holds 'method/k'"),
            (lambda file: file["run"].attrs.__delitem__("oracle_calls"), "has no 'run/oracle_calls'"),
            (lambda file: file["run"].attrs.__setitem__("iteration", -1), "run/iteration"),
            (lambda file: file["run"].attrs.__setitem__("rows", -5), "run/rows"),
            (lambda file: file["run"].attrs.__delitem__("iteration"), "run/iteration"),
            (lambda file: file.__delitem__("run"), "'run'"),
            (lambda file: file.__delitem__("method"), "'method'"),
            (lambda file: file.__delitem__("config"), "'config'"),
            (lambda file: file.__delitem__("problem"), "'problem'"),
            (lambda file: file.__delitem__("constants"), "'constants'"),
            (lambda file: file.attrs.__setitem__("format", "vireo-trace"), "not a checkpoint"),
            (lambda file: file.attrs.__setitem__("format_version", 2), "format version 2"),
            (lambda file: file["problem"].attrs.__setitem__("fingerprint", "else"), "other data"),
        ]
        for change, *texts in cases:
            with self.subTest(texts=texts):
                self.assert_refused(change, *texts)

    def set_config(self, old, new):
        def change(file):
            text = file["config"][()].decode()
            assert old in text
            del file["config"]
            file.create_dataset("config", data=text.replace(old, new), dtype=h5py.string_dtype())
        return change

    def test_a_configuration_that_this_program_does_not_know_is_refused(self):
        for old, new, text in (("problem = bilinear", "problem = trilinear", "'trilinear'"), ("seed = 1", "seed = one", "'one'"),
                               ("seed = 1", "sede = 1", "'sede'"), ("method = masha1", "method = extragradient", "extragradient")):
            self.put(self.whole, self.previous)
            with h5py.File(self.path("c.h5"), "r+") as file:
                self.set_config(old, new)(file)
            subprocess.run([os.environ["SEAL"], self.path("c.h5")], check=True)
            for ranks in (0, 2):
                self.one_error(self.resume(ranks), DATA, "c.h5", text)

    def test_a_newer_format_is_told_from_damage(self):
        changed = bytearray(self.whole)
        self.assertEqual(changed[:19], b"vireo-checkpoint 1\n")
        changed[17:18] = b"2"
        self.put(bytes(changed), None)
        self.one_error(self.resume(), IO, "damaged")  # its seal says that nobody wrote it so
        seal = os.environ["SEAL"]
        self.put(self.whole, None)
        subprocess.run([seal, "--version", "2", self.path("c.h5")], check=True)
        self.one_error(self.resume(2), DATA, "checkpoint format version 2")
        self.one_error(self.vireo(f"solve {MASHA} --checkpoint c.h5"), 2, "c.h5", "not overwritten")

    def test_a_checkpoint_of_another_problem(self):
        self.vireo(f"solve {MASHA.replace('dimension=60', 'dimension=80')} --max-iterations 40 --trace t.h5 --checkpoint c.h5 --overwrite")
        self.one_error(self.vireo(f"solve {MASHA} --max-iterations 50 --checkpoint c.h5 --resume auto", 2), DATA, "another run", "dimension=80")


if __name__ == "__main__":
    sys.exit(unittest.main())

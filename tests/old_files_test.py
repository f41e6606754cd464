#!/usr/bin/env python3
"""Files written by version 0.1.0 are read, resumed and verified by every later program: one trace and one checkpoint of each kind of state lie in
tests/data/0.1.0. If this fails, users' files of that version no longer work: mend the program, never the files."""
import gzip
import importlib.util
import os
import pathlib
import subprocess
import sys
import unittest

import h5py
import numpy

from support.checkpoint_runs import CheckpointCase
from support.traces import read_trace

TESTS = pathlib.Path(__file__).resolve().parent
OLD = TESTS / "data" / "0.1.0"
sys.path.insert(0, str(TESTS.parent / "analysis"))
import vireo_analysis  # noqa: E402

specification = importlib.util.spec_from_file_location("runs", OLD / "runs.py")
made = importlib.util.module_from_spec(specification)
specification.loader.exec_module(made)

KINDS = ("checkpoint", "begun", "finished")
CLOCKS = ("seconds", "mpi_bytes")
# Where a run goes on by + - * / and square roots alone, which IEEE 754 rounds alike everywhere, in an order that the source fixes (Vireo's own exp,
# log and cos of particles and of the logistic loss are made of them), every processor and compiler must come to the same bytes. In the other runs
# the C library has a say in the last bit, and chooses its code by the processor: in the logarithms and cosines of the normal numbers that the
# problem is made of (masha1, vr-halpern), and in the hypot of the step (three-pillars). One ulp there moves the result by some 1e-15, for these
# runs contract.
SAME_BYTES = {"masha2", "cbo", "data-file"}
LAST_BITS = 1e-12  # of the largest number of a column, or of z


class OldFiles(CheckpointCase):
    def setUp(self):
        super().setUp()
        (pathlib.Path(self.folder) / "rows.svm").write_bytes((OLD / "rows.svm").read_bytes())

    def take(self, name):
        """The files of a run, in this test's folder"""
        for kind in KINDS:
            path = pathlib.Path(self.path(f"{name}.{kind}.h5"))
            path.write_bytes(gzip.decompress((OLD / f"{path.name}.gz").read_bytes()))
            if name == "data-file":
                self.say_where_the_data_are(path)

    def say_where_the_data_are(self, path):
        """A run belongs to the path of its data file, and that folder is gone: the file is changed in the path alone."""
        with h5py.File(path, "r+") as file:
            config = file["config"][()].decode()
            assert f"data = {made.FOLDER}/rows.svm" in config
            del file["config"]
            file.create_dataset("config", data=config.replace(f"data = {made.FOLDER}/", f"data = {self.folder}/"), dtype=h5py.string_dtype())
            if "data" in file:
                file["data"].attrs["path"] = self.path("rows.svm")
            checkpoint = file.attrs["format"] == "vireo-checkpoint"
        if checkpoint:
            subprocess.run([os.environ["SEAL"], str(path)], check=True)

    def assert_verified(self, trace, ranks=0):
        done = self.vireo(f"verify {trace} --quiet", ranks)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIs(self.json_of(done.stdout)["agrees"], True)

    def assert_same(self, name, what, values, old):
        values, old = numpy.asarray(values), numpy.asarray(old)
        self.assertEqual((values.dtype, values.shape), (old.dtype, old.shape), what)
        if name in SAME_BYTES or old.dtype.kind == "i":
            self.assertEqual(values.tobytes(), old.tobytes(), what)
        else:
            self.assertLessEqual(numpy.abs(values - old).max(), LAST_BITS * numpy.abs(old).max(), what)

    def assert_went_on(self, name, done):
        """Where the old program itself came to when it went on: all rows, counters and the solution"""
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        trace, old = read_trace(self.path(f"{name}.begun.h5")), read_trace(self.path(f"{name}.finished.h5"))
        self.assertEqual(set(old.columns) - set(trace.columns), set())
        for column, values in old.columns.items():
            if not column.startswith(CLOCKS):
                self.assert_same(name, column, trace.columns[column], values)
        self.assert_same(name, "z", trace.z, old.z)
        self.assertEqual(trace.segments["start_row"], old.segments["start_row"])
        self.assert_verified(f"{name}.begun.h5")

    def test_info_reads_them(self):
        for name in made.RUNS:
            self.take(name)
            for kind in KINDS:
                with self.subTest(name=name, kind=kind):
                    done = self.vireo(f"info {name}.{kind}.h5")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertIn(made.VERSION, " ".join(done.stdout.split()))

    def test_verify_agrees_with_them(self):
        for name in made.RUNS:
            self.take(name)
            with self.subTest(name=name):
                self.assert_verified(f"{name}.begun.h5")  # complete, up to its limit
                self.assert_verified(f"{name}.finished.h5", ranks=2)

    def test_resume_goes_on_with_them(self):
        for name in made.RUNS:
            for ranks in (1, 2):
                self.take(name)
                with self.subTest(name=name, ranks=ranks):
                    arguments = f"resume {name}.checkpoint.h5 --trace {name}.begun.h5 --max-iterations none --quiet"
                    self.assert_went_on(name, self.vireo(arguments, ranks))

    def test_solve_resume_auto_goes_on_with_them(self):
        """As job scripts do, with the command that began the run"""
        for name in made.RUNS:
            self.take(name)
            with self.subTest(name=name):
                done = self.vireo(f"solve {made.solve(name)} --max-iterations none --resume auto")
                self.assertIn("goes on from", done.stdout)
                self.assert_went_on(name, done)

    def test_the_analysis_reads_them(self):
        for name in made.RUNS:
            self.take(name)
            for kind in KINDS[1:]:
                with self.subTest(name=name, kind=kind):
                    trace = vireo_analysis.read(self.path(f"{name}.{kind}.h5"))
                    old = read_trace(self.path(f"{name}.{kind}.h5"))
                    self.assertEqual(set(trace.rows.columns), set(old.columns))
                    for column, values in old.columns.items():
                        self.assertEqual(trace.column(column).tolist(), values.astype(float).tolist(), column)
                        self.assertNotEqual((trace.units[column], trace.definitions[column]), ("", ""))
                    self.assertEqual(trace.solution.tobytes(), old.z.tobytes())
                    self.assertEqual((trace.manifest["version"], trace.status), ("0.1.0", "complete"))
                    self.assertEqual(trace.termination, "converged" if kind == "finished" else "max-iterations")
                    self.assertEqual(trace.config["method"].split(":")[0], "extragradient" if name == "data-file" else name)
                    self.assertEqual(len(trace.segments["start_row"]), 2 if kind == "finished" else 1)


if __name__ == "__main__":
    sys.exit(unittest.main())

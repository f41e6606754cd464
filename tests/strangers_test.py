#!/usr/bin/env python3
"""A file that somebody has sent is data: a checkpoint does not choose where its run writes, HDF5 files do not lead to others, what they say is shown
and not sent to the terminal, verify takes no allowance from them, and what they hold is looked at in a process of its own, once for all ranks."""
import glob
import os
import shlex
import shutil
import signal
import subprocess
import sys
import unittest

import h5py
import numpy

from support.checkpoint_runs import CheckpointCase
from support.damaged_files import BY_HAND, outside, rewrite, state_of
from support.program import VIREO, on_ranks
from support.traces import read_trace

RUN = "--problem bilinear:dimension=20,components=12 --workers 6 --method extragradient --tolerance 0"


class Strangers(CheckpointCase):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path("sent"))
        self.assertEqual(self.vireo(f"solve {RUN} --max-iterations 20 --trace sent/t.h5 --checkpoint sent/c.h5").returncode, 5)

    def change(self, name, change):
        with h5py.File(self.path(name), "r+") as file:
            change(file)

    def reseal(self, name="sent/c.h5"):
        subprocess.run([os.environ["SEAL"], self.path(name)], check=True)

    def set_trace(self, path):
        """The checkpoint says that its trace is at `path`."""
        def change(file):
            text = file["config"][()].decode()
            lines = [f"trace = {path}" if line.startswith("trace =") else line for line in text.split("\n")]
            rewrite(file, "config", lambda file, name: file.create_dataset(name, data="\n".join(lines), dtype=h5py.string_dtype()))
        self.change("sent/c.h5", change)
        self.reseal()

    # ---- where a run goes on

    def test_a_trace_in_another_folder_is_only_written_if_the_user_says_so(self):
        other = self.path("authorized_keys")
        for stored in (other, self.path("sent/../authorized_keys"), "/dev/null", "authorized_keys"):
            with self.subTest(stored=stored):
                self.set_trace(stored)
                for ranks in (0, 2) if stored == other else (0,):
                    done = self.vireo("resume sent/c.h5 --max-iterations 30", ranks)
                    self.one_error(done, 2, "sent/c.h5", f"resume sent/c.h5 --max-iterations 30 --trace {shlex.quote(stored)}")
                self.assertFalse(os.path.exists(other))
        self.set_trace(other)
        said = self.vireo("resume sent/c.h5 --max-iterations 30").stderr.split("if that is meant: ")[1]
        done = subprocess.run(shlex.split(said), capture_output=True, text=True, timeout=60, cwd=self.folder, check=False)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(read_trace(other).columns["iteration"][0], 20)

    def test_control_characters_in_the_path_are_shown(self):
        self.set_trace(self.path("x\x1b[2J\x07y.h5"))
        done = self.vireo("resume sent/c.h5 --max-iterations 30")
        self.one_error(done, 2, "x\\x1b[2J\\x07y.h5")
        self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_a_link_beside_the_checkpoint_is_not_followed(self):
        os.remove(self.path("sent/t.h5"))
        os.symlink(self.path("elsewhere"), self.path("sent/t.h5"))
        self.one_error(self.vireo("resume sent/c.h5 --max-iterations 30"), 2, "--trace")
        self.assertFalse(os.path.exists(self.path("elsewhere")))

    def test_a_folder_that_was_moved_with_both_goes_on_in_its_new_place(self):
        os.rename(self.path("sent"), self.path("moved"))
        shutil.copytree(self.path("moved"), self.path("other"))
        self.assertEqual(self.vireo("resume moved/c.h5 --max-iterations 30").returncode, 5)
        self.assertEqual(read_trace(self.path("moved/t.h5")).rows, 31)
        self.assertFalse(os.path.exists(self.path("sent")))
        # the trace of another run beside it is not this run's
        self.change("other/t.h5", lambda file: file.attrs.__setitem__("run", "0123456789abcdef"))
        self.one_error(self.vireo("resume other/c.h5 --max-iterations 40"), 2, "--trace", self.path("sent/t.h5"))

    def test_the_name_of_a_run_is_sixteen_digits(self):
        for name in ("0\nssh-rsa AAAA owner\n0", "", "0123456789ABCDEF", "0123456789abcdef0", "\x1b[2J"):
            self.change("sent/c.h5", lambda file, name=name: file.attrs.__setitem__("run", name))
            self.reseal()
            self.one_error(self.vireo("resume sent/c.h5 --max-iterations 30"), 3, "sent/c.h5", "'run'")
            self.change("sent/t.h5", lambda file, name=name: file.attrs.__setitem__("run", name))
            self.one_error(self.vireo("info sent/t.h5"), 3, "sent/t.h5", "'run'")

    # ---- what is shown

    def test_nothing_of_a_file_reaches_the_terminal(self):
        bad = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202e"
        def change(file):
            file.attrs["argv"] = numpy.array(["vireo", bad], dtype=h5py.string_dtype())
            file.attrs["hosts"] = numpy.array([bad], dtype=h5py.string_dtype())
            file.attrs[bad] = 1
            file["problem"].attrs["fingerprint"] = bad
            file["problem"].attrs[bad] = bad
            file["trace/residual"].attrs["units"] = bad
            file["trace"].move("residual", bad)
            text = file["config"][()].decode()
            rewrite(file, "config", lambda file, name: file.create_dataset(name, data=f"# {bad}\n{text}", dtype=h5py.string_dtype()))
        self.change("sent/t.h5", change)
        analysis = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "analysis", "vireo-analysis")]
        for command in ([VIREO, "info"], [VIREO, "verify"], [*analysis, "read"], [*analysis, "watch", "--once"], [*analysis, "profile"]):
            done = subprocess.run([*command, "sent/t.h5"], capture_output=True, timeout=60, cwd=self.folder, check=False)
            said = (done.stdout + done.stderr).decode()
            self.assertTrue(said)
            self.assertEqual([c for c in said if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c == "\u202e")], [], command)
        self.assertIn("\\x1b]0;owned", subprocess.run([VIREO, "info", "sent/t.h5"], capture_output=True, text=True, cwd=self.folder, check=False).stdout)
        self.change("sent/t.h5", lambda file: file.attrs.__setitem__("version", bad))
        self.one_error(self.vireo("info sent/t.h5"), 3, "'version'", "one line")

    # ---- what leads out of the file

    def test_links_and_other_storage_are_refused_before_anything_is_read(self):
        outside(self.path("outside"))
        before = state_of(self.path("outside"))
        shutil.copy(self.path("sent/t.h5"), self.path("good.h5"))
        for name in [name for name in BY_HAND if any(word in name for word in ("link", "stored", "virtual", "in itself"))]:
            if name == "many links":
                continue
            with self.subTest(name=name):
                shutil.copy(self.path("good.h5"), self.path("sent/t.h5"))
                self.change("sent/t.h5", lambda file: BY_HAND[name](file, self.path("outside")))
                for command in ("info sent/t.h5", "verify sent/t.h5", f"solve {RUN} --initial sent/t.h5", "resume sent/c.h5 --max-iterations 30"):
                    self.one_error(self.vireo(command, timeout=10), 3, "sent/t.h5", "which Vireo does not follow" if "itself" not in name else "'trace")
        self.assertEqual(state_of(self.path("outside")), before)

    def test_a_data_file_may_lead_to_others_that_are_files(self):
        matrix = numpy.random.default_rng(1).normal(size=(6, 5))
        with h5py.File(self.path("plain.h5"), "w") as file:
            file["A"] = matrix
            file["deep/A"] = matrix
            file["soft"] = h5py.SoftLink("/deep/A")
        os.mkdir(self.path("other"))
        shutil.copy(self.path("plain.h5"), self.path("other/m.h5"))
        with h5py.File(self.path("links.h5"), "w") as file:
            file["A"] = h5py.ExternalLink("other/m.h5", "/soft")
        matrix.tofile(self.path("raw"))
        with h5py.File(self.path("raw.h5"), "w") as file:
            file.create_dataset("A", shape=matrix.shape, dtype="f8", external=[("raw", 0, matrix.nbytes)])
        with h5py.File(self.path("virtual.h5"), "w") as file:
            layout = h5py.VirtualLayout(shape=matrix.shape, dtype="f8")
            layout[:] = h5py.VirtualSource("other/m.h5", "A", shape=matrix.shape)
            file.create_virtual_dataset("A", layout)
        solve = "solve --problem matrix-game --method extragradient --max-iterations 5 --tolerance 0 --workers 2 --data "
        wanted = self.json_of(self.vireo(solve + "plain.h5").stdout)["residual"]
        for name, ranks in (("links.h5", 2), ("raw.h5", 0), ("virtual.h5", 2)):
            with self.subTest(name=name):
                done = self.vireo(solve + name, ranks)
                self.assertEqual(done.returncode, 5, done.stderr)
                self.assertEqual(self.json_of(done.stdout)["residual"], wanted)
        for name, behind in (("links.h5", "other/m.h5"), ("raw.h5", "raw"), ("virtual.h5", "other/m.h5")):
            with self.subTest(name=name):
                os.remove(self.path(behind))
                os.mkfifo(self.path(behind))
                self.one_error(self.vireo(solve + name, timeout=10), 3, behind, "regular file")
                os.remove(self.path(behind))
                shutil.copy(self.path("plain.h5"), self.path(behind))

    # ---- verify

    def test_no_allowance_is_taken_from_the_file(self):
        self.assertEqual(self.vireo(f"solve {RUN} --max-iterations 2000 --trace v.h5").returncode, 5)
        def change(file):
            text = file["config"][()].decode()
            method = next(line for line in text.split("\n") if line.startswith("method = "))
            text = text.replace(method, "method = extragradient:L=1e300")
            rewrite(file, "config", lambda file, name: file.create_dataset(name, data=text, dtype=h5py.string_dtype()))
            file["problem"].attrs["L"] = 1e300
            file["problem"].attrs["L_origin"] = "given"
            file["solution/z"].attrs["residual"] = 1.0
        self.change("v.h5", change)
        done = self.vireo("verify v.h5")
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn("the stored residual is not the one", done.stdout)

    # ---- how files are examined

    def test_a_file_that_crashes_the_library_is_one_line_on_any_number_of_ranks(self):
        with open(self.path("sent/t.h5"), "rb") as file:
            content = bytearray(file.read())
        found = 0
        for place in range(800, 3000, 80):
            content[place] ^= 0xff
            with open(self.path("bad.h5"), "wb") as file:
                file.write(content)
            content[place] ^= 0xff
            done = self.vireo("info bad.h5", timeout=10)
            if done.returncode == 3:
                found += 1
                self.one_error(done, 3, "bad.h5")
                if found in (1, 4):
                    self.one_error(self.vireo("verify bad.h5", 3, timeout=20), 3, "bad.h5")
        self.assertGreater(found, 5)

    def test_references_to_texts_are_looked_at(self):
        """Texts lie in heaps, by number, and references have their length. HDF5 asks neither whether there is one of this number (in a fresh process
        that did no harm, in a run it did), nor whether it has room for the text."""
        with open(self.path("sent/t.h5"), "rb") as file:
            content = file.read()
        found = 0
        for heap in (at for at in range(len(content)) if content.startswith(b"GCOL\1", at)):
            for at in (at for at in range(len(content) - 12) if content.startswith(heap.to_bytes(8, "little"), at)):
                length, number = (int.from_bytes(content[begin:begin + 4], "little") for begin in (at - 4, at + 8))
                if not 0 < number < 100 or length < 2 or found == 6:
                    continue
                found += 1
                for place, value in ((at + 8, number + 0x400), (at + 8, number + 0x4000), (at - 4, 1)):
                    with open(self.path("bad.h5"), "wb") as file:
                        file.write(content[:place] + value.to_bytes(4, "little") + content[place + 4:])
                    self.one_error(self.vireo("info bad.h5", timeout=10), 3, "bad.h5")
        self.assertGreater(found, 4)

    def call(self, name, *more, program=VIREO):
        """A program with a main of its own begins at the point in the trace; `program` is what it finds to examine it."""
        return subprocess.run([os.environ["CALLING"], "initial", self.path(name), *more], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "VIREO_PROGRAM": program})

    def test_a_program_that_calls_the_solver_has_files_examined_or_trusts_them(self):
        data, io = 12, 14
        shutil.copy(self.path("sent/t.h5"), self.path("odd.h5"))
        self.change("odd.h5", lambda file: file.__setitem__("trace/odd", numpy.zeros(3, dtype=[("a", "f8"), ("b", "i4")])))
        self.assertEqual(self.call("sent/t.h5").returncode, 0)
        self.one_error(self.call("odd.h5"), data, "odd.h5", "'trace/odd' is neither of numbers nor of texts")
        self.assertEqual(self.call("odd.h5", "trusted").returncode, 0)
        for program, texts in (("/nowhere/vireo", ("no program `vireo`", "VIREO_PROGRAM")), ("/bin/true", ("/bin/true does not do it",))):
            self.one_error(self.call("sent/t.h5", program=program), io, "sent/t.h5", *texts)
            self.assertEqual(self.call("sent/t.h5", "trusted", program=program).returncode, 0)

    def test_a_file_is_examined_once_for_all_ranks(self):
        counter = self.path("examine.sh")
        with open(counter, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\necho x >> {self.path("count")}\nexec {shlex.quote(VIREO)} "$@"\n')
        os.chmod(counter, 0o755)
        with h5py.File(self.path("m.h5"), "w") as file:
            file["A"] = numpy.random.default_rng(1).normal(size=(6, 5))
        subprocess.run([*on_ranks(3), os.environ["CALLING"], "data", self.path("m.h5")], capture_output=True, timeout=60, check=True,
                       env={**os.environ, "VIREO_PROGRAM": counter})
        with open(self.path("count"), encoding="ascii") as file:
            self.assertEqual(file.read(), "x\n")

    def test_a_program_that_does_not_serve_is_told(self):
        self.assertEqual(subprocess.run([VIREO, "--examine-hdf5", "0", "3", "x"], capture_output=True, check=False).returncode, 2)

    def test_a_running_trace_can_be_looked_at(self):
        process = self.begin(f"solve {RUN} --max-iterations none --trace live.h5 --trace-every 50", start_new_session=True)
        self.wait_for_rows(process, "live.h5", 2)
        codes = [self.vireo("info live.h5").returncode for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        self.assertEqual(codes, [0] * 5)
        self.assertEqual(glob.glob(self.path("*.probe*")), [])


if __name__ == "__main__":
    unittest.main()

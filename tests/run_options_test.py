#!/usr/bin/env python3
"""Options of `vireo solve` in the real program: every limit ends a run with its reason, --return and --initial do what they say, --print-config
reproduces a run bitwise through --config, ranks without workers change nothing, and what is printed for scripts is one line of JSON."""
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

from support.program import VIREO, every_row, on_ranks

EXTRAGRADIENT = "--problem bilinear:dimension=20,components=6 --method extragradient"
MASHA = "--problem bilinear:dimension=20,components=6 --method masha1 --uplink randk:fraction=0.2 --downlink randk:fraction=0.5"
ENDLESS = " --tolerance 0 --max-iterations none"
KEYS = ["termination", "iterations", "residual", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "seconds", "trace"]
KEYS_OF_RUN = [*KEYS, "checkpoint", "method", "seed", "distance"]


class Run:
    """What a run printed and left behind."""

    def __init__(self, done, trace):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.json = json.loads(self.out.splitlines()[-1])
        with h5py.File(trace, "r") as file:
            self.columns = {name: dataset[:] for name, dataset in file["trace"].items()}
            self.z = file["solution/z"][:]
            self.solution = dict(file["solution/z"].attrs)
            self.termination = file.attrs["termination"]
            self.config = file["config"][()].decode()

    def same_bytes(self):
        """All that does not depend on the clock, nor on the number of ranks."""
        return {name: values.tobytes() for name, values in self.columns.items()
                if not name.startswith("seconds") and name != "mpi_bytes"} | {"z": self.z.tobytes()}


class Options(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="vireo-options-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def vireo(self, arguments, ranks=0, cwd=None):
        return subprocess.run([*on_ranks(ranks), VIREO, *shlex.split(arguments)], capture_output=True, text=True, timeout=60,
                              cwd=cwd or self.folder)

    def solve(self, arguments, ranks=0, name="trace.h5"):
        run = Run(self.vireo(every_row(f"solve {arguments} --trace {name} --overwrite"), ranks), self.path(name))
        self.assertEqual(run.json["termination"], run.termination)
        return run

    # ---- limits

    def assert_limited(self, arguments, reason, count, limit, ranks=0):
        run = self.solve(arguments, ranks)
        self.assertEqual((run.code, run.termination), (5, reason), run.out + run.err)
        self.assertIn(f"limit: --{reason}", run.out)
        counts = count(run.columns)
        self.assertGreaterEqual(counts[-1], limit)
        self.assertLess(counts[-2], limit)  # not an iteration too many

    def test_every_limit_ends_the_run_with_its_reason(self):
        for ranks in (0, 2):
            for method in (EXTRAGRADIENT, MASHA):
                arguments = method + ENDLESS
                self.assert_limited(arguments + " --max-oracle-calls 1e3", "max-oracle-calls", lambda c: c["oracle_calls"], 1000, ranks)
                self.assert_limited(arguments + " --max-wire-bytes 50kB", "max-wire-bytes",
                                    lambda c: c["wire_bytes_up"] + c["wire_bytes_down"], 50000, ranks)
            self.assert_limited(EXTRAGRADIENT + " --tolerance 0 --max-iterations 17", "max-iterations", lambda c: c["iteration"], 17, ranks)

    def test_the_tolerance_goes_before_a_limit(self):
        run = self.solve(EXTRAGRADIENT + " --tolerance 1e-3 --max-iterations 1e5")
        self.assertEqual((run.code, run.termination), (0, "converged"))
        self.assertLessEqual(run.json["residual"], 1e-3)

    def test_a_relative_tolerance_is_relative_to_the_first_row(self):
        run = self.solve(EXTRAGRADIENT + " --tolerance 0 --relative-tolerance 1e-2")
        self.assertEqual((run.code, run.termination), (0, "converged"))
        self.assertLessEqual(run.columns["residual"][-1], 1e-2 * run.columns["residual"][0])
        self.assertGreater(run.columns["residual"][-2], 1e-2 * run.columns["residual"][0])

    # ---- the point returned

    def test_the_point_returned_is_the_one_asked_for(self):
        points = {}
        for point in ("last", "average", "best"):
            run = self.solve(f"{EXTRAGRADIENT} --tolerance 0 --max-iterations 30 --return {point}", name=point + ".h5")
            self.assertEqual(run.solution["returned"], point)
            self.assertEqual(self.vireo(f"verify {point}.h5").returncode, 0)
            points[point] = run
        self.assertEqual(points["last"].solution["residual"], points["last"].columns["residual"][-1])
        self.assertEqual(points["best"].solution["residual"], points["best"].columns["residual"].min())
        self.assertFalse(numpy.array_equal(points["average"].z, points["last"].z))

    def test_the_average_is_that_of_the_iterations_one_by_one(self):
        whole = self.solve(EXTRAGRADIENT + " --max-iterations 3 --return average")
        start, halves = "", []
        for k in range(3):
            one = f"{EXTRAGRADIENT} --max-iterations 1 {start}"
            halves.append(self.solve(one + " --return average", name="half.h5").z)
            self.solve(one + " --return last", name=f"z{k}.h5")
            start = f"--initial z{k}.h5"
        numpy.testing.assert_allclose(whole.z, numpy.mean(halves, axis=0), rtol=1e-13, atol=1e-15)

    def test_before_the_first_iteration_there_is_no_average(self):
        run = self.solve(EXTRAGRADIENT + " --max-iterations 0 --return average")
        self.assertEqual((run.code, run.solution["returned"]), (5, "last"))

    # ---- where a run starts

    def test_two_halves_are_the_whole(self):
        # Extragradient remembers nothing but z^k.
        whole = self.solve(EXTRAGRADIENT + " --tolerance 0 --max-iterations 70", name="whole.h5")
        first = self.solve(EXTRAGRADIENT + " --tolerance 0 --max-iterations 40", name="first.h5")
        for ranks, network in ((0, ""), (2, ""), (0, " --simulate 3")):
            second = self.solve(EXTRAGRADIENT + " --tolerance 0 --max-iterations 30 --initial first.h5" + network, ranks, "second.h5")
            self.assertEqual(second.z.tobytes(), whole.z.tobytes())
            self.assertEqual(second.columns["residual"].tobytes(), whole.columns["residual"][40:].tobytes())
            self.assertEqual(second.columns["residual"][0], first.columns["residual"][-1])
            start = " ".join(second.out.split())
            self.assertIn(f"start the point that {self.path('first.h5')} holds (last after 40 iterations", start)
            self.assertNotIn("projected", start)
        # What the run ended with can be verified without what it began with.
        os.remove(self.path("first.h5"))
        self.assertEqual(self.vireo("verify second.h5").returncode, 0)

    def test_a_start_outside_the_set_is_projected_onto_it(self):
        z = self.solve(EXTRAGRADIENT + " --tolerance 0 --max-iterations 40", name="first.h5").z
        run = self.solve(EXTRAGRADIENT + " --regularizer x=[box:lower=-0.25,upper=0.25] --regularizer y=l1 --initial first.h5 --max-iterations 0")
        expected = numpy.concatenate([numpy.clip(z[:10], -0.25, 0.25), z[10:]])  # l1 is finite everywhere: no prox of it
        self.assertFalse(numpy.array_equal(expected, z))
        self.assertEqual(run.z.tobytes(), expected.tobytes())
        self.assertIn(f"projected onto the set, {numpy.linalg.norm(expected - z):.4g} away", " ".join(run.out.split()))

    # ---- configuration files

    def assert_reproduced(self, arguments, ranks=0):
        original = self.solve(arguments, ranks, "original.h5")
        printed = self.vireo(every_row(f"solve {arguments} --trace original.h5 --print-config"))
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        with open(self.path("run.ini"), "w") as out:
            out.write(printed.stdout)
        lines = [line for line in printed.stdout.splitlines(keepends=True) if not line.startswith("#")]
        automatic = re.findall(r"^(\S+) = auto$", "".join(lines), re.M)  # a number, once the method is known
        self.assertEqual("".join(lines), re.sub(rf"^({'|'.join(automatic)}) = \d+$", r"\1 = auto", original.config, flags=re.M))
        # From another folder: paths are absolute. The command line wins over the file.
        done = self.vireo(f"solve --config {self.path('run.ini')} --trace {self.path('again.h5')} --overwrite", ranks, cwd="/")
        again = Run(done, self.path("again.h5"))
        self.assertEqual(again.code, original.code)
        self.assertEqual(again.same_bytes(), original.same_bytes())
        self.assertEqual(again.config.replace("again.h5", "original.h5"), original.config)

    def test_a_printed_configuration_reproduces_the_run_bitwise(self):
        with open(self.path("rows # 1.svm"), "w") as out:
            generator = numpy.random.default_rng(3)
            for row in generator.standard_normal((40, 5)):
                out.write(f"{1 if row.sum() > 0 else -1}" + "".join(f" {j + 1}:{value:.17g}" for j, value in enumerate(row)) + "\n")
        self.assert_reproduced(MASHA + " --seed 123456789012345678 --tolerance 0.012345678901234567 --max-iterations 200")
        self.assert_reproduced(MASHA.replace("masha1", "masha1:step=1.5x,refresh=next") + " --max-oracle-calls 12345 --workers 3 --trace-every 7", ranks=2)
        self.assert_reproduced("--problem logistic:partition=shuffled --data 'rows # 1.svm' --method extragradient --max-iterations 50 "
                               "--regularizer w=[l1:weight=0.01] --return average --check-every 9")
        self.assert_reproduced("--problem quadratic-game --method masha1 --regularizer x=simplex --regularizer y=[ball:radius=2] "
                               "--uplink randk:k=7 --max-wire-bytes 2MB --simulate 5 --latency 3us --bandwidth 7Mbit/s")

    def test_a_trace_holds_the_configuration_of_its_start(self):
        self.solve(EXTRAGRADIENT + " --max-iterations 10", name="first.h5")
        self.assert_reproduced(EXTRAGRADIENT + " --initial first.h5 --max-iterations 20")

    # ---- ranks without workers

    def test_ranks_without_workers_are_reported_and_change_nothing(self):
        for method in (EXTRAGRADIENT, MASHA):
            arguments = method + " --workers 2 --tolerance 0 --max-iterations 40"
            alone = self.solve(arguments)
            self.assertNotIn("idle", alone.out)
            for run, text in ((self.solve(arguments, ranks=3), "2 on 3 ranks; 1 rank is idle: there are more ranks than workers"),
                              (self.solve(arguments + " --simulate 7"), "2 on 7 simulated ranks; 5 ranks are idle")):
                self.assertIn(text, run.out)
                self.assertEqual(run.same_bytes() | {"seconds_modelled": None}, alone.same_bytes() | {"seconds_modelled": None})

    # ---- what is printed

    def test_the_last_line_is_json(self):
        run = self.solve(EXTRAGRADIENT + " --max-iterations 3", ranks=2)
        self.assertEqual(list(run.json), KEYS_OF_RUN)
        self.assertEqual(run.json["trace"], self.path("trace.h5"))
        self.assertNotIn("\n\n\n", run.out)
        self.assertNotIn(" \n", run.out)
        quiet = self.vireo("solve --quiet " + EXTRAGRADIENT + " --max-iterations 3", ranks=2)
        self.assertEqual((list(json.loads(quiet.stdout)), quiet.stdout.count("\n")), (KEYS_OF_RUN, 1))
        verified = self.vireo("verify --quiet trace.h5", ranks=2)
        self.assertEqual((list(json.loads(verified.stdout)), verified.stdout.count("\n")), (KEYS + ["stored_residual", "constants_differ", "agrees"], 1))
        version = self.vireo("--version --json", ranks=2)
        self.assertEqual((list(json.loads(version.stdout)), version.stdout.count("\n")), (["version", "revision", "compiler", "mpi", "hdf5"], 1))

    def test_a_dry_run_solves_and_writes_nothing(self):
        for ranks, network in ((0, ""), (2, ""), (0, " --simulate 3")):
            dry = self.vireo(f"solve {MASHA} --trace dry.h5 --dry-run" + network, ranks)
            self.assertEqual((dry.returncode, dry.stderr), (0, ""))
            result = json.loads(dry.stdout.splitlines()[-1])
            self.assertEqual(result["termination"], "dry-run")
            self.assertFalse(os.path.exists(self.path("dry.h5")))
            # Of a real run, the first row aside: 6 workers send 8 * 4 bytes a message and 8 * 20 at a refresh.
            self.assertGreaterEqual(result["wire_bytes_up"], 6 * 32)
            self.assertLess(result["wire_bytes_up"], 6 * (32 + 160))

    def test_help_and_list_print_on_one_rank(self):
        for arguments in ("--help", "solve --help", "help solve", "verify --help", "info --help", "list --help", "list", "list methods", "--version"):
            alone, together = self.vireo(arguments), self.vireo(arguments, ranks=2)
            self.assertEqual((alone.returncode, alone.stderr), (0, ""))
            self.assertEqual((together.returncode, together.stdout), (0, alone.stdout))
            self.assertLessEqual(max(map(len, alone.stdout.splitlines())), 110, arguments)
            self.assertNotIn(" \n", alone.stdout)
        self.assertEqual(self.vireo("help solve").stdout, self.vireo("solve --help").stdout)
        self.assertNotIn("\n  bilinear\n", self.vireo("list methods").stdout)
        self.assertIn("\n  masha1\n", self.vireo("list methods").stdout)

    def test_info_shows_what_a_trace_holds(self):
        self.solve(MASHA + " --workers 3 --max-iterations 5 --tolerance 0", ranks=2)
        shown = self.vireo("info trace.h5").stdout
        for text in ("max-iterations", "2 ranks", "problem = bilinear:dimension=20", "uplink = randk:fraction=0.2", "trace: 6 rows",
                     "solution: 20 coordinates", "(computed)"):
            self.assertIn(text, shown)
        self.assertNotIn(" \n", shown)

    def test_output_that_can_not_be_written_is_an_error(self):
        for arguments in ("list", "--version", "solve --quiet " + EXTRAGRADIENT, "solve " + EXTRAGRADIENT + " --simulate 3"):
            with open("/dev/full", "w") as full:
                done = subprocess.run([VIREO, *shlex.split(arguments)], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            self.assertEqual(done.returncode, 6, arguments)
            self.assertEqual(done.stderr, "vireo: error: cannot write to standard output: No space left on device\n")

    def test_a_reader_that_leaves_ends_what_only_prints_without_a_word(self):
        for arguments in ("list", "help solve", "help --man"):
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([VIREO, *shlex.split(arguments)], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60)
            os.close(writer)
            self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, ""), arguments)


if __name__ == "__main__":
    sys.exit(unittest.main())

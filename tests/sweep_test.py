#!/usr/bin/env python3
"""jobs/sweep.py: a result is kept for the command that made it and shown under no other, whatever ends a run, a sweep, or two sweeps in one folder;
what is stopped goes on to the same bytes; tables say what runs paid; and what is wrong with a file is one line that names the place."""
import csv
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

import h5py

from support.program import VIREO

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SWEEP = str(SOURCE / "jobs/sweep.py")
sys.path.insert(0, str(SOURCE / "jobs"))

from vireo_sweep.crew import Crew  # noqa: E402
from vireo_sweep.endings import judge  # noqa: E402
from vireo_sweep.document import Document  # noqa: E402
from vireo_sweep.errors import InputError  # noqa: E402
from vireo_sweep.plan import Plan, Run  # noqa: E402
from vireo_sweep.program import Program  # noqa: E402

SMALL = 'problem = "bilinear:dimension=20,condition=2"\nworkers = 4\n'
LONG = ('problem = "bilinear:dimension=20000,structure=sparse,components=8"\nmethod = "masha1"\nuplink = "randk:fraction=0.1"\n'
        "tolerance = 0\nmax-iterations = 1200\ncheckpoint-every = 150\ntrace-every = 10\nplot = false\n")
# A vireo that ends at once with code N on seed 100 + N, is killed on seed 99, and notes each run that it starts in the file `started`.
FAILING = """#!/bin/bash
folder=$(dirname "$0")
if [[ $* == *--checkpoint* && $* != *--print-config* ]]; then
  echo "$*" >> "$folder/started"
  if [[ "$* " =~ "--seed "([0-9]+)" " ]]; then
    seed=${BASH_REMATCH[1]}
    [[ $seed == 99 ]] && kill -9 $$
    [[ $seed -lt 100 ]] || { echo "vireo: error: seed $seed is ill" >&2; exit $((seed - 100)); }
  fi
fi
exec "$REAL" "$@"
"""


class SweepCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="vireo-sweep-")
        self.addCleanup(subprocess.run, ["rm", "-rf", self.folder], check=False)
        self.program = VIREO

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, text, name="s.toml"):
        with open(self.path(name), "w") as file:
            file.write(text)

    def begin(self, *options, name="s.toml"):
        environment = {**os.environ, "VIREO": self.program, "REAL": VIREO, "VIREO_LAUNCHER": os.environ["VIREO_MPIRUN"]}
        return subprocess.Popen([SWEEP, name, "-o", "out", *options], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def sweep(self, *options, code=0, name="s.toml"):
        process = self.begin(*options, name=name)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, out + err)
        return out, err

    def rows(self, name="table.csv"):
        with open(self.path("out", name), newline="") as file:
            return list(csv.DictReader(file))

    def failing_program(self):
        self.program = self.path("vireo")
        with open(self.program, "w") as file:
            file.write(FAILING)
        os.chmod(self.program, 0o755)

    def started(self):
        with open(self.path("started")) as file:
            return file.read().splitlines()

    def one_file(self, suffix):
        (found,) = pathlib.Path(self.path("out/runs")).glob("*" + suffix)
        return found

    def wait_for_rows(self, rows):
        """Until a run that is on its way has so many rows: the trace of one before it is complete, and stays until the new one is begun."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with h5py.File(self.one_file(".h5"), "r", locking=False) as file:
                    if file.attrs["status"] == "running" and len(file["trace/iteration"]) >= rows:
                        return
            except (OSError, KeyError, RuntimeError, ValueError):
                pass
            time.sleep(0.01)
        self.fail("the run has not come so far in a minute")


class Results(SweepCase):
    def test_lists_and_sections_become_runs_and_their_costs_a_table(self):
        self.write(SMALL + 'title = "Both"\nseed = [1, 2, 3]\n[methods.plain]\nmethod = "extragradient"\nseed = 1\n'
                           '[methods.masha1]\nmethod = "masha1:refresh=next"\nuplink = ["randk:fraction=0.2", "natural"]\n')
        out, err = self.sweep()
        self.assertIn("[7/7] ", err)
        runs, rows = self.rows("runs.csv"), self.rows()
        self.assertEqual([row["run_name"] for row in rows], ["plain", "masha1, randk:fraction=0.2", "masha1, natural"])
        self.assertEqual([(row["runs"], row["reached"]) for row in rows], [("1", "1"), ("3", "3"), ("3", "3")])
        for row in rows:
            mine = [run for run in runs if run["run_name"] == row["run_name"]]
            for count in ("iteration", "wire_bytes_up", "oracle_calls"):
                paid = []
                for run in mine:
                    with h5py.File(self.path(run["trace"]), "r") as file:
                        self.assertEqual(file.attrs["seed"], int(run["seed"]))
                        paid.append(int(file["trace"][count][-1]))
                self.assertEqual([float(row[f"{count}_{of}"]) for of in ("median", "min", "max")], [statistics.median(paid), min(paid), max(paid)])
        self.assertIn("masha1, natural", out)
        self.assertTrue(pathlib.Path(self.path("out/table.md")).read_text().startswith("# Both\n"))
        self.assertEqual(pathlib.Path(self.path("out/plot.png")).read_bytes()[:4], b"\x89PNG")
        with open(self.path("out/results.json")) as file:
            kept = json.load(file)
        self.assertEqual([len(kept["rows"]), len(kept["runs"])], [3, 7])
        self.assertEqual(list(pathlib.Path(self.path("out/runs")).glob("*.ckpt.h5*")), [])

    def test_a_changed_command_is_run_again_and_shown_under_no_other_heading(self):
        self.failing_program()
        text = SMALL + 'method = "extragradient"\nplot = false\n'
        self.write(text + "tolerance = 1e-3\n")
        self.sweep()
        loose = self.rows()
        self.write(text + "tolerance = 1e-6\n")
        _, err = self.sweep()
        self.assertIn("of no run of this sweep, and not shown: 1", err)
        tight = self.rows()
        self.assertGreater(int(tight[0]["iteration_median"]), int(loose[0]["iteration_median"]))
        self.write("tolerance = 1e-3\nmethod = 'extragradient'\nplot = false\n" + SMALL)  # the first command again, written otherwise
        self.sweep("--table")
        self.assertEqual(self.rows()[0]["iteration_median"], loose[0]["iteration_median"])
        self.assertEqual(len(self.started()), 2)
        self.assertIn("1 kept", self.sweep("--dry-run")[0])
        self.sweep("--again")
        self.assertEqual(len(self.started()), 3)

    def test_a_file_that_a_command_names_is_a_part_of_it(self):
        self.failing_program()
        rows = [f"{(-1) ** at} 1:{at % 3} 2:{at % 5}.5\n" for at in range(12)]
        pathlib.Path(self.path("rows.svm")).write_text("".join(rows))
        self.write('problem = "logistic:lambda=0.1"\ndata = "rows.svm"\nmethod = "extragradient"\nmax-iterations = 3\nplot = false\n')
        self.sweep()
        self.sweep()
        self.assertEqual(len(self.started()), 1)
        pathlib.Path(self.path("rows.svm")).write_text("".join(rows[:9]))
        self.sweep()
        self.assertEqual(len(self.started()), 2)

    def test_only_what_came_to_an_end_is_kept(self):
        self.failing_program()
        self.write(SMALL + 'method = "extragradient"\nseed = [1, 99, 101, 102, 103, 106, 175]\nmax-iterations = 4\nplot = false\n')
        for tries in (1, 2):
            out, _ = self.sweep(code=1)
            self.assertIn("extragradient, seed 99: killed by SIGKILL", out)
            for code in (1, 2, 3, 6, 75):
                self.assertIn(f"extragradient, seed {100 + code}: exit code {code}: seed {100 + code} is ill", out)
            self.assertEqual(len(self.started()), 1 + 6 * tries)  # seed 1, which came to its limit, was made once
        self.assertEqual([run["outcome"] for run in self.rows("runs.csv")], ["max-iterations"] + 6 * ["failed"])

    def test_a_diverged_run_is_a_result(self):
        self.failing_program()
        self.write(SMALL + 'method = ["extragradient:step=50x", "extragradient"]\nallow-unproven = true\nplot = false\n')
        out, _ = self.sweep()
        self.assertRegex(out, r"extragradient:step=50x +0 of 1; 1 diverged +never")
        self.sweep()
        self.assertEqual(len(self.started()), 2)

    def test_a_trace_that_is_not_the_runs_own_is_left_out(self):
        self.write(SMALL + 'method = "extragradient"\nplot = { y = "distance" }\n')
        self.sweep()
        subprocess.run([VIREO, "solve", "--problem", "bilinear:dimension=20", "--method", "optimistic", "--max-iterations", "1", "--trace",
                        self.path("other.h5"), "--quiet"], check=False, stdout=subprocess.DEVNULL)
        os.replace(self.path("other.h5"), self.one_file(".h5"))
        _, err = self.sweep("--table")
        self.assertIn("no run has left a trace", err)
        self.assertEqual(self.rows("runs.csv")[0]["trace"], "")

    def test_targets_steps_and_claims(self):
        self.write(SMALL + 'measure = "oracle_calls"\ntarget = { column = "distance", fraction = 1e-2 }\nplot = false\n[problems.a]\n'
                           '[methods.eg]\nmethod = "extragradient:step={step}"\nsteps = ["0.2x", "1x"]\n'
                           '[methods.slow]\nmethod = "extragradient"\nmax-iterations = 2\n'
                           '[[claims]]\nproblem = "a"\nmethod = "eg"\nover = "eg"\nmeasure = "oracle_calls"\nat_most = 1\n')
        out, _ = self.sweep()
        self.assertRegex(out, r"eg +1x +1 of 1")
        self.assertRegex(out, r"slow +- +0 of 1; 1 max-iterations +> 2 ")
        self.assertIn("| at most 1 | 1 | yes |", out)
        with h5py.File(self.path(self.rows("runs.csv")[1]["trace"]), "r") as file:
            distance = file["trace/distance"][:]
            reached = int(file["trace/iteration"][(distance <= 1e-2 * distance[0]).argmax()])
        self.assertEqual(int(self.rows()[0]["iteration_median"]), reached)

    def test_ranks(self):
        self.write(SMALL + 'method = "extragradient"\nranks = [1, 2]\nmax-iterations = 5\nplot = false\n')
        self.sweep()
        ranks = []
        for run in self.rows("runs.csv"):
            with h5py.File(self.path(run["trace"]), "r") as file:
                ranks.append(int(file.attrs["ranks"]))
        self.assertEqual(ranks, [1, 2])


class Interruptions(SweepCase):
    def trace(self):
        with h5py.File(self.one_file(".h5"), "r") as file:
            numbers = [file[name][:].tobytes() for name in ("trace/residual", "trace/wire_bytes_up", "solution/z")]
            return numbers, len(file["segments/start_row"])

    def test_what_is_stopped_or_killed_goes_on_to_the_same_bytes(self):
        self.write(LONG)
        self.sweep()
        whole, _ = self.trace()
        process = self.begin("--again")
        self.wait_until_begun()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, err)
        self.assertIn("the same command, without --again, goes on", err)
        self.assertIn("1 goes on", self.sweep("--dry-run")[0])
        self.sweep()
        self.assertEqual(self.trace(), (whole, 2))

        process = self.begin("--again")  # the run outlives its sweep, and another sweep waits for it
        self.wait_until_begun()
        (run,) = map(int, pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())
        os.kill(run, signal.SIGSTOP)
        process.kill()
        process.communicate()
        self.assertIn("1 running", self.sweep("--dry-run")[0])
        process = self.begin()
        self.assertIn("1 run, 0 kept", process.stderr.readline())
        self.assertIn("another sweep is at work", process.stderr.readline())
        os.kill(run, signal.SIGCONT)
        _, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.trace()[0]), (0, whole), err)

    def wait_until_begun(self):
        """Until the run has begun anew, and has some rows"""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and json.loads(self.one_file(".json").read_text())["state"] != "running":
            time.sleep(0.01)
        self.wait_for_rows(3)

    def test_two_sweeps_in_one_folder_share_its_runs(self):
        self.failing_program()
        self.write(SMALL + 'method = "masha1"\nuplink = "natural"\nseed = "1..4"\nplot = false\n')
        both = [self.begin("--jobs", "1") for _ in range(2)]
        said = [process.communicate(timeout=120) for process in both]
        self.assertEqual([process.returncode for process in both], [0, 0], said)
        self.assertEqual(len(self.started()), 4)
        self.assertEqual(said[0][0], said[1][0])
        self.assertEqual([row["reached"] for row in self.rows()], ["4"])

    def test_what_an_end_means(self):
        for code, closing, stopped, state, what in (
                (0, {"termination": "converged", "iterations": 1200, "residual": 1e-7}, False, "done", "converged, 1,200 iterations"),
                (0, {"termination": "converged", "iterations": 1200, "residual": 1e-7}, True, "done", "converged, 1,200 iterations"),
                (4, {"termination": "not-finite", "iterations": 3, "residual": None}, False, "done", "not finite, 3 iterations"),
                (5, {"termination": "max-iterations", "iterations": 9, "residual": 0.5}, False, "done", "max iterations, residual 0.5, 9 iterations"),
                (75, {"termination": "max-seconds", "iterations": 9, "residual": 0.5}, False, "done", "max seconds, residual 0.5, 9 iterations"),
                (75, {"termination": "interrupted", "iterations": 9, "residual": 0.5}, False, "interrupted", "stopped, with a checkpoint"),
                (5, {"termination": "interrupted", "iterations": 9, "residual": 0.5}, True, "interrupted", "stopped"),
                (-15, {}, True, "interrupted", "stopped"),
                (-15, {}, False, "failed", "killed by SIGTERM"),
                (137, {}, False, "failed", "killed by SIGKILL"),
                (205, {}, False, "failed", "exit code 205: it has said nothing"),
                (0, {}, False, "failed", "exit code 0: it has said nothing")):
            with self.subTest(code=code, closing=closing, stopped=stopped):
                self.assertEqual(judge(code, closing, "", stopped), (state, what))

    def test_nobodys_time_grows_by_being_interrupted(self):
        run = Run("", "", {"max-seconds": ["2m"]}, 1, {})
        self.assertEqual(Crew._time_left(run, 0.0), {})
        self.assertEqual(Crew._time_left(run, 50.5), {"max-seconds": ["69.500s"]})
        self.assertEqual(Crew._time_left(run, 500.0), {"max-seconds": ["0.100s"]})
        self.assertEqual(Crew._time_left(Run("", "", {}, 1, {}), 5.0), {})


class Files(SweepCase):
    def refused(self, text):
        """The line with which a file is refused, and the exit code"""
        self.write(text)
        try:
            Plan(Document(self.path("s.toml")), self.options)
        except InputError as error:
            return str(error).replace(self.folder + "/", ""), error.code
        self.fail("it is taken")

    def test_what_is_wrong_is_one_line_that_names_the_place(self):
        self.options = Program().options
        for text, code, line in (
                (SMALL + 'metod = "masha1"\n', 2, "s.toml:3: unknown key 'metod'; did you mean 'method'?"),
                (SMALL + 'method = "masha1"\n[problems.a]\nmax_iterations = 3\n', 2,
                 "s.toml:5: unknown key 'max_iterations'; did you mean 'max-iterations'?"),
                (SMALL + 'methods = ["masha1"]\n', 2,
                 "s.toml:3: methods: is for sections, [methods.NAME]; what is to vary is a list, method = [...]"),
                (SMALL + 'method = "masha1"\nuplink = []\n', 2, "s.toml:4: uplink: an empty list"),
                (SMALL + 'method = "masha1"\nuplink = ["randk",\n', 2, "s.toml:4: is not TOML"),
                (SMALL, 2, "s.toml:1: no method"),
                (SMALL + 'method = "masha1"\ntrace = "t.h5"\n', 2, "s.toml:4: trace: the sweep chooses the files itself"),
                (SMALL + 'method = "masha1"\ntolerance = true\n', 2, "s.toml:4: tolerance: true is not a value of --tolerance EPS"),
                (SMALL + 'method = "masha1:step={step}"\n', 2, "s.toml:3: method: has {step} in it"),
                (SMALL + 'method = "masha1"\nplot = { x = ["bytes"] }\n', 2, "s.toml:4: plot: x is one of")):
            with self.subTest(line):
                said, its_code = self.refused(text)
                self.assertEqual((its_code, len(said.splitlines())), (code, 1))
                self.assertIn(line, said)
        for text, code, line in (
                (SMALL + 'method = ["extragradient", "masha1"]\nuplink = ["none", "natural"]\n', 2,
                 "s.toml:4: --uplink: extragradient sends its messages uncompressed"),
                (SMALL + 'method = "masha1"\ndata = "nothing.svm"\n', 3, "s.toml:4: data: nothing.svm: no such file")):
            with self.subTest(line):
                self.write(text)
                _, err = self.sweep(code=code)
                self.assertEqual(len(err.splitlines()), 1, err)
                self.assertIn("sweep.py: " + line, err)
                self.assertFalse(os.path.exists(self.path("out")))
        self.assertEqual(self.sweep(code=3, name="nothing.toml")[1], "sweep.py: nothing.toml: No such file or directory\n")

    def test_the_pages_show_sweeps(self):
        options = Program().options
        example = (SOURCE / "examples/sweep/compressors.toml").read_text()
        self.assertIn("".join(f"    {line}\n" for line in example.splitlines()), (SOURCE / "README.md").read_text())
        self.assertEqual(len(Plan(Document(SOURCE / "examples/sweep/compressors.toml"), options).runs), 24)
        blocks = re.findall(r"(?m)^((?:    [\w\"\[-].*\n)+)", (SOURCE / "docs/sweeps.md").read_text())
        shown = [block for block in blocks if " = " in block]
        self.assertEqual(len(shown), 2)
        for block in shown:
            self.write(re.sub("(?m)^    ", "", block))
            self.assertEqual(len(Plan(Document(self.path("s.toml")), options).runs), 20 if "1..5" in block else 8)

    def test_a_step_that_is_given_shows_in_the_labels(self):
        self.write(SMALL + 'method = ["masha1:refresh=next,step=2x", "extragradient"]\n')
        self.assertEqual([run.label for run in Plan(Document(self.path("s.toml")), Program().options).runs], ["masha1:step=2x", "extragradient"])
        self.write(SMALL + 'steps = ["1x", "2x"]\nmethod = ["masha1:step={step}", "extragradient:step={step}"]\n')
        self.assertEqual({run.label for run in Plan(Document(self.path("s.toml")), Program().options).runs}, {"masha1", "extragradient"})

    def test_the_studies_are_sweeps(self):
        options = Program().options
        sizes = {}
        for path in sorted(SOURCE.glob("jobs/studies/*.toml")):
            if path.stem not in ("cbo", "defaults"):  # of jobs/success.py and jobs/defaults.py
                sizes[path.stem] = [len(Plan(Document(path, quick), options).runs) for quick in (False, True)]
        self.assertEqual(sizes, {"halpern-compressed": [202, 80], "halpern-games": [20, 7], "halpern-sampled": [168, 78], "masha": [85, 16],
                                 "policeman-burglar": [39, 39]})


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""The package: what `cmake --install` leaves is enough to configure, build and run the projects examples/own-* far from the source tree; the
guides quote them as they are; headers stand alone, and none of our options, warnings or private includes reach the user. What the program prints and
what the installed pages tell one to type works where it is installed: the analysis on PATH, the jobs in share/vireo."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

from support.program import on_ranks

BUILD = os.environ["VIREO_BUILD"]
SOURCE_EXAMPLES = os.environ["VIREO_EXAMPLES"]
CMAKE = os.environ["CMAKE"]
COMPILER = os.environ["CXX"]


def run(command, folder, code=0):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="vireo-package-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.prefix = os.path.join(cls.folder, "prefix")
        run([CMAKE, "--install", BUILD, "--prefix", cls.prefix], cls.folder)
        cls.document_folder = os.path.join(cls.prefix, "share/doc/vireo")
        cls.cournot = cls.build_example("own-operator", "cournot")
        cls.bernoulli = cls.build_example("own-compressor", "bernoulli")
        cls.graal = cls.build_example("own-method", "graal")

    @classmethod
    def build_example(cls, example, program):
        """Copies the installed example, builds it, and returns the path of its program"""
        folder = os.path.join(cls.folder, example)
        shutil.copytree(os.path.join(cls.document_folder, "examples", example), folder)
        run([CMAKE, "-S", folder, "-B", folder + "/build", f"-DCMAKE_PREFIX_PATH={cls.prefix}",
             "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"], cls.folder)
        run([CMAKE, "--build", folder + "/build", "--parallel", "2"], cls.folder)
        return os.path.join(folder, "build", program)

    def solution(self, ranks, *arguments, code=0):
        """/solution/z of a run on so many ranks, and the totals of its last line"""
        trace = os.path.join(self.folder, "trace.h5")
        out = run([*on_ranks(ranks), *arguments, "--trace", trace, "--overwrite"], self.folder, code)
        with h5py.File(trace, "r") as file:
            return file["solution/z"][:], json.loads(out.splitlines()[-1])

    def quadratic_program(self, variables, constraints):
        """File of a random lagrangian-qp, and the Jacobian and constant of its F(z) = J z + c"""
        generator = numpy.random.default_rng(0)
        half = generator.standard_normal((variables, variables))
        H, A = half @ half.T / variables, generator.standard_normal((constraints, variables))
        h, b = generator.standard_normal(variables), generator.standard_normal(constraints)
        path = os.path.join(self.folder, "program.h5")
        with h5py.File(path, "w") as file:
            for name, values in (("H", H), ("h", h), ("A", A), ("b", b)):
                file[name] = values
        return path, numpy.block([[H, -A.T], [A, numpy.zeros((constraints, constraints))]]), numpy.concatenate([-h, -b])

    def solve(self, *arguments):
        trace = os.path.join(self.folder, "trace.h5")
        out = run([*on_ranks(2), self.cournot, "solve", *arguments, "--trace", trace, "--overwrite"], self.folder)
        with h5py.File(trace, "r") as file:
            z = file["solution/z"][:]
        verdict = json.loads(run([*on_ranks(2), self.cournot, "verify", trace], self.folder).splitlines()[-1])
        self.assertTrue(verdict["agrees"])
        result = json.loads(out.splitlines()[-1])
        self.assertEqual(result["termination"], "converged")
        return out, z, result

    def test_the_example_is_a_problem_like_others(self):
        listed = run([self.cournot, "list", "problems"], self.folder)
        for name in ("bilinear", "cournot", "congestion"):
            self.assertIn(name, listed)
        out, _, _ = self.solve("--problem", "cournot", "--method", "masha1", "--uplink", "randk:fraction=0.3")
        self.assertRegex(out, r"L +[0-9.]+ \(estimated\)")
        refused = subprocess.run([self.cournot, "solve", "--problem", "cournto", "--method", "masha1"], capture_output=True, text=True)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("did you mean 'cournot'?", refused.stderr)

    def test_two_methods_find_one_equilibrium_at_which_no_firm_gains(self):
        _, z, _ = self.solve("--problem", "cournot", "--method", "extragradient", "--tolerance", "1e-9")
        _, compressed, _ = self.solve("--problem", "cournot", "--method", "masha1:refresh=next", "--uplink", "randk:fraction=0.3",
                                      "--tolerance", "1e-9")
        self.assertEqual(len(z), 10)
        self.assertGreater(z.min(), 0)
        self.assertLess(numpy.abs(z - compressed).max(), 1e-8)

    def test_without_congestion_it_is_the_textbook_equilibrium(self):
        _, z, _ = self.solve("--problem", "cournot:firms=1,congestion=0", "--method", "extragradient", "--tolerance", "1e-9")
        _, duopoly, _ = self.solve("--problem", "cournot:firms=2,congestion=0", "--method", "extragradient", "--tolerance", "1e-9")
        # Firm 1 alone makes (a - c_1) / 2b; against firm 2 (a - 2 c_1 + c_2) / 3b. Both rest on the same a, b and c_1.
        q1, q2 = duopoly
        self.assertAlmostEqual(2 * z[0], 2 * q1 + q2, delta=1e-8)

    def test_an_objective_of_ones_own_has_the_same_minimum_on_two_ranks(self):
        antenna = self.build_example("own-objective", "antenna")
        solve = [antenna, "solve", "--problem", "antenna:elements=6", "--method", "cbo:particles=300", "--quiet",
                 "--max-iterations", "300", "--tolerance", "0"]
        one, two = (json.loads(run([*launcher, *solve], self.folder, code=5)) for launcher in ([], on_ranks(2)))
        self.assertEqual(one["residual"], two["residual"])
        self.assertLess(one["residual"], 0.1)  # elements half a wavelength apart: 0.05 about; at random: 0.3

    def test_the_compressor_keeps_coordinates_as_they_are_or_drops_them(self):
        # One step from 0 on one worker: -z / gamma is Q(F(0)).
        path, _, c = self.quadratic_program(300, 100)
        p, gamma, factors = 0.25, 0.125, []
        for seed in range(5):
            z, _ = self.solution(1, self.bernoulli, "solve", "--problem", "lagrangian-qp", "--data", path, "--workers", "1",
                                 "--method", f"qsgda:step={gamma}", "--uplink", f"bernoulli:probability={p}", "--max-iterations", "1",
                                 "--seed", str(seed), "--allow-unproven", code=5)
            factors.append(-z / gamma / c)
        factors = numpy.array(factors)
        kept = factors != 0
        self.assertLess(numpy.abs(factors[kept] - 1 / p).max(), 1e-12 / p)
        self.assertLess(abs(kept.mean() - p), 4 * (p * (1 - p) / kept.size) ** 0.5)
        self.assertEqual(len({row.tobytes() for row in kept}), len(kept))

    def test_the_compressor_gives_the_same_bytes_on_any_number_of_ranks(self):
        problem = ["--problem", "bilinear:dimension=50,condition=5", "--workers", "8", "--tolerance", "1e-9"]
        exact, _ = self.solution(1, self.bernoulli, "solve", *problem, "--method", "extragradient")
        for channel in (["--uplink", "bernoulli:probability=0.3", "--downlink", "bernoulli:probability=0.5"],
                        ["--uplink", "induced:first=[topk:k=5],second=[bernoulli:probability=0.3]"]):
            runs = [self.solution(ranks, self.bernoulli, "solve", *problem, "--method", "masha1:refresh=next", *channel) for ranks in (1, 3)]
            (one, counted), (three, counted_by_three) = runs
            self.assertEqual(one.tobytes(), three.tobytes())
            self.assertEqual(counted["wire_bytes_up"], counted_by_three["wire_bytes_up"])
            self.assertLess(numpy.abs(one - exact).max(), 1e-7)

    def test_the_compressor_counts_the_bytes_that_it_sends(self):
        p, coins = 0.3, 50 * 8 * 400
        _, counted = self.solution(1, self.bernoulli, "solve", "--problem", "quadratic-game:dimension=50", "--workers", "8", "--method",
                                   "qsgda", "--uplink", f"bernoulli:probability={p}", "--max-iterations", "400", "--tolerance", "0",
                                   "--check-every", "1000", code=5)  # a check would send whole vectors
        self.assertLess(abs(counted["wire_bytes_up"] / 8 - p * coins), 4 * (p * (1 - p) * coins) ** 0.5)

    def test_the_method_is_its_textbook_recursion(self):
        path, J, c = self.quadratic_program(30, 10)
        phi, gamma = (1 + 5**0.5) / 2, 0.02
        z = zbar = numpy.zeros(40)
        for _ in range(50):
            zbar = ((phi - 1) * z + zbar) / phi
            z = zbar - gamma * (J @ z + c)
        for ranks in (1, 2):
            found, _ = self.solution(ranks, self.graal, "solve", "--problem", "lagrangian-qp", "--data", path, "--workers", "4", "--method",
                                     f"graal:step={gamma}", "--max-iterations", "50", code=5)
            self.assertLess(numpy.abs(found - z).max(), 1e-12 * numpy.abs(z).max())

    def test_the_method_finds_its_step_and_works_with_sets(self):
        path, J, _ = self.quadratic_program(30, 10)
        out = run([self.graal, "solve", "--problem", "lagrangian-qp", "--data", path, "--method", "graal"], self.folder)
        shown = re.search(r"step +([0-9.e-]+) = phi / \(2 L\)", out)
        self.assertAlmostEqual(float(shown[1]) * numpy.linalg.norm(J, 2), (1 + 5**0.5) / 4, delta=1e-3)
        game = ["--problem", "matrix-game:matrix=random,rows=5", "--workers", "2", "--tolerance", "1e-8"]
        z, _ = self.solution(2, self.graal, "solve", *game, "--method", "graal")
        expected, _ = self.solution(1, self.graal, "solve", *game, "--method", "extragradient")
        self.assertLess(numpy.abs(z - expected).max(), 1e-5)

    def test_shorter_operators_pass_the_check_and_are_solved(self):
        program = os.path.join(os.path.dirname(self.cournot), "rotation")
        run([program, "check", "--problem", "rotation"], self.folder)
        z, _ = self.solution(2, program, "solve", "--problem", "rotation", "--method", "agraal", "--tolerance", "1e-9")
        self.assertLess(abs(z - [1, 0.5]).max(), 1e-8)
        rows = os.path.join(self.folder, "rows.txt")
        with open(rows, "w") as file:
            file.write("3 1:1\n-4 2:2\n")
        fit = [os.path.join(os.path.dirname(self.cournot), "fit"), "solve", "--problem", "fit", "--data", rows]
        z, _ = self.solution(2, *fit, "--method", "agraal", "--tolerance", "1e-9")
        self.assertLess(abs(z - [3, -2]).max(), 1e-7)
        run([fit[0], "check", "--problem", "fit", "--data", rows], self.folder)
        run([self.cournot, "check", "--problem", "cournot"], self.folder)

    def test_the_guides_quote_the_examples(self):
        for kind in ("operator", "compressor", "method"):
            with open(os.path.join(self.document_folder, "docs", f"own-{kind}.md")) as file:
                quotes = re.findall(r"^```cpp\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
            self.assertGreaterEqual(len(quotes), 3)
            folder = pathlib.Path(self.document_folder, "examples", "own-" + kind)
            text = "".join(source.read_text() for source in folder.glob("*.[ch]pp"))
            for quote in quotes:
                self.assertIn(quote, text)

    def test_links_of_the_installed_pages_lead_somewhere(self):
        pages = list(pathlib.Path(self.document_folder).rglob("*.md"))
        self.assertGreater(len(pages), 15)
        for page in pages:
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", page.read_text()):
                if not target.startswith("https://"):
                    self.assertTrue((page.parent / target).exists(), f"{page}: {target}")

    def test_nothing_of_ours_reaches_the_user(self):
        for program in (self.cournot, self.bernoulli, self.graal):
            with open(os.path.dirname(program) + "/compile_commands.json") as file:
                commands = [entry["command"] for entry in json.load(file)]
            self.assertIn(len(commands), (2, 4))  # of the operator, also two shorter ones
            for command in commands:
                self.assertIn(self.prefix + "/include", command)
                for word in ("-W", "-march", "-ffp", "-fsanitize", "eigen", "hdf5", "mpi", os.path.dirname(SOURCE_EXAMPLES) + "/"):
                    self.assertNotIn(word, command)
        with open(os.path.join(self.prefix, self.package_folder(), "vireoTargets.cmake")) as file:
            self.assertIsNone(re.search(r"-march|-W[a-z]|" + re.escape(os.path.dirname(SOURCE_EXAMPLES)) + "/", file.read()))

    def package_folder(self):
        (folder,) = [os.path.relpath(path, self.prefix) for path, _, files in os.walk(self.prefix) if "vireoConfig.cmake" in files]
        return folder

    def test_each_header_stands_alone(self):
        include = os.path.join(self.prefix, "include")
        headers = [os.path.join(path, name) for path, _, files in os.walk(include) for name in files]
        self.assertGreater(len(headers), 20)
        sources = tempfile.mkdtemp(dir=self.folder)
        for i, header in enumerate(headers):
            with open(os.path.join(sources, f"{i}.cpp"), "w") as out:
                out.write(f'#include "{os.path.relpath(header, include)}"\n')
        run([COMPILER, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", include,
             *(os.path.join(sources, name) for name in os.listdir(sources))], self.folder)

    def test_programs_of_0_1_0_build_with_the_one_header(self):
        """An own program of 0.1.0 needs no change but that its includes of Vireo become the one line; also see CHANGELOG.md"""
        old = pathlib.Path(__file__).resolve().parent / "data/0.1.0/examples"
        here = pathlib.Path(self.folder, "0.1.0")
        shutil.copytree(old, here)
        for source in here.rglob("*.[ch]pp"):
            lines = source.read_text().splitlines(keepends=True)
            of_vireo = [line for line in lines if re.match(r'#include ["<]vireo/', line)]
            if of_vireo:
                lines[lines.index(of_vireo[0])] = '#include "vireo/vireo.hpp"\n'
                source.write_text("".join(line for line in lines if line not in of_vireo))
        examples = (("own-operator", "cournot", "problems"), ("own-compressor", "bernoulli", "compressors"), ("own-method", "graal", "methods"),
                    ("own-objective", "antenna", "problems"))
        # as parts of one project, which is configured once
        (here / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(old LANGUAGES C CXX)\n"
                                             + "".join(f"add_subdirectory({example})\n" for example, _, _ in examples))
        build = str(here / "build")
        run([CMAKE, "-S", str(here), "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O0"],
            self.folder)
        run([CMAKE, "--build", build, "--parallel", "2"], self.folder)
        for example, program, kind in examples:
            with self.subTest(example):
                self.assertIn(program, run([f"{build}/{example}/{program}", "list", kind, "--names"], self.folder).split())

    def test_another_minor_version_is_refused(self):
        for version, found in (("0.1", "found=(1|TRUE)\n"), ("0.2", "found=(0|FALSE)\n"), ("1.0", "found=(0|FALSE)\n")):
            folder = tempfile.mkdtemp(dir=self.folder)
            with open(os.path.join(folder, "CMakeLists.txt"), "w") as out:
                out.write("cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES CXX)\n"
                          f"find_package(vireo {version} QUIET)\nmessage(STATUS \"found=${{vireo_FOUND}}\")\n")
            out = run([CMAKE, "-S", folder, "-B", folder + "/build", f"-DCMAKE_PREFIX_PATH={self.prefix}"], folder)
            self.assertRegex(out, found)

    def installed(self, command, folder, *path):
        """Runs a command in a folder, with these folders before PATH"""
        environment = {**os.environ, "PATH": os.pathsep.join([*path, os.environ["PATH"]]), "OMPI_MCA_rmaps_base_oversubscribe": "1",
                       "OMPI_MCA_mpi_yield_when_idle": "1"}
        environment.pop("VIREO", None)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def test_the_printed_command_draws_the_trace(self):
        folder, programs = tempfile.mkdtemp(dir=self.folder), self.prefix + "/bin"
        for path in ([programs], []):
            out = self.installed(f"{programs}/vireo solve --problem bilinear:dimension=20 --method extragradient --trace 'a b.h5' --overwrite", folder, *path)
            command = re.search(r"plot it +(.*)", out)[1]
            self.assertTrue(command.startswith("vireo-analysis plot '" if path else programs + "/vireo-analysis plot '"), command)
            self.installed(command, folder, *path)
            os.remove(folder + "/plot.png")
        self.assertIn(f"{programs}/vireo-analysis table ", self.installed(programs + "/vireo-analysis table --help", folder))

    def test_the_commands_of_the_installed_pages_work(self):
        home, programs = self.prefix + "/share/vireo", self.prefix + "/bin"
        self.assertIn("times fewer", self.installed("jobs/local.sh", home, programs))
        ran = []
        for page in pathlib.Path(self.document_folder).rglob("*.md"):
            for command in re.findall(r"(?m)^ {0,4}((?:analysis/vireo-analysis|jobs/sweep\.py .*--dry-run|jobs/sweep-lines).*)$", page.read_text()):
                if "<" not in command and command not in ran:
                    self.installed(command, home, programs)
                    ran.append(command)
        self.assertGreater(len(ran), 4, ran)
        self.assertFalse(any("build" in str(path) or path.name == "README.md" for path in pathlib.Path(home).rglob("*")))

    def test_jobs_find_the_installed_program_from_any_folder(self):
        folder, programs = tempfile.mkdtemp(dir=self.folder), self.prefix + "/bin"
        os.mkdir(folder + "/stand-ins")
        pathlib.Path(folder, "stand-ins/squeue").write_text("#!/bin/sh\necho N/A\n")
        os.chmod(folder + "/stand-ins/squeue", 0o755)
        jobs = self.prefix + "/share/vireo/jobs"
        out = self.installed(f"SLURM_SUBMIT_DIR=$PWD SLURM_JOB_ID=7 SLURM_JOB_NAME=vireo SLURM_JOB_NODELIST=here SLURM_NTASKS=2 bash {jobs}/solve.sbatch "
                             "--problem bilinear:dimension=20 --method extragradient", folder, folder + "/stand-ins", programs)
        self.assertIn("job 7: ended with 0", out)
        pathlib.Path(folder, "s.toml").write_text('problem = "bilinear:dimension=20"\nmethod = "extragradient"\n')
        self.installed(f"{jobs}/sweep.py s.toml", folder)
        self.assertTrue(os.path.exists(folder + "/vireo-run/s/plot.png"))

    def test_the_program_runs_where_it_is_installed(self):
        self.assertIn("vireo", run([os.path.join(self.prefix, "bin/vireo"), "--version"], self.folder))


if __name__ == "__main__":
    sys.exit(unittest.main())

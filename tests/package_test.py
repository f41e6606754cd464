#!/usr/bin/env python3
"""The package: what `cmake --install` leaves is enough to configure, build and run the examples far from the source tree; headers
stand alone, and none of our options, warnings or private includes reach the user."""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy

BUILD = os.environ["VIREO_BUILD"]
SOURCE_EXAMPLES = os.environ["VIREO_EXAMPLES"]
CMAKE = os.environ["CMAKE"]
COMPILER = os.environ["CXX"]
MPIRUN = shlex.split(os.environ["VIREO_MPIRUN"])


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
        cls.own = os.path.join(cls.folder, "own")
        shutil.copytree(os.path.join(cls.prefix, "share/doc/vireo/examples/own-operator"), cls.own)
        run([CMAKE, "-S", cls.own, "-B", cls.own + "/build", f"-DCMAKE_PREFIX_PATH={cls.prefix}",
             "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"], cls.folder)
        run([CMAKE, "--build", cls.own + "/build", "--parallel", "2"], cls.folder)
        cls.cournot = os.path.join(cls.own, "build/cournot")

    def solve(self, *arguments):
        trace = os.path.join(self.folder, "trace.h5")
        out = run([*MPIRUN, "-n", "2", self.cournot, "solve", *arguments, "--trace", trace], self.folder)
        with h5py.File(trace, "r") as file:
            z = file["solution/z"][:]
        verdict = json.loads(run([*MPIRUN, "-n", "2", self.cournot, "verify", trace], self.folder).splitlines()[-1])
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
        own = os.path.join(self.folder, "objective")
        shutil.copytree(os.path.join(self.prefix, "share/doc/vireo/examples/own-objective"), own)
        run([CMAKE, "-S", own, "-B", own + "/build", f"-DCMAKE_PREFIX_PATH={self.prefix}"], self.folder)
        run([CMAKE, "--build", own + "/build"], self.folder)
        solve = [own + "/build/antenna", "solve", "--problem", "antenna:elements=6", "--method", "cbo:particles=300", "--quiet",
                 "--max-iterations", "300", "--tolerance", "0"]
        one, two = (json.loads(run([*launcher, *solve], self.folder, code=5)) for launcher in ([], [*MPIRUN, "-n", "2"]))
        self.assertEqual(one["residual"], two["residual"])
        self.assertLess(one["residual"], 0.1)  # elements half a wavelength apart: 0.05 about; at random: 0.3

    def test_nothing_of_ours_reaches_the_user(self):
        with open(self.own + "/build/compile_commands.json") as file:
            commands = [entry["command"] for entry in json.load(file)]
        self.assertEqual(len(commands), 2)
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

    def test_another_minor_version_is_refused(self):
        for version, found in (("0.1", "found=(1|TRUE)\n"), ("0.2", "found=(0|FALSE)\n"), ("1.0", "found=(0|FALSE)\n")):
            folder = tempfile.mkdtemp(dir=self.folder)
            with open(os.path.join(folder, "CMakeLists.txt"), "w") as out:
                out.write("cmake_minimum_required(VERSION 3.25)\nproject(p LANGUAGES CXX)\n"
                          f"find_package(vireo {version} QUIET)\nmessage(STATUS \"found=${{vireo_FOUND}}\")\n")
            out = run([CMAKE, "-S", folder, "-B", folder + "/build", f"-DCMAKE_PREFIX_PATH={self.prefix}"], folder)
            self.assertRegex(out, found)

    def test_the_program_runs_where_it_is_installed(self):
        self.assertIn("vireo", run([os.path.join(self.prefix, "bin/vireo"), "--version"], self.folder))


if __name__ == "__main__":
    sys.exit(unittest.main())

# Follows the checklist of CONTRIBUTING.md: tools/new-plug-in.sh makes a plug-in of each kind in a copy of the sources; each compiles without a
# warning, is known to the program, runs, and comes with a test that fails until it is filled in. Only what is new is compiled.
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ["VIREO_BUILD"])
KINDS = {"method": ("src/methods/", "methods"), "problem": ("src/problems/", "problems"),
         "compressor": ("compressors/", "compressors"), "regularizer": ("src/regularizers/", "regularizers")}


def run(*command, cwd, ok=True):
    outcome = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    if ok and outcome.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: {outcome.returncode}\n{outcome.stdout}\n{outcome.stderr}")
    return outcome


class NewPlugIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.copy = pathlib.Path(cls.folder.name) / "vireo"
        shutil.copytree(ROOT, cls.copy, ignore=shutil.ignore_patterns("build*", ".git", "vireo-run*", "__pycache__"))
        run("git", "init", "-q", cwd=cls.copy)
        run("git", "add", "-A", cwd=cls.copy)
        cls.touched = {}
        for kind in KINDS:
            cls.touched[kind] = run("tools/new-plug-in.sh", kind, f"new-{kind}", cwd=cls.copy).stdout.split()
        cls.build = pathlib.Path(cls.folder.name) / "build"
        run("cmake", "-G", "Ninja", "-S", cls.copy, "-B", cls.build, "-DCMAKE_BUILD_TYPE=Debug", "-DVIREO_PRECOMPILE=OFF",
            "-DVIREO_WERROR=ON", "-DCMAKE_CXX_COMPILER=" + os.environ["CXX"], "-DVIREO_FUZZ_COMPILER=NOTFOUND",
            "-DCMAKE_CXX_COMPILER_LAUNCHER=" + os.environ.get("LAUNCHER", ""), cwd=cls.copy)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def link(self, target, output, left_out=()):
        """Links a target of the copy with the objects that are new, and with the libraries of the build that is there."""
        command = run("ninja", "-t", "commands", "-s", target, cwd=self.build).stdout.strip().splitlines()[-1]
        command = command.split(" && ")
        words = shlex.split(next(part for part in command if " -o " in part))
        words[words.index("-o") + 1] = output
        words = [word for word in words if word not in left_out]
        words = [str(BUILD / word) if word.endswith(".a") and not word.startswith("/") else word for word in words]
        at = next(i for i, word in enumerate(words) if word.endswith("libvireo.a"))
        run(*words[:at], *self.objects, *words[at:], cwd=self.build)

    def test_the_checklist_holds(self):
        sources = []
        for kind, (folder, plural) in KINDS.items():
            name = f"new_{kind}"
            with self.subTest("three files", kind=kind):
                changed = run("git", "status", "--short", "-uall", cwd=self.copy).stdout
                mine = [line[3:] for line in changed.splitlines() if line[:2] in ("AM", "??") and plural in line]
                self.assertEqual(sorted(mine), sorted(self.touched[kind]))
                self.assertEqual(len(mine), 3)
            sources += [f"CMakeFiles/vireo.dir/{folder}{name}.cpp.o", f"CMakeFiles/vireo.dir/generated/{plural}_registry.cpp.o"]
        tests = [f"tests/{plural}/CMakeFiles/{plural}_plug_ins_test.dir/plug_ins/new_{kind}_test.cpp.o"
                 for kind, (_, plural) in KINDS.items()]
        program = "CMakeFiles/vireo_program.dir/src/app/program.cpp.o"
        run("ninja", *sources, *tests, program, cwd=self.build)
        self.objects = sources

        vireo = self.build / "vireo-with-all"
        self.link("vireo", str(vireo))
        for kind in KINDS:
            with self.subTest("known", kind=kind):
                self.assertRegex(run(vireo, "list", f"{kind}s", cwd=self.build).stdout, rf"(?m)^\s*new-{kind}\b")
        with self.subTest("runs"):
            line = run(vireo, "solve", "--problem", "new-problem", "--method", "new-method", "--regularizer", "new-regularizer",
                       "--tolerance", "1e-8", "--simulate", "2", cwd=self.build).stdout.splitlines()[-1]
            self.assertEqual(json.loads(line)["termination"], "converged")
            run(vireo, "solve", "--problem", "new-problem", "--method", "masha1", "--uplink", "new-compressor", "--max-iterations", "3",
                "--simulate", "2", "--dry-run", cwd=self.build)

        for kind, (_, plural) in KINDS.items():
            with self.subTest("its test fails until it is filled in", kind=kind):
                target = f"tests/{plural}/{plural}_plug_ins_test"
                command = run("ninja", "-t", "commands", "-s", target, cwd=self.build).stdout
                others = [word for word in re.findall(r"\S+\.cpp\.o", command) if f"new_{kind}_test" not in word]
                out = str(self.build / f"{kind}_test")
                self.link(target, out, others)
                outcome = run(out, f"--gtest_filter=New{kind.capitalize()}.*", cwd=self.build, ok=False)
                self.assertEqual(outcome.returncode, 1, outcome.stdout + outcome.stderr)
                self.assertIn("[  FAILED  ]", outcome.stdout)

    def test_bad_names_are_refused(self):
        for kind, name, words in (("method", "Fast", "no name"), ("method", "masha1", "is there already"), ("operator", "x", "unknown kind"),
                                  ("problem", "kitchen/poker", "no room"), ("compressor", "randk-shared", "names randk_shared already")):
            outcome = run("tools/new-plug-in.sh", kind, name, cwd=self.copy, ok=False)
            self.assertEqual(outcome.returncode, 2, name)
            self.assertIn(words, outcome.stderr)


if __name__ == "__main__":
    unittest.main()

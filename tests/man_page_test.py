#!/usr/bin/env python3
"""The man page: everything that is registered and every option is on it, roff takes it without a warning, and it reads as it should."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support.program import VIREO

KINDS = ("problems", "methods", "compressors", "regularizers")


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, **more).stdout


def vireo(*arguments):
    return run(VIREO, *arguments)


def packed(text):
    """Without spaces and line ends, so that texts compare however they were wrapped"""
    return re.sub(r"\s", "", text)


class ManPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = vireo("help", "--man")

    def shown(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        return run("groff", "-man", "-Tascii", "-P-c", "-P-b", "-P-o", "-P-u", input=self.source)

    def test_every_name_and_parameter_is_on_it(self):
        for kind in KINDS:
            section = self.source[self.source.index(f".SH {kind.upper()}\n"):]
            section = section[:section.index("\n.SH ")]
            entries = re.split(r"(?m)^\.TP\n\\fB(.*)\\fR\n(?=.*\n\.RS)", section)
            names = vireo("list", kind, "--names").split()
            self.assertEqual([name.replace("\\-", "-") for name in entries[1::2]], names)
            for name, text in zip(names, entries[2::2]):
                parameters = [tag.replace("\\-", "-") for tag in re.findall(r"(?m)^\.TP\n\\fB(.*)\\fR$", text)]
                self.assertEqual(parameters, vireo("list", kind, name, "--names").split())

    def test_every_option_and_subcommand_is_on_it(self):
        options = set(re.findall(r"(?m)^  (--[a-z-]+)", vireo("solve", "--help")))
        self.assertGreater(len(options), 20)
        tagged = set(re.findall(r"(?m)^\.TP\n\\fB(\\-\\-[^ ]*)\\fR", self.source))
        self.assertEqual({tag.replace("\\-", "-") for tag in tagged}, options)
        for subcommand in re.findall(r"(?m)^  vireo ([a-z]+) ", vireo("--help")):
            self.assertIn(f"\\fBvireo {subcommand}\\fR", self.source)

    def test_roff_has_nothing_to_complain_of(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        done = subprocess.run(["groff", "-ww", "-man", "-Tutf8", "-z"], input=self.source, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_man_shows_it(self):
        if not shutil.which("man"):
            self.skipTest("man is not installed")
        with tempfile.NamedTemporaryFile("w", suffix=".1") as page:
            page.write(self.source)
            page.flush()
            done = subprocess.run(["man", "--warnings", "-l", page.name], capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "MANWIDTH": "100", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("OPTIONS OF SOLVE", done.stdout)

    def test_formulas_read_as_in_the_list(self):
        shown = self.shown()
        self.assertNotIn("\\-", shown)  # nothing is escaped twice
        shown = packed(shown)
        for kind in KINDS:
            formulas = re.findall(r"(?ms)^    formula +(.*?)(?=^    (?:reference|parameters|\S)|^$)", vireo("list", kind))
            self.assertGreater(len(formulas), 3)
            for formula in formulas:
                self.assertIn(packed(formula), shown)


if __name__ == "__main__":
    sys.exit(unittest.main())

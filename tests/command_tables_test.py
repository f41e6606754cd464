#!/usr/bin/env python3
"""What the program knows of itself in tables (subcommands, options, exit codes) is what its help, its man page, its completion and the pages
in docs/ say."""
import pathlib
import re
import subprocess
import sys
import unittest

from support.program import VIREO

ROOT = pathlib.Path(__file__).resolve().parent.parent


def vireo(*arguments):
    return subprocess.run([VIREO, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout


def words(text):
    return " ".join(text.replace("`", "").replace("\\-", "-").split())


def completed(what):
    return [line.split()[1] for line in vireo("help", "--completion").splitlines() if line.startswith(what + " ")]


def page(name):
    return (ROOT / "docs" / name).read_text()


class Subcommands(unittest.TestCase):
    def setUp(self):
        self.usages = re.findall(r"(?m)^  (vireo (?!solve --problem bilinear)\S+(?: \S+)*?)(?:  .*)?$", vireo("--help"))

    def test_the_help_has_all_of_them(self):
        named = [usage.split()[1] for usage in self.usages]
        self.assertEqual([*named, "--help"], [*[name for name in completed("subcommand") if name != "--help"], "--help"])
        self.assertGreaterEqual(len(named), 7)

    def test_man_page_and_docs_show_the_same_usage(self):
        shown = words(re.sub(r"\\f[BIR]", "", vireo("help", "--man")))
        docs = words(page("command-line.md"))
        for usage in self.usages:
            self.assertIn(usage, shown)
            self.assertIn(usage, docs)

    def test_each_explains_itself(self):
        for name in completed("subcommand"):
            if name.startswith("--") or name == "help":
                continue
            (usage,) = [usage for usage in self.usages if usage.split()[1] == name]
            self.assertEqual(vireo(name, "--help").splitlines()[0], usage)
            self.assertEqual(vireo("help", name), vireo(name, "--help"))


class Options(unittest.TestCase):
    def test_help_man_page_configuration_and_completion_have_the_same(self):
        helped = re.findall(r"(?m)^  --([a-z-]+)", vireo("solve", "--help"))
        tagged = re.findall(r"(?m)^\.TP\n\\fB\\-\\-([^ ]*?)\\fR", vireo("help", "--man"))
        self.assertEqual([tag.replace("\\-", "-") for tag in tagged], helped)
        printed = vireo("solve", "--problem", "bilinear", "--method", "extragradient", "--print-config")
        written = re.findall(r"(?m)^([a-z-]+) = ", printed)
        self.assertEqual(written, [name for name in helped if name in written])

    def test_the_completion_knows_which_take_a_plug_in(self):
        kinds = dict(line.split()[1:] for line in vireo("help", "--completion").splitlines() if line.startswith("spec "))
        self.assertEqual(kinds, {"--problem": "problems", "--method": "methods", "--uplink": "compressors", "--downlink": "compressors",
                                 "--regularizer": "regularizers"})
        self.assertEqual(set(completed("kind")), set(kinds.values()))


class ExitCodes(unittest.TestCase):
    def setUp(self):
        listed = re.sub(r"\n {4,}", " ", vireo("--help").split("Exit codes:\n")[1])
        self.codes = dict(re.findall(r"(?m)^  (\d+) +(\S.*)$", listed))

    def test_man_page_and_docs_say_the_same(self):
        self.assertEqual(sorted(map(int, self.codes)), [0, 1, 2, 3, 4, 5, 6, 75])
        manual = vireo("help", "--man").split(".SH EXIT STATUS\n")[1].split(".SH")[0]
        self.assertEqual({code: words(text) for code, text in re.findall(r"\.TP\n(\d+)\n(.*)", manual)}, self.codes)
        table = page("command-line.md").split("## Exit codes")[1].split("## ")[0]
        self.assertEqual({code: words(text) for code, text in re.findall(r"(?m)^\| (\d+) \| (.*) \|$", table)}, self.codes)

    def test_the_page_on_clusters_names_no_other(self):
        rows = re.findall(r"(?m)^\| [^|]+ \| (\d+)[,;] ", page("cluster.md"))
        self.assertGreaterEqual(len(rows), 3)
        self.assertLessEqual(set(rows), set(self.codes))


class Library(unittest.TestCase):
    def test_its_errors_name_settings_and_the_program_the_options(self):
        for folder in ("src", "include", "compressors"):
            for path in (ROOT / folder).rglob("*.[ch]pp"):
                if (ROOT / "src" / "app") not in path.parents:
                    self.assertNotRegex(path.read_text(), r'Error\(\s*"--', str(path))

    def test_it_knows_kinds_of_errors_and_only_the_program_exit_codes(self):
        for folder in ("src", "include", "compressors"):
            for path in (ROOT / folder).rglob("*.[ch]pp"):
                if (ROOT / "src" / "app") not in path.parents:
                    self.assertNotRegex(path.read_text(), r"ExitCode|exit_code", str(path))


if __name__ == "__main__":
    sys.exit(unittest.main())

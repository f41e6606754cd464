#!/usr/bin/env python3
"""What README, docs and the READMEs of jobs, examples and benches tell people to type works: every command block is run, in the order of the
pages, and links lead somewhere. Jobs for a cluster are tried as far as they go without one (tests/support/sbatch).

A block is fenced and says its language (sh and python are run, cpp and text are not), or is indented, and then is shell if its first
line begins with a program. Blocks of shell that need a cluster, root or half an hour begin with the comment `# Not run by the tests: WHY`.
A line with ` ... `, an optional `[--part]`, a `<job id>` or a word in capitals that stands for something (SPEC, FILE.h5) is a pattern, not a command.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ["VIREO"]).resolve().parent
PAGES = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md")), SOURCE / "bench/README.md", SOURCE / "jobs/README.md",
         *sorted(SOURCE.glob("examples/*/README.md"))]

# What stands for a command that builds or tests everything: this test is a part of the one, and runs on the other.
STAND_INS = {"./tests/run.sh": "bash -n tests/run.sh", "jobs/build.sh release": "test -x build/release/vireo",
             "jobs/build.sh release -DVIREO_TESTS=OFF": "test -x build/release/vireo"}
NOT_RUN = re.compile(r"# Not run by the tests: \w.*")
PATTERN = re.compile(r" \.\.\.(\s|$)|\[-|<[a-z ]+>|\b(SPEC|KIND|SUBCOMMAND|FILE|TRACE|CHECKPOINT|ARGUMENTS)\b")
PROGRAM = re.compile(r"(\./|\w[\w-]*/[\w./-]+ |\w[\w-]*/[\w./-]+$|(vireo|mpirun|cmake|man|sbatch|srun|squeue|source|export|python3|for) )")


class Block:
    """A block of code of a page: the line of the page on which it begins, its language and its text"""

    def __init__(self, page, line, language, text):
        self.place = f"{page.relative_to(SOURCE)}:{line}"
        self.language = language
        self.text = text

    def commands(self):
        """The text as it is run, or nothing if a marker says that it is not"""
        if NOT_RUN.match(self.text):
            return ""
        lines = [line for line in self.text.splitlines() if not PATTERN.search(line)]
        text = "\n".join(lines)
        for command, stand_in in STAND_INS.items():
            text = re.sub(rf"(?m)(^|&& ){re.escape(command)}(?= *(?:&&|#|$))", rf"\1{stand_in}", text)
        return text.strip()


def language_of(text):
    first = next(line for line in text.splitlines() if line and not line.startswith("# "))
    if PROGRAM.match(first):
        return "sh"
    return "python" if re.match(r"import |from \S+ import ", first) else "text"


def blocks_of(page):
    """The blocks of a page of Markdown, fenced or indented by four spaces after an empty line"""
    lines = page.read_text().splitlines()
    out, at = [], 0
    in_list = False
    while at < len(lines):
        line = lines[at]
        if fence := re.match(r"```(\w*)$", line):
            end = lines.index("```", at + 1)
            out.append(Block(page, at + 1, fence[1], "\n".join(lines[at + 1:end]) + "\n"))
            at = end + 1
            continue
        in_list = bool(re.match(r"(- |\d+\. )", line)) or (in_list and (not line or line.startswith(" ")))
        if line.startswith("    ") and not in_list and (at == 0 or not lines[at - 1]):
            end = at
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end]):
                end += 1
            text = "\n".join(line[4:] for line in lines[at:end]).rstrip() + "\n"
            out.append(Block(page, at + 1, language_of(text), text))
            at = end
            continue
        at += 1
    return out


class DocumentedCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="vireo-documented-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        # The source tree as a newcomer has it after jobs/build.sh release, where nothing that is written reaches the real one.
        work = cls.work = os.path.join(cls.folder, "vireo")
        os.makedirs(work + "/build")
        os.symlink(BUILD, work + "/build/release")
        for entry in SOURCE.iterdir():
            if not entry.name.startswith((".git", "build", "vireo-run")):
                os.symlink(entry, os.path.join(work, entry.name))
        for folder in ("home", "bin"):
            os.mkdir(os.path.join(cls.folder, folder))
        os.symlink(os.environ["VIREO"], os.path.join(cls.folder, "bin/vireo"))
        os.symlink(SOURCE / "tests/support/sbatch", os.path.join(cls.folder, "bin/sbatch"))
        cls.environment = {**os.environ, "HOME": os.path.join(cls.folder, "home"), "CMAKE_BUILD_PARALLEL_LEVEL": "2",
                           "PATH": os.path.join(cls.folder, "bin") + os.pathsep + os.environ["PATH"],
                           "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
                           "OMPI_MCA_mpi_yield_when_idle": "1"}

    def run_block(self, block):
        text = block.text if block.language == "python" else block.commands()
        program = ["/usr/bin/python3", "-B", "-c"] if block.language == "python" else ["bash", "-euo", "pipefail", "-c"]
        done = subprocess.run([*program, text], cwd=self.work, env=self.environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, f"{block.place}:\n{text}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")

    def test_every_block_runs(self):
        ran = 0
        for page in PAGES:
            for block in blocks_of(page):
                self.assertIn(block.language, ("sh", "python", "cpp", "text"), block.place)
                if block.language == "python" or (block.language == "sh" and block.commands()):
                    started = time.monotonic()
                    with self.subTest(block.place):
                        self.run_block(block)
                    print(f"{time.monotonic() - started:6.1f} s  {block.place}", flush=True)
                    ran += 1
        self.assertGreater(ran, 12)

    def test_text_is_not_where_commands_hide(self):
        for page in PAGES:
            for block in blocks_of(page):
                if block.language == "text":
                    self.assertNotRegex(block.text, r"(?m)^(vireo|mpirun|cmake|sbatch) ", block.place)

    def test_links_lead_somewhere(self):
        for page in [*PAGES, SOURCE / "CONTRIBUTING.md", *SOURCE.glob("[ej]*/**/README.md")]:
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)", page.read_text()):
                if not target.startswith("https://"):
                    self.assertTrue((page.parent / target).exists(), f"{page.relative_to(SOURCE)}: {target}")

    def test_the_index_leads_to_every_page(self):
        linked = set(re.findall(r"\]\(([\w-]+\.md)\)", (SOURCE / "docs/index.md").read_text()))
        self.assertEqual(linked, {page.name for page in (SOURCE / "docs").glob("*.md")} - {"index.md"})


if __name__ == "__main__":
    sys.exit(unittest.main())

#!/usr/bin/env python3
"""The pages name what is there: docs/api.md has one row and one sentence for each public header and for nothing else; the files that README,
CONTRIBUTING and docs mention are in the source tree; and their lines of prose are shorter than 110 columns."""
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parent.parent
PAGES = [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", SOURCE / "SECURITY.md", *sorted((SOURCE / "docs").glob("*.md"))]
ROW = re.compile(r"\| (vireo/\S+\.hpp) \| (.*) \|")
# A path below one of the folders of the source tree that holds no placeholder, such as NAME or *.
PATH = re.compile(r"(?<![\w./~-])((?:src|include|compressors|tests|tools|jobs|cmake|bench|examples|analysis)(?:/[\w.-]+)+\.\w+)(?![\w*/<-])")


def public_headers():
    return {str(path.relative_to(SOURCE / "include")) for path in (SOURCE / "include").rglob("*.hpp")}


def rows():
    """The pairs of a header and its sentence in docs/api.md"""
    return [ROW.fullmatch(line).groups() for line in (SOURCE / "docs/api.md").read_text().splitlines() if line.startswith("| vireo/")]


def is_one_sentence(text):
    return bool(re.match(r"[A-Z`]", text)) and text.endswith(".") and not re.search(r"[.!?] [A-Z]", text)


class ApiPage(unittest.TestCase):
    def test_every_public_header_has_a_row_and_nothing_else_has(self):
        named = [header for header, _ in rows()]
        self.assertEqual(sorted(named), sorted(set(named)), "a header has two rows")
        self.assertEqual(public_headers() - set(named), set(), "public headers without a row in docs/api.md")
        self.assertEqual(set(named) - public_headers(), set(), "rows of docs/api.md without a header")

    def test_a_row_is_one_sentence(self):
        for header, text in rows():
            self.assertTrue(is_one_sentence(text), f"{header}: {text}")


class Pages(unittest.TestCase):
    def test_headers_that_pages_mention_are_public(self):
        for page in PAGES:
            for header in re.findall(r"(?<![\w/])vireo/[\w/]+\.hpp", page.read_text()):
                self.assertIn(header, public_headers(), page.name)

    def test_files_that_pages_mention_are_there(self):
        for page in PAGES:
            for path in PATH.findall(page.read_text()):
                if re.search(r"/[A-Z]+\.|/NAME", path):
                    continue
                self.assertTrue((SOURCE / path).exists(), f"{page.name}: {path}")

    def test_lines_of_prose_are_short(self):
        for page in PAGES:
            text = re.sub(r"(?ms)^```.*?^```$", lambda block: "\n" * block.group().count("\n"), page.read_text())
            for number, line in enumerate(text.splitlines(), 1):
                if not line.startswith(("|", "    ")):
                    self.assertLess(len(line), 110, f"{page.name}:{number}")


if __name__ == "__main__":
    sys.exit(unittest.main())

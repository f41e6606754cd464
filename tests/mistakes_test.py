#!/usr/bin/env python3
"""Pins the line that each of a hundred mistakes gets, as a whole: tests/mistakes.txt, a table for people to read."""
import concurrent.futures
import os
import shlex
import subprocess
import tempfile
import unittest

import h5py
import numpy

from support.program import VIREO

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mistakes.txt")
ROWS = "+1 1:0.5 2:-1\n-1 2:2 3:1e-1\n+1 1:1\n-1 3:-2.5\n"
GAME = "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 1 1\n2 2 -1\n"


def make_files(folder):
    """The files that mistakes.txt names."""
    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    write("rows.svm", ROWS)
    write("game.mtx", GAME)
    write("rows.csv", "label,a,b\n1,0.5,-1\n-1,2,0.1\n")
    numpy.save(os.path.join(folder, "array.npy"), numpy.eye(3))
    with h5py.File(os.path.join(folder, "game.h5"), "w") as file:
        file["payoff"] = numpy.eye(3)
    subprocess.run([VIREO, "solve", "--problem", "bilinear:dimension=10", "--method", "extragradient", "--max-iterations", "3", "--trace",
                    "run.h5", "--checkpoint", "run.ckpt"], cwd=folder, capture_output=True, check=False)


def answer(command, folder):
    """What stderr gets, with the folder as FOLDER; the exit code before it."""
    done = subprocess.run([VIREO, *shlex.split(command)[2:]], cwd=folder, capture_output=True, text=True, check=False, timeout=20)
    return f"{done.returncode}: " + done.stderr.strip().removeprefix("vireo: error: ").replace(folder, "FOLDER")


def read_table():
    """The table without its answers, and the answer that stands in it after each command."""
    with open(TABLE, encoding="utf-8") as file:
        lines = file.read().splitlines()
    stored = {line: after[2:] for line, after in zip(lines, lines[1:] + [""]) if line.startswith("$ ")}
    return [line for line in lines if not line.startswith("  ")], stored


class Mistakes(unittest.TestCase):
    def test_each_gets_its_line(self):
        lines, stored = read_table()
        self.assertGreaterEqual(len(stored), 100)
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(4) as pool:
            make_files(folder)
            found = dict(zip(stored, pool.map(lambda command: answer(command, folder), stored)))
        if os.environ.get("MISTAKES") == "write":
            with open(TABLE, "w", encoding="utf-8") as file:
                file.writelines(line + "\n" + ("  " + found[line] + "\n" if line in found else "") for line in lines)
        for command, expected in stored.items():
            with self.subTest(command=command):
                self.assertNotIn("\n", found[command])
                self.assertEqual(found[command], expected)


if __name__ == "__main__":
    unittest.main()

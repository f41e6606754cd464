#!/usr/bin/env python3
"""How the files in this folder were made: runs.py PROGRAM makes them again, with the program of version 0.1.0 (revision fcaf566d58aa) alone.

For each run below, the program solved up to `stop` iterations, which left NAME.checkpoint.h5 and NAME.begun.h5, its trace. Then it went on from a
copy of both until it converged, which left NAME.finished.h5. The files are kept as it wrote them, compressed with gzip. They hold the paths that they
had then (in FOLDER), so old_files_test.py says where they are."""
import gzip
import os
import shlex
import shutil
import subprocess
import sys

FOLDER = "/tmp/vireo-0.1.0"
VERSION = "vireo 0.1.0 (revision fcaf566d58aa)"
LIMIT = 5  # the exit code of a run that stops at --max-iterations

# One for each kind of state: vectors and a snapshot (masha1), memories of a worker and of the server (masha2), a recursive estimate with restarts
# (vr-halpern), particles (cbo), local steps between rounds (three-pillars), and a problem made from a data file.
RUNS = {
    "masha1": ("--problem bilinear:dimension=20,components=8,condition=10 --workers 4 --method masha1:refresh=next "
               "--uplink randk:fraction=0.25 --downlink randk:fraction=0.5 --tolerance 1e-6 --trace-every 100", 900),
    "masha2": ("--problem lagrangian-qp:size=4 --workers 4 --method masha2:step=0.2,probability=0.3 --allow-unproven "
               "--uplink topk:k=3 --downlink topk:k=4 --tolerance 1e-2 --trace-every 100", 2000),
    "vr-halpern": ("--problem least-squares:rows=40,features=6,lambda=0.1 --workers 4 --method vr-halpern:restart=on "
                   "--return best --tolerance 1e-6 --trace-every 100", 800),
    "cbo": ("--problem rastrigin:dimension=4 --workers 1 --method cbo:particles=90 --tolerance 1e-4 --trace-every 10", 40),
    "three-pillars": ("--problem lagrangian-qp:size=4 --workers 4 --method three-pillars --uplink permk "
                      "--tolerance 1e-4 --trace-every 100", 6000),
    "data-file": ("--problem logistic:lambda=0.1 --data rows.svm --workers 3 --method extragradient "
                  "--return average --tolerance 1e-3 --trace-every 10", 30),
}


def solve(name):
    """The options of a run but for --max-iterations, as it was begun"""
    return f"{RUNS[name][0]} --trace {name}.begun.h5 --checkpoint {name}.checkpoint.h5 --checkpoint-every none"


def main(program):
    here = os.path.dirname(os.path.abspath(__file__))

    def run(arguments, code):
        done = subprocess.run(["vireo", *shlex.split(arguments), "--quiet"], executable=program, cwd=FOLDER, capture_output=True, text=True)
        if done.returncode != code:
            sys.exit(f"{arguments}: {done.returncode}: {done.stderr}")

    def keep(file):
        with open(os.path.join(FOLDER, file), "rb") as made, open(os.path.join(here, file + ".gz"), "wb") as kept:
            kept.write(gzip.compress(made.read(), 9, mtime=0))

    if VERSION not in subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout:
        sys.exit(f"{program} is not {VERSION}")
    os.mkdir(FOLDER)
    shutil.copy(os.path.join(here, "rows.svm"), FOLDER)
    for name, (_, stop) in RUNS.items():
        run(f"solve {solve(name)} --max-iterations {stop}", LIMIT)
        keep(f"{name}.checkpoint.h5")
        keep(f"{name}.begun.h5")
        shutil.copy(f"{FOLDER}/{name}.begun.h5", f"{FOLDER}/{name}.finished.h5")
        run(f"resume {name}.checkpoint.h5 --trace {name}.finished.h5 --max-iterations none", 0)
        keep(f"{name}.finished.h5")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))

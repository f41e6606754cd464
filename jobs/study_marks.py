#!/usr/bin/env python3
"""Runs a study of what methods have after so many passes: study_marks.py STUDY.toml [-o DIR] [--only PATTERN] [--jobs N]

As in jobs/study.py, but a problem has `marks` in place of a target: the table holds, for each method and each number of passes, the
smallest value of a column of the trace in the rows within a window around it, as the median over seeds. A method may have a
`reference` for each mark and a factor `within` which the value may be off; the program fails if one is off by more. Every run leaves
its JSON in DIR, so that a study that was interrupted goes on where it was. VIREO names the program (default: build/release/vireo).
"""
import argparse
import concurrent.futures
import fnmatch
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import tomllib

import h5py

from study import ROOT, command_of, name_of, tasks_of


def smallest_near(trace, marks):
    """For each mark the smallest value in its window; NaN if there is no row."""
    passes = trace["oracle_calls"][:] / marks["components"]
    values = trace[marks["column"]][:]
    found = []
    for mark in marks["passes"]:
        near = values[abs(passes - mark) <= marks["window"] * mark]
        found.append(float(near.min()) if near.size else math.nan)
    return found


def run(study, task, folder, program):
    kept = folder / f"{name_of(task)}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    about, command = study["problems"][task[0]], command_of(study, task, program)
    with tempfile.TemporaryDirectory() as scratch:
        trace = os.path.join(scratch, "trace.h5")
        done = subprocess.run([*command, "--trace", trace, "--quiet"], capture_output=True, text=True)
        outcome = {"command": " ".join(command), "exit": done.returncode, "error": done.stderr.strip()[:500], "values": None}
        if os.path.exists(trace) and done.returncode in (0, 4, 5):
            with h5py.File(trace, "r") as file:
                outcome["values"] = smallest_near(file["trace"], about["marks"])
    kept.write_text(json.dumps(outcome))
    return outcome


def cell(value, reference, within):
    """Text of a cell, and whether it is as near to its reference as it should be"""
    if reference is None:
        return f"{value:.2e}", True
    good = reference / within <= value <= reference * within  # not if it is NaN
    return f"{value:.2e} ({value / reference:.2f})" + ("" if good else " **off**"), good


def table(study, outcomes):
    """(the closing table, Markdown; whether all cells are near their references)"""
    lines, all_good = [f"# {study['title']}", ""], True
    for problem, about in study["problems"].items():
        marks = about["marks"]
        lines += [f"## {problem}: {about['arguments']}", "",
                  f"Smallest {marks['column']} within {100 * marks['window']:g}% of so many passes over the components, median over seeds; "
                  "in brackets what it is relative to the reference.", "",
                  "| method | " + " | ".join(f"{mark} passes" for mark in marks["passes"]) + " | seeds |",
                  "|---|" + "--:|" * (len(marks["passes"]) + 1)]
        for method, how in study["methods"].items():
            mine = [o for t, o in outcomes.items() if t[:2] == (problem, method)]
            if not mine:
                continue
            seen = [o["values"] for o in mine if o["values"]]
            references = how.get("reference", [None] * len(marks["passes"]))
            if len(seen) < len(mine):
                failed = sorted({o["error"].splitlines()[0] for o in mine if not o["values"] and o["error"]}) or ["no trace"]
                lines.append(f"| {method} | {failed[0]} |" + " |" * len(marks["passes"]))
                all_good = all_good and "reference" not in how
                continue
            cells = []
            for values, reference in zip(zip(*seen), references):
                text, good = cell(statistics.median(values), reference, how.get("within", math.inf))
                cells.append(text)
                all_good = all_good and good
            lines.append(f"| {method} | " + " | ".join(cells) + f" | {len(seen)} |")
        lines.append("")
    return "\n".join(lines), all_good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--only", default="*", help="runs whose name matches this pattern")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time")
    options = parser.parse_args()

    study = tomllib.loads(options.study.read_text())
    folder = options.output or ROOT / "vireo-run" / options.study.stem
    folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("VIREO", str(ROOT / "build" / "release" / "vireo"))
    if not os.path.exists(program):
        sys.exit(f"{program} is missing: build it with jobs/build.sh release, or set VIREO")
    tasks = [task for task in tasks_of(study) if fnmatch.fnmatch(name_of(task), options.only)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        outcomes = dict(zip(tasks, pool.map(lambda task: run(study, task, folder, program), tasks)))
    text, all_good = table(study, outcomes)
    (folder / "table.md").write_text(text + "\n")
    print(text)
    sys.exit(0 if all_good else "study_marks: some cells are off their references")


if __name__ == "__main__":
    main()

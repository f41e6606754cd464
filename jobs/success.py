#!/usr/bin/env python3
"""Runs a study of success rates: problems and methods over many seeds, and one table of how often each succeeds.

    jobs/success.py STUDY.toml [-o DIR] [--quick] [--only PATTERN]

A study lists [[tables]] with a `title`, `seeds` (how many, from 1) and `rows`: each has `arguments` of `vireo solve`, which the table's own
`arguments` come before, and a `success`, or the table's: `near = b, within = w` (|z_j - b| <= w for all j), `distance = w` (to the known
solution) or `residual = w`. `published` is shown beside what was found. Each outcome is kept in DIR: a study that was interrupted goes on where
it was, and a row whose arguments changed runs again. VIREO names the program (default: build/release/vireo, or the installed one).
"""
import argparse
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import tomllib

import h5py

from vireo_sweep.errors import InputError
from vireo_sweep.program import folder_of_study, path_of_vireo


def succeeded(success, z, residual, distance):
    """Whether a run's solution is what was looked for"""
    if "near" in success:
        return bool(abs(z - success["near"]).max() <= success["within"])
    if "distance" in success:
        return distance is not None and bool(distance <= success["distance"])
    return residual <= success["residual"]


def run(program, arguments, success, seed, folder):
    """One run, as a dictionary that is kept in the folder."""
    what = json.dumps([arguments, success, seed])
    kept = folder / (hashlib.sha256(what.encode()).hexdigest()[:20] + ".json")
    if kept.exists():
        return json.loads(kept.read_text())
    with tempfile.TemporaryDirectory() as scratch:
        trace = os.path.join(scratch, "trace.h5")
        command = [program, "solve", *arguments.split(), "--seed", str(seed), "--trace", trace, "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode in (1, 2, 3, 6):
            sys.exit(f"{' '.join(command)}\n{done.stderr.strip()}")
        with h5py.File(trace, "r") as file:
            solution = file["solution/z"]
            outcome = {"arguments": arguments, "seed": seed, "residual": float(solution.attrs["residual"]),
                       "oracle_calls": int(solution.attrs["oracle_calls"]), "seconds": float(solution.attrs["seconds"]),
                       "success": succeeded(success, solution[:], float(solution.attrs["residual"]), solution.attrs.get("distance"))}
    kept.write_text(json.dumps(outcome))
    return outcome


def table(about, rows):
    """A table, Markdown; rows: (row of the study, outcomes)"""
    lines = [f"## {about['title']}", "", "| run | success | median residual | oracle calls | seconds | published |", "|---|--:|--:|--:|--:|---|"]
    for row, outcomes in rows:
        median = {name: statistics.median(o[name] for o in outcomes) for name in ("residual", "oracle_calls", "seconds")}
        lines.append(f"| {row['name']} | {sum(o['success'] for o in outcomes)}/{len(outcomes)} | {median['residual']:.1e} "
                     f"| {median['oracle_calls']:.3g} | {median['seconds']:.2f} | {row.get('published', '')} |")
    return "\n".join(lines + [""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="three seeds of each")
    parser.add_argument("--only", default="*", help="tables whose title matches this pattern")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time")
    options = parser.parse_args()

    study = tomllib.loads(options.study.read_text())
    folder = folder_of_study(options)
    try:
        program = path_of_vireo()
    except InputError as error:
        sys.exit(str(error))
    text = [f"# {study['title']}", ""]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for about in study["tables"]:
            if not fnmatch.fnmatch(about["title"], options.only):
                continue
            rows = []
            for row in about["rows"]:
                words = f"{about.get('arguments', '')} {row['arguments']} {study.get('arguments', '')}"
                success = row.get("success", about.get("success"))
                seeds = range(1, 1 + (min(3, about["seeds"]) if options.quick else row.get("seeds", about["seeds"])))
                rows.append((row, list(pool.map(lambda seed: run(program, words, success, seed, folder), seeds))))
                print(f"{about['title']}: {row['name']}", file=sys.stderr, flush=True)
            text.append(table(about, rows))
    (folder / "table.md").write_text("\n".join(text) + "\n")
    print("\n".join(text))


if __name__ == "__main__":
    main()

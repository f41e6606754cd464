#!/usr/bin/env python3
"""Compares what methods do by default with the best of a grid: problems and methods of a study, and one table of ratios.

    jobs/defaults.py jobs/studies/defaults.toml [-o DIR] [--only PATTERN] [--methods PATTERN] [--jobs N] [--seconds S]

A cell of the table is what the default sent up over the least that any other choice did, then the same for its iterations: 1.1 / 0.9. In brackets
where that is more than the study allows; "-" where the method refuses the problem, "> n" where the default did not reach the target and another
choice did, with n for the ratio at its end. Outcomes are kept in DIR (default: vireo-run/ and the study's name), and a study that was interrupted
goes on where it was. A choice has two to four times the iterations of the default: what needs more is not better. `{data}` in a study stands
for the folder that VIREO_DATA names, VIREO for the program (default: build/release/vireo, or the installed one).
"""
import argparse
import concurrent.futures
import fnmatch
import hashlib
import json
import math
import os
import pathlib
import subprocess
import sys
import tomllib

from vireo_sweep.errors import InputError
from vireo_sweep.program import folder_of_study, path_of_vireo

LONGEST = 60000  # iterations
REFUSED = 2


class Study:
    def __init__(self, path, folder, program, seconds):
        self.about = tomllib.loads(path.read_text())
        self.folder, self.program, self.seconds = folder, program, seconds

    def run(self, words, iterations):
        """The outcome of a run, from the folder if it is there; None if it is refused"""
        words = f"{words} {self.about.get('arguments', '')} --max-iterations {iterations} --max-seconds {self.seconds}"
        kept = self.folder / (hashlib.sha256(words.encode()).hexdigest()[:20] + ".json")
        if kept.exists():
            return json.loads(kept.read_text())
        command = [self.program, "solve", *words.replace("{data}", os.environ.get("VIREO_DATA", "")).split(), "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True)
        outcome = None
        if done.returncode in (1, 3, 6) or "unknown" in done.stderr:
            sys.exit(f"{' '.join(command)}\n{done.stderr.strip()}")
        if done.returncode != REFUSED and not done.stdout.strip():  # an inner problem that was not solved, say
            outcome = {"words": words, "reached": False, "up": math.inf, "iterations": 0}
        elif done.returncode != REFUSED:
            said = json.loads(done.stdout.splitlines()[-1])
            outcome = {"words": words, "reached": said["termination"] == "converged", "up": said["wire_bytes_up"], "iterations": said["iterations"]}
        kept.write_text(json.dumps(outcome))
        return outcome

    def best_steps(self, words, first, iterations):
        """The outcomes of a choice at the steps that a search by factors of two, then of their root, comes by"""
        found = {}

        def cost(exponent):
            if exponent not in found:
                found[exponent] = self.run(words.replace("{step}", f"{first * 2 ** exponent:.6g}x"), iterations)
            outcome = found[exponent]
            return outcome["up"] if outcome and outcome["reached"] else float("inf")

        at = 0.0
        if cost(at) == float("inf"):  # too long, or too short
            at = next((e for e in (-1.0, 1.0, -2.0, 2.0, 4.0, 6.0) if cost(e) < float("inf")), 0.0)
        for unit in (1.0, 0.5):
            while min(cost(at - unit), cost(at + unit)) < cost(at):
                at = at - unit if cost(at - unit) < cost(at + unit) else at + unit
        return [outcome for outcome in found.values() if outcome and outcome["reached"]]

    def cell(self, problem, method):
        """(text, whether the default is as good as it should be)"""
        default = self.run(f"{problem} {method['default']}", LONGEST)
        if default is None:
            return "-", True
        most = 2 ** math.ceil(math.log2(2 * default["iterations"] + 1)) if default["reached"] else LONGEST
        others = [outcome for words in method["others"] for outcome in self.best_steps(f"{problem} {words}", method["first"], most)]
        if not others:
            return ("1" if default["reached"] else "not reached"), True
        up, iterations = (default[name] / min(outcome[name] for outcome in others) for name in ("up", "iterations"))
        if not default["reached"]:
            return f"(> {up:.2f})", False
        good = up <= method["allowed"]
        return f"{up:.2f} / {iterations:.2f}" if good else f"({up:.2f} / {iterations:.2f})", good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--only", default="*", help="problems whose name matches this pattern")
    parser.add_argument("--methods", default="*", help="methods whose name matches this pattern")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time")
    parser.add_argument("--seconds", type=float, default=60, help="the longest that a run may take")
    options = parser.parse_args()

    folder = folder_of_study(options)
    try:
        program = path_of_vireo()
    except InputError as error:
        sys.exit(str(error))
    study = Study(options.study, folder, program, options.seconds)
    problems = {name: words for name, words in study.about["problems"].items() if fnmatch.fnmatch(name, options.only)}
    methods = {name: method for name, method in study.about["methods"].items() if fnmatch.fnmatch(name, options.methods)}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        cells = {(p, m): pool.submit(study.cell, words, method) for p, words in problems.items() for m, method in methods.items()}
        lines = [f"| | {' | '.join(methods)} |", f"|---|{'--:|' * len(methods)}"]
        for p in problems:
            lines.append(f"| {p} | {' | '.join(cells[p, m].result()[0] for m in methods)} |")
            print(lines[-1], file=sys.stderr, flush=True)
    text = "\n".join(lines)
    (folder / "table.md").write_text(text + "\n")
    print(text)
    return 0 if all(cell.result()[1] for cell in cells.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

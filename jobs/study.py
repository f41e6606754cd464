#!/usr/bin/env python3
"""Runs a study: methods against problems, each method at its best step of a grid, and one table at the end.

    jobs/study.py STUDY.toml [-o DIR] [--quick] [--only PATTERN]    all of it, then the table
    jobs/study.py STUDY.toml -o DIR --task I [--of N]               the I-th of N shares (a SLURM array job), no table
    jobs/study.py STUDY.toml -o DIR --table                         the table of what is there

A study lists [problems.NAME] with `arguments` of `vireo solve` and a `target`: the column of the trace, and the fraction of its first
value that is to be reached, or "stop": what the run had paid for when it stopped by itself, converged. It lists [methods.NAME] with
`arguments`; `{step}` in them runs through `steps`, `{seed}` through `seeds`. [[claims]] and [[fits]] (jobs/study_claims.py) say what the
table is expected to show, and end it. `[quick]` replaces keys for a reduced run. See jobs/studies/ for examples. Every run leaves its
JSON in DIR, so that a study that was interrupted goes on where it was. VIREO names the program (default: build/release/vireo).
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import tomllib

import h5py

from study_claims import claims_text

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTS = ("iteration", "wire_bytes_up", "wire_bytes_down", "oracle_calls", "seconds")
STOP = "stop"


def tasks_of(study):
    """Every single run: (problem, method, step, seed)"""
    for problem, about in study["problems"].items():
        for method, how in study["methods"].items():
            if any(fnmatch.fnmatch(problem, pattern) for pattern in how.get("problems", ["*"])):
                for step in how.get("steps", ["auto"]):
                    for seed in how.get("seeds", study.get("seeds", [1])):
                        yield problem, method, step, seed


def name_of(task):
    return "--".join(str(part) for part in task).replace("/", "_").replace(" ", "-")


def first_to_reach(file, column, fraction):
    """Counters of the first row whose `column` is at most `fraction` of its first value; None if there is none."""
    values = file[f"trace/{column}"][:]
    for row, value in enumerate(values):
        if value <= fraction * values[0]:
            return {name: file[f"trace/{name}"][row].item() for name in COUNTS}
    return None


def paid_at_stop(stdout):
    """Counters of the closing line of a run that converged; None if it did not."""
    lines = stdout.splitlines()
    closing = json.loads(lines[-1]) if lines else {}
    if closing.get("termination") != "converged":
        return None
    return {"iteration": closing["iterations"]} | {name: closing[name] for name in COUNTS if name != "iteration"}


def command_of(study, task, program):
    """The words of one run, without where its output goes"""
    problem, method, step, seed = task
    about, how = study["problems"][problem], study["methods"][method]
    arguments = [about["arguments"], how["arguments"], how.get("extra", {}).get(problem, ""), study.get("arguments", "")]
    words = " ".join(arguments).format(step=step, seed=seed, data=os.environ.get("VIREO_DATA", ROOT.parent / "shared" / "data"))
    return [program, "solve", *words.split(), "--seed", str(seed)]


def run(study, task, folder, program):
    """One run; its outcome as a dictionary, kept in the folder."""
    kept = folder / f"{name_of(task)}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    about, command = study["problems"][task[0]], command_of(study, task, program)
    with tempfile.TemporaryDirectory() as scratch:
        trace = os.path.join(scratch, "trace.h5")
        output = ["--quiet"] if about["target"] == STOP else ["--trace", trace, "--quiet"]
        done = subprocess.run(command + output, capture_output=True, text=True)
        outcome = {"command": " ".join(command), "exit": done.returncode, "error": done.stderr.strip()[:500], "reached": None}
        if about["target"] == STOP:
            outcome["reached"] = paid_at_stop(done.stdout)
        elif os.path.exists(trace) and done.returncode not in (1, 2, 3, 6):
            with h5py.File(trace, "r") as file:
                outcome["reached"] = first_to_reach(file, about["target"]["column"], about["target"]["fraction"])
    kept.write_text(json.dumps(outcome))
    return outcome


def best_step(study, problem, method, outcomes):
    """(step, medians over seeds) of the step with the fewest of what the study compares; None if none reached the target."""
    measure = study["problems"][problem].get("measure", study.get("measure", "wire_bytes_up"))
    best = None
    for step in study["methods"][method].get("steps", ["auto"]):
        reached = [o["reached"] for t, o in outcomes.items() if t[:3] == (problem, method, step)]
        if not reached or any(r is None for r in reached):
            continue
        medians = {name: statistics.median(r[name] for r in reached) for name in COUNTS}
        if best is None or medians[measure] < best[1][measure]:
            best = step, medians
    return best


def table(study, outcomes):
    """The closing table, Markdown."""
    lines = [f"# {study['title']}", ""]
    medians = {}
    for problem, about in study["problems"].items():
        target = about["target"]
        goal = "When the run stopped, converged" if target == STOP else f"To {target['column']} <= {target['fraction']:g} of the first"
        lines += [f"## {problem}: {about['arguments']}", "",
                  f"{goal}; ratios are to the first method.", "",
                  "| method | step | iterations | bytes up | ratio | bytes down | ratio | oracle calls | ratio | seconds |",
                  "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
        base = None
        for method in study["methods"]:
            mine = {t: o for t, o in outcomes.items() if t[:2] == (problem, method)}
            if not mine:
                continue
            best = best_step(study, problem, method, outcomes)
            if best is None:
                failed = sorted({o["error"].splitlines()[0] for o in mine.values() if o["error"]})
                lines.append(f"| {method} | - | {failed[0] if failed else 'target not reached'} |" + " |" * 7)
                continue
            step, counts = best
            medians[problem, method] = counts
            base = base or counts
            ratio = {name: counts[name] / base[name] if base[name] else float("nan") for name in COUNTS}
            lines.append(f"| {method} | {step} | {counts['iteration']:,.0f} | {counts['wire_bytes_up']:,.0f} | {ratio['wire_bytes_up']:.3f} "
                         f"| {counts['wire_bytes_down']:,.0f} | {ratio['wire_bytes_down']:.3f} "
                         f"| {counts['oracle_calls']:,.0f} | {ratio['oracle_calls']:.3f} | {counts['seconds']:.2f} |")
        lines.append("")
    return "\n".join(lines + claims_text(study, medians))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="the reduced study")
    parser.add_argument("--only", default="*", help="runs whose name matches this pattern")
    parser.add_argument("--task", type=int, help="only this share of the runs, counted from 0")
    parser.add_argument("--of", type=int, help="number of shares (default: one for each run)")
    parser.add_argument("--table", action="store_true", help="only the table of what is there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at a time")
    options = parser.parse_args()

    study = tomllib.loads(options.study.read_text())
    if options.quick:
        for path, value in study.get("quick", {}).items():  # "methods.masha1.steps" = [...]
            *parents, last = path.split(".")
            place = study
            for parent in parents:
                place = place[parent]
            if value == "drop":
                del place[last]
            else:
                place[last] = value
    folder = options.output or ROOT / "vireo-run" / (options.study.stem + ("-quick" if options.quick else ""))
    folder.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("VIREO", str(ROOT / "build" / "release" / "vireo"))
    if not os.path.exists(program):
        sys.exit(f"{program} is missing: build it with jobs/build.sh release, or set VIREO")

    tasks = [task for task in tasks_of(study) if fnmatch.fnmatch(name_of(task), options.only)]
    if options.task is not None:
        tasks = tasks[options.task::options.of or len(tasks)]
    if options.table:
        tasks = [task for task in tasks if (folder / f"{name_of(task)}.json").exists()]
    outcomes = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run, study, task, folder, program): task for task in tasks}
        for number, future in enumerate(concurrent.futures.as_completed(running), 1):
            outcomes[running[future]] = future.result()
            if not options.table:
                print(f"[{number}/{len(tasks)}] {name_of(running[future])}", file=sys.stderr, flush=True)
    if options.task is None:
        text = table(study, {task: outcomes[task] for task in tasks})
        (folder / "table.md").write_text(text + "\n")
        print(text)


if __name__ == "__main__":
    main()

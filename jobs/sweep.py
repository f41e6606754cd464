#!/usr/bin/python3
"""Runs a sweep on this machine: all combinations of what a TOML file lists, and one table and one plot of them.

    jobs/sweep.py SWEEP.toml [-o DIR] [--dry-run] [--jobs N] [--only PATTERN] [--again] [--quick]
    jobs/sweep.py SWEEP.toml -o DIR --task I --of N    the I-th of N shares, counted from 0 (a SLURM array job); no table
    jobs/sweep.py SWEEP.toml -o DIR --table            the table of what is there

A key of the file is an option of `vireo solve` without its dashes; a list is varied. docs/sweeps.md has the other keys and examples. DIR
(default: vireo-run/ and the file's name) gets the traces, table.md, table.csv, runs.csv, results.json and plot.png.

Runs that are done are kept, as long as their command stays the same; a sweep that is stopped goes on where it was, also within a run. Several
sweeps may work in one folder, and share the runs. VIREO names the program (default: build/release/vireo, or the one that
is installed with these jobs, else the one on PATH).

Exit codes: 0 all runs came to an end; 1 some failed, or are not as the file expects; 2 the file is wrong; 3 a file is missing; 6 a file can not
be written; 75 stopped by a signal: the same command goes on.
"""
import argparse
import fnmatch
import pathlib
import shlex
import sys

from vireo_sweep import picture, tables
from vireo_sweep.crew import Crew
from vireo_sweep.document import Document
from vireo_sweep.errors import InputError
from vireo_sweep.folder import INTERRUPTED, Folder, replace
from vireo_sweep.plan import Plan
from vireo_sweep.program import Program, cores
from vireo_sweep.progress import say
from vireo_sweep.refusals import refuse
from vireo_sweep.results import at_best_steps, results_of, rows_of

FAILED, INTERRUPTED_CODE = 1, 75


class Parser(argparse.ArgumentParser):
    """One line about an error, as vireo itself does, and exit code 2"""

    def error(self, message):
        raise InputError(f"{message}; see: {self.prog} --help")


def options_of(arguments):
    parser = Parser(prog="sweep.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweep", type=pathlib.Path, metavar="SWEEP.toml")
    parser.add_argument("-o", "--output", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--dry-run", action="store_true", help="list the runs, and what each would need; nothing is run")
    parser.add_argument("--jobs", type=int, metavar="N", help="runs at a time; default: as many as there are processors for their ranks")
    parser.add_argument("--only", metavar="PATTERN",
                        help="only runs with this in their names, which --dry-run shows; or those that match it, if it has * or ?")
    parser.add_argument("--again", action="store_true", help="make also the runs anew that are kept")
    parser.add_argument("--quick", action="store_true", help="the reduced sweep: as [quick] says")
    parser.add_argument("--table", action="store_true", help="only the table of what is there")
    parser.add_argument("--task", type=int, metavar="I", help="only this share of the runs, counted from 0")
    parser.add_argument("--of", type=int, metavar="N", help="number of shares; default: one for each run")
    options = parser.parse_args(arguments)
    if options.jobs is not None and options.jobs < 1:
        parser.error("--jobs: must be at least 1")
    if options.task is not None and (options.task < 0 or (options.of is not None and options.task >= max(options.of, 0))):
        parser.error("--task: shares are counted from 0 to one less than --of")
    if options.of is not None and options.task is None:
        parser.error("--of: needs --task")
    return options


def chosen(runs, folder, options):
    """The runs that --only and --task leave, each command once"""
    if options.only is not None:
        pattern = options.only if set("*?[") & set(options.only) else f"*{options.only}*"
        runs = [run for run in runs if fnmatch.fnmatchcase(run.name, pattern)]
        if not runs:
            raise InputError(f"--only {options.only}: no run has such a name; see: sweep.py {options.sweep} --dry-run")
    runs = list({folder.name(run): run for run in runs}.values())
    return runs if options.task is None else runs[options.task::options.of or len(runs)]


def state_of(folder, run):
    if folder.is_busy(run):
        return "running"
    if folder.is_kept(run):
        return "kept"
    return "goes on" if folder.goes_on(run) else "to do"


def tell(text, stream=sys.stdout):
    say(text + "\n", stream)


def number_of(runs):
    """ "1 run", "12 runs" """
    return f"{len(runs)} run" + ("" if len(runs) == 1 else "s")


def list_runs(runs, folder, program):
    """What --dry-run prints"""
    states = [state_of(folder, run) for run in runs]
    counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    tell(f"{number_of(runs)}: {counted}; in {folder.path}")
    for run, state in zip(runs, states):
        tell(f"\n{run.name}: {state}\n    {shlex.join(program.command(run.ranks, *run.words))}")


def conclude(plan, folder, runs):
    """Writes and prints the table, draws the plot; returns the exit code"""
    wanted = {folder.name(run) for run in runs}
    results = [result for result in results_of(plan, folder) if folder.name(result.run) in wanted]
    rows = at_best_steps(plan, rows_of(results))
    markdown, all_good = tables.text(plan, folder, rows, results, markdown=True)
    replace(folder.path / "table.md", markdown + "\n")
    replace(folder.path / "table.csv", tables.csv_text(tables.row_entries(rows)))
    replace(folder.path / "runs.csv", tables.csv_text(tables.run_entries(results)))
    replace(folder.path / "results.json", tables.json_text(plan, rows, results))
    tell(tables.text(plan, folder, rows, results, markdown=False)[0])
    pictures, notes = picture.draw(plan, folder, rows) if plan.traced and plan.plot is not False else ([], [])
    tell(f"{folder.path}: table.md, table.csv, runs.csv, results.json, {', '.join([path.name for path in pictures] + ['runs/'])}")
    others = folder.others()
    notes += [f"results in {folder.runs} that are of no run of this sweep, and not shown: {others}"] if others else []
    for note in notes:
        tell(note, stream=sys.stderr)
    if any(result.record.get("state") == INTERRUPTED for result in results):
        return INTERRUPTED_CODE
    return 0 if all_good and not any(result.failed for result in results) else FAILED


def sweep(options):
    document = Document(options.sweep, options.quick)
    program = Program()
    plan = Plan(document, program.options)
    folder = Folder(options.output or pathlib.Path("vireo-run") / (options.sweep.stem + ("-quick" if options.quick else "")), plan)
    runs = chosen(plan.runs, folder, options)
    if options.table:
        if not folder.runs.is_dir():
            raise InputError(f"-o {folder.path}: holds no sweep", 3)
        return conclude(plan, folder, runs)
    refuse(plan, folder, program, runs)
    if options.dry_run:
        list_runs(runs, folder, program)
        return 0
    folder.make()
    crew = Crew(plan, folder, program, options.jobs or max(1, cores() // max(run.ranks for run in plan.runs)))
    program.at_once = crew.jobs
    kept = sum(folder.is_kept(run) for run in runs) if not options.again else 0
    tell(f"{number_of(runs)}, {kept} kept; {crew.jobs} at a time; in {folder.path}", stream=sys.stderr)
    old = sum(folder.is_kept(run) and folder.record(run)["version"]["sha256"] != program.version["sha256"] for run in runs) if kept else 0
    if old:
        tell(f"{old} of those that are kept were made by another build of vireo than {program.path} is now; --again makes them anew",
             stream=sys.stderr)
    finished = crew.work(runs, options.again)
    if not folder.has_locks:
        tell(f"{folder.path} is on a file system without locks: start no second sweep in it", stream=sys.stderr)
    if not finished:
        tell(f"stopped: {sum(folder.is_kept(run) for run in runs)} of {len(runs)} runs are done; the same command"
             f"{', without --again,' if options.again else ''} goes on, and --table shows them", stream=sys.stderr)
        return INTERRUPTED_CODE
    return conclude(plan, folder, runs) if options.task is None else 0


def main(arguments=None):
    try:
        return sweep(options_of(arguments))
    except InputError as error:
        tell(f"sweep.py: {error}", stream=sys.stderr)
        return error.code
    except KeyboardInterrupt:  # before any run was begun
        return 130
    except OSError as error:
        tell(f"sweep.py: {error.filename}: {error.strerror}", stream=sys.stderr)
        return 6


if __name__ == "__main__":
    sys.exit(main())

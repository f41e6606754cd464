"""What vireo would refuse is said before anything is run, with the line of the file that it comes from."""
import concurrent.futures
import os
import re
import shlex

from .errors import InputError
from .labels import varying
from .places import line_of
from .plan import words_of
from .program import cores


def refuse(plan, folder, program, runs):
    """InputError for the first of the runs that vireo does not take; one of each row is tried, at one step"""
    first = {}
    for run in runs:
        if not folder.is_kept(run):
            first.setdefault(tuple(part for part in run.row if part[:1] != ("step",)), run)
    for run in first.values():
        for option in ("data", "initial"):
            for path in run.options.get(option, []):
                if not os.path.exists(path):
                    raise InputError(f"{place(plan, run, option)}: {option}: {path}: no such file", 3)

    def said_of(run):
        return program.refusal(words_of(run.options | folder.outputs(run)))

    with concurrent.futures.ThreadPoolExecutor(cores()) as pool:
        said = list(pool.map(said_of, first.values()))
    refused = [(run, line) for run, line in zip(first.values(), said) if line]
    if refused:
        run, line = refused[0]
        option = re.match(r"--([a-z-]+)", line)
        option = option[1] if option and option[1] in run.options else "method"
        others = f"; also refused: {len(refused) - 1} more of the combinations" if len(refused) > 1 else ""
        varied = set(varying([other for other in plan.runs if other.section == run.section]))
        apart = " (a section of its own, [methods.NAME], keeps it apart)" if option != "method" and {option, "method"} <= varied else ""
        raise InputError(f"{place(plan, run, option)}: {line}{apart}; in: {shlex.join(run.words)}{others}")


def place(plan, run, option):
    """ "sweep.toml:7" """
    return f"{plan.document.path}:{line_of(plan.document.text, plan.where(run, option))}"

"""What methods have after so many passes over the components: for problems with `marks`.

For each row and each number of passes the smallest value of a column of the trace in the rows within a window around it, as the median over
seeds. A section of methods may have a `reference` for each mark, and a factor `within` which the value may be off.
"""
import math
import statistics

import h5py

from .errors import InputError


def smallest_near(path, marks):
    """For each mark the smallest value in its window; NaN if there is no row"""
    with h5py.File(path, "r", locking=False) as file:
        if marks["column"] not in file["trace"]:
            raise InputError(f"marks: {path} has no column '{marks['column']}'; it has {', '.join(file['trace'])}")
        passes = file["trace/oracle_calls"][:] / marks["components"]
        values = file["trace"][marks["column"]][:]
    found = []
    for mark in marks["passes"]:
        near = values[abs(passes - mark) <= marks["window"] * mark]
        found.append(float(near.min()) if near.size else math.nan)
    return found


def cell(value, reference, within):
    """Text of a cell, and whether it is as near to its reference as it should be"""
    if reference is None:
        return f"{value:.2e}", True
    good = reference / within <= value <= reference * within  # not if it is NaN
    return f"{value:.2e} ({value / reference:.2f})" + ("" if good else " **off**"), good


def marks_text(plan, rows):
    """(lines of Markdown, whether all cells are near their references)"""
    lines, all_good = [], True
    for block in dict.fromkeys(row.run.block for row in rows):
        mine = [row for row in rows if row.run.block == block]
        marks = plan.about(mine[0].run.problem, "marks")
        if marks is None:
            continue
        lines += [f"## {block}: {marks['column']} after so many passes".replace("## :", "##"), "",
                  "In brackets: ratio to the reference.", "",
                  "| run | " + " | ".join(f"{mark} passes" for mark in marks["passes"]) + " | seeds |", "|---|" + "--:|" * (len(marks["passes"]) + 1)]
        for row in mine:
            how = plan.sections[row.run.section]
            seen = [smallest_near(result.trace, marks) for result in row.results if result.trace]
            if len(seen) < len(row.results):
                lines.append(f"| {row.run.label} | {', '.join(row.outcomes)} |" + " |" * len(marks["passes"]))
                all_good = all_good and "reference" not in how
                continue
            cells = []
            for values, reference in zip(zip(*seen), how.get("reference", [None] * len(marks["passes"]))):
                shown, good = cell(statistics.median(values), reference, how.get("within", math.inf))
                cells.append(shown)
                all_good = all_good and good
            lines.append(f"| {row.run.label} | " + " | ".join(cells) + f" | {len(seen)} |")
        lines.append("")
    return lines, all_good

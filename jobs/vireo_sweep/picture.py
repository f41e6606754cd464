"""Curves of what the runs of a sweep got against what they paid: median and band over seeds, by analysis/vireo_analysis."""
import os
import re
import sys

from .program import ROOT

#: axes, unless the sweep says others
PAID, GOT = ("wire_bytes_up", "wire_bytes_down", "oracle_calls"), "residual"
#: ratio of the largest to the smallest cost from which on the horizontal axes are logarithmic
WIDE = 12


def draw(plan, folder, rows):
    """(paths of the pictures, one for each problem; lines about those that could not be drawn, and what their legends had no room for)"""
    sys.path.insert(0, str(ROOT / "analysis"))
    try:
        from vireo_analysis import InputError, plot, read, style
    except ImportError as error:
        return [], [f"no plot: Python has no {error.name}; see: {os.path.relpath(ROOT / 'jobs/install-packages.sh')} --analysis"]
    made, failed = [], []
    blocks = dict.fromkeys(row.run.block for row in rows)
    for block in blocks:
        mine = [(row, result) for row in rows if row.run.block == block for result in row.results if result.trace]
        path = folder.path / ("plot.png" if len(blocks) == 1 else f"plot-{re.sub(r'[^A-Za-z0-9._-]+', '-', block)[:80]}.png")
        if not mine:
            failed.append(f"no plot{f' of {block}' if block else ''}: no run has left a trace")
            continue
        try:
            traces = [read(result.trace) for _, result in mine]
            axes = plan.plot.get("x", PAID)
            figure = plot(traces, axes, plan.plot.get("y", GOT), texts=[curve_name(row) for row, _ in mine], x_scale=scale_of(plan, traces, axes),
                          title=f"{plan.title}, {block}" if plan.title and block else plan.title or None, to_converged=True)
            style.save(figure, str(path))
            made.append(path)
            failed += [f"{path.name}: {key}" for key in figure.legend_keys]
        except InputError as error:
            failed.append(f"no plot{f' of {block}' if block else ''}: {error}")
    return made, failed


def curve_name(row):
    return f"{row.run.label}, step {row.step}" if row.step else row.run.label


def scale_of(plan, traces, axes):
    """What the sweep says; else logarithmic where runs that converged paid so differently that one would not see the cheapest"""
    ends = [trace.column(axes[0])[-1] for trace in traces if trace.termination == "converged"]
    ends = [end for end in ends if end > 0]
    return plan.plot.get("x-scale", "log" if ends and max(ends) > WIDE * min(ends) else "linear")

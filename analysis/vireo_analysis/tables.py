"""What it took to reach given residuals: counted at the first traced row at or below them."""
import fnmatch
import math
import os

import numpy
import pandas

from . import network
from .bands import smallest
from .errors import InputError
from .files import write
from .foreign import printable
from .quantities import GOT
from .render import COLUMNS, RENDERERS, About
from .runs import group, parse_labels, told_once
from .style import require_folder
from .trace import read
from .units import parse_list

EXAMPLE = """examples:
  vireo-analysis table vireo-run/extragradient.h5 vireo-run/masha1-both-ways.h5
  vireo-analysis table RUNS/*.h5 --targets 1e-3,1e-6 -o table.tex
  vireo-analysis table RUNS/*.h5 --columns iteration,wire_bytes --baseline extragradient --label 'masha1-*=MASHA1'

Numbers in brackets are ratios to the first run that is given, or to that of --baseline. In LaTeX the table has the width of a column of two, the
numbers have three digits, and the columns are oracle_calls, wire_bytes_up and wire_bytes_down unless others are given. Runs that differ in nothing but the seed are one line of medians."""

#: what is tabulated, in this order, and what in LaTeX
PAID = ["iteration", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "mpi_bytes", "seconds"]
PAID_IN_LATEX = ["oracle_calls", "wire_bytes_up", "wire_bytes_down"]
FORMAT_OF_SUFFIX = {".md": "markdown", ".tex": "latex", ".csv": "csv"}


def add_arguments(parser):
    parser.add_argument("traces", nargs="+", metavar="TRACE.h5", help="the first is what the others are compared with")
    parser.add_argument("--targets", default="1e-2,1e-4,1e-6", metavar="EPS[,EPS...]", help="default 1e-2,1e-4,1e-6")
    parser.add_argument("-y", default="residual", choices=list(GOT), help="what is to reach them; default residual")
    parser.add_argument("--columns", metavar="QUANTITY[,QUANTITY...]", help="what was paid: " + ", ".join(COLUMNS) + f"; default {','.join(PAID)}")
    parser.add_argument("--baseline", metavar="PATTERN|none", help="ratios are to the run whose file's name (or label) matches; default: the first")
    parser.add_argument("--label", action="append", metavar="PATTERN=TEXT",
                        help="how the runs are called whose files' names (or labels) match; may be given several times")
    network.add_network_arguments(parser)
    parser.add_argument("--format", choices=list(RENDERERS), help="default: by the output's name, else text")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")


def run(options):
    targets = parse_list("--targets", options.targets, float, "positive numbers such as 1e-2,1e-4")
    form = options.format or FORMAT_OF_SUFFIX.get(os.path.splitext(options.output or "")[1], "text")
    if options.output:
        require_folder(options.output)
    columns = list(dict.fromkeys(options.columns.split(","))) if options.columns else PAID_IN_LATEX if form == "latex" else PAID
    for name in columns:
        if name not in COLUMNS:
            raise InputError(f"--columns {name}: must be one of {', '.join(COLUMNS)}")
    named = parse_labels(options.label)
    traces = [read(path) for path in options.traces]
    network.add_if_asked(traces, columns, options)
    frame = table(traces, targets, options.y, columns, options.baseline, named)
    more = f" Modelled: {traces[0].definitions[network.COLUMN].partition('(')[2].rstrip(')')}." if network.COLUMN in columns else ""
    text = RENDERERS[form](frame, options.y, about(traces, frame, more))
    if not options.output:
        print(text)
        return 0
    write(options.output, text + "\n")
    print(printable(options.output))
    return 0


def about(traces, frame, more=""):
    """What a table says below its lines"""
    labels = list(dict.fromkeys(frame["run"]))
    return About(row_distance(traces), frame.attrs["baseline"], frame.attrs["baseline"] == labels[0], more)


def baseline_of(curves, pattern):
    """The number of the curve that ratios are to; None if there is none. InputError if the pattern matches no run, or several curves."""
    if pattern is None or pattern == "none":
        return 0 if pattern is None else None
    found = [at for at, curve in enumerate(curves)
             if any(fnmatch.fnmatchcase(text, pattern) for trace in curve.traces
                    for text in (trace.path, os.path.basename(trace.path), os.path.splitext(os.path.basename(trace.path))[0], curve.label,
                                 *told_once([curve.label, curve.label])[0]))]
    if len(found) != 1:
        which = ", ".join(repr(curve.label) for curve in ([curves[at] for at in found] or curves))
        raise InputError(f"--baseline {pattern}: matches {'none of' if not found else 'several,'} {which}")
    return found[0]


def table(traces, targets=(1e-2, 1e-4, 1e-6), y="residual", columns=tuple(PAID), baseline=None, named=()):
    """A DataFrame with a line for each target and curve: target, run, runs (how many), reached (by how many), smallest (value of
    y seen, median over runs), then the medians of what was paid, NaN where fewer than half of the runs reached the target, and
    ratio_<quantity> to the curve that `baseline` matches, see baseline_of; its label is the frame's attribute `baseline`. `named` as in
    runs.group. InputError for a missing column or several problems."""
    lines = []
    curves = group(traces, named=named)
    first = baseline_of(curves, baseline)
    for target in targets:
        paid = [numpy.array([reach(trace, y, target, columns) for trace in curve.traces]) for curve in curves]
        with numpy.errstate(invalid="ignore", divide="ignore"):
            medians = [numpy.median(each, axis=0) for each in paid]
            medians = [numpy.where(numpy.isfinite(each), each, math.nan) for each in medians]
            ratios = [each / (medians[first] if first is not None else math.nan) for each in medians]
        for curve, each, median, ratio in zip(curves, paid, medians, ratios):
            lines.append([target, curve.label, len(each), int(numpy.isfinite(each[:, 0]).sum()),
                          float(numpy.median([smallest(trace, y) for trace in curve.traces])), *median, *ratio])
    frame = pandas.DataFrame(lines, columns=["target", "run", "runs", "reached", "smallest", *columns, *("ratio_" + name for name in columns)])
    frame.attrs["baseline"] = None if first is None else curves[first].label
    return frame


def reach(trace, y, target, columns):
    """What a run had paid at its first row with y <= target: infinity for all if there is none."""
    hit = numpy.flatnonzero(trace.column(y) <= target)
    if len(hit) == 0:
        return [math.inf] * len(columns)
    return [trace.column(name)[hit[0]] for name in columns]


def row_distance(traces):
    """The largest number of iterations between two rows: how much later than in truth a target may seem reached."""
    return int(max((numpy.diff(trace.column("iteration")).max(initial=0) for trace in traces), default=0))

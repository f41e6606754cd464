"""What it took to reach given residuals: counted at the first traced row at or below them."""
import math
import os

import numpy
import pandas

from .errors import InputError
from .files import write
from .foreign import printable
from .quantities import GOT
from .render import RENDERERS
from .runs import group
from .style import require_folder
from .trace import read
from .units import parse_list

EXAMPLE = """examples:
  analysis/vireo-analysis table vireo-run/extragradient.h5 vireo-run/masha1.h5
  analysis/vireo-analysis table RUNS/*.h5 --targets 1e-3,1e-6 --format latex -o table.tex

Numbers in brackets are ratios to the first run that is given. Runs that differ in nothing but the seed are one line of medians."""

#: what is tabulated, in this order
PAID = ["iteration", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "mpi_bytes", "seconds"]
FORMAT_OF_SUFFIX = {".md": "markdown", ".tex": "latex", ".csv": "csv"}


def add_arguments(parser):
    parser.add_argument("traces", nargs="+", metavar="TRACE.h5", help="the first is what the others are compared with")
    parser.add_argument("--targets", default="1e-2,1e-4,1e-6", metavar="EPS[,EPS...]", help="default 1e-2,1e-4,1e-6")
    parser.add_argument("-y", default="residual", choices=list(GOT), help="what is to reach them; default residual")
    parser.add_argument("--format", choices=list(RENDERERS), help="default: by the output's name, else text")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")


def run(options):
    targets = parse_list("--targets", options.targets, float, "positive numbers such as 1e-2,1e-4")
    form = options.format or FORMAT_OF_SUFFIX.get(os.path.splitext(options.output or "")[1], "text")
    if options.output:
        require_folder(options.output)
    traces = [read(path) for path in options.traces]
    text = RENDERERS[form](table(traces, targets, options.y), options.y, row_distance(traces))
    if not options.output:
        print(text)
        return 0
    write(options.output, text + "\n")
    print(printable(options.output))
    return 0


def table(traces, targets=(1e-2, 1e-4, 1e-6), y="residual"):
    """A DataFrame with a line for each target and curve: target, run, runs (how many), reached (by how many), smallest (value of
    y seen, median over runs), then the medians of what was paid, NaN where fewer than half of the runs reached the target, and
    ratio_<quantity> to the first curve. InputError for a missing column or several problems."""
    lines = []
    curves = group(traces)
    for target in targets:
        first = None
        for curve in curves:
            paid = numpy.array([reach(trace, y, target) for trace in curve.traces])
            with numpy.errstate(invalid="ignore"):
                median = numpy.median(paid, axis=0)
            median[~numpy.isfinite(median)] = math.nan
            first = median if first is None else first
            with numpy.errstate(invalid="ignore", divide="ignore"):
                ratios = median / first
            lines.append([target, curve.label, len(paid), int(numpy.isfinite(paid[:, 0]).sum()),
                          float(numpy.median([smallest(trace, y) for trace in curve.traces])), *median, *ratios])
    return pandas.DataFrame(lines, columns=["target", "run", "runs", "reached", "smallest", *PAID, *("ratio_" + name for name in PAID)])


def reach(trace, y, target):
    """What a run had paid at its first row with y <= target: infinity for all if there is none."""
    hit = numpy.flatnonzero(trace.column(y) <= target)
    if len(hit) == 0:
        return [math.inf] * len(PAID)
    return [trace.column(name)[hit[0]] for name in PAID]


def smallest(trace, y):
    """The smallest value of y in the trace, NaN if there is none"""
    values = trace.column(y)
    return float(numpy.nanmin(values)) if numpy.isfinite(values).any() else math.nan


def row_distance(traces):
    """The largest number of iterations between two rows: how much later than in truth a target may seem reached."""
    return int(max((numpy.diff(trace.column("iteration")).max(initial=0) for trace in traces), default=0))

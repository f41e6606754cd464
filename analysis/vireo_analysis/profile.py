"""Where the seconds of a run went."""
import textwrap

import matplotlib.ticker
import numpy

from . import style
from .runs import names, state_of
from .trace import read
from .errors import InputError
from .units import counted, seconds_text

EXAMPLE = """examples:
  analysis/vireo-analysis profile vireo-run/masha1.h5
  analysis/vireo-analysis profile vireo-run/*.h5 -o profile.png

The trace keeps the largest of the ranks' seconds for each kind of work, so the kinds need not add up to the whole."""

PARTS = {"operator": "seconds_operator", "compress": "seconds_compress", "exchange": "seconds_exchange"}


def add_arguments(parser):
    parser.add_argument("traces", nargs="+", metavar="TRACE.h5")
    parser.add_argument("-o", "--output", metavar="FILE", help="also draw it: .png, .svg or .pdf")
    parser.add_argument("--paper", action="store_true", help="sized for a column of a paper")


def run(options):
    if options.output:
        style.check_output(options.output)
    traces = [read(path) for path in options.traces]
    print("\n\n".join(text(trace) for trace in traces))
    if options.output:
        style.save(plot(traces, options.paper), options.output)
        print(f"\n{options.output}")
    return 0


def split(trace):
    """({part: seconds}, whole, monitor) at the last row. `other` is what the named parts leave of the whole; 0 if they exceed it,
    each being the largest over ranks."""
    if len(trace.rows) == 0:
        raise InputError(f"{trace.path}: has no rows yet")
    whole = trace.column("seconds")[-1]
    parts = {name: trace.column(column)[-1] for name, column in PARTS.items()}
    parts["other"] = max(0.0, whole - sum(parts.values()))
    return parts, whole, trace.column("seconds_monitor")[-1]


def text(trace):
    """A line for each part, and the ranks where the trace tells them apart"""
    parts, whole, monitor = split(trace)
    ranks = trace.manifest.get("ranks", 1)
    out = [f"{trace.path}: {state_of(trace)}, {counted(ranks, 'rank')}, {seconds_text(whole)}"]
    for name, seconds in parts.items():
        share = seconds / whole if whole > 0 else 0.0
        out.append(f"  {name:9}{seconds_text(seconds):>11}  {share:6.1%}  {'#' * round(40 * min(share, 1)):40}".rstrip())
    out.append(f"  monitor  {seconds_text(monitor):>11}          for the trace itself; not part of the whole")
    if whole < sum(parts[name] for name in PARTS):
        out.append("  The parts exceed the whole: each is the largest over ranks.")
    known = {name: trace.by_rank[column] for name, column in PARTS.items() if column in trace.by_rank}
    if not known:
        out.append("  By rank: not in this trace, which keeps the largest over ranks." if ranks > 1 else "  One rank: no imbalance.")
    for name, seconds in known.items():
        worst = int(numpy.argmax(seconds))
        mean = float(numpy.mean(seconds))
        out.append(f"  {name} by rank: mean {seconds_text(mean)}, most {seconds_text(seconds[worst])} on rank {worst}"
                   + (f" ({seconds[worst] / mean:.2f} times the mean)" if mean > 0 else ""))
    return "\n".join(out)


def plot(traces, paper=False):
    """A bar for each run, cut into its parts"""
    with style.settings(paper):
        made, (axis,) = style.figure(1, paper)
        made.set_figheight((0.5 if paper else 0.6) + (0.26 if paper else 0.4) * len(traces))
        left = numpy.zeros(len(traces))
        splits = [split(trace)[0] for trace in traces]
        bars = []
        for index, part in enumerate(splits[0]):
            widths = numpy.array([parts[part] for parts in splits])
            colour = "#bbbbbb" if part == "other" else style.COLOURS[[0, 1, 4][index]]
            bars.append(axis.barh(range(len(traces)), widths, left=left, color=colour, hatch=style.HATCHES[index], edgecolor="white",
                                  linewidth=0.5, label=part))
            left += widths
        axis.set_yticks(range(len(traces)), [textwrap.fill(name, 32) for name in names(traces)])
        axis.invert_yaxis()
        axis.grid(axis="y", visible=False)
        axis.xaxis.set_major_formatter(matplotlib.ticker.EngFormatter(unit="s", sep="\N{NARROW NO-BREAK SPACE}"))
        axis.set_xlabel("wall-clock time" + (", each part the largest over ranks" if not paper else ""))
        style.legend_above(made, bars, list(splits[0]))
    return made

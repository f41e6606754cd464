"""Curves of what a run got against what it paid: median and quartile band over seeds, the theorem's bound dashed."""
import sys

import matplotlib.lines
import matplotlib.patches
import matplotlib.ticker
import numpy

from . import legend, network, style
from .bands import band
from .foreign import printable
from .quantities import GOT, PAID, unit_of
from .runs import group, parse_labels, problem_text, told_once
from .theory import bound
from .trace import read
from .errors import InputError

EXAMPLE = """example:
  vireo-analysis plot vireo-run/extragradient.h5 vireo-run/masha1-both-ways.h5 \\
      -x wire_bytes_up,wire_bytes_down,oracle_calls -y residual -o comparison.png

Several -x make panels side by side. Runs that differ in nothing but the seed become one curve: their median, and a band between
the quartiles. A run that converged keeps its last value in it. The legend names what differs between the configurations."""

#: what a dashed line is, and how it is drawn
BOUNDS = {"proved": "the theorem's bound", "fitted": "the theorem's rate, from the first row on"}
DASHES = {"proved": (0, (4, 2)), "fitted": (0, (4, 2, 1, 2))}

#: smaller numbers are drawn at the edge: an axis has no room beyond them
SMALLEST = 1e-300
#: how far above its beginning a run is shown
GROWTH = 100.0
#: how far beyond the last run that converged, where asked for
BEYOND = 1.1


def add_arguments(parser):
    parser.add_argument("traces", nargs="+", metavar="TRACE.h5")
    parser.add_argument("-x", default="wire_bytes_up", metavar="QUANTITY[,QUANTITY...]",
                        help="what was paid: " + ", ".join(PAID) + "; default wire_bytes_up")
    parser.add_argument("-y", default="residual", choices=list(GOT), help="what was got; default residual")
    parser.add_argument("-o", "--output", default="plot.png", metavar="FILE", help=".png, .svg or .pdf; default plot.png")
    parser.add_argument("--paper", action="store_true", help="sized for a paper: one column, or the page for several panels")
    network.add_network_arguments(parser)
    parser.add_argument("--label", action="append", metavar="PATTERN=TEXT",
                        help="how the runs are called whose files' names (or labels) match; may be given several times")
    parser.add_argument("--x-scale", default="linear", choices=["linear", "log"], help="default linear")
    parser.add_argument("--title", help="in place of the problem's name; an empty text: none")
    parser.add_argument("--no-theory", dest="theory", action="store_false", help="leave the theorem's bound out")


def run(options):
    style.check_output(options.output)
    traces, xs = [read(path) for path in options.traces], options.x.split(",")
    named = parse_labels(options.label)
    network.add_if_asked(traces, xs, options)
    made = plot(traces, xs, options.y, paper=options.paper, x_scale=options.x_scale, title=options.title, theory=options.theory, named=named)
    for line in made.legend_keys:
        print(f"plot: {line}", file=sys.stderr)
    style.save(made, options.output)
    print(printable(options.output))
    return 0


def plot(traces, xs=("wire_bytes_up",), y="residual", paper=False, x_scale="linear", title=None, theory=True, texts=None,
         to_converged=False, named=()):
    """A matplotlib figure with a panel for each x of `xs`; `texts` name the traces in place of their configurations, and those of equal text
    become one curve; `named` are pairs (pattern, label), see runs.called. With `to_converged` the panels end soon after the last run that converged. The texts that the
    legend had no room for, and has numbers in place of, are in the figure's `legend_keys`. InputError for a missing column or several problems."""
    for x in xs:
        if x not in PAID:
            raise InputError(f"-x {x}: must be one of {', '.join(PAID)}")
    curves = group(traces, texts, named)
    with style.settings(paper):
        made, axes = style.figure(len(xs), paper)
        drawn = set()
        for x, axis in zip(xs, axes):
            for index, curve in enumerate(curves):
                draw(axis, curve, x, y, style.look(index), markers=len(curves) > 1, x_scale=x_scale)
                if theory:
                    drawn.add(draw_bound(axis, curve, x, y, style.look(index).colour))
            dress(axis, x, traces, x_scale)
            if to_converged:
                end_with_the_converged(axis, traces, x)
        axes[0].set_ylabel(GOT[y])
        keep_to_the_runs(axes, curves, xs[0], y)
        handles = [matplotlib.lines.Line2D([], [], color=look.colour, linestyle=look.line, marker=look.marker if len(curves) > 1 else "",
                                           markerfacecolor=look.filling) for look in map(style.look, range(len(curves)))]
        texts, seeds = told_once([curve.label for curve in curves])
        if seeds:
            handles.append((matplotlib.patches.Patch(color="#444444", alpha=0.22, linewidth=0), matplotlib.lines.Line2D([], [], color="#444444")))
            texts.append(f"median and quartiles of {seeds}")
        for kind, words in BOUNDS.items():
            if kind in drawn:
                handles.append(matplotlib.lines.Line2D([], [], color="#444444", linestyle=DASHES[kind], linewidth=1))
                texts.append(words)
        made.legend_keys = legend.above(made, handles, texts, headline(traces, paper) if title is None else title)
    return made


def headline(traces, paper):
    """The problem, unless the picture's caption will name it"""
    return "" if paper else f"{problem_text(traces[0])}, M = {traces[0].manifest.get('workers')}"


def draw(axis, curve, x, y, look, markers, x_scale):
    """One curve, its band, and about eight markers along it"""
    xs, lower, median, upper = band(curve.traces, x, y)
    if len(curve.traces) > 1:
        axis.fill_between(xs, lower, upper, color=look.colour, alpha=0.22, linewidth=0)
    axis.plot(xs, median, color=look.colour, linestyle=look.line)
    seen = numpy.flatnonzero(numpy.isfinite(median) & ((xs > 0) | (x_scale == "linear")))
    if not markers or len(seen) == 0:
        return
    # evenly along the axis, so that curves of few and of many rows look alike
    spaced = numpy.geomspace if x_scale == "log" else numpy.linspace
    wanted = spaced(xs[seen[0]], xs[seen[-1]], 9)
    at = numpy.unique(seen[numpy.clip(numpy.searchsorted(xs[seen], wanted), 0, len(seen) - 1)])
    at = at[1:] if len(at) > 1 else at  # all runs begin at one point: there markers only hide each other
    filled = look.filling == look.colour
    axis.plot(xs[at], median[at], color=look.colour, marker=look.marker, linestyle="", markerfacecolor=look.filling,
              markeredgecolor="white" if filled else look.colour, markeredgewidth=0.5 if filled else 0.8)


def draw_bound(axis, curve, x, y, colour):
    """The theorem's bound, if the first of the runs holds one; what it is, of BOUNDS, or None"""
    found = bound(curve.traces[0], x, y)
    if found is None:
        return None
    kind = "fitted" if found.fitted else "proved"
    axis.plot(found.x, found.y, color=colour, linestyle=DASHES[kind], linewidth=1, zorder=1.5)
    return kind


def dress(axis, x, traces, x_scale):
    """Name, unit and ticks of the horizontal axis"""
    axis.set_xlabel(traces[0].definitions[x] if x == network.COLUMN else PAID[x])
    if x_scale == "log" and not any((trace.column(x) > 0).any() for trace in traces):
        print(f"plot: no value of {x} is positive; its axis is linear", file=sys.stderr)
        x_scale = "linear"
    axis.set_xscale(x_scale)
    axis.xaxis.set_major_formatter(matplotlib.ticker.EngFormatter(unit=unit_of(traces[0].units[x]), sep="\N{NARROW NO-BREAK SPACE}"))
    if x_scale == "linear":
        axis.set_xlim(left=0)
        axis.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))


def end_with_the_converged(axis, traces, x):
    """A horizontal axis on which runs that went on to a limit do not press those that converged against its beginning"""
    ends = [trace.column(x)[-1] for trace in traces if trace.termination == "converged"]
    if ends and max(ends) > 0:
        axis.set_xlim(right=min(BEYOND * max(ends), axis.get_xlim()[1]))


def keep_to_the_runs(axes, curves, x, y):
    """A logarithmic vertical axis that shows the runs. Neither a bound far above them nor a run that diverges may flatten them: the
    picture ends at GROWTH times where the runs begin."""
    bands = [numpy.concatenate(band(curve.traces, x, y)[1:]) for curve in curves]
    bands = [values[numpy.isfinite(values)] for values in bands]
    empty = [curve.label for curve, values in zip(curves, bands) if len(values) == 0]
    bands = [values for values in bands if len(values) > 0]
    if not bands:
        print(f"plot: no value of {y} is positive and finite; the picture is empty", file=sys.stderr)
        for axis in axes:
            style.say_empty(axis, f"no value of {y}\nis positive and finite")
        return
    for label in empty:
        print(f"plot: {printable(label)}: no value of {y} is positive and finite; it has no curve", file=sys.stderr)
    low = max(min(values.min() for values in bands), SMALLEST)
    high = max(low, min(max(values.max() for values in bands), GROWTH * max(values[0] for values in bands)))
    style.log_axis(axes[0].yaxis, [low, high])
    margin = max((high / low) ** 0.05, 1.2)
    axes[0].set_ylim(low / margin, high * margin)

"""What the communication of a run would take on another network and on other numbers of ranks."""
import math
import sys

import matplotlib.ticker
import numpy
import pandas

from . import legend, style
from .bands import smallest
from .clock import Network, seconds
from .counts import exchanges
from .foreign import printable
from .quantities import GOT
from .runs import group
from .trace import read
from .traffic import exchange
from .errors import InputError
from .units import bytes_text, count_text, counted, parse_duration, parse_list, parse_rate, rate_text, seconds_text

EXAMPLE = """example:
  vireo-analysis network vireo-run/*.h5 --latency 10us --bandwidth 1Gbit/s --ranks 8,64,512,4096 -o network.png

Measured: the bytes on the wire, the iterations and the oracle calls of the trace, and its seconds of computation. Modelled: the number
and the sizes of messages between P ranks (the program's own exchange), their time (the clock of `vireo solve --simulate`), and the
computation on P ranks (the measured seconds, in proportion to the workers of the rank that has most).

`star` is the paper's server model: every worker has a link of its own to a server that is never the bottleneck, 2 messages for each
exchange. Its bytes are those that the trace counted."""


#: rows of a trace at which add_time counts exchanges
POINTS = 400

#: the column that add_time adds, and the ranks of the star
COLUMN, STAR = "seconds_on_network", "star"

NOTE = """Measured: bytes on the wire (star: all of its bytes), iterations, oracle calls, computation on the run's own ranks.
Modelled: messages and bytes between ranks, all times of communication, computation on other numbers of ranks."""


def _add_speed(parser):
    parser.add_argument("--latency", default="10us", metavar="T", help="seconds per message; default 10us")
    parser.add_argument("--bandwidth", default="1Gbit/s", metavar="RATE", help="of each rank, each way; default 1Gbit/s")


def add_network_arguments(parser):
    """The options of other commands that may show the time on a network"""
    _add_speed(parser)
    parser.add_argument("--ranks", default=STAR, metavar=f"P|{STAR}",
                        help=f"for {COLUMN}: on so many ranks, or (the default) all workers around a server; see: network --help")


def add_if_asked(traces, names, options):
    """Adds the column to all traces if it is among the names that were asked for"""
    if COLUMN not in names:
        return
    net = Network(parse_duration("--latency", options.latency), parse_rate("--bandwidth", options.bandwidth))
    ranks = 0 if options.ranks == STAR else parse_list("--ranks", options.ranks, int, f"one whole number of ranks, or {STAR}")
    if ranks and (len(ranks) > 1 or ranks[0] > 4096):
        raise InputError(f"--ranks {options.ranks}: one number of at most 4096, or {STAR}")
    for trace in traces:
        add_time(trace, net, ranks[0] if ranks else 0)


def add_arguments(parser):
    parser.add_argument("traces", nargs="+", metavar="TRACE.h5")
    _add_speed(parser)
    parser.add_argument("--ranks", default="8,64,512,4096", metavar="P[,P...]", help="default 8,64,512,4096")
    parser.add_argument("--to", type=float, metavar="EPS", help="up to the first row with y <= EPS; default: the whole trace")
    parser.add_argument("-y", default="residual", choices=list(GOT), help="what --to is compared with; default residual")
    parser.add_argument("-o", "--output", metavar="FILE", help="also draw it: .png, .svg or .pdf")
    parser.add_argument("--paper", action="store_true", help="sized for a column of a paper")


def run(options):
    net = Network(parse_duration("--latency", options.latency), parse_rate("--bandwidth", options.bandwidth))
    ranks = [int(value) for value in parse_list("--ranks", options.ranks, int, "whole numbers of ranks")]
    if max(ranks) > 4096:
        raise InputError(f"--ranks: at most 4096, as for --simulate, not {max(ranks)}")
    if options.output:
        style.check_output(options.output)
    curves = group([read(path) for path in options.traces])
    frames = []
    print(f"network: {seconds_text(net.latency)} a message, {bytes_text(net.bandwidth)}/s each way and rank\n")
    for curve in curves:
        rows = [where(trace, options.y, options.to) for trace in curve.traces]
        frames.append(median([predict(trace, net, ranks, row) for trace, row in zip(curve.traces, rows)]))
        print(text(curve, frames[-1], rows, options.y) + "\n")
    print(NOTE)
    if options.output:
        made = plot([curve.label for curve in curves], frames, net, options.paper)
        for line in made.legend_keys:
            print(f"network: {line}", file=sys.stderr)
        style.save(made, options.output)
        print(printable(options.output))
    return 0


def where(trace, y, target):
    """The number of the last row, or of the first one with y <= target; InputError if there is none."""
    if len(trace.rows) == 0:
        raise InputError(f"{trace.path}: has no rows yet")
    values = trace.column(y)
    if target is None:
        return len(values) - 1
    if not (values <= target).any():
        raise InputError(f"{trace.path}: never reaches {y} {target:g}; the smallest is {smallest(trace, y):.3g}")
    return int((values <= target).argmax())


def median(frames):
    """The median of each entry, over runs that differ in the seed"""
    return frames[0] if len(frames) == 1 else pandas.concat(frames).groupby(level=0).median()


def communication(trace, net, ranks, row):
    """(latency seconds, bandwidth seconds, bytes moved by all ranks) of the run's exchanges on P ranks"""
    M, d = trace.manifest["workers"], trace.problem["dimension"]
    messages = carried = moved_by_all = 0.0
    for count, *kind in exchanges(trace, row).kinds(trace.config):
        cost, moved = exchange(net, d, ranks, M, *kind)
        messages, carried, moved_by_all = messages + count * cost.messages, carried + count * cost.bytes, moved_by_all + count * moved
    return messages * net.latency, carried / net.bandwidth, moved_by_all


def add_time(trace, net, ranks=0):
    """Adds the column of what the run would have taken up to each row on P ranks of a network, or (0) in the star: communication as in predict,
    with messages of the run's mean sizes, and computation. Of more than POINTS rows the exchanges are those of so many, linear between them."""
    rows = len(trace.rows)
    if rows == 0:
        raise InputError(f"{trace.path}: has no rows yet")
    at = numpy.unique(numpy.linspace(0, rows - 1, POINTS).astype(int))
    told = [exchanges(trace, int(row)) for row in at]
    M, d = trace.manifest["workers"], trace.problem["dimension"]
    if ranks == 0:
        communicating = 2 * numpy.interp(numpy.arange(rows), at, [one.all() for one in told]) * net.latency
        communicating += trace.column("wire_bytes") / M / net.bandwidth
    else:
        communicating = numpy.zeros(rows)
        for name, kind in zip(("full", "compressed", "announced"), told[-1].every_kind(trace.config)):
            counts = numpy.interp(numpy.arange(rows), at, [getattr(one, name) for one in told])
            if counts.any():
                communicating += counts * seconds(net, exchange(net, d, ranks, M, *kind[1:])[0])
    trace.rows[COLUMN] = communicating + computation(trace, ranks or M, slice(None))
    trace.units[COLUMN] = "s"
    place = "star" if ranks == 0 else counted(ranks, "rank")
    trace.definitions[COLUMN] = f"time, modelled ({place}, {seconds_text(net.latency)}, {rate_text(net.bandwidth)})"


def computation(trace, ranks, row):
    """Seconds of operator and compression on P ranks, in proportion to the workers of the rank that has most"""
    measured = trace.column("seconds_operator")[row] + trace.column("seconds_compress")[row]
    M = trace.manifest["workers"]
    return measured * math.ceil(M / ranks) / math.ceil(M / trace.manifest["ranks"])


def predict(trace, net, ranks, row=-1):
    """A DataFrame with a line for each number of ranks: ranks (0: the star), latency, bandwidth, communication, computation and total in
    seconds, bytes_moved by all ranks."""
    row = range(len(trace.rows))[row]
    lines = []
    for count in ranks:
        waiting, carrying, moved = communication(trace, net, count, row)
        lines.append([count, waiting, carrying, computation(trace, count, row), moved])
    told = exchanges(trace, row)
    M = trace.manifest["workers"]
    up, down = trace.column("wire_bytes_up")[row], trace.column("wire_bytes_down")[row]
    waiting, carrying = 2 * told.all() * net.latency, (up + down) / M / net.bandwidth
    lines.append([0, waiting, carrying, computation(trace, M, row), up + down])
    frame = pandas.DataFrame(lines, columns=["ranks", "latency", "bandwidth", "computation", "bytes_moved"])
    frame["communication"] = frame["latency"] + frame["bandwidth"]
    frame["total"] = frame["communication"] + frame["computation"]
    return frame


def check(trace, row):
    """How well the model meets what this run itself counted, as sentences"""
    ranks = trace.manifest["ranks"]
    if ranks < 2:
        return "This run had one rank, so nothing here was checked against messages that were really sent."
    config = trace.config
    simulated = "seconds_modelled" in trace.rows
    net = Network(parse_duration("latency", config["latency"]), parse_rate("bandwidth", config["bandwidth"])) if simulated \
        else Network(1e-5, 125e6)
    waiting, carrying, moved = communication(trace, net, ranks, row)
    counted = trace.column("mpi_bytes")[row]
    out = f"Check on the run's own {ranks} ranks: the model moves {bytes_text(moved)}, counted were {bytes_text(counted)}"
    if simulated:
        shown = trace.column("seconds_modelled")[row]
        out += f"; it takes {seconds_text(waiting + carrying)}, the simulated clock showed {seconds_text(shown)}"
    return out + "."


def text(curve, frame, rows, y):
    """The table of one curve, and what it rests on"""
    told = [exchanges(trace, row) for trace, row in zip(curve.traces, rows)]
    trace, full, compressed = curve.traces[0], *numpy.median([(one.full, one.all() - one.full) for one in told], axis=0)
    reached = max(trace.column(y)[row] for trace, row in zip(curve.traces, rows))
    out = [f"{curve.label}: to {y} {reached:.3g}, {count_text(full)} full and {count_text(compressed)} compressed exchanges"
           + (" (medians)" if len(told) > 1 else ""),
           f"  {'ranks':>6}{'latency':>13}{'bandwidth':>13}{'communication':>15}{'computation':>14}{'together':>13}{'bytes moved':>14}"]
    for _, line in frame.iterrows():
        ranks = "star" if line["ranks"] == 0 else count_text(line["ranks"])
        times = [seconds_text(line[column]) for column in ("latency", "bandwidth", "communication", "computation", "total")]
        moved = bytes_text(line["bytes_moved"])
        out.append(f"  {ranks:>6}{times[0]:>13}{times[1]:>13}{times[2]:>15}{times[3]:>14}{times[4]:>13}{moved:>14}")
    out.append(f"  The numbers of exchanges follow from {told[0].how}.")
    out += [f"  Assumed: {assumption}." for assumption in told[0].assumed]
    if frame["ranks"].max() > trace.manifest["workers"]:
        out.append(f"  Beyond {trace.manifest['workers']} ranks some have no worker.")
    if trace.manifest.get("ranks_are") == "simulated":
        out.append("  The run's ranks were threads of one machine, which its seconds of computation suffer from.")
    return "\n".join([*out, "  " + check(trace, rows[0])])


def plot(titles, frames, net, paper=False):
    """Time against ranks: communication and computation together as lines, communication alone dotted"""
    with style.settings(paper):
        made, (axis,) = style.figure(1, paper)
        handles, texts = [], []
        for index, (title, frame) in enumerate(zip(titles, frames)):
            look = style.look(index)
            colour, marker = look.colour, look.marker
            frame = frame[frame["ranks"] > 0].sort_values("ranks")
            handles += axis.plot(frame["ranks"], frame["total"], color=colour, marker=marker)
            axis.plot(frame["ranks"], frame["communication"], color=colour, marker=marker, linestyle=":", markerfacecolor="white")
            texts.append(title)
        handles += axis.plot([], [], color="#444444", marker="o", linestyle=":", markerfacecolor="white")
        texts.append("communication alone")
        axis.set_xscale("log", base=2)
        times = [value for frame in frames for value in frame[["communication", "total"]].to_numpy().ravel()]
        if not style.log_axis(axis.yaxis, times, matplotlib.ticker.EngFormatter(unit="s", sep="\N{NARROW NO-BREAK SPACE}")):
            print("network: no time is positive and finite; the picture is empty", file=sys.stderr)
            style.say_empty(axis, "no time is positive and finite")
        ticks = sorted({int(ranks) for frame in frames for ranks in frame["ranks"] if ranks > 0})
        axis.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
        axis.xaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:,.0f}"))
        axis.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axis.set_xlabel("ranks")
        axis.set_ylabel("time, modelled")
        heading = "" if paper else f"{seconds_text(net.latency)} a message, {bytes_text(net.bandwidth)}/s"
        made.legend_keys = legend.above(made, handles, texts, heading)
    return made

"""Where the seconds of a run went, and on which ranks."""
import textwrap

import matplotlib.ticker
import numpy

from . import legend, style
from .foreign import printable
from .runs import names, state_of
from .trace import read
from .errors import InputError
from .units import bytes_text, counted, seconds_text

EXAMPLE = """examples:
  vireo-analysis profile vireo-run/masha1-both-ways.h5
  vireo-analysis profile vireo-run/*.h5 -o profile.png

The rows of a trace keep the largest of the ranks' seconds for each kind of work, so the kinds need not add up to the whole; a run that
has ended has told its ranks apart. Drawn, one run of several ranks has a bar for each of them, several runs one for each run."""

PARTS = {"operator": "seconds_operator", "compress": "seconds_compress", "exchange": "seconds_exchange"}

#: shown by rank besides: not part of the run's seconds
BESIDES = {"monitor": "seconds_monitor", "of it, io": "seconds_io"}

#: with more ranks than this only the extremes are shown
FEW = 16

#: a part is worth a word if it takes this share of the time and one rank has this many times the mean of it
LARGE, UNEVEN = 0.05, 1.15


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
        print(f"\n{printable(options.output)}")
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


def by_rank(trace):
    """{part: an array over ranks} with `other`, or None if the trace does not tell ranks apart"""
    if any(column not in trace.by_rank for column in ["seconds", *PARTS.values()]):
        return None
    parts = {name: numpy.asarray(trace.by_rank[column], dtype=float) for name, column in PARTS.items()}
    parts["other"] = numpy.maximum(0.0, trace.by_rank["seconds"] - sum(parts.values()))
    return parts


def text(trace):
    """A line for each part, and the ranks where the trace tells them apart"""
    parts, whole, monitor = split(trace)
    ranks = trace.manifest.get("ranks", 1)
    kind = "simulated rank" if trace.manifest.get("ranks_are") == "simulated" else "rank"
    out = [f"{trace.path}: {state_of(trace)}, {counted(ranks, kind)}, {seconds_text(whole)}"]
    for name, seconds in parts.items():
        share = seconds / whole if whole > 0 else 0.0
        out.append(f"  {name:9}{seconds_text(seconds):>11}  {share:6.1%}  {'#' * round(40 * min(share, 1)):40}".rstrip())
    out.append(f"  monitor  {seconds_text(monitor):>11}          for the trace itself; not part of the whole")
    if whole < sum(parts[name] for name in PARTS):
        out.append("  The parts exceed the whole: each is the largest over ranks.")
    apart = by_rank(trace)
    if apart is None:
        if ranks == 1:
            out.append("  One rank: no imbalance.")
        else:
            out.append("  By rank: not in this trace; a run writes it when it ends.")
    elif len(apart["operator"]) == 1:
        out.append("  One rank: no imbalance." + _io_text(trace))
    else:
        out += ["", *_ranks_text(trace, apart), *_verdict(trace, apart)]
    return "\n".join(out)


def _io_text(trace):
    io = trace.by_rank.get("seconds_io")
    return "" if io is None else f" Writing the trace and checkpoints took {seconds_text(io[0])} of the monitor's time."


def _ranks_text(trace, apart):
    """A line for each of few ranks, and for each part the mean and the extremes"""
    resumed = len(trace.segments.get("start_row", ())) > 1
    out = ["  by rank" + (", since the run was last resumed" if resumed else "")]
    columns = {**apart, **{name: trace.by_rank[column] for name, column in BESIDES.items() if column in trace.by_rank}}
    sent = trace.by_rank.get("mpi_bytes")
    hosts = trace.by_rank.get("host", [""] * len(apart["operator"]))

    def line(head, number_of, host=""):
        cells = [seconds_text(number_of(values)) for values in columns.values()]
        cells += [] if sent is None else [bytes_text(number_of(sent))]
        return f"  {head:>9}  " + "".join(f"{cell:>11}" for cell in cells) + (f"  {host}" if host else "")

    heads = [*columns, *([] if sent is None else ["bytes sent"])]
    out.append("  " + " " * 9 + "  " + "".join(f"{head:>11}" for head in heads))
    if len(hosts) <= FEW:
        out += [line(rank, lambda values, at=rank: values[at], hosts[rank]) for rank in range(len(hosts))]
    out += [line(name, of) for name, of in (("mean", numpy.mean), ("least", numpy.min), ("most", numpy.max))]
    numbers = [*columns.values(), *([] if sent is None else [sent])]
    out.append(f"  {'most/mean':>9}  " + "".join(f"{_uneven(values):>11}" for values in numbers))
    return out


def _uneven(values):
    mean = float(numpy.mean(values))
    return f"{numpy.max(values) / mean:.2f}" if mean > 0 else "-"


def _verdict(trace, apart):
    """What to look at: the parts that are large and unevenly spread. Waiting is booked to the exchange, so there the rank with
    the least time is the one that the others wait for."""
    whole = float(numpy.mean(trace.by_rank["seconds"]))
    hosts = trace.by_rank.get("host")
    out = []

    def where(rank):
        return f"rank {rank}" + (f" on {hosts[rank]}" if hosts is not None and len(set(hosts)) > 1 else "")

    for name in ("operator", "compress"):
        mean, most = float(numpy.mean(apart[name])), float(numpy.max(apart[name]))
        if mean > LARGE * whole and most > UNEVEN * mean:
            out.append(f"  {name}: {most / mean:.2f} times the mean on {where(int(numpy.argmax(apart[name])))}; the others wait for it "
                       "in the exchange")
    least, mean = float(numpy.min(apart["exchange"])), float(numpy.mean(apart["exchange"]))
    if not out and mean > LARGE * whole and mean > UNEVEN * least:
        out.append(f"  exchange: least on {where(int(numpy.argmin(apart['exchange'])))}, which comes last to it: the others wait")
    return [""] + out if out else ["", "  The work is evenly spread over the ranks."]


def plot(traces, paper=False):
    """A bar for each run, cut into its parts; for one run that tells its ranks apart, a bar for each rank"""
    apart = by_rank(traces[0]) if len(traces) == 1 else None
    if apart is not None and len(apart["operator"]) > 1:
        ranks = len(apart["operator"])
        few = ranks <= FEW
        return _bars(apart, [f"rank {rank}" for rank in range(ranks)] if few else None, "wall-clock time", paper)
    splits = [split(trace)[0] for trace in traces]
    return _bars({name: numpy.array([parts[name] for parts in splits]) for name in splits[0]},
                 [textwrap.fill(printable(name), 32) for name in names(traces)],
                 "wall-clock time" + (", each part the largest over ranks" if not paper else ""), paper)


def _bars(parts, labels, what, paper):
    """Horizontal bars, cut into parts; without labels they are many, thin and numbered"""
    count = len(parts["operator"])
    with style.settings(paper):
        made, (axis,) = style.figure(1, paper)
        if labels:
            made.set_figheight((0.5 if paper else 0.6) + (0.26 if paper else 0.4) * count)
        left = numpy.zeros(count)
        bars = []
        for index, (name, widths) in enumerate(parts.items()):
            colour = "#bbbbbb" if name == "other" else style.COLOURS[[0, 1, 4][index]]
            bars.append(axis.barh(range(count), widths, left=left, color=colour, hatch=style.HATCHES[index] if labels else "",
                                  height=0.8 if labels else 1.0, edgecolor="white" if labels else "none", linewidth=0.5, label=name))
            left = left + widths
        if labels:
            axis.set_yticks(range(count), labels, parse_math=False)
        else:
            axis.set_ylabel("rank")
            axis.set_ylim(-0.5, count - 0.5)
        axis.invert_yaxis()
        axis.grid(axis="y", visible=False)
        axis.xaxis.set_major_formatter(matplotlib.ticker.EngFormatter(unit="s", sep="\N{NARROW NO-BREAK SPACE}"))
        axis.set_xlabel(what)
        legend.above(made, bars, list(parts))
    return made

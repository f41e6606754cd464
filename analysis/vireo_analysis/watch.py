"""Follows a running trace in the terminal, and shows a killed one."""
import math
import os
import sys
import time
import warnings

import numpy

from . import terminal
from .runs import problem_text
from .trace import read
from .units import bytes_text, count_text, counted, parse_duration, seconds_text

EXAMPLE = """examples:
  vireo-analysis watch RUN.h5                 until the run ends; Ctrl-C stops watching, not the run
  vireo-analysis watch RUN.h5 --once          one look

The rate and the time left are those of the later half of the rows."""

#: a trace that says "running" and got no row for this long may be that of a killed run
SILENCE = 10.0


def add_arguments(parser):
    parser.add_argument("trace", metavar="TRACE.h5")
    parser.add_argument("--interval", default="2s", metavar="T", help="between two looks; default 2s")
    parser.add_argument("--once", action="store_true", help="look once")


def run(options):
    interval = max(0.1, parse_duration("--interval", options.interval))
    live = sys.stdout.isatty() and not options.once
    while True:
        trace = read(options.trace)
        look = text(trace, time.time() - os.path.getmtime(options.trace))
        print("\033[H\033[J" + look if live else look + "\n", flush=True)
        if options.once or trace.status != "running":
            return 0
        time.sleep(interval)


def target_of(trace):
    """The residual at which the run stops, 0 if it has no tolerance"""
    absolute, relative = (float(trace.config.get(name, 0)) for name in ("tolerance", "relative-tolerance"))
    first = trace.column("residual")[0]
    return max(absolute, relative * first if math.isfinite(first) else 0.0)


def rate_of(xs, ys):
    """The slope of log y over the later half of x by least squares, negative if y falls; None if it can not be told"""
    with numpy.errstate(invalid="ignore", divide="ignore"):
        logs = numpy.log(ys)
    seen = numpy.isfinite(logs)
    seen[seen] = xs[seen] >= (xs[seen][0] + xs[seen][-1]) / 2 if seen.any() else False
    if seen.sum() < 4 or numpy.ptp(xs[seen]) == 0:
        return None
    with numpy.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numbers that are no run's: then there is no slope
        slope = float(numpy.polyfit(xs[seen] - xs[seen][0], logs[seen], 1)[0])
    return slope if math.isfinite(slope) else None


def outlook(trace):
    """The observed rate and what it promises, as lines"""
    k, seconds, residual = (trace.column(name) for name in ("iteration", "seconds", "residual"))
    slope = rate_of(k, residual)
    if slope is None:
        return ["rate      too few rows to tell"]
    if slope >= 0:
        return ["rate      the residual does not fall"]
    out = [f"rate      times {math.exp(slope):.6g} an iteration: a digit in {count_text(math.log(10) / -slope)} iterations"]
    target, per_second, last = target_of(trace), rate_of(seconds, residual), residual[-1]
    if trace.status == "running" and 0 < target < last and per_second is not None and per_second < 0:
        missing = math.log(last / target)
        out.append(f"left      about {count_text(missing / -slope)} iterations, {seconds_text(missing / -per_second)}, "
                   f"to the tolerance {target:g}")
    return out


def state_line(trace, age):
    """What the file says of the run, and what its age adds"""
    if trace.status != "running":
        return f"{trace.status}: {trace.termination}"
    if age > SILENCE:
        return f"running by its own account, but without a new row for {seconds_text(age)}: slow, or killed"
    return "running"


def text(trace, age=0.0):
    """Everything about a trace at a glance; `age` in seconds since the file was written to"""
    method = trace.config.get("method", "")
    kind = "simulated rank" if trace.manifest.get("ranks_are") == "simulated" else "rank"
    ranks = counted(trace.manifest.get("ranks", 1), kind)
    out = [f"{trace.path}: {state_line(trace, age)}", problem_text(trace), f"{method}, {ranks}", ""]
    if len(trace.rows) == 0:
        return "\n".join([*out, "no rows yet"])
    last = {name: trace.rows[name].iloc[-1] for name in trace.rows.columns}
    out.append(f"iteration {count_text(last['iteration'])} after {seconds_text(last['seconds'])}")
    out.append(f"residual  {last['residual']:.4g}, {trace.rows['residual'].iloc[0]:.4g} at the start")
    if "distance" in last:
        out.append(f"distance  {last['distance']:.4g}")
    out.append(f"bytes     up {bytes_text(last['wire_bytes_up'])}, down {bytes_text(last['wire_bytes_down'])}, "
               f"in MPI {bytes_text(last['mpi_bytes'])}; {count_text(last['oracle_calls'])} oracle calls")
    out += outlook(trace)
    drawn = terminal.curve(trace.rows["iteration"], trace.rows["residual"])
    return "\n".join([*out, "", "residual against iteration", drawn or "  no value is positive and finite"])

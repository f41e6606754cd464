"""The median over runs and the band between the quartiles, as functions of what was paid."""
import math

import numpy

from .errors import InputError

#: points of a curve that is made of several runs
GRID = 1000


def points(trace, x, y, positive=True):
    """(x, y) of one run as arrays; with `positive`, y that a logarithmic axis can not show is NaN."""
    if len(trace.rows) == 0:
        raise InputError(f"{trace.path}: has no rows yet")
    xs, ys = trace.column(x), trace.column(y).copy()
    ys[~numpy.isfinite(ys)] = numpy.nan
    if positive:
        ys[~(ys > 0)] = numpy.nan
    return xs, ys


def band(traces, x, y):
    """(x, lower quartile, median, upper quartile) of one or more runs.

    Between its rows a run's logarithm is linear in x. A run that converged keeps its last value; of one that ended
    otherwise nothing is known beyond its last row, and the curve ends there; if all converged it ends at the median of
    their ends. For one run the three are its own values."""
    curves = [points(trace, x, y) for trace in traces]
    if len(curves) == 1:
        xs, ys = curves[0]
        return xs, ys, ys, ys
    ends = [xs[-1] for xs, _ in curves]
    unknown = [end for end, trace in zip(ends, traces) if trace.termination != "converged"]
    last = min([float(numpy.median(ends)), *unknown])
    grid = numpy.unique(numpy.concatenate([xs for xs, _ in curves]))
    grid = grid[grid <= last]
    if len(grid) > GRID:
        grid = grid[numpy.linspace(0, len(grid) - 1, GRID).astype(int)]
    with numpy.errstate(invalid="ignore"):
        logs = numpy.array([numpy.interp(grid, xs, numpy.log(ys)) for xs, ys in curves])
        lower, median, upper = numpy.exp(numpy.quantile(logs, [0.25, 0.5, 0.75], axis=0))
    return grid, lower, median, upper


def smallest(trace, y):
    """The smallest value of y in the trace, NaN if there is none"""
    values = trace.column(y)
    return float(numpy.nanmin(values)) if numpy.isfinite(values).any() else math.nan

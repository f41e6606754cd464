"""The bounds that theorems give for a method, where the trace holds them.

A trace may hold groups /theory/<name> with the attributes `quantity`, `constant` C, `constant_over_distance` C/D, `factor` q,
`power` p, `shift` s and `text`:

    quantity(k) <= C q^k / (k + s)^p      (`expected`: in the root mean square over the method's draws)

All bounds of one quantity hold, so the least of them does. C is there where the distance D of the starting point from the solution is
known. Where it is not, only the shape is: then the curve is moved so that it begins at the run's first row, and is no bound.
"""
import dataclasses

import numpy

from .units import real_text


@dataclasses.dataclass
class Bound:
    """What is known of a quantity of one trace"""

    x: numpy.ndarray
    y: numpy.ndarray  #: NaN where nothing is said
    texts: list  #: the theorems, in words
    fitted: bool  #: moved to the run's first row, since the constant is not known


def bound(trace, x, y):
    """The Bound on the column y at the rows of a trace, over the column x; None if the trace holds none."""
    found = [given for name, given in trace.theory.items() if given.get("quantity", name) == y]
    proved = [given for given in found if "constant" in given]
    if not found or len(trace.rows) == 0 or y not in trace.rows:
        return None
    k = trace.column("iteration")
    if proved:
        return Bound(trace.column(x), _least(proved, "constant", k), [_text(given) for given in proved], False)
    # the constants in units of D, where all are known in them; else the theorem that the method names first
    known = [given for given in found if "constant_over_distance" in given]
    shape = _least(known or found[:1], "constant_over_distance", k)
    measured = trace.column(y)
    usable = numpy.flatnonzero(numpy.isfinite(shape) & numpy.isfinite(measured) & (measured > 0))
    if len(usable) == 0:
        return None
    scale = measured[usable[0]] / shape[usable[0]]
    return Bound(trace.column(x), scale * shape, [_text(given) for given in known or found[:1]], True)


def formula(given):
    """ "residual <= 12.3 * 0.97^k / (k + 1)^0.5", of a bound's attributes; C where the constant is not known"""
    out = f"{given.get('quantity', '')} <= {real_text(given['constant']) if 'constant' in given else 'C'}"
    if given.get("factor", 1.0) != 1.0:
        out += f" * {given['factor']:.8g}^k"
    power, shift = given.get("power", 0.0), given.get("shift", 1.0)
    if power != 0:
        out += (f" / (k + {shift:g})" if shift else " / k") + ("" if power == 1 else f"^{power:g}")
    return out


def _text(given):
    return given.get("text", "") + (", in the root mean square" if given.get("expected") and "mean square" not in given.get("text", "")
                                    and not given.get("text", "").startswith("E ") else "")


def _least(bounds, constant, k):
    """The least of several bounds at the iterations k; NaN where none says anything"""
    with numpy.errstate(divide="ignore", under="ignore"):
        values = [given.get(constant, 1.0) * given.get("factor", 1.0) ** k / (k + given.get("shift", 1.0)) ** given.get("power", 0.0)
                  for given in bounds]
    least = numpy.min(values, axis=0)
    return numpy.where(numpy.isfinite(least) & (least > 0), least, numpy.nan)

"""The bound that a method's theorem gives, where the trace holds it."""
import numpy


def bound(trace, x, y):
    """(x, bound on y, text) at the rows of a trace, or None if the trace holds no bound on y.

    A trace may hold a group /theory/<quantity> with attributes `constant` C, `factor` q, `power` p and `text`:

        y(k) <= C q^k / (k+1)^p      (in expectation, for a method that draws at random)
    """
    given = trace.theory.get(y)
    if not given or "constant" not in given or len(trace.rows) == 0:
        return None
    k = trace.column("iteration")
    values = given["constant"] * given.get("factor", 1.0) ** k / (k + 1) ** given.get("power", 0.0)
    return trace.column(x), numpy.where(values > 0, values, numpy.nan), given.get("text", "")

"""A curve drawn with characters."""
import math

import numpy


def curve(xs, ys, width=72, height=12):
    """Lines of text with log10(y) against x; values that are not positive and finite are left out. "" if none is left."""
    xs, ys = numpy.asarray(xs, dtype=float), numpy.asarray(ys, dtype=float)
    with numpy.errstate(invalid="ignore", divide="ignore"):
        logs = numpy.log10(ys)
    seen = numpy.isfinite(logs) & numpy.isfinite(xs)
    if not seen.any():
        return ""
    xs, logs = xs[seen], logs[seen]
    top, bottom = math.ceil(logs.max()), math.floor(logs.min())
    if top == bottom:
        top += 1
    left, right = xs.min(), max(xs.max(), xs.min() + 1)
    cells = [[" "] * width for _ in range(height)]
    for x, value in zip(xs, logs):
        column = round((x - left) / (right - left) * (width - 1))
        row = round((top - value) / (top - bottom) * (height - 1))
        cells[row][column] = "*"
    names = {0: f"1e{top:+03d}", height - 1: f"1e{bottom:+03d}"}
    lines = [f"  {names.get(row, ''):>6} |" + "".join(line).rstrip() for row, line in enumerate(cells)]
    lines.append(f"  {'':6} +" + "-" * width)
    lines.append(f"  {'':6}  {left:<{width // 2},.0f}{right:>{width - width // 2},.0f}")
    return "\n".join(lines)

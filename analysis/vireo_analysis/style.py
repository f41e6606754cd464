"""How pictures look: colours of Okabe and Ito, told apart by colour-blind people, and a marker for each, told apart in grey."""
import collections
import math
import os
import warnings

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot  # noqa: E402  (after the choice of the backend)

from .errors import InputError  # noqa: E402

# The margin of an axis may lie beyond the largest number there is: it is drawn as far as it goes.
warnings.filterwarnings("ignore", "overflow encountered", RuntimeWarning, "matplotlib")
# A character that the font lacks is drawn as a box.
warnings.filterwarnings("ignore", "Glyph .* missing from current font", UserWarning)

#: dark and light in turn, so that neighbours differ in grey too
COLOURS = ["#0072B2", "#E69F00", "#000000", "#CC79A7", "#009E73", "#D55E00", "#56B4E9", "#8C6D00"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "p"]
#: of the first curves, of those that have the same colours once more, and so on; none is that of a bound
LINES = ["-", (0, (1, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5, 1.5, 1.5))]
HATCHES = ["", "////", "....", "xxxx", "----"]
FORMATS = ("png", "svg", "pdf")

#: widths of a column and of a page of common two-column papers, in inches
COLUMN, PAGE = 3.3, 7.0

_COMMON = {
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "#dddddd", "grid.linewidth": 0.6,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#444444", "axes.linewidth": 0.8,
    "xtick.color": "#444444", "ytick.color": "#444444", "xtick.labelcolor": "black", "ytick.labelcolor": "black",
    "legend.frameon": False, "legend.handlelength": 2.2, "savefig.dpi": 200,
    "pdf.fonttype": 42, "svg.hashsalt": "vireo", "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"],
}
_SCREEN = {"font.size": 9.5, "axes.labelsize": 9.5, "legend.fontsize": 9.5, "lines.linewidth": 1.6, "lines.markersize": 5.5}
_PAPER = {"font.size": 7.5, "axes.labelsize": 7.5, "legend.fontsize": 7.5, "lines.linewidth": 1.1, "lines.markersize": 3.8,
          "grid.linewidth": 0.4, "axes.linewidth": 0.6, "xtick.labelsize": 7, "ytick.labelsize": 7,
          "xtick.major.size": 2.5, "ytick.major.size": 2.5}


def settings(paper):
    """A context in which figures are made"""
    return matplotlib.rc_context({**_COMMON, **(_PAPER if paper else _SCREEN)})


#: how a curve is drawn: colour, marker and its filling, line
Look = collections.namedtuple("Look", ["colour", "marker", "filling", "line"])


def look(index):
    """The Look of the curve with this number: no two of the first 352 are the same, and those of one colour have different lines."""
    colour, again = COLOURS[index % len(COLOURS)], index // len(COLOURS)
    return Look(colour, MARKERS[index % len(MARKERS)], "white" if again % 2 else colour, LINES[again % len(LINES)])


def figure(panels, paper):
    """(figure, axes) with panels side by side that share the vertical axis"""
    width = (COLUMN if panels == 1 else PAGE) if paper else (6.4 if panels == 1 else 3.5 * panels)
    height = (2.2 if panels == 1 else 2.0) if paper else (3.8 if panels == 1 else 3.2)
    made, axes = matplotlib.pyplot.subplots(1, panels, sharey=True, squeeze=False, figsize=(width, height), layout="constrained")
    made.get_layout_engine().set(wspace=0.04)  # so that the last tick of a panel and the first of the next stay apart
    return made, list(axes[0])


def log_axis(axis, values, formatter=None):
    """Makes an axis (axes.xaxis or axes.yaxis) logarithmic, with ticks at 1, 2 and 5 where powers of ten would be too few; False, and the axis
    stays as it is, if no value is positive and finite"""
    values = [value for value in values if 0 < value < math.inf]
    if not values:
        return False
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    narrow = max(values) / min(values) < 300
    axis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5) if narrow else (1,), numticks=9))
    if narrow and formatter is None and 1e-3 <= min(values) and max(values) < 1e4:
        formatter = matplotlib.ticker.FuncFormatter(lambda value, _: f"{value:g}")
    elif narrow and formatter is None:
        formatter = matplotlib.ticker.LogFormatterSciNotation(labelOnlyBase=False, minor_thresholds=(math.inf, math.inf))
    if narrow:
        axis.set_minor_locator(matplotlib.ticker.NullLocator())
    if formatter is not None:
        axis.set_major_formatter(formatter)
    return True


def say_empty(axis, words):
    """Writes into the middle of a panel why nothing is drawn there"""
    axis.text(0.5, 0.5, words, transform=axis.transAxes, ha="center", va="center", color="#444444", parse_math=False)
    axis.set_yticks([])


def check_output(path):
    """InputError unless the name says a format that can be written and the folder exists."""
    suffix = os.path.splitext(path)[1].lstrip(".").lower()
    if suffix not in FORMATS:
        raise InputError(f"-o {path}: the name must end in .png, .svg or .pdf")
    require_folder(path)


def require_folder(path):
    """InputError unless a file `path` can be created as far as its folder goes."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise InputError(f"-o {path}: there is no folder {folder}")


def save(made, path):
    """Writes the figure without a date, so that equal figures are equal files, and frees it."""
    form = os.path.splitext(path)[1].lstrip(".").lower() if isinstance(path, str) else "svg"
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}[form]
    try:
        with matplotlib.rc_context(_COMMON):
            made.savefig(path, format=form, metadata=metadata)
    except OSError as error:
        raise InputError(f"-o {path}: {error.strerror}") from None
    finally:
        matplotlib.pyplot.close(made)

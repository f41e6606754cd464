"""A table of what it took (see tables.table) as text, Markdown, LaTeX or CSV."""
import collections
import math
import sys

from .latex import COLUMN, tabular
from .units import bytes_text, count_text, real_text, seconds_text

COLUMNS = {
    "iteration": ("iterations", count_text),
    "oracle_calls": ("oracle calls", count_text),
    "wire_bytes_up": ("bytes up", bytes_text),
    "wire_bytes_down": ("bytes down", bytes_text),
    "mpi_bytes": ("bytes in MPI", bytes_text),
    "seconds": ("time", seconds_text),
    "wire_bytes": ("bytes up + down", bytes_text),
    "seconds_modelled": ("communication, modelled", seconds_text),
    "seconds_on_network": ("time, modelled", seconds_text),
}
UNITS = {"wire_bytes_up": "byte", "wire_bytes_down": "byte", "wire_bytes": "byte", "mpi_bytes": "byte", "seconds": "s", "seconds_modelled": "s",
         "seconds_on_network": "s"}

#: how many iterations rows may be apart; the label of the run that ratios are to, None: there are none; more that is to be known
About = collections.namedtuple("About", ["distance", "baseline", "is_first", "more"])


def columns_of(frame):
    """The quantities of a table, in its order"""
    return [name for name in frame.columns if name in COLUMNS]


def note(about):
    """What must be known to read the numbers"""
    rows = f"; rows are up to {count_text(about.distance)} iterations apart" if about.distance > 1 else ""
    ratios = f" In brackets: ratio to {'the first run' if about.is_first else about.baseline}." if about.baseline else ""
    return f"Counted at the first row of the trace that reaches the target{rows}.{ratios}{about.more}"


def cells(line, columns, is_baseline):
    """The texts of one line of the table"""
    if line["reached"] * 2 <= line["runs"] or math.isnan(line[columns[0]]):
        smallest = f" (smallest {real_text(line['smallest'])})" if math.isfinite(line["smallest"]) else ""
        return ["not reached" + smallest] + [""] * (len(columns) - 1)
    out = []
    for name in columns:
        ratio = line["ratio_" + name]
        shown = "" if is_baseline or not math.isfinite(ratio) else f" ({ratio:.3g}x)"
        out.append(COLUMNS[name][1](line[name]) + shown)
    return out


def blocks(frame, y, baseline):
    """For each target its title and its lines of texts, the run first, and whether it reached the target"""
    columns = columns_of(frame)
    for target, part in frame.groupby("target", sort=False):
        lines = []
        for _, line in part.iterrows():
            some = f" [{line['reached']} of {line['runs']}]" if 0 < line["reached"] < line["runs"] else ""
            lines.append([line["run"] + some, *cells(line, columns, line["run"] == baseline)])
        yield f"{y} <= {target:g}", lines


def is_whole(line):
    """Whether a line of texts has numbers, and not only why it has none"""
    return not line[1].startswith("not reached")


def text(frame, y, about):
    """Columns that line up"""
    heads = ["", *(COLUMNS[name][0] for name in columns_of(frame))]
    all_blocks = list(blocks(frame, y, about.baseline))
    whole = [line for _, lines in all_blocks for line in lines if is_whole(line)]
    widths = [max(len(line[i]) for line in [heads, *whole]) for i in range(len(heads))]
    widths[0] = max(len(line[0]) for _, lines in all_blocks for line in lines)
    out = []
    for title, lines in all_blocks:
        out += [title, "  " + "  ".join(head.ljust(widths[0]) if i == 0 else head.rjust(width)
                                        for i, (head, width) in enumerate(zip(heads, widths)))]
        for line in lines:
            entries = [line[0].ljust(widths[0]), *(entry.rjust(width) for entry, width in zip(line[1:], widths[1:]))]
            out.append("  " + "  ".join(entries if is_whole(line) else [entries[0], line[1]]))
        out.append("")
    return "\n".join([*out, note(about)])


def markdown(frame, y, about):
    """One table for each target"""
    heads = ["run", *(COLUMNS[name][0] for name in columns_of(frame))]
    out = []
    for title, lines in blocks(frame, y, about.baseline):
        out += [f"**{title}**", "", "| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
        out += ["| " + " | ".join(entry.replace("|", "\\|") for entry in line) + " |" for line in lines]
        out.append("")
    return "\n".join([*out, note(about)])


def latex(frame, y, about):
    """See latex.tabular; says on standard error if it is too wide for a column"""
    columns = [(name, COLUMNS[name][0], UNITS.get(name, "1")) for name in columns_of(frame)]
    out, width = tabular(frame.assign(is_baseline=frame["run"] == about.baseline), y, columns, note(about))
    if width > COLUMN + 1:
        print(f"table: is about {width / 72.27:.1f} in wide, and a column of two has {COLUMN / 72.27:.1f}: give fewer --columns, --baseline none or "
              "--label, or take table*", file=sys.stderr)
    return out


def csv(frame, _y, _about):
    """All numbers in full, one line for each target and run"""
    return frame.to_csv(index=False).rstrip("\n")


RENDERERS = {"text": text, "markdown": markdown, "latex": latex, "csv": csv}

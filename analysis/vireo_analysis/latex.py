"""A table of what it took as a tabular for the package booktabs, that fits a column of a two-column article."""
import math
import re
import textwrap

from .quantities import unit_of
from .runs import told_once

#: widths of a column and of a page of common two-column articles, between columns of the table, and of the narrowest column of texts, in points
COLUMN, PAGE, APART, LEAST = 238.0, 505.0, 8.0, 55.0
#: a letter of the texts and one of the numbers in \footnotesize (8 points)
LETTER, DIGIT = 4.1, 3.8
#: prefixes of units, and what stands for them where a number has no unit
PREFIXES = [(1e15, "P", r"$10^{15}$"), (1e12, "T", r"$10^{12}$"), (1e9, "G", "$10^9$"), (1e6, "M", "$10^6$"), (1e3, "k", "$10^3$"), (1, "", "")]
SMALL = [(1, "", ""), (1e-3, "m", ""), (1e-6, r"$\mu$", ""), (1e-9, "n", "")]

def power_of_ten(number):
    """ "$10^{-4}$" of "0.0001", "$2 \\cdot 10^{-4}$" of "0.0002" """
    mantissa, _, exponent = f"{float(number):e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"$10^{{{int(exponent)}}}$" if mantissa == "1" else f"${mantissa} \\cdot 10^{{{int(exponent)}}}$"


def escape_latex(entry):
    """The text, with what LaTeX takes for commands escaped"""
    special = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
               "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"$<$", ">": r"$>$"}
    return "".join(special.get(character, character) for character in entry)


def shown(value, digits):
    """A number with so many digits: "0.301", "6.2", "1,550" """
    if value >= 1000:
        return f"{value:,.0f}"
    if value == 0:
        return "0"
    return power_of_ten(f"{value:.{digits - 1}e}") if value < 1e-3 else f"{value:#.{digits}g}".rstrip(".")


def scale_of(values, units):
    """(what the numbers of a column are divided by, what its head says of it)"""
    unit = unit_of(units)
    values = sorted(value for value in values if math.isfinite(value) and value > 0)
    middle = values[len(values) // 2] if values else 1.0
    steps = SMALL if unit == "s" else PREFIXES
    factor, prefix, number = next((step for step in steps if middle >= step[0]), steps[-1])
    return factor, f"{prefix}{unit}" if unit else number


def tabular(frame, y, columns, note):
    """(the text, how wide it is in points, about) of a frame of tables.table. `columns` has (name, head, units) for each that is to be shown"""
    labels, seeds = told_once(list(dict.fromkeys(frame["run"])))
    label_of = dict(zip(dict.fromkeys(frame["run"]), labels))
    scales = [scale_of(frame[name], units) for name, _, units in columns]
    numbers = [[_number(line, name, factor) for (name, _, _), (factor, _) in zip(columns, scales)] for _, line in frame.iterrows()]
    heads = [_head(head, unit, max(len(row[at]) for row in numbers)) for at, ((_, head, _), (_, unit)) in enumerate(zip(columns, scales))]
    widths = [APART + max(*(LETTER * len(re.sub(r"\\\w+|[${}^]", "", text)) for text in heads[at]), *(DIGIT * len(row[at]) for row in numbers)) for at in range(len(columns))]
    natural = LETTER * max(map(len, labels)) + APART
    room = next((room for limit in (COLUMN, PAGE) if (room := limit - sum(widths)) >= min(LEAST, natural)), natural)
    first = "l" if natural <= room else f"p{{{room - APART:.0f}pt}}"
    breaks = "" if natural <= room else r"\raggedright\hangindent=1em "

    out = [*(f"% {line}" for line in [r"needs \usepackage{booktabs}", note, f"Medians of {seeds}." if seeds else ""] if line),
           r"{\footnotesize\setlength{\tabcolsep}{4pt}%", f"\\begin{{tabular}}{{@{{}}{first}{'r' * len(columns)}@{{}}}}", "\\toprule",
           *("".join(f" & {head[at - lines] if at >= lines - len(head) else ''}" for head in heads) + " \\\\"
             for lines in [max(map(len, heads))] for at in range(lines))]
    for (target, part), start in zip(frame.groupby("target", sort=False), range(0, len(frame), len(labels))):
        out += ["\\midrule", f"\\multicolumn{{{len(columns) + 1}}}{{@{{}}l}}{{{y} $\\le$ {power_of_ten(target)}}} \\\\"]
        for at, (_, line) in enumerate(part.iterrows()):
            out.append(_line(line, breaks + escape_latex(label_of[line["run"]]), numbers[start + at], len(columns)))
    return "\n".join([*out, "\\bottomrule", "\\end{tabular}}"]), sum(widths) + min(natural, room)


def _head(head, unit, width):
    """The lines of a column's head: as wide as its numbers, where words are not wider, and the unit by itself"""
    return textwrap.wrap(head, max(width, 8), break_long_words=False) + ([f"({unit})"] if unit else [])


def _number(line, name, factor):
    ratio = line["ratio_" + name]
    if not math.isfinite(line[name]):
        return ""
    return shown(line[name] / factor, 3) + (f" ({shown(ratio, 2)})" if math.isfinite(ratio) and not line["is_baseline"] else "")


def _line(line, label, entries, count):
    """One run: its numbers, or that it did not get there"""
    if line["reached"] * 2 > line["runs"]:
        some = f" [{line['reached']} of {line['runs']}]" if line["reached"] < line["runs"] else ""
        return label + some + "".join(f" & {entry}" for entry in entries) + " \\\\"
    smallest = f" ({shown(line['smallest'], 2)})" if math.isfinite(line["smallest"]) and line["smallest"] > 0 else ""
    return f"{label} & \\multicolumn{{{count}}}{{r@{{}}}}{{not reached{smallest}}} \\\\"

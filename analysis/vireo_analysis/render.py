"""A table of what it took (see tables.table) as text, Markdown, LaTeX or CSV."""
import math

from .units import bytes_text, count_text, real_text, seconds_text

COLUMNS = {
    "iteration": ("iterations", count_text),
    "oracle_calls": ("oracle calls", count_text),
    "wire_bytes_up": ("bytes up", bytes_text),
    "wire_bytes_down": ("bytes down", bytes_text),
    "mpi_bytes": ("bytes in MPI", bytes_text),
    "seconds": ("time", seconds_text),
}


def note(distance):
    """What must be known to read the numbers"""
    rows = f"; rows are up to {count_text(distance)} iterations apart" if distance > 1 else ""
    return f"Counted at the first row of the trace that reaches the target{rows}. In brackets: ratio to the first run."


def cells(line, is_first):
    """The texts of one line of the table"""
    if line["reached"] * 2 <= line["runs"] or math.isnan(line["iteration"]):
        smallest = f" (smallest {real_text(line['smallest'])})" if math.isfinite(line["smallest"]) else ""
        return ["not reached" + smallest] + [""] * (len(COLUMNS) - 1)
    out = []
    for name, (_, text) in COLUMNS.items():
        ratio = line["ratio_" + name]
        shown = "" if is_first or not math.isfinite(ratio) else f" ({ratio:.3g}x)"
        out.append(text(line[name]) + shown)
    return out


def blocks(frame, y):
    """For each target its title and its lines of texts, the run first"""
    for target, part in frame.groupby("target", sort=False):
        lines = []
        for number, (_, line) in enumerate(part.iterrows()):
            some = f" [{line['reached']} of {line['runs']}]" if 0 < line["reached"] < line["runs"] else ""
            lines.append([line["run"] + some, *cells(line, number == 0)])
        yield f"{y} <= {target:g}", lines


def text(frame, y, distance):
    """Columns that line up"""
    heads = ["", *(head for head, _ in COLUMNS.values())]
    all_blocks = list(blocks(frame, y))
    whole = [line for _, lines in all_blocks for line in lines if line[2]]
    widths = [max(len(line[i]) for line in [heads, *whole]) for i in range(len(heads))]
    widths[0] = max(len(line[0]) for _, lines in all_blocks for line in lines)
    out = []
    for title, lines in all_blocks:
        out += [title, "  " + "  ".join(head.ljust(widths[0]) if i == 0 else head.rjust(width)
                                        for i, (head, width) in enumerate(zip(heads, widths)))]
        for line in lines:
            entries = [line[0].ljust(widths[0]), *(entry.rjust(width) for entry, width in zip(line[1:], widths[1:]))]
            out.append("  " + "  ".join(entries if line[2] else [entries[0], line[1]]))
        out.append("")
    return "\n".join([*out, note(distance)])


def markdown(frame, y, distance):
    """One table for each target"""
    heads = ["run", *(head for head, _ in COLUMNS.values())]
    out = []
    for title, lines in blocks(frame, y):
        out += [f"**{title}**", "", "| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
        out += ["| " + " | ".join(entry.replace("|", "\\|") for entry in line) + " |" for line in lines]
        out.append("")
    return "\n".join([*out, note(distance)])


def latex(frame, y, distance):
    """A tabular for the package booktabs"""
    heads = ["", *(head for head, _ in COLUMNS.values())]
    out = ["% needs \\usepackage{booktabs}. " + note(distance), "\\begin{tabular}{l" + "r" * (len(heads) - 1) + "}", "\\toprule",
           " & ".join(heads) + " \\\\"]
    for title, lines in blocks(frame, y):
        measure, target = title.split(" <= ")
        out += ["\\midrule", f"\\multicolumn{{{len(heads)}}}{{l}}{{{measure} $\\le$ {power_of_ten(target)}}} \\\\"]
        for line in lines:
            escaped = [escape_latex(entry) for entry in line]
            if line[2]:
                out.append(" & ".join(escaped) + " \\\\")
            else:
                out.append(f"{escaped[0]} & \\multicolumn{{{len(heads) - 1}}}{{l}}{{{escaped[1]}}} \\\\")
    return "\n".join([*out, "\\bottomrule", "\\end{tabular}"])


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


def csv(frame, _y, _distance):
    """All numbers in full, one line for each target and run"""
    return frame.to_csv(index=False).rstrip("\n")


RENDERERS = {"text": text, "markdown": markdown, "latex": latex, "csv": csv}

"""One self-contained page about all traces of a folder: pictures inlined, nothing fetched."""
import base64
import html
import io
import os

import numpy

from . import profile, style
from .bands import points
from .curves import plot
from .errors import InputError
from .files import write
from .foreign import printable
from .quantities import PAID
from .render import COLUMNS, blocks, columns_of, is_whole, note
from .runs import names, problem_of, problem_text, state_of
from .show import command_of
from .tables import about, table
from .theory import formula
from .trace import read
from .units import count_text, counted, parse_list, real_text, seconds_text

EXAMPLE = """example:
  vireo-analysis report vireo-run -o report.html

All traces below the folder, a section for each problem: what it took, curves, where the seconds went, and for each run its outcome,
its command, its configuration and the manifest."""

STYLE = """
body { font: 14.5px/1.5 system-ui, sans-serif; color: #222; max-width: 78rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.25rem; margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem }
h3 { font-size: 1.05rem; margin-top: 1.6rem } table { border-collapse: collapse; margin: 0.5rem 0 1rem }
th, td { padding: 0.2rem 0.55rem; text-align: right; border-bottom: 1px solid #e4e4e4; white-space: nowrap }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 15rem } td.wide { text-align: left; color: #555 }
img { max-width: 100%; height: auto } pre, code { font: 13px/1.45 ui-monospace, monospace }
pre { background: #f6f6f6; padding: 0.6rem 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere }
.scroll { overflow-x: auto } .note { color: #555 } summary { cursor: pointer }
"""

#: what numbers and texts that are no run's may cause
ODD = (InputError, ArithmeticError, LookupError, TypeError, ValueError)
#: attributes of the trace that say how and where the program ran
MANIFEST = ["version", "revision", "compiler", "mpi", "hdf5", "hosts", "ranks", "ranks_are", "workers", "seed", "start_time"]


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("-o", "--output", default="report.html", metavar="FILE", help="default report.html")
    parser.add_argument("--targets", default="1e-2,1e-4,1e-6", metavar="EPS[,EPS...]", help="default 1e-2,1e-4,1e-6")


def run(options):
    targets = parse_list("--targets", options.targets, float, "positive numbers such as 1e-2,1e-4")
    style.require_folder(options.output)
    traces, skipped = find(options.folder)
    write(options.output, page(printable(options.folder), traces, [printable(reason) for reason in skipped], targets))
    print(printable(options.output))
    return 0


def find(folder):
    """(traces, reasons why other HDF5 files are left out) below a folder, in the order of their names. InputError if there are none."""
    if not os.path.isdir(folder):
        raise InputError(f"{folder}: is not a folder")
    traces, skipped = [], []
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if not name.endswith((".h5", ".hdf5")):
                continue
            try:
                traces.append(read(os.path.join(place, name), attempts=5))
            except InputError as error:
                skipped.append(str(error).removeprefix(os.path.join(folder, "")))
    if not traces:
        raise InputError(f"{folder}: holds no trace" + (f" ({skipped[0]})" if skipped else ""))
    return traces, skipped


def page(folder, traces, skipped, targets):
    """The whole page as a text"""
    by_problem = {}
    for trace in traces:
        by_problem.setdefault(problem_of(trace), []).append(trace)
    title = f"Vireo: {counted(len(traces), 'run')} in {os.path.basename(os.path.abspath(folder))}"
    body = "\n".join(section(members, targets, folder) for members in by_problem.values())
    left_out = "".join(f"<p class=note>Left out: {html.escape(reason)}</p>" for reason in skipped)
    return (f"<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><title>{html.escape(title)}</title>"
            f"<style>{STYLE}</style></head>\n<body><h1>{html.escape(title)}</h1>\n{left_out}\n{body}\n</body></html>\n")


def section(traces, targets, folder):
    """Everything about the runs of one problem"""
    begun = sorted((trace for trace in traces if len(trace.rows)), key=baseline_first)
    out = [f"<section><h2>{html.escape(problem_text(traces[0]))}</h2>"]
    if begun:
        out += ["<h3>What it took</h3>", part(begun, lambda those: table_html(those, table(those, targets))),
                "<h3>Residual against what was paid</h3>", curves_html(begun, ["wire_bytes_up", "wire_bytes_down", "oracle_calls"], "residual"),
                curves_html(begun, paid_besides(begun), "residual")]
        if all("distance" in trace.rows for trace in begun):
            out += ["<h3>Distance to the solution</h3>", curves_html(begun, ["wire_bytes_up", "wire_bytes_down", "oracle_calls"], "distance")]
        out += ["<h3>Where the seconds went</h3>",
                part(begun, lambda those: image(profile.plot(those), "Seconds of operator, compression, exchange and other work"))]
    out.append("<h3>Runs</h3>")
    out += [part([trace], lambda those, label=label: run_html(those[0], label, folder)) for trace, label in zip(traces, names(traces))]
    return "\n".join([*out, "</section>"])


def part(traces, make):
    """What `make` makes of these traces: where it can not, of those of which it can, and lines about the others"""
    try:
        return make(traces)
    except ODD as error_of_all:
        usable, notes = [], []
        for trace in traces:
            try:
                make([trace])
                usable.append(trace)
            except ODD as error:
                notes.append(f"<p class=note>{html.escape(trace.path)} is left out here: {html.escape(printable(str(error)) or type(error).__name__)}</p>")
        if len(usable) == len(traces):
            return f"<p class=note>{html.escape(printable(str(error_of_all)))}</p>"
        return "\n".join([make(usable) if usable else "", *notes])


def curves_html(traces, xs, y):
    """A picture of those runs that have something to draw"""
    seen = [trace for trace in traces if numpy.isfinite(points(trace, xs[0], y)[1]).any()] if all(y in trace.rows for trace in traces) else traces
    left = [trace.path for trace in traces if trace not in seen]
    notes = f"<p class=note>No value of {y} is positive and finite in {html.escape(', '.join(left))}</p>" if left else ""
    meaning = f"{y.capitalize()} against " + ", ".join(map(PAID.get, xs))
    return (part(seen, lambda those: image(plot(those, xs, y, title=""), meaning)) if seen else "") + notes


def baseline_first(trace):
    """Orders runs so that ratios are to an uncompressed run that converged, if there is one."""
    return trace.termination != "converged", any(trace.config.get(name, "none") != "none" for name in ("uplink", "downlink"))


def paid_besides(traces):
    """Iterations, time, and bytes in MPI where any run had several ranks"""
    several = any(trace.manifest.get("ranks", 1) > 1 for trace in traces)
    return ["iteration", "mpi_bytes", "seconds"] if several else ["iteration", "seconds"]


def image(made, meaning):
    """A figure as an inlined SVG picture"""
    buffer = io.BytesIO()
    keys = getattr(made, "legend_keys", [])
    style.save(made, buffer)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<p><img alt="{html.escape(meaning)}" src="data:image/svg+xml;base64,{data}"></p>' + "".join(f"<p class=note>{html.escape(key)}</p>" for key in keys)


def table_html(traces, frame):
    """What it took, a table for each target"""
    told = about(traces, frame)
    heads = "".join(f"<th>{COLUMNS[name][0]}" for name in columns_of(frame))
    out = []
    for title, lines in blocks(frame, "residual", told.baseline):
        out.append(f"<div class=scroll><table><tr><th>{html.escape(title)}{heads}</tr>")
        for line in lines:
            entries = line[1:] if is_whole(line) else line[1:2]
            span = "" if is_whole(line) else f" class=wide colspan={len(columns_of(frame))}"
            out.append(f"<tr><td>{html.escape(line[0])}" + "".join(f"<td{span}>{html.escape(entry)}" for entry in entries) + "</tr>")
        out.append("</table></div>")
    return "\n".join([*out, f"<p class=note>{html.escape(note(told))}</p>"])


def run_html(trace, label, folder):
    """One run: outcome, command, configuration and manifest"""
    outcome = [state_of(trace)]
    if len(trace.rows):
        last = trace.rows.iloc[-1]
        outcome += [f"residual {real_text(last['residual'])}", f"{count_text(last['iteration'])} iterations", seconds_text(last["seconds"])]
    if "residual" in trace.solution_attributes:
        outcome.append(f"recomputed at the {trace.solution_attributes.get('returned', '')} point "
                       f"{real_text(trace.solution_attributes['residual'])}")
    said = "\n".join(f"{formula(given)}\n    {given.get('text', '')}" for given in trace.theory.values())
    theorems = (f"<details><summary>theory: after k iterations, D the distance of the start from the solution</summary>"
                f"<pre>{html.escape(said)}</pre></details>" if said else "")
    several = len(trace.rows) and trace.manifest.get("ranks", 1) > 1
    ranks = f"<details><summary>seconds by rank</summary><pre>{html.escape(profile.text(trace))}</pre></details>" if several else ""
    made_by = "\n".join(f"{name:11} {text_of(trace.manifest[name])}" for name in MANIFEST if name in trace.manifest)
    return (f"<h4>{html.escape(os.path.relpath(trace.path, folder))}: {html.escape(label)}</h4>"
            f"<p>{html.escape(', '.join(outcome))}</p><pre>{html.escape(command_of(trace))}</pre>{theorems}{ranks}"
            f"<details><summary>configuration and manifest</summary><pre>{html.escape(trace.config_text)}</pre>"
            f"<pre>{html.escape(made_by)}</pre></details>")


def text_of(value):
    """An attribute in a line"""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)

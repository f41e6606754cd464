"""The closing table, for people and for programs."""
import csv
import io
import json
import math
import shlex

from .claims import claims_text
from .marks import marks_text
from .keys import STOP
from .results import COUNTS, medians_of

HEADS = {"iteration": "iterations", "wire_bytes_up": "bytes up", "wire_bytes_down": "bytes down", "oracle_calls": "oracle calls",
         "seconds": "seconds"}
#: counts that are compared with those of the first row
RATIOS = ("wire_bytes_up", "wire_bytes_down", "oracle_calls")


def scaled(values, count):
    """(texts of the values, to three digits of the largest; their unit)"""
    largest = max((value for value in values if math.isfinite(value)), default=0)
    factor, unit = 1, ""
    if count.startswith("wire_bytes"):
        factor, unit = next((pair for pair in ((1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB")) if largest >= pair[0]), (1, " B"))
    whole = factor == 1 and count != "seconds"
    decimals = 0 if whole else 3 if largest < factor else 2 if largest < 10 * factor else 1 if largest < 100 * factor else 0
    return [f"{value / factor:,.{decimals}f}" if math.isfinite(value) else "never" for value in values], unit


def cells(row, count, any_reached):
    """ ("1,058", "1,010 to 1,120"): median and range of what a row paid; "> 20,000" where half of its runs did not reach the target"""
    true, paid = row.spread(count), row.paid(count)
    if math.isnan(paid[0]):
        return "-", ""
    texts, unit = scaled(paid, count)
    median, low, high = ["> " + text if any_reached and text != "never" and not math.isfinite(value) else text for value, text in zip(true, texts)]
    return median + unit * (median != "never"), "" if low == high == median else f"{low} to {high}"


def reached_text(row):
    """ "3 of 3", or how the others ended: "1 of 3; 2 max-iterations" """
    others = {outcome: number for outcome, number in row.outcomes.items() if outcome != "converged"}
    if row.reached == len(row.results):
        return f"{row.reached} of {len(row.results)}"
    return "; ".join([f"{row.reached} of {len(row.results)}", *(f"{number} {outcome}" for outcome, number in others.items())])


def goal_text(plan, block_rows, any_reached):
    """What the numbers of a table are"""
    target = plan.about(block_rows[0].run.problem, "target", STOP)
    if not any_reached:
        return "No run reached its target: what runs had paid when they ended."
    goal = "its tolerance" if target == STOP else f"{target['column']} <= {target['fraction']:g} of its first value"
    several = any(len(row.results) > 1 for row in block_rows)
    return f"What a run paid until it reached {goal}" + ("; median over seeds, and range." if several else ".")


def markdown_grid(heads, lines):
    """A table of Markdown that also reads well as it is"""
    lines = [[text.replace("|", "\\|") for text in line] for line in lines]
    widths = [max(len(line[at]) for line in [heads, *lines]) for at in range(len(heads))]
    made = ["| " + " | ".join(text.ljust(width) if at == 0 else text.rjust(width) for at, (text, width) in enumerate(zip(line, widths))) + " |"
            for line in [heads, *lines]]
    rule = "|" + "|".join("-" * (width + 1) + ("-" if at == 0 else ":") for at, width in enumerate(widths)) + "|"
    return [made[0], rule, *made[1:]]


def markdown_block(rows, any_reached):
    """The table of the runs of one problem, with ratios"""
    steps, several = any(row.step for row in rows), len(rows) > 1
    heads = ["run", *(["best step"] if steps else []), "reached"]
    for count in COUNTS:
        heads += [HEADS[count], *(["ratio"] if several and count in RATIOS else [])]
    lines = []
    for row in rows:
        line = [row.run.label, *([row.step or "-"] if steps else []), reached_text(row)]
        for count in COUNTS:
            median, span = cells(row, count, any_reached)
            line.append(f"{median} ({span})" if span else median)
            if several and count in RATIOS:
                mine, first = row.spread(count)[0], rows[0].spread(count)[0]
                line.append(f"{mine / first:.3f}" if math.isfinite(mine) and math.isfinite(first) and first else "-")
        lines.append([*line, residual_text(row)])
    return [*markdown_grid([*heads, "residual"], lines), *(["", "Ratios are to the first line."] if several and any_reached else [])]


def terminal_block(rows, any_reached):
    """The same for a terminal: medians, and ranges below them"""
    steps = any(row.step for row in rows)
    lines = [["run", *(["best step"] if steps else []), "reached", *HEADS.values(), "residual"]]
    for row in rows:
        pairs = [cells(row, count, any_reached) for count in COUNTS]
        lines.append([row.run.label, *([row.step or "-"] if steps else []), reached_text(row), *(median for median, _ in pairs), residual_text(row)])
        if any(span for _, span in pairs):
            lines.append(["", *([""] if steps else []), "", *(span for _, span in pairs), ""])
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return ["  " + "  ".join(text.ljust(width) if at == 0 else text.rjust(width) for at, (text, width) in enumerate(zip(line, widths))).rstrip()
            for line in lines]


def residual_text(row):
    return f"{row.residual:.1e}" if math.isfinite(row.residual) else "-"


def failures(folder, results):
    """A line for each run that failed, with what it said, and where the rest of that is"""
    return [f"{result.run.name}: {result.record['error']} [{folder.file(result.run, '.log')}]" for result in results if result.failed]


def text(plan, folder, rows, results, markdown):
    """(the whole table, whether all that is expected of it is so)"""
    lines = [f"# {plan.title}" if markdown else plan.title, ""] if plan.title else []
    for block in dict.fromkeys(row.run.block for row in rows):
        mine = [row for row in rows if row.run.block == block]
        if block:
            lines += [f"## {block}" if markdown else block, ""]
        any_reached = any(row.reached for row in mine)
        lines += [goal_text(plan, mine, any_reached), "", *(markdown_block if markdown else terminal_block)(mine, any_reached), ""]
    marks, all_good = marks_text(plan, rows)
    lines += marks
    lines += claims_text({"claims": plan.claims, "fits": plan.fits, "problems": plan.problems}, medians_of(plan, rows))
    failed = failures(folder, results)
    if failed:
        lines += ["## Failed" if markdown else "failed", "", *(f"- {line}" if markdown else f"  {line}" for line in failed), ""]
    builds = {result.record["version"]["sha256"]: result.record["version"] for result in results if result.done}
    if len(builds) > 1:
        names = ", ".join(sorted({f"{build.get('version')} of revision {build.get('revision')}" for build in builds.values()}))
        lines += [f"These runs were made by {len(builds)} builds of vireo ({names}); sweep.py --again makes all of them anew.", ""]
    return "\n".join(lines), all_good


def plain(value):
    """A number that JSON can say: none for what is not finite"""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def settings_of(runs):
    """All options that any of the runs has, in their order"""
    return list(dict.fromkeys(key for run in runs for key in run.values))


def row_entries(rows):
    """A dictionary for each row, of numbers in full"""
    settings = [key for key in settings_of([row.run for row in rows]) if key != "seed"]
    for row in rows:
        entry = {"problem_name": row.run.block, "run_name": row.run.label, **{key: row.run.values.get(key, "") for key in settings},
                 "runs": len(row.results), "reached": row.reached, "failed": sum(result.failed for result in row.results)}
        for count in COUNTS:
            entry |= dict(zip((f"{count}_median", f"{count}_min", f"{count}_max"), row.spread(count)))
        yield entry | {"residual_median": row.residual}


def run_entries(results):
    """A dictionary for each run"""
    settings = settings_of([result.run for result in results])
    for result in results:
        record, run = result.record, result.run
        entry = {"problem_name": run.block, "run_name": run.label, **{key: run.values.get(key, "") for key in settings},
                 "outcome": result.outcome, "exit": record.get("exit"), "residual": result.residual}
        entry |= {count: result.reached.get(count, math.inf if result.done else math.nan) for count in COUNTS}
        entry |= {f"{count}_at_end": result.ended.get(count, math.nan) for count in COUNTS}
        yield entry | {"version": record.get("version", {}).get("version"), "revision": record.get("version", {}).get("revision"),
                       "error": record.get("error", ""), "trace": result.trace, "command": shlex.join(record.get("command", []))}


def csv_text(entries):
    """Comma-separated values with a heading: infinity is what was not reached, and nothing what is not known"""
    entries = [{key: "" if isinstance(value, float) and math.isnan(value) else value for key, value in entry.items()} for entry in entries]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(entries[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue()


def json_text(plan, rows, results):
    """All of it; what was not reached or is not known is null"""
    def clean(entries):
        return [{key: plain(value) for key, value in entry.items()} for entry in entries]
    return json.dumps({"title": plan.title, "rows": clean(row_entries(rows)), "runs": clean(run_entries(results))}, indent=1) + "\n"

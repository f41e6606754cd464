"""What a trace holds, for people; or its rows, for other programs."""
import shlex
import sys

from .runs import problem_text, state_of
from .trace import read
from .units import bytes_text, count_text, counted, real_text, seconds_text

EXAMPLE = """examples:
  vireo-analysis read vireo-run/masha1-both-ways.h5
  vireo-analysis read vireo-run/masha1-both-ways.h5 --csv > masha1.csv"""


def add_arguments(parser):
    parser.add_argument("trace", metavar="TRACE.h5")
    parser.add_argument("--csv", action="store_true", help="print all rows as comma-separated values")


def run(options):
    trace = read(options.trace)
    if options.csv:
        trace.rows.to_csv(sys.stdout, index=False)
        return 0
    print(description(trace))
    return 0


def command_of(trace):
    """The command line that made the run; the launcher's own options are not in the trace."""
    argv = shlex.join(trace.manifest.get("argv", []))
    ranks = trace.manifest.get("ranks", 1)
    launched = ranks > 1 and trace.manifest.get("ranks_are") != "simulated"
    return f"mpirun -n {ranks} {argv}" if launched else argv


def value_text(value, units):
    """A number with its unit"""
    if units == "byte":
        return bytes_text(value)
    if units == "s":
        return seconds_text(value)
    return count_text(value) if value == int_or_none(value) else real_text(value)


def int_or_none(value):
    """The whole number that `value` is, or None"""
    return int(value) if value == value and abs(value) < 2**63 and value == int(value) else None


def description(trace):
    """Status, command, configuration, and the first and last number of every column"""
    out = [f"{trace.path}: {state_of(trace)}, {counted(len(trace.rows), 'row')}", f"  problem  {problem_text(trace)}",
           f"  command  {command_of(trace)}", "", "configuration"]
    out += ["  " + line for line in trace.config_text.splitlines()]
    if len(trace.rows):
        width = max(map(len, trace.rows.columns))
        out += ["", f"{'rows':{width + 2}}{'first':>16}{'last':>16}"]
        for name in trace.rows.columns:
            first, last = (value_text(float(trace.rows[name].iloc[at]), trace.units[name]) for at in (0, -1))
            out.append(f"  {name:{width}}{first:>16}{last:>16}")
    if trace.solution is not None:
        residual = trace.solution_attributes.get("residual", float("nan"))
        out += ["", f"solution: {len(trace.solution)} coordinates, the {trace.solution_attributes.get('returned', '')} point, "
                    f"residual {real_text(residual)} recomputed"]
    return "\n".join(out)

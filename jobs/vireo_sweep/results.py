"""What runs paid until they were where they should be: for each run, and as median and range over the runs of a row."""
import collections
import dataclasses
import math
import statistics

import h5py

from .endings import digest_of_config
from .errors import InputError
from .folder import DONE, FAILED
from .keys import STOP

COUNTS = ("iteration", "wire_bytes_up", "wire_bytes_down", "oracle_calls", "seconds")


@dataclasses.dataclass
class Result:
    """A run and what came of it"""

    run: object
    record: dict  #: empty if the run has not been made
    trace: str  #: the path of its own trace, empty if there is none
    ended: dict  #: what it had paid when it ended; empty if it has not
    reached: dict  #: what it had paid when it reached the target; empty if it did not

    @property
    def done(self):
        return self.record.get("state") == DONE

    @property
    def failed(self):
        return self.record.get("state") == FAILED

    @property
    def outcome(self):
        """ "converged", "max-iterations", "failed", "not run" """
        return self.record["closing"]["termination"] if self.done else self.record.get("state", "not run")

    @property
    def residual(self):
        value = self.record["closing"].get("residual") if self.done else None
        return math.nan if value is None else value


@dataclasses.dataclass
class Row:
    """Results that differ in nothing but the seed"""

    results: list

    def __post_init__(self):
        self.run = self.results[0].run

    @property
    def step(self):
        return self.run.values.get("step", "")

    @property
    def reached(self):
        return sum(bool(result.reached) for result in self.results)

    @property
    def done(self):
        return [result for result in self.results if result.done]

    @property
    def outcomes(self):
        """How many runs ended how"""
        return collections.Counter(result.outcome for result in self.results)

    def spread(self, count):
        """(median, smallest, largest) over the runs that ended, of what they paid to reach the target: infinity where they did not"""
        values = [result.reached[count] if result.reached else math.inf for result in self.done]
        return (statistics.median(values), min(values), max(values)) if values else (math.nan,) * 3

    def paid(self, count):
        """The same of what they had paid at the target, or else when they came to a limit, as it would take more; infinity if they diverged"""
        values = [math.inf if result.record["exit"] == 4 and not result.reached else (result.reached or result.ended)[count] for result in self.done]
        return (statistics.median(values), min(values), max(values)) if values else (math.nan,) * 3

    @property
    def residual(self):
        values = [result.residual for result in self.done if math.isfinite(result.residual)]
        return statistics.median(values) if values else math.nan


def results_of(plan, folder):
    """A Result for each run of the plan"""
    return [result_of(plan, folder, run) for run in plan.runs]


def result_of(plan, folder, run):
    record = folder.record(run) or {}
    path = folder.file(run, ".h5")
    own = record.get("state") == DONE and record.get("trace_config") and path.exists() and digest_of_config(path) == record["trace_config"]
    result = Result(run, record, str(path) if own else "", {}, {})
    if result.done:
        closing = record["closing"]
        result.ended = {count: closing.get("iterations" if count == "iteration" else count, math.nan) for count in COUNTS}
        target = plan.about(run.problem, "target", STOP)
        if target == STOP:
            result.reached = result.ended if closing["termination"] == "converged" else {}
        elif own:
            result.reached = first_to_reach(path, target["column"], target["fraction"])
    return result


def first_to_reach(path, column, fraction):
    """Counters of the first row of a trace whose `column` is at most `fraction` of its first value; empty if there is none"""
    with h5py.File(path, "r", locking=False) as file:
        if column not in file["trace"]:
            raise InputError(f"target: {path} has no column '{column}'; it has {', '.join(file['trace'])}")
        values = file["trace"][column][:]
        for row, value in enumerate(values):
            if value <= fraction * values[0]:
                return {count: file["trace"][count][row].item() for count in COUNTS}
    return {}


def rows_of(results):
    """Rows, in the order of the plan"""
    found = {}
    for result in results:
        found.setdefault(result.run.row, []).append(result)
    return [Row(members) for members in found.values()]


def at_best_steps(plan, rows):
    """The rows, of those that differ in the step alone only the best: the one that pays the fewest of what the sweep measures, all of whose
    runs reached the target; if there is none, the one with the smallest residual"""
    found = {}
    for row in rows:
        found.setdefault(tuple(part for part in row.run.row if part[:1] != ("step",)), []).append(row)
    return [members[0] if len(members) == 1 else min(members, key=lambda row: rank(plan, row)) for members in found.values()]


def rank(plan, row):
    measure = plan.about(row.run.problem, "measure", "wire_bytes_up")
    if row.results and row.reached == len(row.results):
        return 0, row.spread(measure)[0]
    return 1, row.residual if math.isfinite(row.residual) else math.inf


def medians_of(plan, rows):
    """{(section of the problem, section of the method): {counter: median}} of each section's best row that reached the target"""
    best = {}
    for row in rows:
        key = row.run.problem, row.run.section
        if row.reached == len(row.results) and (key not in best or rank(plan, row) < rank(plan, best[key])):
            best[key] = row
    return {key: {count: row.spread(count)[0] for count in COUNTS} for key, row in best.items()}

"""Traces as they lie on disk: complete ones, running ones, and those of runs that were killed."""
import dataclasses
import os
import time

import h5py
import numpy
import pandas

from .errors import InputError
from .foreign import opened, printable, read_apart
from .specs import parse_config

FORMAT = "vireo-trace"
FORMAT_VERSION = 1

#: what can be asked for as if it were a column
SUMS = {"wire_bytes": ("wire_bytes_up", "wire_bytes_down")}


@dataclasses.dataclass
class Trace:
    """One run."""

    path: str  #: as it is shown: bytes that are no UTF-8, and control characters, as \xNN
    rows: pandas.DataFrame  #: one column per quantity, one row per traced iteration; row 0 is the starting point
    units: dict  #: column -> "byte", "s" or "1"
    definitions: dict  #: column -> what it is, in words
    manifest: dict  #: version, revision, compiler, hosts, ranks, workers, seed, argv, start_time, ...
    config_text: str  #: the resolved configuration; `vireo solve --config` takes it
    config: dict  #: the same as {option: text}, see specs.parse_config
    problem: dict  #: dimension, components, constants
    solution: numpy.ndarray  #: the point returned, or None
    solution_attributes: dict  #: residual, returned, ...
    theory: dict  #: column -> {constant, factor, power, text}, see theory.bound
    by_rank: dict  #: column -> one entry for each rank, where the trace has them: a run writes them when it ends
    segments: dict  #: start_row, ranks, hosts, job, start_time: lists with an entry for each time that the run was begun or resumed

    @property
    def status(self):
        """running (or killed: the file can not tell), complete or interrupted"""
        return self.manifest.get("status", "running")

    @property
    def termination(self):
        """converged, max-iterations, diverged, ...; empty while running"""
        return self.manifest.get("termination", "")

    def column(self, name):
        """The values of a column, or of a sum of columns, as float64. InputError if there is none."""
        if name in SUMS and name not in self.rows:
            return sum(self.column(part) for part in SUMS[name])
        if name not in self.rows:
            has = "it has " + ", ".join(self.rows.columns) if len(self.rows.columns) else "it has no rows yet"
            raise InputError(f"{self.path}: has no column '{name}'; {has}")
        return self.rows[name].to_numpy(dtype=float)


def _plain(value):
    """Attributes as Python's own types, and texts without control characters"""
    if isinstance(value, bytes):
        return printable(value.decode("utf-8", "surrogateescape"))
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, numpy.ndarray):
        return [_plain(entry) for entry in value]
    return value.item() if isinstance(value, numpy.generic) else value


def _attributes(item):
    return {printable(name): _plain(value) for name, value in item.attrs.items()}


def _columns(group):
    return {printable(name): dataset[:] for name, dataset in group.items() if isinstance(dataset, h5py.Dataset)}


def _plain_columns(group):
    """Columns, with texts as Python's own"""
    return {name: _plain(values) if values.dtype == object else values for name, values in _columns(group).items()}


def _text(dataset):
    """A text of lines"""
    value = dataset[()]
    if not isinstance(value, bytes):
        raise InputError("its 'config' is not a text")
    return "\n".join(printable(line) for line in value.decode("utf-8", "surrogateescape").split("\n"))


def _take(file):
    """What a trace holds, as Python's and numpy's own types; InputError where it is none"""
    manifest = _attributes(file)
    if manifest.get("format") != FORMAT:
        kind = "a checkpoint of Vireo" if "checkpoint" in str(manifest.get("format")) else "not a trace of Vireo"
        raise InputError(f"is an HDF5 file, but {kind}")
    version = manifest.get("format_version", 0)
    if version != FORMAT_VERSION:
        raise InputError(f"has trace format version {version}; this program reads {FORMAT_VERSION}")
    group = file["trace"]
    solution = file.get("solution/z")
    return {
        "manifest": manifest,
        "columns": _columns(group),
        "attributes": {printable(name): _attributes(dataset) for name, dataset in group.items()},
        "config_text": _text(file["config"]),
        "problem": _attributes(file["problem"]),
        "solution": None if solution is None else solution[:],
        "solution_attributes": {} if solution is None else _attributes(solution),
        "theory": {printable(name): _attributes(bound) for name, bound in file.get("theory", {}).items()},
        "by_rank": _plain_columns(file.get("ranks", {})),
        "segments": _plain_columns(file.get("segments", {})),
    }


#: what other code counts on: numbers that are whole, numbers, and texts
WHOLE, REAL, TEXT = (int,), (int, float), (str,)
FORMS = {
    "manifest": {"ranks": WHOLE, "workers": WHOLE, "seed": WHOLE, "status": TEXT, "termination": TEXT, "start_time": TEXT, "ranks_are": TEXT},
    "problem": {"dimension": WHOLE, "components": WHOLE},
    "solution_attributes": {"residual": REAL, "returned": TEXT},
}
BOUND = {"quantity": TEXT, "text": TEXT, "constant": REAL, "constant_over_distance": REAL, "factor": REAL, "power": REAL, "shift": REAL}


def _check_forms(taken):
    """InputError for what is there and is not of the form that it has in every trace"""
    def check(what, values, forms):
        for name, kinds in forms.items():
            value = values.get(name, kinds[0]())
            if not isinstance(value, kinds) or isinstance(value, bool) or (kinds is WHOLE and not 0 <= value < 2**63):
                raise InputError(f"its {what} '{name}' is not what a trace has there")

    for what, forms in FORMS.items():
        check(what.replace("_", " "), taken[what], forms)
    for name, given in taken["theory"].items():
        check(f"bound '{name}'", given, BOUND)
    for name, values in [*taken["columns"].items(), *([] if taken["solution"] is None else [("solution/z", taken["solution"])])]:
        if values.ndim != 1 or values.dtype.kind not in "iuf":
            raise InputError(f"its '{name}' is not a list of numbers")
    for name in [*taken["manifest"].get("argv", []), *taken["manifest"].get("hosts", [])]:
        if not isinstance(name, str):
            raise InputError("its command line or its hosts are not texts")
    for kind in ("by_rank", "segments"):
        for name, values in taken[kind].items():
            if not isinstance(values, list) and (values.ndim != 1 or values.dtype.kind not in "iuf"):
                raise InputError(f"its '{name}' is not a list")
        if kind == "by_rank" and len({len(values) for values in taken[kind].values()}) > 1:
            raise InputError("its ranks have lists of different lengths")


def _from(path, taken):
    _check_forms(taken)
    columns = taken["columns"]
    # A kill between the writes of two columns leaves one of them longer.
    length = min((len(values) for values in columns.values()), default=0)
    order = [name for name in STANDARD if name in columns] + [name for name in columns if name not in STANDARD]
    attributes = taken["attributes"]
    return Trace(
        path=printable(os.fspath(path)),
        rows=pandas.DataFrame({name: columns[name][:length] for name in order}),
        units={name: str(attributes[name].get("units", "1")) for name in order} | dict.fromkeys(SUMS, "byte"),
        definitions={name: str(attributes[name].get("definition", "")) for name in order},
        manifest=taken["manifest"],
        config_text=taken["config_text"],
        config=parse_config(taken["config_text"]),
        problem=taken["problem"],
        solution=taken["solution"],
        solution_attributes=taken["solution_attributes"],
        theory=taken["theory"],
        by_rank=taken["by_rank"],
        segments=taken["segments"],
    )


def _read_here(path):
    """The same as read_apart, in this process"""
    try:
        with h5py.File(path, "r", locking=False) as file:
            return "taken", _take(file)
    except InputError as error:
        return "refused", str(error)
    except (OSError, KeyError, RuntimeError) as error:
        return "failed", str(error).splitlines()[0]


def read(path, attempts=20, trusted=False):
    """The trace in the file `path`. A file that is being written can not be read at some moments: then it is tried again,
    0.05 s later, `attempts` times in all. InputError if it is missing, not HDF5, not a trace, or of a later format.

    The file may come from a stranger: it is read in a child of this process (by fork), which it may make crash. Where that can not be, as
    in a program that has started MPI, `trusted` reads it here, as it is."""
    if not os.path.exists(path):
        raise InputError(f"{path}: no such file")
    if os.path.isdir(path):
        raise InputError(f"{path}: is a directory, not a trace")
    for attempt in range(attempts):
        with opened(path) as (name, _):
            if not h5py.is_hdf5(name) and attempt >= 2:
                raise InputError(f"{path}: is not an HDF5 file")
        age = os.stat(path).st_mtime_ns
        kind, value = _read_here(path) if trusted else read_apart(path, _take)
        if kind == "taken":
            try:
                return _from(path, value)
            except InputError as error:
                raise InputError(f"{path}: {error}") from None
        still = age == os.stat(path).st_mtime_ns  # else its run may have been writing to it just then
        if still and (kind == "refused" or attempt >= 4):
            break
        time.sleep(0.05)
    raise InputError(f"{path}: {value}" if kind == "refused" else f"{path}: can not be read as a trace: {value}")


#: the columns of the format, in the order in which they are shown
STANDARD = ["iteration", "residual", "distance", "gap", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "mpi_bytes", "seconds",
            "seconds_operator", "seconds_compress", "seconds_exchange", "seconds_monitor", "monitor_oracle_calls",
            "seconds_modelled"]

"""Traces as they lie on disk: complete ones, running ones, and those of runs that were killed."""
import dataclasses
import os
import time

import h5py
import numpy
import pandas

from .errors import InputError
from .specs import parse_config

FORMAT = "vireo-trace"
FORMAT_VERSION = 1


@dataclasses.dataclass
class Trace:
    """One run."""

    path: str
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
        """The values of a column as float64. InputError if there is none."""
        if name not in self.rows:
            has = "it has " + ", ".join(self.rows.columns) if len(self.rows.columns) else "it has no rows yet"
            raise InputError(f"{self.path}: has no column '{name}'; {has}")
        return self.rows[name].to_numpy(dtype=float)


def _plain(value):
    """Attributes as Python's own types"""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, numpy.ndarray):
        return [_plain(entry) for entry in value]
    return value.item() if isinstance(value, numpy.generic) else value


def _attributes(item):
    return {name: _plain(value) for name, value in item.attrs.items()}


def _columns(group):
    return {name: dataset[:] for name, dataset in group.items() if isinstance(dataset, h5py.Dataset)}


def _plain_columns(group):
    """Columns, with texts as Python's own"""
    return {name: _plain(values) if values.dtype == object else values for name, values in _columns(group).items()}


def _from(path, file):
    manifest = _attributes(file)
    if manifest.get("format") != FORMAT:
        kind = "a checkpoint of Vireo" if "checkpoint" in str(manifest.get("format")) else "not a trace of Vireo"
        raise InputError(f"{path}: is an HDF5 file, but {kind}")
    version = manifest.get("format_version", 0)
    if version != FORMAT_VERSION:
        raise InputError(f"{path}: has trace format version {version}; this program reads {FORMAT_VERSION}")
    group = file["trace"]
    columns = _columns(group)
    # A kill between the writes of two columns leaves one of them longer.
    length = min((len(values) for values in columns.values()), default=0)
    order = [name for name in STANDARD if name in columns] + [name for name in columns if name not in STANDARD]
    config_text = _plain(file["config"][()])
    solution = file.get("solution/z")
    return Trace(
        path=str(path),
        rows=pandas.DataFrame({name: columns[name][:length] for name in order}),
        units={name: _plain(group[name].attrs.get("units", "1")) for name in order},
        definitions={name: _plain(group[name].attrs.get("definition", "")) for name in order},
        manifest=manifest,
        config_text=config_text,
        config=parse_config(config_text),
        problem=_attributes(file["problem"]),
        solution=None if solution is None else solution[:],
        solution_attributes={} if solution is None else _attributes(solution),
        theory={name: _attributes(bound) for name, bound in file.get("theory", {}).items()},
        by_rank=_plain_columns(file.get("ranks", {})),
        segments=_plain_columns(file.get("segments", {})),
    )


def read(path, attempts=20):
    """The trace in the file `path`. A file that is being written can not be read at some moments: then it is tried again,
    0.05 s later, `attempts` times in all. InputError if it is missing, not HDF5, not a trace, or of a later format."""
    if not os.path.exists(path):
        raise InputError(f"{path}: no such file")
    if os.path.isdir(path):
        raise InputError(f"{path}: is a directory, not a trace")
    for attempt in range(attempts):
        if not h5py.is_hdf5(path) and attempt >= 2:
            raise InputError(f"{path}: is not an HDF5 file")
        try:
            with h5py.File(path, "r", locking=False) as file:
                return _from(path, file)
        except (OSError, KeyError, RuntimeError) as error:
            failure = str(error).splitlines()[0]
        time.sleep(0.05)
    raise InputError(f"{path}: can not be read as a trace: {failure}")


#: the columns of the format, in the order in which they are shown
STANDARD = ["iteration", "residual", "distance", "gap", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "mpi_bytes", "seconds",
            "seconds_operator", "seconds_compress", "seconds_exchange", "seconds_monitor", "monitor_oracle_calls",
            "seconds_modelled"]

"""What the end of a run means.

    0, 4, 5    a result: converged, diverged, or at a limit; 5 after a signal is none
    75         at --max-seconds a result as well; else the run was stopped, and has a checkpoint to go on from
    2, 3       nothing was computed; it is tried again by the next sweep
    1, 6, a signal, what else a launcher returns: tried again too, from the checkpoint if there is one
"""
import hashlib
import json
import signal

import h5py

from .folder import DONE, FAILED, INTERRUPTED
from .program import error_line


def closing_of(said):
    """The line of JSON with which vireo ends, as a dictionary; empty if there is none"""
    for line in reversed(said.splitlines()):
        if line.startswith("{"):
            try:
                return json.loads(line)
            except ValueError:
                return {}
    return {}


def digest_of_config(path):
    """SHA-256 of the configuration that a trace holds; empty if it can not be read"""
    try:
        with h5py.File(path, "r", locking=False) as file:
            config = file["config"][()]
    except (OSError, KeyError):
        return ""
    return hashlib.sha256(config if isinstance(config, bytes) else str(config).encode()).hexdigest()


def judge(code, closing, said, stopped):
    """(state, a line that says it) of a run that ended with this code, this closing line and this log; stopped: the sweep has stopped it"""
    termination = closing.get("termination")
    if code in (0, 4, 5, 75) and termination not in (None, "interrupted"):
        residual = closing.get("residual")
        reached = "" if termination == "converged" or residual is None else f", residual {residual:.2g}"
        return DONE, f"{termination.replace('-', ' ')}{reached}, {closing.get('iterations', 0):,} iterations"
    if stopped or termination == "interrupted":
        return INTERRUPTED, "stopped, with a checkpoint" if code == 75 else "stopped"
    if code < 0 or 128 < code < 160:
        number = -code if code < 0 else code - 128
        try:
            return FAILED, f"killed by {signal.Signals(number).name}"
        except ValueError:
            pass
    return FAILED, f"exit code {code}: {error_line(said) or 'it has said nothing'}"

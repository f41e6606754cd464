"""The folder of a sweep: results that are found by what they are results of, and never by a name alone.

DIR/runs/NAME.json is the record of a run: the words of its command, its ranks, and the SHA-256 of every file that these words name. NAME is
made of the same, so that a run whose command has changed is another run, and what the old command gave stays where it is. Beside it are
NAME.h5, the trace; NAME.log, what the run has said; and NAME.ckpt.h5, its checkpoint, for as long as the run is not done.

Two sweeps may work in one folder: who makes a run holds a lock on its log. The run itself inherits the lock, so that it holds on even if the
sweep is killed and the run is not, and ends with whoever ends last, in whatever way.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re

from .errors import InputError
from .program import digest

#: states of a record
RUNNING, DONE, INTERRUPTED, FAILED = "running", "done", "interrupted", "failed"
#: what is left of a run besides its record and its log
CHECKPOINTS = (".ckpt.h5", ".ckpt.h5.previous", ".ckpt.h5.unfinished")
LEFT = (".h5", ".h5.unfinished", *CHECKPOINTS)


def files_of(run):
    """{path: SHA-256} of the files that the options of a run name, also within specs"""
    found = set()
    for option, texts in run.options.items():
        for text in texts:
            parts = [text] if option in ("data", "initial") else re.split(r"[][:,=]", text)
            found |= {part for part in parts if (option in ("data", "initial") or "/" in part or "." in part) and os.path.isfile(part)}
    return {path: digest(path) for path in sorted(found)}


class Folder:
    """Where a sweep keeps its runs"""

    def __init__(self, path, plan):
        self.path, self.plan = pathlib.Path(path), plan
        self.runs = self.path / "runs"
        self.has_locks = True
        self._identities = {}

    def make(self):
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"-o {self.path}: {error.strerror}", 6) from None

    # ---- what a run is

    def identity(self, run):
        """What a result must be of, to be the result of this run"""
        key = tuple(run.words), run.ranks
        if key not in self._identities:
            self._identities[key] = {"words": run.words, "ranks": run.ranks, "traced": self.plan.traced, "files": files_of(run)}
        return self._identities[key]

    def name(self, run):
        """ "masha1-randk-s1-0123456789ab" """
        parts = [re.match(r"[\w-]*", (run.options.get(option) or [""])[0])[0] for option in ("method", "uplink", "downlink")]
        short = "-".join([part for part in parts if part and part != "none"] + ([f"s{run.seed}"] if re.fullmatch(r"\d+", run.seed) else []))
        what = json.dumps(self.identity(run), sort_keys=True)
        return f"{short[:80]}-{hashlib.sha256(what.encode()).hexdigest()[:12]}"

    def file(self, run, suffix):
        return self.runs / (self.name(run) + suffix)

    def outputs(self, run):
        """The options that say where a run writes"""
        options = {"trace": [str(self.file(run, ".h5"))]} if self.plan.traced else {}
        return options | ({"checkpoint": [str(self.file(run, ".ckpt.h5"))], "resume": ["auto"]} if self.plan.checkpoints else {})

    # ---- records

    def record(self, run):
        """The record of this very run, or None"""
        try:
            record = json.loads(self.file(run, ".json").read_text())
        except (OSError, ValueError):
            return None
        identity = self.identity(run)
        return record if isinstance(record, dict) and all(record.get(key) == value for key, value in identity.items()) else None

    def write(self, run, record):
        replace(self.file(run, ".json"), json.dumps(self.identity(run) | record, indent=1) + "\n")

    def is_kept(self, run):
        """Whether a run need not be made: it came to an end, and what the table needs of it is there"""
        record = self.record(run)
        return (record is not None and record["state"] == DONE
                and (not self.plan.needs_trace(run.problem) or self.file(run, ".h5").exists()))

    def goes_on(self, run):
        """Whether a run that was stopped has left a checkpoint, and the trace up to it"""
        record = self.record(run)
        return (record is not None and record["state"] != DONE and (self.file(run, ".h5").exists() or not self.plan.traced)
                and any(self.file(run, suffix).exists() for suffix in CHECKPOINTS))

    def spent(self, run):
        """Seconds that a run took before it was stopped; if nobody was left to note them, until it last wrote something"""
        record = self.record(run)
        if record["state"] != RUNNING:
            return record["spent"]
        signs = [path.stat().st_mtime for path in (self.file(run, suffix) for suffix in (".h5", ".ckpt.h5", ".log")) if path.exists()]
        return record["spent"] + max([0, *(sign - record["started"] for sign in signs)])

    def clear(self, run, suffixes=LEFT):
        for suffix in suffixes:
            self.file(run, suffix).unlink(missing_ok=True)

    def others(self):
        """How many results lie here that are of no run of the plan"""
        mine = {self.name(run) for run in self.plan.runs}
        return sum(path.stem not in mine for path in self.runs.glob("*.json"))

    # ---- locks

    def lock(self, run):
        """The log of a run, locked and open for adding to it; None if another sweep makes the run, or one that has ended has left it running"""
        descriptor = os.open(self.file(run, ".log"), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:  # a file system without locks
            self.has_locks = False
        return descriptor

    def is_busy(self, run):
        if not self.file(run, ".log").exists():
            return False
        descriptor = self.lock(run)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None


def replace(path, text):
    """Writes a file in one go: who reads it sees the old text or the new one"""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(unfinished, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise InputError(f"{path}: {error.strerror}", 6) from None

"""The program vireo: where it is, which options it knows, how it is started, and what it refuses."""
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from .errors import InputError

#: the source tree, or, where Vireo is installed, the folder of jobs/ and analysis/
ROOT = pathlib.Path(__file__).resolve().parents[2]
IS_SOURCE = (ROOT / "CMakeLists.txt").exists()


def path_of_vireo():
    """VIREO, else what is built here or installed with this file, else what is on PATH. InputError if there is none."""
    own = ROOT / "build/release/vireo" if IS_SOURCE else ROOT.parent.parent / "bin/vireo"
    path = os.environ.get("VIREO") or (str(own) if own.exists() else shutil.which("vireo") or str(own))
    if not shutil.which(path):
        raise InputError(f"{path} is missing: {'build it with jobs/build.sh release, or ' if IS_SOURCE else ''}set VIREO", 3)
    return path


def folder_of_study(options):
    """What -o names, else one of the study's name: made if it is not there"""
    folder = options.output or (ROOT if IS_SOURCE else pathlib.Path()) / "vireo-run" / options.study.stem
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@functools.cache
def digest(path):
    """SHA-256 of a file, computed once"""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Program:
    """One vireo, asked once for its version and its options"""

    def __init__(self):
        self.at_once = 1  #: how many runs are made at a time
        self.path = path_of_vireo()
        #: what results are made by: version, revision and compiler, and the SHA-256 of the program, which a rebuild changes
        self.version = json.loads(self._say("--version", "--json")) | {"sha256": digest(shutil.which(self.path))}
        #: {option: the name of its value, empty if it takes none}
        self.options = dict(re.findall(r"(?m)^ {1,4}--([a-z][a-z-]*)(?: ([^ ]+))?", self._say("help", "solve")))

    def _say(self, *words):
        done = subprocess.run([self.path, *words], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise InputError(f"{self.path} {' '.join(words)}: {error_line(done.stderr) or f'ends with {done.returncode}'}", 3)
        return done.stdout

    def command(self, ranks, *words):
        """The words that start `vireo solve` on so many ranks"""
        if ranks == 1:
            return [self.path, "solve", *words]
        launcher = shlex.split(os.environ.get("VIREO_LAUNCHER", "mpirun"))
        options = os.environ.get("VIREO_LAUNCH_OPTIONS")
        if options is None:  # several mpirun at once would bind to the same cores
            more_than_cores = ["--oversubscribe", "--mca", "mpi_yield_when_idle", "1"] if ranks * self.at_once > cores() else []
            given = ["--bind-to", "none", *more_than_cores]
        else:
            given = shlex.split(options)
        return [*launcher, *given, "-n", str(ranks), self.path, "solve", *words]

    def refusal(self, words):
        """The line with which vireo refuses these words before it reads any data, or None"""
        done = subprocess.run([self.path, "solve", *words, "--print-config"], capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else error_line(done.stderr) or f"ends with {done.returncode}"


def cores():
    """How many processors this program may use"""
    return len(os.sched_getaffinity(0))


def environment():
    """The environment of runs: Open MPI refuses to run as root unless told twice"""
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"} if os.geteuid() == 0 else {}
    return {**os.environ, **allowed}


def error_line(text):
    """Vireo's own line about an error in what a run has said, else the last line that is not empty"""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    own = [line.removeprefix("vireo: error: ") for line in lines if line.startswith("vireo: error: ")]
    return own[0] if own else lines[-1] if lines else ""

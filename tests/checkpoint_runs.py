"""What the tests of checkpoints in the real program share: runs in the background, their ranks, and what their traces hold."""
import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
import unittest

import h5py

VIREO = os.environ["VIREO"]
MPIRUN = shlex.split(os.environ["VIREO_MPIRUN"])
GAME = "--problem bilinear:dimension=60,components=12 --workers 6 --tolerance 0 "
EXTRAGRADIENT = GAME + "--method extragradient "
MASHA = GAME + "--method masha1 --uplink randk:fraction=0.2 --downlink randk:fraction=0.5 "
REQUEUE = 75


def read_trace(path):
    """The trace's rows, cut to the shortest column; a run that writes may make a read fail: then it is repeated."""
    for _ in range(500):
        try:
            with h5py.File(path, "r") as file:
                columns = {name: dataset[:] for name, dataset in file["trace"].items()}
                rows = min((len(values) for values in columns.values()), default=0)
                segments = {name: dataset[:].tolist() for name, dataset in file["segments"].items()}
                z = file["solution/z"][:] if "solution/z" in file else None
                return Trace({name: values[:rows] for name, values in columns.items()}, rows, segments, z, dict(file.attrs))
        except (OSError, KeyError, RuntimeError, ValueError):
            time.sleep(0.01)
    raise AssertionError(path + " can not be read")


class Trace:
    def __init__(self, columns, rows, segments, z, attributes):
        self.columns, self.rows, self.segments, self.z, self.attributes = columns, rows, segments, z, attributes

    def same_bytes(self):
        """All that depends neither on the clock nor on the number of ranks."""
        return {name: values.tobytes() for name, values in self.columns.items()
                if not name.startswith("seconds") and name != "mpi_bytes"} | {"z": self.z.tobytes()}


def ranks_of(process, count):
    """The process ids of the ranks that a launcher has started, or its own where there is none."""
    if count == 0:
        return [process.pid]
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return [int(pid) for pid in file.read().split()]


class CheckpointCase(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="vireo-checkpoint-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, arguments, ranks):
        return [*([*MPIRUN, "-n", str(ranks)] if ranks else []), VIREO, *shlex.split(arguments)]

    def vireo(self, arguments, ranks=0, timeout=120):
        return subprocess.run(self.command(arguments, ranks), capture_output=True, text=True, timeout=timeout, cwd=self.folder)

    def begin(self, arguments, ranks=0, environment=None):
        process = subprocess.Popen(self.command(arguments, ranks), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=self.folder, env={**os.environ, **(environment or {})})
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            stream.close()

    def wait_for_rows(self, process, name, rows):
        while process.poll() is None:
            if os.path.exists(self.path(name)) and read_trace(self.path(name)).rows >= rows:
                return
            time.sleep(0.01)
        self.fail(f"the run ended before it had {rows} rows: {process.communicate()}")

    def one_error(self, done, code, *texts):
        """Ended with this code and one line that holds the texts."""
        lines = [line for line in done.stderr.splitlines() if line.startswith("vireo: error:")]
        self.assertEqual((done.returncode, len(lines)), (code, 1), done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, lines[0])

    def json_of(self, out):
        return json.loads(out.splitlines()[-1])

    def assert_whole(self, arguments, trace):
        """The trace is the one of a run that was never interrupted."""
        last = int(trace.columns["iteration"][-1])
        done = self.vireo(f"solve {arguments} --max-iterations {last} --trace whole.h5 --quiet")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(trace.same_bytes(), read_trace(self.path("whole.h5")).same_bytes())


SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2]

"""What the tests of checkpoints in the real program share: runs in the background, and their ranks."""
import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
import unittest

from support.program import VIREO, every_row, on_ranks
from support.traces import read_trace

GAME = "--problem bilinear:dimension=60,components=12 --workers 6 --tolerance 0 "
EXTRAGRADIENT = GAME + "--method extragradient "
MASHA = GAME + "--method masha1 --uplink randk:fraction=0.2 --downlink randk:fraction=0.5 "
REQUEUE = 75


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
        return [*on_ranks(ranks), VIREO, *shlex.split(every_row(arguments))]

    def vireo(self, arguments, ranks=0, timeout=120):
        return subprocess.run(self.command(arguments, ranks), capture_output=True, text=True, timeout=timeout, cwd=self.folder)

    def begin(self, arguments, ranks=0, environment=None, **how):
        process = subprocess.Popen(self.command(arguments, ranks), stdout=how.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, text=True,
                                   cwd=self.folder, env={**os.environ, **(environment or {})}, **how)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
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
        done = self.vireo(f"solve {arguments} --max-iterations {last} --trace whole.h5 --overwrite --quiet")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(trace.same_bytes(), read_trace(self.path("whole.h5")).same_bytes())


SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGXCPU]

"""Makes runs, so many at a time, until all are done or a signal comes."""
import collections
import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import time

from .endings import closing_of, digest_of_config, judge
from .errors import InputError
from .folder import CHECKPOINTS, DONE, FAILED, RUNNING
from .plan import words_of
from .program import environment
from .progress import Progress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
UNITS = {"": 1, "ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
#: seconds between looks at what is running, and at runs that another sweep makes
PAUSE, PATIENCE = 0.02, 0.5


@dataclasses.dataclass
class Going:
    """A run that is being made"""

    run: object
    process: subprocess.Popen
    log: int  #: descriptor of its log, which is locked
    offset: int  #: where in the log this start begins
    record: dict


class Crew:
    """Makes the runs of a plan in a folder, `jobs` at a time"""

    def __init__(self, plan, folder, program, jobs):
        self.plan, self.folder, self.program, self.jobs = plan, folder, program, jobs
        self.going, self.waiting = [], collections.deque()
        self.signals, self._forwarded, self._asked = 0, 0, 0.0
        self.progress = None

    def work(self, runs, again=False):
        """Makes those of the runs that are not kept; with `again`, all. False if a signal ended it."""
        self._since = time.time() if again else 0.0
        pending = collections.deque(run for run in runs if not self._is_made(run))
        self.progress = Progress(len(pending), self.jobs)
        heard = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]  # nohup lets HUP be ignored
        before = {number: signal.signal(number, self._on_signal) for number in heard}
        try:
            while self.going or ((pending or self.waiting) and not self.signals):
                while pending and len(self.going) < self.jobs and not self.signals:
                    self._start(pending.popleft())
                self._look()
                if not pending and self.waiting and time.monotonic() - self._asked > PATIENCE:
                    pending, self.waiting = self.waiting, collections.deque()
                time.sleep(PAUSE)
        finally:
            self.progress.clear()
            self._leave_none()
            for number, handler in before.items():
                signal.signal(number, handler)
        return not self.signals

    def _is_made(self, run):
        return self.folder.is_kept(run) and self.folder.record(run)["ended"] >= self._since

    # ---- the beginning of a run

    def _start(self, run):
        log = self.folder.lock(run)
        if log is None:
            if not self.waiting and not self._asked:
                self._say_who_else(run)
            self.waiting.append(run)
            self._asked = time.monotonic()
            return
        if self._is_made(run):  # another sweep was quicker
            os.close(log)
            self.progress.end(run.name, "made by another sweep")
            return
        try:
            self.going.append(self._launch(run, log))
        except OSError as error:
            os.close(log)
            raise InputError(f"{error.filename}: {error.strerror}", 3) from None

    def _launch(self, run, log):
        """Starts a run, from its checkpoint if there is one"""
        goes_on = self.folder.goes_on(run) and not self._since
        spent = self.folder.spent(run) if goes_on else 0.0
        if not goes_on:
            self.folder.clear(run)
            os.ftruncate(log, 0)
        command = self.program.command(run.ranks, *words_of(run.options | self._time_left(run, spent) | self.folder.outputs(run)))
        record = {"state": RUNNING, "command": command, "version": self.program.version, "host": socket.gethostname(), "pid": os.getpid(),
                  "started": time.time(), "spent": spent}
        self.folder.write(run, record)
        offset = os.fstat(log).st_size
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(), start_new_session=True)
        return Going(run, process, log, offset, record)

    @staticmethod
    def _time_left(run, spent):
        """What is left of --max-seconds after so many seconds: nobody's time grows by being interrupted"""
        given = run.options.get("max-seconds", ["none"])[0]
        number = given.rstrip("abcdefghijklmnopqrstuvwxyz")
        try:
            total = float(number) * UNITS[given[len(number):]]
        except (ValueError, KeyError):  # none, or what vireo will refuse
            return {}
        return {"max-seconds": [f"{max(total - spent, 0.1):.3f}s"]} if spent else {}

    def _say_who_else(self, run):
        record = self.folder.record(run) or {}
        who = f", process {record['pid']} on {record['host']}" if "pid" in record else ""
        self.progress.say(f"another sweep is at work in {self.folder.path}{who}: what it makes is taken over")

    # ---- the end of a run

    def _look(self):
        if self._forwarded < self.signals:
            self._forward()
        for going in [going for going in self.going if going.process.poll() is not None]:
            self.going.remove(going)
            self._end(going)
        self.progress.show(len(self.going), len(self.waiting))

    def _end(self, going):
        run, record = going.run, going.record
        said = os.pread(going.log, os.fstat(going.log).st_size - going.offset, going.offset).decode(errors="replace")
        closing = closing_of(said)
        state, what = judge(going.process.returncode, closing, said, stopped=self.signals > 0)
        seconds = time.time() - record["started"]
        record |= {"state": state, "exit": going.process.returncode, "closing": closing, "ended": time.time(), "spent": record["spent"] + seconds}
        if state == DONE:
            if self.plan.traced:
                record["trace_config"] = digest_of_config(self.folder.file(run, ".h5"))
            self.folder.clear(run, CHECKPOINTS)
        else:
            record["error"] = what
        self.folder.write(run, record)
        os.close(going.log)
        self.progress.end(run.name, what, seconds if state == DONE else None, failed=state == FAILED)

    # ---- signals

    def _on_signal(self, _number, _frame):
        self.signals += 1

    def _forward(self):
        """The first signal lets runs write their checkpoints, the second ends them at once"""
        self._forwarded = self.signals
        if self.signals == 1 and self.going:
            self.progress.say(f"stopping: {len(self.going)} running; once more ends them at once")
        for going in self.going:
            with contextlib.suppress(ProcessLookupError):
                if self.signals == 1:  # on TERM, mpirun would kill its ranks a second later
                    going.process.send_signal(signal.SIGTERM if going.run.ranks == 1 else signal.SIGUSR1)
                elif going.run.ranks == 1:
                    going.process.kill()
                else:
                    going.process.terminate()

    def _leave_none(self):
        """Ends what is still running when an error ends the sweep"""
        for going in self.going:
            going.process.send_signal(signal.SIGTERM if going.run.ranks == 1 else signal.SIGUSR1)
        for going in self.going:
            going.process.wait()
            os.close(going.log)
        self.going = []

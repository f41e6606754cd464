"""What is said while runs are made: a line for each that ends, and on a terminal a line that tells how far all is."""
import os
import sys
import time


def duration(seconds):
    """ "0.4 s", "12 s", "3 min", "2 h 5 min" """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def say(text, stream):
    """Writes a text; if nobody reads any more (`| head`), the sweep goes on in silence"""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Progress:
    """Lines on stderr"""

    def __init__(self, total, jobs):
        self.total, self.jobs = total, jobs
        self.ended, self.failed, self.spent = 0, 0, []
        self.live = sys.stderr.isatty()
        self._shown, self._last = 0, 0.0

    def _write(self, text, end="\n"):
        blank = max(0, self._shown - len(text)) if self.live else 0
        say(("\r" if self.live and self._shown else "") + text + " " * blank + end, sys.stderr)
        self._shown = 0 if end else len(text)

    def say(self, text):
        self._write(text)

    def end(self, name, what, seconds=None, failed=False):
        """A run has ended"""
        self.ended += 1
        self.failed += failed
        if seconds is not None:
            self.spent.append(seconds)
        took = "" if seconds is None else f", {duration(seconds)}"
        self._write(f"[{self.ended}/{self.total}] {name}: {what}{took}")

    def show(self, running, waiting):
        """How far all is; drawn anew a few times in a second"""
        if not self.live or time.monotonic() - self._last < 0.2:
            return
        self._last = time.monotonic()
        parts = [f"{self.ended} of {self.total} done", f"{running} running"]
        parts += [f"{waiting} made by another sweep"] if waiting else []
        parts += [f"{self.failed} failed"] if self.failed else []
        left = self.total - self.ended
        if len(self.spent) >= self.jobs and left:
            parts.append(f"about {duration(left * sum(self.spent) / len(self.spent) / self.jobs)} left")
        self._write("  " + ", ".join(parts), end="")

    def clear(self):
        """Takes the live line away"""
        if self.live and self._shown:
            say("\r" + " " * self._shown + "\r", sys.stderr)
            self._shown = 0

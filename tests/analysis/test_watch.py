"""Pins down: watch shows a running and a killed trace, ends with the run, and tells the observed rate."""
import os
import re
import shutil
import subprocess
import sys
import time

import conftest
import numpy
import pytest
from vireo_analysis import read, watch
from vireo_analysis.terminal import curve


def test_the_rate_of_a_straight_line_is_its_slope():
    k = numpy.arange(0.0, 101.0)
    assert watch.rate_of(k, 5 * 0.9**k) == pytest.approx(numpy.log(0.9))
    kinked = numpy.where(k < 50, 1.0, 0.9 ** (k - 50))
    assert watch.rate_of(k, kinked) == pytest.approx(numpy.log(0.9))  # the later half
    assert watch.rate_of(k[:3], 0.9 ** k[:3]) is None
    assert watch.rate_of(k, numpy.full(101, numpy.nan)) is None


def test_the_time_left_is_that_to_the_tolerance(runs):
    trace = read(runs / "extragradient.h5")
    k = numpy.arange(101)
    trace.rows = trace.rows.iloc[[0] * 101].reset_index(drop=True)
    trace.rows["iteration"], trace.rows["seconds"], trace.rows["residual"] = k, 0.5 * k, 0.1 ** (k / 25)
    trace.manifest["status"] = "running"
    # 1e-4 after 100 iterations, a digit in 25, tolerance 1e-6
    assert watch.outlook(trace)[1] == "left      about 50 iterations, 25 s, to the tolerance 1e-06"


def test_a_killed_run_is_shown_as_one(odd, run):
    past = time.time() - 600
    os.utime(odd / "killed.h5", (past, past))
    code, out, _ = run("watch", odd / "killed.h5", "--once")
    assert code == 0 and "without a new row for 10 min" in out and "killed" in out
    assert re.search(r"rate      times 0\.\d+ an iteration", out) and "\033" not in out


def test_a_complete_run_ends_the_watch(runs, run):
    code, out, _ = run("watch", runs / "masha1.h5")
    assert code == 0 and "complete: converged" in out and "left" not in out


def test_watching_ends_with_the_run(runs, odd, tmp_path):
    """The command looks again and again while the trace says that it is running, and ends when it says otherwise."""
    path = tmp_path / "live.h5"
    shutil.copy(odd / "killed.h5", path)
    watching = subprocess.Popen([sys.executable, conftest.ROOT / "analysis/vireo-analysis", "watch", path, "--interval", "0.2"],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        looks = []
        while len(looks) < 2:
            line = watching.stdout.readline()
            assert line, watching.stderr.read()
            looks += [line] if line.startswith(f"{path}: ") else []
        shutil.copy(runs / "extragradient.h5", tmp_path / "complete.h5")
        os.replace(tmp_path / "complete.h5", path)
        rest, err = watching.communicate(timeout=60)
    finally:
        watching.kill()
    assert watching.returncode == 0 and err == ""
    assert all(look.startswith(f"{path}: running") for look in looks)
    assert rest.count(f"{path}: complete: converged") == 1


def test_the_curve_of_characters_goes_down_from_corner_to_corner():
    lines = curve([0, 1, 2], [1e0, 1e-3, 1e-6], width=21, height=7).splitlines()
    assert [line.index("*") for line in lines if "*" in line] == [10, 20, 30]
    assert lines[0].split()[0] == "1e+00" and lines[6].split()[0] == "1e-06"
    assert curve([0], [float("nan")]) == "" and "*" in curve([0], [1.0])


@pytest.mark.parametrize("name", ["nan", "one_row", "diverged", "no_distance"])
def test_odd_traces(odd, run, name):
    code, out, err = run("watch", odd / f"{name}.h5", "--once")
    assert code == 0 and err == "" and out

"""Traces made by the real program, for all tests of vireo_analysis. VIREO names the program."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import h5py
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "analysis"))

from vireo_analysis.__main__ import main  # noqa: E402

PROBLEM = ["--problem", "bilinear:dimension=60,condition=10", "--workers", "8"]


def arguments(trace, *given):
    rows = [] if {"--trace-every", "--config"} & set(given) else ["--trace-every", "1"]
    return [os.environ["VIREO"], "solve", *given, *rows, "--trace", str(trace), "--quiet"]


def solve(trace, *given, code=0):
    """Runs the program; its exit code must be `code`."""
    done = subprocess.run(arguments(trace, *given), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return trace


def size_of(path):
    """The size of a file, 0 if there is none"""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def killed(trace, *given, rows=50):
    """Starts the program and kills it once its trace has this many rows."""
    process = subprocess.Popen(arguments(trace, *given, "--tolerance", "0", "--max-iterations", "none"), stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with h5py.File(trace, "r", locking=False) as file:
                    if len(file["trace/iteration"]) >= rows:
                        return trace
            except (OSError, KeyError, RuntimeError):
                pass
            time.sleep(0.02)
        raise AssertionError(f"{trace}: fewer than {rows} rows in a minute")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A folder with traces of one problem: extragradient, MASHA1 with three seeds and with another compressor"""
    folder = tmp_path_factory.mktemp("runs")
    solve(folder / "extragradient.h5", *PROBLEM, "--method", "extragradient", "--trace-every", "5")
    masha = [*PROBLEM, "--method", "masha1:refresh=next,step=1.5x", "--trace-every", "20"]
    for seed in "123":
        solve(folder / f"masha{seed}.h5", *masha, "--uplink", "randk:fraction=0.1", "--seed", seed)
    solve(folder / "natural.h5", *masha, "--uplink", "natural")
    return folder


@pytest.fixture(scope="session")
def odd(tmp_path_factory):
    """A folder with traces that lack something: killed, of one row, with NaN, diverged, of another problem and without distance"""
    folder = tmp_path_factory.mktemp("odd")
    # a small step: a quick machine gets a thousand iterations far before the kill, and must not be down at rounding errors by then
    killed(folder / "killed.h5", *PROBLEM, "--method", "extragradient:step=0.001x", "--trace-every", "10")
    solve(folder / "one_row.h5", *PROBLEM, "--method", "extragradient", "--max-iterations", "0", code=5)
    solve(folder / "diverged.h5", *PROBLEM, "--method", "masha1:step=9x", "--uplink", "topk:fraction=0.1", "--allow-unproven",
          "--trace-every", "20", code=4)
    solve(folder / "no_distance.h5", "--problem", "quadratic-game:dimension=20,condition=10", "--regularizer", "ball:radius=1",
          "--method", "extragradient")
    shutil.copy(folder / "killed.h5", folder / "nan.h5")
    with h5py.File(folder / "nan.h5", "r+") as file:
        file["trace/residual"][3:6] = float("nan")
    (folder / "text.h5").write_text("not HDF5\n")
    with h5py.File(folder / "foreign.h5", "w") as file:
        file["x"] = 1
    return folder


@pytest.fixture
def run(capsys):
    """run(*arguments) -> (exit code, stdout, stderr) of the command"""
    def call(*given):
        code = main([str(argument) for argument in given])
        return code, *capsys.readouterr()
    return call

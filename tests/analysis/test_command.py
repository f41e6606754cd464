"""Pins down: every subcommand has a help with an example, and what is wrong is said in one line with exit code 2."""
import subprocess
import sys

import h5py

import conftest
import pytest
from vireo_analysis.__main__ import COMMANDS

LAUNCHER = conftest.ROOT / "analysis/vireo-analysis"


@pytest.mark.parametrize("command", list(COMMANDS))
def test_help_has_an_example_as_it_was_called(command, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(LAUNCHER)])
    with pytest.raises(SystemExit) as ended:
        conftest.main([command, "--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0 and "example" in out and f"  {LAUNCHER} {command} " in out


@pytest.mark.parametrize("given, words", [
    ([], "required: COMMAND"),
    (["draw"], "invalid choice: 'draw'"),
    (["plot"], "required: TRACE.h5"),
    (["plot", "missing.h5"], "missing.h5: no such file"),
    (["plot", "{odd}/text.h5"], "text.h5: is not an HDF5 file"),
    (["plot", "{runs}/masha1.h5", "-o", "a.gif"], "must end in .png, .svg or .pdf"),
    (["plot", "{runs}/masha1.h5", "-o", "nowhere/a.png"], "there is no folder"),
    (["plot", "{runs}/masha1.h5", "-y", "gap"], "has no column 'gap'"),
    (["plot", "{runs}/masha1.h5", "-x", "seconds_modelled"], "has no column 'seconds_modelled'"),
    (["plot", "{runs}/masha1.h5", "{odd}/no_distance.h5"], "solve different problems"),
    (["table", "{runs}/masha1.h5", "{odd}/no_distance.h5"], "solve different problems"),
    (["table", "{runs}/masha1.h5", "--targets", "1e-2,0"], "--targets: '1e-2,0' is not a list"),
    (["table", "{runs}/masha1.h5", "-o", "/proc/a"], "-o /proc/a: "),
    (["network", "{runs}/masha1.h5", "{odd}/no_distance.h5"], "solve different problems"),
    (["watch", "{odd}/foreign.h5"], "not a trace of Vireo"),
    (["watch", "{runs}/masha1.h5", "--interval", "soon"], "--interval: 'soon' is not a duration"),
    (["read", "{odd}"], "is a directory"),
])
def test_what_is_wrong_is_said_in_one_line(given, words, runs, odd, tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*(text.format(runs=runs, odd=odd) for text in given))
    assert code == 2 and out == "" and words in err and err.count("\n") == 1 and err.startswith("vireo-analysis: ")
    assert not list(tmp_path.iterdir())


def test_the_launcher_and_the_module_are_the_same_command(runs):
    answers = [subprocess.run([*command, "read", runs / "masha1.h5"], capture_output=True, text=True, check=True).stdout
               for command in ([LAUNCHER], [sys.executable, LAUNCHER])]
    module = subprocess.run([sys.executable, "-m", "vireo_analysis", "read", runs / "masha1.h5"], capture_output=True, text=True,
                            check=True, env={"PYTHONPATH": str(conftest.ROOT / "analysis")}).stdout
    assert answers[0] == answers[1] == module and "converged" in module and "configuration" in module


def test_what_python_lacks_and_where_matplotlib_may_not_write_is_no_traceback(runs, tmp_path):
    def said(**environment):
        return subprocess.run([LAUNCHER, "plot", runs / "masha1.h5", "-o", tmp_path / "a.png"], capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin", **environment})

    (tmp_path / "pandas.py").write_text("raise ModuleNotFoundError(name='pandas')\n")
    lacks = said(PYTHONPATH=str(tmp_path))
    assert lacks.returncode == 1
    assert lacks.stderr == f"vireo-analysis: Python has no pandas; see: {conftest.ROOT / 'jobs/install-packages.sh'} --analysis\n"
    assert (said(HOME="/nonexistent", MPLCONFIGDIR="/proc/nowhere").stderr) == ""


def test_read_prints_rows_that_read_back(runs, run):
    out = run("read", runs / "masha1.h5", "--csv")[1].splitlines()
    assert out[0].startswith("iteration,residual,distance,oracle_calls") and len(out) > 10 and out[1].startswith("0,")


def test_a_reader_that_goes_away_is_no_error(runs):
    done = subprocess.run(f"{LAUNCHER} read {runs}/masha1.h5 --csv | head -1", shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""


def test_numbers_at_the_ends_of_the_range_are_drawn_without_a_warning(runs, tmp_path):
    (tmp_path / "ends.h5").write_bytes((runs / "masha1.h5").read_bytes())
    with h5py.File(tmp_path / "ends.h5", "r+") as file:
        residual = file["trace/residual"][:]
        residual[1:], residual[2] = 1e-300, 1.7e308
        file["trace/residual"][:] = residual
    done = subprocess.run([LAUNCHER, "plot", tmp_path / "ends.h5", "-o", tmp_path / "ends.svg"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

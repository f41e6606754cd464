"""Pins down: data of zeros, NaN, one number or one row give a picture or a line, never a traceback or a warning; texts are drawn as they stand."""
import os
import subprocess

import h5py
import matplotlib.pyplot
import numpy
import pytest
from conftest import ROOT, main
from vireo_analysis import plot, read, report

LAUNCHER = ROOT / "analysis/vireo-analysis"


def changed(runs, path, change):
    """The trace of extragradient, changed"""
    path.write_bytes((runs / "extragradient.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        change(file["trace"])
    return path


def filled(value, names=("residual", "distance")):
    def change(columns):
        for name in names:
            columns[name][:] = value
    return change


def shortened(rows):
    def change(columns):
        for name in columns:
            columns[name].resize((rows,))
            columns[name][:] = columns[name][0]
    return change


def turned(columns):
    columns["iteration"][:] = columns["iteration"][:][::-1]


PAID = ("oracle_calls", "wire_bytes_up", "wire_bytes_down", "seconds", "seconds_operator", "seconds_compress")
KINDS = {"zero": filled(0.0), "nan": filled(numpy.nan), "infinite": filled(numpy.inf), "negative": filled(-1.0), "constant": filled(1.0),
         "smallest": filled(5e-324), "one_row": shortened(1), "two_equal_rows": shortened(2), "free": filled(0, PAID), "turned": turned}
COMMANDS = (["plot", "-x", "oracle_calls,seconds", "--x-scale", "log", "--paper"], ["plot", "-y", "distance"], ["table"],
            ["table", "--format", "latex"], ["network", "-o", "n.png"], ["profile", "-o", "p.png"], ["watch", "--once"], ["read"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", list(KINDS))
def test_each_command_has_an_answer(kind, runs, tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    path = changed(runs, tmp_path / "a.h5", KINDS[kind])
    for command, *options in COMMANDS:
        code, out, err = run(command, path, *options)
        assert code == 0 and out and "Traceback" not in err, (command, err)
        assert all(line.startswith(("plot: no value of ", "network: no time ")) for line in err.splitlines()), err


def test_an_axis_without_positive_values_is_linear_and_says_so_in_one_line(runs, tmp_path, run):
    path = changed(runs, tmp_path / "a.h5", KINDS["free"])
    _, _, err = run("plot", path, "-x", "oracle_calls", "--x-scale", "log", "-o", tmp_path / "a.png")
    assert err == "plot: no value of oracle_calls is positive; its axis is linear\n"
    assert plot([read(path)], ["oracle_calls"], x_scale="log").axes[0].get_xscale() == "linear"


def test_a_curve_without_positive_values_is_named_and_the_others_are_drawn(runs, tmp_path, capsys):
    zero = read(changed(runs, tmp_path / "a.h5", KINDS["zero"]))
    made = plot([zero, read(runs / "natural.h5")], theory=False)
    assert capsys.readouterr().err == "plot: extragradient: no value of residual is positive and finite; it has no curve\n"
    assert numpy.isfinite(made.axes[0].get_lines()[-1].get_ydata()).all()


def test_the_report_goes_on_with_the_others(runs, tmp_path, run):
    for kind, change in KINDS.items():
        changed(runs, tmp_path / f"{kind}.h5", change)
    (tmp_path / "good.h5").write_bytes((runs / "masha1.h5").read_bytes())
    code, _, err = run("report", tmp_path, "-o", tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text()
    assert code == 0 and err == "" and text.count("<h4>") == len(KINDS) + 1 and text.count("<img") == 4
    assert "No value of residual is positive and finite in " in text

    def only_good(traces):
        if any(trace != "good" for trace in traces):
            raise LookupError("what a broken run causes")
        return "shown"

    class Named(str):
        path = property(str)

    assert report.part([Named("bad"), Named("good")], only_good) == "shown\n<p class=note>bad is left out here: what a broken run causes</p>"


def test_a_page_that_can_not_be_made_replaces_none(runs, tmp_path, monkeypatch, run):
    (tmp_path / "r.html").write_text("the page of before")
    (tmp_path / "a.h5").write_bytes((runs / "masha1.h5").read_bytes())
    monkeypatch.setattr(report, "page", lambda *_: 1 / 0)
    assert run("report", tmp_path, "-o", tmp_path / "r.html")[0] == 2
    assert (tmp_path / "r.html").read_text() == "the page of before" and len(list(tmp_path.iterdir())) == 2


def drawn_texts(made):
    made.canvas.draw()
    return [text for text in made.findobj(matplotlib.text.Text) if text.get_text() and not text.get_parse_math()]


def test_dollars_and_missing_glyphs_are_drawn_as_they_stand(runs, tmp_path):
    name = r"a$x_$ \frac 日本"
    (tmp_path / f"{name}.h5").write_bytes((runs / "masha1.h5").read_bytes())
    traces = [read(tmp_path / f"{name}.h5"), read(runs / "masha1.h5")]
    made = plot(traces, title=name, texts=[name, "b"])
    assert [text.get_text() for text in drawn_texts(made)].count(name) == 2
    done = subprocess.run([LAUNCHER, "plot", tmp_path / f"{name}.h5", "--title", name, "-o", tmp_path / "b.svg"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_paths_that_are_not_utf_8_work(runs, tmp_path, run):
    folder = os.fsencode(tmp_path) + b"/latin-\xe9"
    os.mkdir(folder)
    for name in ("extragradient", "masha1"):
        with open(folder + f"/{name}-".encode() + b"\xe9.h5", "wb") as file:
            file.write((runs / f"{name}.h5").read_bytes())
    one = folder + b"/masha1-\xe9.h5"
    for command in ([b"plot", one, b"--title", one, b"-o", folder + b"/p-\xe9.png"], [b"table", one, b"-o", folder + b"/t-\xe9.md"],
                    [b"network", one], [b"profile", one, b"-o", folder + b"/q.svg"], [b"watch", one], [b"read", one],
                    [b"report", folder, b"-o", folder + b"/r.html"]):
        code, out, err = run(*map(os.fsdecode, command))
        assert (code, err) == (0, "") and out, command
    with open(folder + b"/r.html", encoding="utf-8") as file:
        assert "masha1-\\xe9.h5" in file.read()
    assert main(["read", os.fsdecode(folder) + "/missing-\udce9.h5"]) == 2

"""Pins down: the report is one self-contained page that a browser shows: tables, pictures, commands, and what was left out."""
import contextlib
import io
import re
import shutil
import subprocess

import matplotlib.image
import numpy
import pytest
from conftest import PROBLEM, main, solve

CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--window-size=1200,2400"]


@pytest.fixture(scope="module")
def folder(runs, odd, tmp_path_factory):
    """All traces, good and odd, and two files that are none"""
    made = tmp_path_factory.mktemp("sweep")
    shutil.copytree(runs, made / "runs")
    shutil.copytree(odd, made / "odd")
    return made


@pytest.fixture(scope="module")
def page(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(["report", str(folder), "-o", str(path)])
    assert code == 0 and err.getvalue() == "" and out.getvalue() == f"{path}\n"
    return path


def browser(page, tmp_path, *given):
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("chromium is not installed: the page was not opened in a browser")
    done = subprocess.run([program, *CHROMIUM, f"--user-data-dir={tmp_path / 'profile'}", *given, f"file://{page}"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_fetches_nothing(page):
    text = page.read_text()
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', text)
    assert len(sources) >= 5 and all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert "<script" not in text and "@import" not in text and "url(" not in text


def test_every_run_is_there_with_its_command_and_each_problem_has_a_section(page):
    text = page.read_text()
    assert text.count("<h2>") == 2 and text.count("<h4>") == 10
    assert text.count("solve --problem bilinear:dimension=60,condition=10 --workers 8") == 9
    for reason in ("odd/text.h5: is not an HDF5 file", "odd/foreign.h5: is an HDF5 file, but not a trace of Vireo"):
        assert reason in text


def test_theorems_and_ranks_are_told_where_there_are_any(page, tmp_path, run):
    text = page.read_text()
    assert text.count("<summary>theory: ") == 5  # extragradient with steps that the theory covers
    assert len(re.findall(r"residual &lt;= [\d.e+]+ / \(k \+ 1\)\^0.5\n    D / \(gamma sqrt", text)) == 4
    assert "residual &lt;= C * 0." in text  # where the solution is not known
    assert "seconds by rank" not in text
    solve(tmp_path / "a.h5", *PROBLEM, "--simulate", "2", "--method", "extragradient")
    assert run("report", tmp_path, "-o", tmp_path / "r.html")[0] == 0
    assert re.search(r"seconds by rank</summary><pre>[^<]*\n +1 +[\d.]+ [mu]?s ", (tmp_path / "r.html").read_text())


def test_texts_are_escaped(folder, tmp_path, run):
    (tmp_path / "a<b").mkdir()
    shutil.copy(folder / "runs/masha1.h5", tmp_path / "a<b" / "<x>.h5")
    assert run("report", tmp_path / "a<b", "-o", tmp_path / "r.html")[0] == 0
    text = (tmp_path / "r.html").read_text()
    assert "&lt;x&gt;.h5" in text and "<x>" not in text and "a&lt;b" in text


def test_a_browser_shows_the_tables(page, tmp_path):
    dom = browser(page, tmp_path, "--dump-dom")
    shown = re.sub(r"<[^>]*>", "|", dom)
    assert re.search(r"residual &lt;= 0.0001\|+iterations\|+oracle calls\|+bytes up", shown)
    assert re.search(r"masha1 step 1\.5x, up randk 0.1 \(3 seeds\)\|+[\d,]+ \([\d.]+x\)", shown)
    assert "not reached (smallest" in shown and "running or killed" in shown
    # the tables are well formed: each row is as wide as its head
    for rows in re.findall(r"<table>.*?</table>", dom, re.S):
        for row in re.findall(r"<tr>.*?</tr>", rows, re.S):
            assert len(re.findall(r"<t[dh]", row)) + sum(int(n) - 1 for n in re.findall(r'colspan="(\d+)"', row)) == 7


def test_a_browser_shows_the_pictures(page, tmp_path):
    browser(page, tmp_path, f"--screenshot={tmp_path / 'shot.png'}")
    pixels = (matplotlib.image.imread(tmp_path / "shot.png")[..., :3] * 255).round().astype(int)
    for colour in ((0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00)):  # the first two curves, drawn by the inlined pictures
        assert (numpy.abs(pixels - colour).max(axis=2) <= 2).sum() > 500


def test_a_folder_without_traces_is_refused(tmp_path, run):
    for folder, words in ((tmp_path, "holds no trace"), (tmp_path / "missing", "is not a folder")):
        code, _, err = run("report", folder, "-o", tmp_path / "r.html")
        assert code == 2 and words in err

"""Pins down: what it took is the first row that reaches the target, medians over seeds, ratios, and the four forms of the table."""
import io
import math

import numpy
import pandas
import pytest
from vireo_analysis import read, table
from vireo_analysis.latex import escape_latex, power_of_ten


def test_the_numbers_are_those_of_the_first_row_that_reaches_the_target(runs):
    eg, masha = read(runs / "extragradient.h5"), read(runs / "masha1.h5")
    frame = table([eg, masha], [1e-4])
    for trace, (_, line) in zip((eg, masha), frame.iterrows()):
        row = trace.rows[trace.rows["residual"] <= 1e-4].iloc[0]
        for name in ("iteration", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "mpi_bytes", "seconds"):
            assert line[name] == row[name]
    assert frame["ratio_wire_bytes_up"][0] == 1
    assert frame["ratio_wire_bytes_up"][1] == frame["wire_bytes_up"][1] / frame["wire_bytes_up"][0]


def test_seeds_are_one_line_of_medians(runs):
    traces = [read(runs / f"masha{seed}.h5") for seed in "123"]
    frame = table(traces, [1e-2])
    assert len(frame) == 1 and frame["runs"][0] == frame["reached"][0] == 3
    assert frame["iteration"][0] == numpy.median([trace.rows["iteration"][trace.rows["residual"] <= 1e-2].iloc[0] for trace in traces])


def test_a_target_that_most_runs_miss_is_not_reached(runs, odd):
    frame = table([read(runs / "extragradient.h5")], [1e-9])
    assert frame["reached"][0] == 0 and math.isnan(frame["iteration"][0]) and 0 < frame["smallest"][0] < 1e-6
    traces = [read(runs / f"masha{seed}.h5") for seed in "123"]
    for trace in traces[:2]:
        trace.rows = trace.rows.iloc[:5]
    frame = table(traces, [1e-2])
    assert frame["reached"].sum() == 1 and numpy.isnan(frame["iteration"]).sum() == 1


def test_text_markdown_latex_csv(runs, run):
    files = runs / "extragradient.h5", runs / "masha1.h5"
    _, text, _ = run("table", *files, "--targets", "1e-3,1e-12")
    lines = text.splitlines()
    assert lines[0] == "residual <= 0.001" and lines[2].split()[0] == "extragradient"
    assert len(lines[1]) == len(lines[2]) == len(lines[3])  # columns line up
    assert "not reached (smallest" in text and text.rstrip().endswith("In brackets: ratio to the first run.")
    _, markdown, _ = run("table", *files, "--targets", "1e-3", "--format", "markdown")
    table_lines = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(table_lines) == 4 and len({line.count("|") for line in table_lines}) == 1
    _, latex, _ = run("table", *files, "--targets", "1e-3,1e-12", "--format", "latex")
    rows = [line for line in latex.splitlines() if line.endswith("\\\\") and "multicolumn" not in line]
    assert {line.count("&") for line in rows} == {3} and "$10^{-3}$" in latex
    _, csv, _ = run("table", *files, "--targets", "1e-3", "--format", "csv")
    assert (pandas.read_csv(io.StringIO(csv))["oracle_calls"] > 0).all()


def test_the_form_follows_the_name_of_the_output(runs, tmp_path, run):
    for suffix, begin in ((".md", "**residual"), (".tex", "% needs"), (".csv", "target,run"), (".txt", "residual <=")):
        assert run("table", runs / "masha1.h5", "-o", tmp_path / f"a{suffix}")[0] == 0
        assert (tmp_path / f"a{suffix}").read_text().startswith(begin)


@pytest.mark.parametrize("name", ["killed", "nan", "one_row", "diverged", "no_distance"])
def test_odd_traces_can_be_tabulated(odd, run, name):
    code, out, err = run("table", odd / f"{name}.h5")
    assert code == 0 and err == "" and "nan" not in out and "inf" not in out


def test_latex_texts():
    assert escape_latex("a_b 5% <x> & #1") == r"a\_b 5\% $<$x$>$ \& \#1"
    assert power_of_ten("0.0001") == "$10^{-4}$" and power_of_ten("0.0002") == r"$2 \cdot 10^{-4}$"

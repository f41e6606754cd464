"""Pins down, for papers: steps that are not the default show; labels, columns and baseline; bytes up + down and the time on a network; legends that
are whole and take a quarter at most; many curves that stay distinct; LaTeX tables that fit a column."""
import itertools
import os
import re
import subprocess

import pytest
from vireo_analysis import group, labels, legend, plot, read, report, style, table
from vireo_analysis.clock import Network
from vireo_analysis.latex import COLUMN, shown, tabular
from vireo_analysis.network import add_time, predict
from vireo_analysis.runs import told_once
from vireo_analysis.specs import ADAPTIVE
from vireo_analysis.tables import about

FILES = ("extragradient", "masha1", "masha2", "masha3", "natural")
LONG = "masha{} step adaptive, up induced topk k=10 randk k=7, down natural"


def test_the_default_of_each_step_is_that_of_the_program():
    listed = subprocess.run([os.environ["VIREO"], "list", "methods"], capture_output=True, text=True, check=True).stdout
    methods = re.findall(r"(?m)^  (\S+)\n((?:    .*\n)+)", listed)
    defaults = {name: re.search(r"\n +(?:parameters )?step +\S[\s\S]*?default\s+(\w+)", text) for name, text in methods}
    assert {name for name, found in defaults.items() if found and found[1] == "adaptive"} == ADAPTIVE
    assert {found[1] for found in defaults.values() if found} == {"adaptive", "auto"} and len(methods) > 20


@pytest.mark.parametrize("method, step, shows", [("masha1", "adaptive", False), ("masha1", "auto", True), ("masha1", "2x", True),
                                                 ("extragradient", "auto", False), ("extragradient", "0.1", True)])
def test_a_step_that_is_not_the_default_shows(runs, method, step, shows):
    one, other = read(runs / "masha1.h5"), read(runs / "natural.h5")
    one.config["method"] = f"{method}:step={step}"
    other.config["method"] = "optimistic:step=auto"
    assert (f"{method} step {step}" in labels([one, other])[0]) == shows
    assert (f"{method} step {step}" in labels([one])[0]) == shows
    assert (f"{method} step {step}" in table([one, other])["run"][0]) == shows
    assert "step" not in labels([one, other])[1]


def test_bytes_up_and_down_are_their_sum(runs):
    trace = read(runs / "masha1.h5")
    (axis,) = plot([trace], ["wire_bytes"], theory=False).axes
    assert (axis.get_lines()[0].get_xdata() == trace.rows["wire_bytes_up"] + trace.rows["wire_bytes_down"]).all()
    assert axis.get_xlabel() == "bytes up + down (all workers)"


@pytest.mark.parametrize("ranks", [0, 4])
def test_the_time_on_a_network_is_that_of_the_command_network(runs, ranks):
    net = Network(1e-4, 1e6)
    for name in ("extragradient", "masha1"):
        trace = read(runs / f"{name}.h5")
        add_time(trace, net, ranks)
        seconds = trace.column("seconds_on_network")
        expected = predict(trace, net, [ranks or 4]).set_index("ranks")["total"][ranks]
        assert seconds[-1] == pytest.approx(expected, rel=1e-12) and (seconds[1:] > seconds[:-1]).all()
    words = {0: "star", 4: "4 ranks"}[ranks]
    assert plot([trace], ["seconds_on_network"], theory=False).axes[0].get_xlabel() == f"time, modelled ({words}, 100 us, 8 Mbit/s)"


def test_commands_know_them(runs, tmp_path, run):
    code, _, err = run("plot", runs / "masha1.h5", "-x", "wire_bytes,seconds_on_network", "--ranks", "8", "-o", tmp_path / "a.svg")
    assert (code, err) == (0, "")
    _, out, _ = run("table", runs / "masha1.h5", "--columns", "wire_bytes,seconds_on_network", "--bandwidth", "10Mbit/s", "--targets", "1e-3")
    assert "bytes up + down" in out and out.rstrip().endswith("Modelled: star, 10 us, 10 Mbit/s.") and "iterations  " not in out
    assert "--ranks" in run("plot", runs / "masha1.h5", "-x", "seconds_on_network", "--ranks", "8,9")[2]
    assert run("plot", runs / "masha1.h5", "-y", "step")[2].count("has no column 'step'") == 1  # a fixed one


def test_labels_are_given_by_patterns(runs, run):
    traces = [read(runs / f"{name}.h5") for name in FILES]
    named = [("masha?", "MASHA $1$"), ("extragradient", "EG")]
    assert [curve.label for curve in group(traces, named=named)] == ["EG", "MASHA $1$ (3 seeds)", "masha1 step 1.5x, up natural"]
    for given, words in ((["--label", "masha1"], "is not PATTERN=TEXT"), (["--label", "x*=X"], "'x*' is the name of no trace"),
                         (["--label", "*=X"], "'X' would be ")):
        code, _, err = run("plot", *(runs / f"{name}.h5" for name in FILES), *given)
        assert code == 2 and words in err and err.count("\n") == 1


def test_ratios_are_to_the_baseline(runs, run):
    files = [runs / f"{name}.h5" for name in FILES]
    traces = [read(path) for path in files]
    frame = table(traces, [1e-3], columns=["iteration"], baseline="natural")
    assert list(frame["ratio_iteration"]) == list(frame["iteration"] / frame["iteration"].iloc[-1])
    assert list(table(traces, [1e-3], baseline="extragradient")["ratio_seconds"])[0] == 1
    out = run("table", *files, "--targets", "1e-3", "--columns", "iteration", "--baseline", "natural")[1]
    assert out.count("x)") == 2 and "ratio to masha1 step 1.5x, up natural." in out
    out = run("table", *files, "--targets", "1e-3", "--baseline", "none")[1]
    assert "x)" not in out and "ratio to" not in out
    for given, words in ((["--baseline", "masha?"], None), (["--baseline", "q"], "--baseline q: matches none of 'extragradient', "),
                         (["--baseline", "*a*"], "matches several, "), (["--columns", "iteration,cost"], "--columns cost: must be one of iteration, ")):
        code, _, err = run("table", *files, *given)
        assert (code == 0) if words is None else (code == 2 and words in err and err.count("\n") == 1), err


def legend_of(made, dpi):
    """(share of the height, whether it lies in the picture and above the panels) as it is printed at this resolution"""
    made.set_dpi(dpi)
    made.canvas.draw()
    box = legend.extent(made)
    inside = box.x0 >= 0 and box.x1 <= made.bbox.x1 and box.y1 <= made.bbox.y1 + 0.5
    return box.height / made.bbox.height, inside and all(axis.get_tightbbox().y1 <= box.y0 + 1 for axis in made.axes)


@pytest.mark.parametrize("panels, paper, names", [
    (1, True, [LONG.format(at) for at in range(6)]), (3, True, [LONG.format(at) for at in range(6)]), (1, True, ["a" * 80, "b"]),
    (1, False, [f"method {at}" for at in range(20)]), (1, True, [f"m{at}" for at in range(40)]), (3, True, [LONG.format(at) for at in range(24)]),
])
def test_legends_are_whole_and_take_a_quarter_at_most(runs, panels, paper, names):
    trace = read(runs / "extragradient.h5")
    xs = ["wire_bytes_up", "wire_bytes", "oracle_calls"][:panels]
    made = plot([trace] * len(names), xs, paper=paper, texts=names)
    for dpi in (100, 200):
        share, is_whole = legend_of(made, dpi)
        assert share <= legend.SHARE + 1e-3 and is_whole, (dpi, share)
    texts = [text.replace("\n", " ") for text in legend.texts_of(made)]
    if made.legend_keys:  # numbers, in place of texts that there was no room for
        assert made.legend_keys == [f"{number}: {name}" for number, name in enumerate([*names, "the theorem's bound"], 1)]
        assert sorted(texts, key=int) == [str(number) for number in range(1, len(names) + 2)]
    else:
        assert {text.replace(" ", "") for text in texts} == {name.replace(" ", "") for name in [*names, "the theorem's bound"]}
    width, height = made.get_size_inches()
    assert height <= 1.3 * width and width == pytest.approx({(1, True): 3.3, (3, True): 7.0, (1, False): 6.4}[panels, paper])


def test_a_report_says_what_the_numbers_of_a_legend_stand_for(runs):
    made = plot([read(runs / "extragradient.h5")] * 40, paper=True, texts=[LONG.format(at) for at in range(40)], theory=False)
    assert f"<p class=note>40: {LONG.format(39)}</p>" in report.image(made, "many")


def test_numbers_of_an_axis_that_is_less_than_three_decades_long_are_plain():
    for values, shown in (([0.06, 0.11], "0.06"), ([6e-8, 1.1e-7], r"$\mathdefault{6\times10^{-8}}$")):
        _, (axis,) = style.figure(1, True)
        style.log_axis(axis.yaxis, values)
        axis.set_ylim(*values)
        assert shown in axis.yaxis.get_major_formatter().format_ticks(axis.yaxis.get_majorticklocs()), axis.yaxis.get_majorticklocs()


def test_what_all_curves_say_is_said_once(runs):
    assert told_once(["a (5 seeds)", "b (5 seeds, 2 diverged)"]) == (["a", "b (2 diverged)"], "5 seeds")
    assert told_once(["a (5 seeds)", "b"])[1] == told_once(["a (5 seeds)"])[1] == ""
    traces = [read(runs / f"masha{seed}.h5") for seed in "123"]
    others = [read(runs / f"masha{seed}.h5") for seed in "123"]
    for other in others:
        other.config["uplink"] = "permk"
    assert legend.texts_of(plot([*traces, *others], theory=False)) == ["masha1 step 1.5x, up randk 0.1", "masha1 step 1.5x, up permk",
                                                                       "median and quartiles of 3 seeds"]


def test_many_curves_stay_distinct():
    looks = [style.look(index) for index in range(40)]
    assert len(set(looks)) == 40 and len({(look.colour, look.line) for look in looks[:32]}) == 32
    for one, other in itertools.combinations(looks[:32], 2):
        assert one.colour != other.colour or one.marker != other.marker


def test_a_latex_table_fits_a_column(runs, tmp_path, run):
    traces = [read(runs / f"{name}.h5") for name in FILES]
    frame = table(traces, [1e-2, 1e-12], columns=["oracle_calls", "wire_bytes_up", "wire_bytes_down"])
    columns = [(name, name.replace("_", " "), "1" if name == "oracle_calls" else "byte") for name in ("oracle_calls", "wire_bytes_up", "wire_bytes_down")]
    text, width = tabular(frame.assign(is_baseline=False), "residual", columns, "note")
    assert width <= COLUMN and re.search(r"\\begin\{tabular\}\{@\{\}p\{\d+pt\}rrr@\{\}\}", text)
    assert all(rule in text for rule in ("\\toprule", "\\midrule", "\\bottomrule")) and "not reached" in text and "(kB)" in text
    code, out, err = run("table", *(runs / f"{name}.h5" for name in FILES), "-o", tmp_path / "t.tex")
    assert (code, err) == (0, "") and (tmp_path / "t.tex").read_text().count("\\multicolumn{4}{@{}l}") == 3
    wide = "iteration,oracle_calls,wire_bytes_up,wire_bytes_down,mpi_bytes,seconds"
    _, _, err = run("table", *(runs / f"{name}.h5" for name in FILES), "--format", "latex", "--columns", wide)
    assert re.fullmatch(r"table: is about \d\.\d in wide, and a column of two has 3\.3: give fewer --columns, .*\n", err)
    assert about(traces, frame).distance > 1


def test_numbers_of_latex_tables_have_three_digits():
    assert [shown(value, 3) for value in (0, 18, 2.6, 0.301234, 1550, 185.2)] == ["0", "18.0", "2.60", "0.301", "1,550", "185"]
    assert shown(1e-5, 2) == "$10^{-5}$" and shown(9.9e-6, 2) == "$9.9 \\cdot 10^{-6}$"

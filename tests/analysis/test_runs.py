"""Pins down: legends name what differs between configurations, seeds are put together, and different problems are not compared."""
import conftest
import numpy
import pytest
from vireo_analysis import InputError, group, labels, read
from vireo_analysis.bands import band
from vireo_analysis.specs import parse_config, parse_spec, short_compressor


def test_specs_and_configurations():
    assert parse_spec("induced:first=[topk:k=10,wire=float32],second=[randk:k=10]") == (
        "induced", {"first": "[topk:k=10,wire=float32]", "second": "[randk:k=10]"})
    assert parse_spec("none") == ("none", {})
    assert short_compressor("randk:fraction=0.1,wire=float64") == "randk 0.1"
    assert short_compressor("induced:first=[topk:k=10],second=[randk:k=7]") == "induced topk k=10 randk k=7"
    config = parse_config('problem = a:b=1,c=2\nregularizer = x=simplex\nregularizer = l1\ndata = "/a #b"\n')
    assert config == {"problem": "a:b=1,c=2", "regularizer": ["x=simplex", "l1"], "data": "/a #b"}


def test_labels_name_what_differs_and_nothing_else(runs):
    eg, masha, other_seed, natural = (read(runs / f"{name}.h5") for name in ("extragradient", "masha1", "masha2", "natural"))
    for trace in (masha, other_seed, natural):
        trace.config["method"] = trace.config["method"].replace("1.5x", "adaptive")
    assert labels([eg, masha]) == ["extragradient", "masha1, up randk 0.1"]
    assert labels([masha, natural]) == ["up randk 0.1", "up natural"]
    assert labels([masha, other_seed]) == ["masha1", "masha1"]
    assert labels([eg]) == ["extragradient"]


def test_parameters_workers_ranks_and_tolerances_are_told_apart(tmp_path):
    base = ["--problem", "bilinear:dimension=20,condition=5", "--max-iterations", "20"]
    made = [(["--method", "extragradient"], "step auto, M = 8, 1 rank"),
            (["--method", "extragradient:step=0.1"], "step 0.1, M = 8, 1 rank"),
            (["--method", "extragradient", "--workers", "4"], "step auto, M = 4, 1 rank"),
            (["--method", "extragradient", "--simulate", "2"], "step auto, M = 8, 2 simulated ranks")]
    traces = [read(conftest.solve(tmp_path / f"{i}.h5", *base, "--workers", "8", *given, code=5)) if "--workers" not in given
              else read(conftest.solve(tmp_path / f"{i}.h5", *base, *given, code=5)) for i, (given, _) in enumerate(made)]
    assert labels(traces) == [expected for _, expected in made]
    rest = [read(conftest.solve(tmp_path / f"t{eps}.h5", *base, "--method", "extragradient", "--tolerance", eps, code=5))
            for eps in ("1e-6", "1e-9")]
    assert labels(rest) == ["extragradient, tolerance 1e-06", "extragradient, tolerance 1e-09"]


def test_runs_that_differ_in_the_seed_are_one_curve(runs):
    curves = group([read(runs / f"{name}.h5") for name in ("masha1", "extragradient", "masha2", "masha3")])
    assert [(curve.label, len(curve.traces)) for curve in curves] == [("masha1 step 1.5x, up randk 0.1 (3 seeds)", 3), ("extragradient", 1)]


def test_an_unfinished_run_says_so(odd):
    labelled = [curve.label for curve in group([read(odd / f"{name}.h5") for name in ("killed", "one_row", "diverged")])]
    assert [label[label.index("("):] for label in labelled] == ["(running or killed)", "(max iterations)", "(diverged)"]


def test_mixed_problems_are_refused_with_the_difference(runs, odd, tmp_path):
    with pytest.raises(InputError, match="problem: bilinear against quadratic-game"):
        group([read(runs / "masha1.h5"), read(odd / "no_distance.h5")])
    other = conftest.solve(tmp_path / "x.h5", "--problem", "bilinear:dimension=60,condition=20", "--method", "extragradient",
                           "--max-iterations", "1", code=5)
    with pytest.raises(InputError, match="bilinear:condition=10 against bilinear:condition=20"):
        group([read(runs / "masha1.h5"), read(other)])


def test_the_band_of_one_run_is_the_run(runs):
    trace = read(runs / "masha1.h5")
    xs, lower, median, upper = band([trace], "wire_bytes_up", "residual")
    assert (xs == trace.rows["wire_bytes_up"]).all()
    for values in (lower, median, upper):
        assert (values == trace.rows["residual"]).all()


def test_the_band_of_three_runs_is_that_of_their_interpolated_logarithms(runs):
    traces = [read(runs / f"masha{seed}.h5") for seed in "123"]
    xs, lower, median, upper = band(traces, "iteration", "residual")
    assert (lower <= median).all() and (median <= upper).all() and (lower < upper).any()
    # rows that all three have: the values are the sorted ones, and halfway between them
    at = list(xs).index(200.0)
    values = sorted(float(trace.rows.loc[trace.rows["iteration"] == 200, "residual"].iloc[0]) for trace in traces)
    assert median[at] == pytest.approx(values[1], rel=1e-12)
    assert lower[at] == pytest.approx(numpy.sqrt(values[0] * values[1]), rel=1e-12)
    assert upper[at] == pytest.approx(numpy.sqrt(values[1] * values[2]), rel=1e-12)
    # all converged: the curve goes on to the median of their ends, the first to end keeps its last value
    ends = sorted(int(trace.rows["iteration"].iloc[-1]) for trace in traces)
    assert xs[-1] == ends[1]


def test_the_band_ends_where_an_unfinished_run_ends(runs):
    traces = [read(runs / f"masha{seed}.h5") for seed in "123"]
    traces[0].rows = traces[0].rows.iloc[:10]
    traces[0].manifest["termination"] = ""
    assert band(traces, "iteration", "residual")[0][-1] == traces[0].rows["iteration"].iloc[-1]

"""Pins down: what a plot draws (values, bands, bounds, ranges), its files in all formats, and odd traces."""
import h5py
import matplotlib.image
import numpy
import pytest
from vireo_analysis import InputError, legend, plot, read, style
from vireo_analysis.theory import bound


def lines(axis):
    """The curves of an axis, without markers and bounds"""
    return [line for line in axis.get_lines() if line.get_linestyle() == "-"]


def test_the_curve_is_the_trace(runs):
    trace = read(runs / "masha1.h5")
    made = plot([trace], ["wire_bytes_up"], "distance")
    (line,) = lines(made.axes[0])
    assert (line.get_xdata() == trace.rows["wire_bytes_up"]).all() and (line.get_ydata() == trace.rows["distance"]).all()
    assert made.axes[0].get_yscale() == "log"


def test_panels_share_colours_and_the_legend_has_a_line_for_each_curve(runs):
    traces = [read(runs / f"{name}.h5") for name in ("extragradient", "masha1", "masha2", "masha3", "natural")]
    made = plot(traces, ["wire_bytes_up", "wire_bytes_down", "oracle_calls"])
    assert len(made.axes) == 3
    colours = [[line.get_color() for line in lines(axis)] for axis in made.axes]
    assert colours[0] == colours[1] == colours[2] and len(set(colours[0])) == 3
    assert legend.texts_of(made) == ["extragradient", "masha1 step 1.5x, up randk 0.1 (3 seeds)", "masha1 step 1.5x, up natural",
                                     "the theorem's bound"]
    assert all(len(axis.collections) == 1 for axis in made.axes)  # one band


def test_the_legend_hides_nothing(runs):
    traces = [read(runs / f"{name}.h5") for name in ("extragradient", "masha1", "natural")]
    for paper in (False, True):
        made = plot(traces, ["wire_bytes_up", "oracle_calls"], paper=paper)
        made.canvas.draw()
        box = legend.extent(made)
        assert box.x1 <= made.bbox.x1 and box.y1 <= made.bbox.y1
        for axis in made.axes:
            assert axis.get_tightbbox().y1 <= box.y0


def test_texts_name_the_curves_in_place_of_configurations(runs):
    traces = [read(runs / f"{name}.h5") for name in ("extragradient", "masha1", "natural")]
    made = plot(traces, texts=["plain", "compressed", "compressed"], theory=False)
    assert legend.texts_of(made) == ["plain", "compressed (2 runs)"]
    assert len(lines(made.axes[0])) == 2


def test_panels_end_with_the_runs_that_converged_where_asked_for(runs):
    short, long = (read(runs / f"{name}.h5") for name in ("extragradient", "masha1"))
    long.manifest["termination"] = "max-iterations"
    for to_converged, end in ((False, long), (True, short)):
        axis = plot([short, long], ["oracle_calls"], theory=False, to_converged=to_converged).axes[0]
        assert axis.get_xlim()[1] == pytest.approx(1.1 * end.column("oracle_calls")[-1], rel=0.06)


def test_a_run_that_begins_at_a_solution_gives_an_empty_picture_and_a_line(runs, tmp_path, capsys):
    trace = read(runs / "extragradient.h5")
    trace.rows["residual"] = 0.0
    style.save(plot([trace]), str(tmp_path / "a.png"))
    assert capsys.readouterr().err == "plot: no value of residual is positive and finite; the picture is empty\n"


@pytest.mark.parametrize("suffix, begin", [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_formats_and_equal_bytes_each_time(runs, tmp_path, run, suffix, begin):
    for name in "ab":
        code, out, _ = run("plot", runs / "extragradient.h5", runs / "masha1.h5", "--paper", "-o", tmp_path / f"{name}.{suffix}")
        assert code == 0 and out == f"{tmp_path / name}.{suffix}\n"
    data = (tmp_path / f"a.{suffix}").read_bytes()
    assert data.startswith(begin) and data == (tmp_path / f"b.{suffix}").read_bytes()


def test_curves_are_told_apart_in_grey(runs, tmp_path, run):
    run("plot", runs / "extragradient.h5", runs / "masha1.h5", runs / "natural.h5", "-o", tmp_path / "a.png")
    made = plot([read(runs / f"{name}.h5") for name in ("extragradient", "masha1", "natural")])
    markers = [line.get_marker() for line in made.axes[0].get_lines() if line.get_linestyle() == "None"]
    assert len(set(markers)) == 3
    picture = matplotlib.image.imread(tmp_path / "a.png")
    assert picture.shape[1] == 1280 and picture[..., :3].std() > 0.05


def test_a_run_that_diverges_does_not_flatten_the_others(runs, odd):
    made = plot([read(runs / "extragradient.h5"), read(odd / "diverged.h5")])
    low, high = made.axes[0].get_ylim()
    assert 1e-7 < low < 1e-6 and high < 1e5


@pytest.mark.parametrize("name", ["killed", "nan", "one_row", "diverged", "no_distance"])
def test_odd_traces_can_be_plotted(odd, tmp_path, run, name):
    code, _, err = run("plot", odd / f"{name}.h5", "-x", "oracle_calls,seconds", "-o", tmp_path / "a.png")
    assert code == 0 and err == "" and (tmp_path / "a.png").stat().st_size > 5000


def test_nan_is_a_gap_and_not_a_number(odd):
    (line,) = lines(plot([read(odd / "nan.h5")]).axes[0])
    assert numpy.isnan(line.get_ydata()[3:6]).all() and numpy.isfinite(numpy.delete(line.get_ydata(), [3, 4, 5])).all()


def dashed(made):
    return [line for line in made.axes[0].get_lines() if line.get_linestyle() not in ("-", "None")]


def test_the_bound_of_the_method_is_drawn_and_holds(runs):
    trace = read(runs / "extragradient.h5")
    k, L = trace.rows["iteration"].to_numpy(), trace.problem["L"]
    distance = trace.rows["distance"].iloc[0]
    t = min(0.92, L / (L + trace.problem["mu"]))
    a, b = 2 * t * trace.problem["mu"] / L, 1 - t * t
    linear = (1 - a * b / (a + b)) ** (k / 2)
    expected = distance * L * numpy.minimum(linear, 1 / (t * numpy.sqrt(b * (k + 1))))
    made = plot([trace], ["wire_bytes_up"])
    (line,) = dashed(made)
    assert numpy.allclose(line.get_ydata(), expected, rtol=1e-12)
    assert (trace.rows["residual"] <= line.get_ydata()).all()
    assert legend.texts_of(made)[-1] == "the theorem's bound"
    (of_distance,) = dashed(plot([trace], ["wire_bytes_up"], "distance"))
    assert numpy.allclose(of_distance.get_ydata(), distance * linear, rtol=1e-12)
    assert len(plot([trace], theory=False).axes[0].get_lines()) == 1
    assert any("last iterate" in text for text in bound(trace, "iteration", "residual").texts)


def test_a_step_beyond_the_theory_has_no_bound(runs):
    assert not read(runs / "masha1.h5").theory and not dashed(plot([read(runs / "masha1.h5")]))


def with_bounds(runs, path, **bounds):
    """The trace of extragradient with these bounds in place of its own"""
    path.write_bytes((runs / "extragradient.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["theory"]
        for name, given in bounds.items():
            file.create_group(f"theory/{name}").attrs.update({"text": name, "quantity": "residual", **given})
    return read(path)


def test_of_several_bounds_the_least_holds(runs, tmp_path):
    trace = with_bounds(runs, tmp_path / "a.h5", residual={"constant": 20.0, "factor": 0.95, "power": 0.5},
                        residual_2={"constant": 4.0, "power": 1.0, "shift": 0.0}, residual_3={"power": 2.0})
    k = trace.rows["iteration"].to_numpy()
    found = bound(trace, "iteration", "residual")
    with numpy.errstate(divide="ignore"):
        expected = numpy.minimum(20 * 0.95**k / numpy.sqrt(k + 1), 4.0 / k)
    assert numpy.allclose(found.y, expected, rtol=1e-14) and found.texts == ["residual", "residual_2"] and not found.fitted


def test_a_bound_says_nothing_where_it_is_infinite(runs, tmp_path):
    found = bound(with_bounds(runs, tmp_path / "a.h5", residual={"constant": 4.0, "power": 1.0, "shift": 0.0}), "iteration", "residual")
    assert numpy.isnan(found.y[0]) and numpy.isfinite(found.y[1:]).all()


def test_a_rate_without_its_constant_begins_at_the_first_row_and_is_called_so(runs, tmp_path):
    trace = with_bounds(runs, tmp_path / "a.h5", residual={"factor": 0.9, "constant_over_distance": 3.0},
                        residual_2={"power": 1.0, "constant_over_distance": 1.0})
    found = bound(trace, "iteration", "residual")
    k, measured = trace.rows["iteration"].to_numpy(), trace.rows["residual"].to_numpy()
    assert found.fitted and numpy.allclose(found.y, measured[0] * numpy.minimum(3 * 0.9**k, 1 / (k + 1)), rtol=1e-12)
    made = plot([trace])
    assert len(dashed(made)) == 1 and legend.texts_of(made)[-1] == "the theorem's rate, from the first row on"


def test_a_program_without_a_known_solution_gives_the_shape(odd):
    trace = read(odd / "no_distance.h5")
    assert all("constant" not in given and "constant_over_distance" in given for given in trace.theory.values())
    found = bound(trace, "iteration", "residual")
    assert found.fitted and found.y[0] == trace.rows["residual"].iloc[0]


def test_missing_columns_are_refused(runs, odd):
    with pytest.raises(InputError, match="has no column 'gap'; it has iteration, residual"):
        plot([read(runs / "masha1.h5")], y="gap")
    with pytest.raises(InputError, match="no_distance.h5: has no column 'distance'"):
        plot([read(odd / "no_distance.h5")], y="distance")
    with pytest.raises(InputError, match="-x colour: must be one of wire_bytes_up"):
        plot([read(runs / "masha1.h5")], ["colour"])

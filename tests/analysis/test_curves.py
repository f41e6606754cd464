"""Pins down: what a plot draws (values, bands, bounds, ranges), its files in all formats, and odd traces."""
import h5py
import matplotlib.image
import numpy
import pytest
from vireo_analysis import InputError, plot, read
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
    assert [text.get_text() for text in made.legends[0].get_texts()] == [
        "extragradient", "masha1, up randk 0.1 (3 seeds)", "masha1, up natural"]
    assert all(len(axis.collections) == 1 for axis in made.axes)  # one band


def test_the_legend_hides_nothing(runs):
    traces = [read(runs / f"{name}.h5") for name in ("extragradient", "masha1", "natural")]
    for paper in (False, True):
        made = plot(traces, ["wire_bytes_up", "oracle_calls"], paper=paper)
        made.canvas.draw()
        legend = made.legends[0].get_window_extent()
        assert legend.x1 <= made.bbox.x1 and legend.y1 <= made.bbox.y1
        for axis in made.axes:
            assert axis.get_tightbbox().y1 <= legend.y0


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


def test_the_bound_is_drawn_where_the_trace_holds_one(runs, tmp_path):
    trace = read(runs / "extragradient.h5")
    assert bound(trace, "iteration", "residual") is None and not trace.theory
    (tmp_path / "a.h5").write_bytes((runs / "extragradient.h5").read_bytes())
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        group = file.create_group("theory/residual")
        group.attrs.update({"constant": 20.0, "factor": 0.95, "power": 0.5, "text": "20 * 0.95^k / sqrt(k+1)"})
    trace = read(tmp_path / "a.h5")
    made = plot([trace], ["wire_bytes_up"])
    dashed = [line for line in made.axes[0].get_lines() if line.get_linestyle() == "--"]
    k = trace.rows["iteration"].to_numpy()
    assert len(dashed) == 1 and numpy.allclose(dashed[0].get_ydata(), 20 * 0.95**k / numpy.sqrt(k + 1), rtol=1e-14)
    assert made.legends[0].get_texts()[-1].get_text() == "the theorem's bound"
    assert len(plot([trace], theory=False).axes[0].get_lines()) == 1


def test_missing_columns_are_refused(runs, odd):
    with pytest.raises(InputError, match="has no column 'gap'; it has iteration, residual"):
        plot([read(runs / "masha1.h5")], y="gap")
    with pytest.raises(InputError, match="no_distance.h5: has no column 'distance'"):
        plot([read(odd / "no_distance.h5")], y="distance")
    with pytest.raises(InputError, match="-x colour: must be one of wire_bytes_up"):
        plot([read(runs / "masha1.h5")], ["colour"])

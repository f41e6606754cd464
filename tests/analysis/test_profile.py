"""Pins down: the shares are those of the trace's last row, and ranks are told apart only where the trace does."""
import h5py
import pytest
from vireo_analysis import profile, read


def test_the_parts_are_the_last_row(runs):
    trace = read(runs / "masha1.h5")
    parts, whole, monitor = profile.split(trace)
    last = trace.rows.iloc[-1]
    assert whole == last["seconds"] and monitor == last["seconds_monitor"]
    assert [parts[name] for name in ("operator", "compress", "exchange")] == [
        last["seconds_operator"], last["seconds_compress"], last["seconds_exchange"]]
    assert sum(parts.values()) == pytest.approx(whole) or parts["other"] == 0


def test_ranks_are_told_apart_where_the_trace_does(runs, tmp_path, run):
    assert "One rank: no imbalance." in run("profile", runs / "masha1.h5")[1]
    (tmp_path / "a.h5").write_bytes((runs / "masha1.h5").read_bytes())
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file.attrs["ranks"] = 3
    assert "By rank: not in this trace" in run("profile", tmp_path / "a.h5")[1]
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file["ranks/seconds_operator"] = [1.0, 3.0, 2.0]
    assert "operator by rank: mean 2 s, most 3 s on rank 1 (1.50 times the mean)" in run("profile", tmp_path / "a.h5")[1]


@pytest.mark.parametrize("name", ["killed", "nan", "one_row", "diverged", "no_distance"])
def test_odd_traces_and_the_picture(odd, tmp_path, run, name):
    code, _, err = run("profile", odd / f"{name}.h5", "-o", tmp_path / "p.png")
    assert code == 0 and err == "" and (tmp_path / "p.png").exists()

"""Pins down: the shares are those of the trace's last row, and ranks are told apart only where the trace does."""
import re

import h5py
import pytest
from conftest import PROBLEM, solve
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
    solve(tmp_path / "a.h5", *PROBLEM[:2], "--workers", "3", "--simulate", "2", "--method", "extragradient")
    trace = read(tmp_path / "a.h5")
    apart = profile.by_rank(trace)
    assert all(len(values) == 2 for values in apart.values())
    for name, column in profile.PARTS.items():
        assert max(apart[name]) == pytest.approx(trace.rows[column].iloc[-1])
    assert sum(trace.by_rank["oracle_calls"]) == trace.rows["oracle_calls"].iloc[-1]
    assert trace.by_rank["oracle_calls"][1] != trace.by_rank["oracle_calls"][0]  # 1 worker and 2
    assert sum(trace.by_rank["mpi_bytes"]) == trace.rows["mpi_bytes"].iloc[-1]
    assert all(io <= monitor for io, monitor in zip(trace.by_rank["seconds_io"], trace.by_rank["seconds_monitor"]))


def shaped(path, operator, exchange, hosts=("a", "a", "a")):
    """Gives the trace ranks that took these times"""
    with h5py.File(path, "r+") as file:
        file.attrs["ranks"] = len(operator)
        if "ranks" in file:
            del file["ranks"]
        for name, values in {"operator": operator, "exchange": exchange, "compress": [0.0] * len(operator)}.items():
            file[f"ranks/seconds_{name}"] = values
        file["ranks/seconds"] = [one + other for one, other in zip(operator, exchange)]
        file["ranks/host"] = list(hosts)


def test_imbalance_is_named(runs, tmp_path, run):
    (tmp_path / "a.h5").write_bytes((runs / "masha1.h5").read_bytes())
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        file.attrs["ranks"] = 3
        del file["ranks"]
    assert "By rank: not in this trace; a run writes it when it ends." in run("profile", tmp_path / "a.h5")[1]
    shaped(tmp_path / "a.h5", [1.0, 3.0, 2.0], [3.0, 1.0, 2.0])
    out = run("profile", tmp_path / "a.h5")[1]
    assert "operator: 1.50 times the mean on rank 1; the others wait for it in the exchange" in out
    assert re.search(r"^ +1 +3 s +0 s +1 s +0 s  a$", out, re.M) and re.search(r"^ +most/mean +1.50", out, re.M)
    shaped(tmp_path / "a.h5", [1.0, 3.0, 2.0], [3.0, 1.0, 2.0], ("a", "b", "c"))
    assert "on rank 1 on b; the others" in run("profile", tmp_path / "a.h5")[1]
    shaped(tmp_path / "a.h5", [2.0, 2.0, 2.0], [3.0, 1.0, 3.0])
    assert "exchange: least on rank 1, which comes last to it" in run("profile", tmp_path / "a.h5")[1]
    shaped(tmp_path / "a.h5", [2.0, 2.0, 2.1], [1.0, 1.0, 1.0])
    assert "The work is evenly spread over the ranks." in run("profile", tmp_path / "a.h5")[1]


def test_many_ranks_are_summed_up_and_drawn(runs, tmp_path, run):
    (tmp_path / "a.h5").write_bytes((runs / "masha1.h5").read_bytes())
    shaped(tmp_path / "a.h5", [1.0] * 199 + [2.0], [2.0] * 199 + [1.0], ["a"] * 200)
    code, out, err = run("profile", tmp_path / "a.h5", "-o", tmp_path / "p.png")
    assert code == 0 and err == "" and len(out.splitlines()) < 20
    assert "operator: 1.99 times the mean on rank 199" in out
    (axis,) = profile.plot([read(tmp_path / "a.h5")]).axes
    assert len(axis.patches) == 4 * 200 and axis.patches[199].get_width() == 2.0


@pytest.mark.parametrize("name", ["killed", "nan", "one_row", "diverged", "no_distance"])
def test_odd_traces_and_the_picture(odd, tmp_path, run, name):
    code, _, err = run("profile", odd / f"{name}.h5", "-o", tmp_path / "p.png")
    assert code == 0 and err == "" and (tmp_path / "p.png").exists()

"""Pins down: read() gives what the file holds, also of a running, killed, short or broken trace, and refuses what is no trace."""
import os
import subprocess

import conftest
import h5py
import numpy
import pytest
import vireo_analysis


def test_a_complete_trace_is_what_h5py_reads(runs):
    trace = vireo_analysis.read(runs / "masha1.h5")
    with h5py.File(runs / "masha1.h5") as file:
        assert set(trace.rows.columns) == set(file["trace"])
        for name in trace.rows:
            assert (trace.rows[name].to_numpy() == file["trace"][name][:]).all()
            assert trace.units[name] == file["trace"][name].attrs["units"]
        assert (trace.solution == file["solution/z"][:]).all()
        assert trace.solution_attributes["residual"] == file["solution/z"].attrs["residual"]
    assert trace.rows["iteration"].dtype == numpy.int64
    assert (trace.status, trace.termination) == ("complete", "converged")
    assert trace.config["method"] == "masha1:step=1.5x,probability=auto,refresh=next,snapshot=auto"
    assert trace.manifest["workers"] == 8 and trace.manifest["argv"][1] == "solve"
    assert trace.problem["dimension"] == 60


def test_the_configuration_reproduces_the_run(runs, tmp_path):
    trace = vireo_analysis.read(runs / "masha1.h5")
    (tmp_path / "run.ini").write_text(trace.config_text)
    again = vireo_analysis.read(conftest.solve(tmp_path / "again.h5", "--config", str(tmp_path / "run.ini")))
    assert (again.rows["residual"] == trace.rows["residual"]).all()


def test_bounds_stay_when_a_run_goes_on_and_lose_their_constant_where_its_start_is_unknown(tmp_path):
    checkpoint = str(tmp_path / "c.h5")
    given = [*conftest.PROBLEM, "--method", "extragradient", "--tolerance", "0", "--checkpoint", checkpoint]
    first = vireo_analysis.read(conftest.solve(tmp_path / "a.h5", *given, "--max-iterations", "30", code=5))

    def resumed(trace):
        done = subprocess.run([os.environ["VIREO"], "resume", checkpoint, "--trace", str(trace), "--max-iterations", "60", "--quiet"],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 5, done.stderr
        return vireo_analysis.read(trace)

    (tmp_path / "saved.h5").write_bytes((tmp_path / "c.h5").read_bytes())
    same = resumed(tmp_path / "a.h5")
    assert same.theory == first.theory and len(same.rows) == 61 and len(same.segments["start_row"]) == 2
    (tmp_path / "c.h5").write_bytes((tmp_path / "saved.h5").read_bytes())
    new = resumed(tmp_path / "b.h5")
    assert new.theory.keys() == first.theory.keys() and new.rows["iteration"].iloc[0] == 30
    for name, bound in new.theory.items():
        assert "constant" not in bound and "distance" not in bound
        assert bound["constant_over_distance"] == first.theory[name]["constant_over_distance"]


def test_a_killed_trace_has_equal_columns_and_no_solution(odd):
    trace = vireo_analysis.read(odd / "killed.h5")
    assert trace.status == "running" and trace.termination == "" and trace.solution is None
    assert len(trace.rows) >= 49 and not trace.rows.isna().any().any()


def test_columns_that_a_kill_left_longer_are_cut_to_the_shortest(odd, tmp_path):
    (tmp_path / "torn.h5").write_bytes((odd / "killed.h5").read_bytes())
    with h5py.File(tmp_path / "torn.h5", "r+") as file:
        length = len(file["trace/seconds"]) - 1
        file["trace/seconds"].resize((length,))
    trace = vireo_analysis.read(tmp_path / "torn.h5")
    assert len(trace.rows) == length


def test_a_running_trace_is_read_while_it_grows(tmp_path):
    path = tmp_path / "live.h5"
    process = subprocess.Popen(conftest.arguments(path, *conftest.PROBLEM, "--method", "extragradient", "--tolerance", "0",
                                                  "--max-iterations", "none", "--max-seconds", "20"), stdout=subprocess.DEVNULL)
    try:
        lengths = []
        while len(lengths) < 20 or lengths[-1] == lengths[0]:  # rows are written once a second; the run ends after 20
            if conftest.size_of(path) > 0:  # the program tries the path first, and removes what it made
                try:
                    lengths.append(len(vireo_analysis.read(path).rows))
                except vireo_analysis.InputError as error:
                    assert "HDF5" in str(error), error  # so young that nothing is in it
        assert lengths == sorted(lengths) and lengths[-1] > lengths[0]
    finally:
        process.kill()
        process.wait()


def test_one_row_and_no_distance_and_nan(odd):
    assert len(vireo_analysis.read(odd / "one_row.h5").rows) == 1
    assert "distance" not in vireo_analysis.read(odd / "no_distance.h5").rows
    assert vireo_analysis.read(odd / "nan.h5").rows["residual"].isna().sum() == 3
    assert vireo_analysis.read(odd / "diverged.h5").termination == "diverged"


def test_a_trace_without_rows(odd, tmp_path, run):
    (tmp_path / "young.h5").write_bytes((odd / "one_row.h5").read_bytes())
    with h5py.File(tmp_path / "young.h5", "r+") as file:
        for name in list(file["trace"]):
            del file["trace"][name]
        del file["solution"]
        file.attrs["status"] = "running"
    assert len(vireo_analysis.read(tmp_path / "young.h5").rows) == 0
    for command in ("plot", "table", "network", "profile"):
        code, _, err = run(command, tmp_path / "young.h5")
        assert code == 2 and "no rows yet" in err, (command, err)
    assert run("watch", tmp_path / "young.h5", "--once")[0] == 0
    assert run("report", tmp_path, "-o", tmp_path / "r.html")[0] == 0


@pytest.mark.parametrize("name, words", [("missing.h5", "no such file"), ("text.h5", "not an HDF5 file"),
                                         ("foreign.h5", "not a trace of Vireo"), (".", "is a directory")])
def test_what_is_no_trace_is_refused_in_one_line(odd, name, words):
    with pytest.raises(vireo_analysis.InputError) as caught:
        vireo_analysis.read(odd / name)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_truncated_file_and_a_later_format_are_refused(runs, tmp_path):
    data = (runs / "masha1.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(data[: len(data) // 2])
    with pytest.raises(vireo_analysis.InputError, match="can not be read as a trace"):
        vireo_analysis.read(tmp_path / "cut.h5", attempts=3)
    (tmp_path / "later.h5").write_bytes(data)
    with h5py.File(tmp_path / "later.h5", "r+") as file:
        file.attrs["format_version"] = 2
    with pytest.raises(vireo_analysis.InputError, match="format version 2"):
        vireo_analysis.read(tmp_path / "later.h5", attempts=3)

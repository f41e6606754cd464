"""Pins down: the model of the network is the simulated communicator's clock, on runs whose clock the program itself kept."""
import conftest
import numpy
import pytest
from vireo_analysis import InputError, read
from vireo_analysis.clock import Cost, Network, all_gather, all_to_all, combine, rounds
from vireo_analysis.counts import exchanges
from vireo_analysis.network import communication, predict
from vireo_analysis.traffic import segments, subtrees

SLOW = Network(1e-5, 125e6)
BASE = ["--problem", "bilinear:dimension=200,condition=10", "--workers", "16", "--max-iterations", "300", "--trace-every", "100"]


def simulated(path, ranks, *given):
    return read(conftest.solve(path, *BASE, "--simulate", str(ranks), *given, code=5))


def modelled(trace, network=SLOW):
    """(seconds by this model / by the simulated clock, bytes by this model / counted) on the run's own ranks"""
    row = len(trace.rows) - 1
    waiting, carrying, moved = communication(trace, network, trace.manifest["ranks"], row)
    return (waiting + carrying) / trace.column("seconds_modelled")[row], moved / trace.column("mpi_bytes")[row]


def test_the_operations_of_the_clock():
    assert [rounds(ranks) for ranks in (1, 2, 3, 4, 5, 4096)] == [0, 1, 2, 2, 3, 12]
    assert all_gather(numpy.array([8.0, 16.0, 24.0])) == Cost(2, 40.0)
    assert combine(5, 2) == Cost(6, 96.0)
    # rank 1 sends one message of 9 bytes and receives two of 12 together: receiving is the longer
    assert all_to_all(SLOW, [0, 1, 2], numpy.array([[0, 5.0, 0], [0, 99.0, 9.0], [0, 7.0, 0]])) == Cost(2, 12.0)


def test_segments_and_subtrees_are_the_exchange_s():
    assert segments(200, 8).tolist() == [24, 24, 24, 24, 24, 24, 24, 32]
    assert segments(20, 8).tolist().count(0) == 5
    assert [subtrees(*bounds, 16) for bounds in ((0, 16), (0, 4), (3, 8), (5, 11))] == [[16], [4], [1, 4], [1, 2, 2, 1]]


@pytest.mark.parametrize("ranks", [2, 5, 8, 32])
def test_uncompressed_runs_meet_the_simulated_clock_exactly(tmp_path, ranks):
    seconds, moved = modelled(simulated(tmp_path / "a.h5", ranks, "--method", "extragradient", "--tolerance", "0"))
    assert seconds == pytest.approx(1, rel=1e-6)  # the trace keeps whole nanoseconds of each row
    assert moved == 1


def test_another_network_is_another_time(tmp_path):
    trace = simulated(tmp_path / "a.h5", 8, "--method", "extragradient", "--tolerance", "0", "--latency", "1us", "--bandwidth", "10Mbit/s")
    assert modelled(trace, Network(1e-6, 1.25e6))[0] == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("ranks, channel", [
    (8, ["--uplink", "randk:fraction=0.02"]),
    (32, ["--uplink", "randk:fraction=0.02"]),
    (8, ["--uplink", "randk:fraction=0.1", "--downlink", "randk:fraction=0.5"]),
    (8, ["--uplink", "randk-shared:fraction=0.1"]),
    (5, ["--uplink", "permk"]),
    (8, ["--uplink", "natural", "--downlink", "natural"]),
    (32, ["--uplink", "natural"]),
])
def test_compressed_runs_meet_it_but_for_the_draws_and_the_heads_of_pieces(tmp_path, ranks, channel):
    seconds, moved = modelled(simulated(tmp_path / "a.h5", ranks, "--method", "masha1:refresh=next", *channel, "--tolerance", "0"))
    assert seconds == pytest.approx(1, rel=0.03)
    assert moved == pytest.approx(1, rel=0.08)


def test_the_number_of_ranks_of_the_run_does_not_matter(tmp_path):
    """What is predicted for 8 ranks from a run on one is what a run on 8 was charged."""
    given = ["--method", "masha1:refresh=next", "--uplink", "randk:fraction=0.1", "--tolerance", "0"]
    one = read(conftest.solve(tmp_path / "one.h5", *BASE, *given, code=5))
    eight = simulated(tmp_path / "eight.h5", 8, *given)
    frame = predict(one, SLOW, [8])
    assert frame["communication"][0] == pytest.approx(eight.column("seconds_modelled")[-1], rel=0.03)


def test_the_exchanges_are_counted_from_the_bytes(runs):
    trace = read(runs / "extragradient.h5")
    told = exchanges(trace, len(trace.rows) - 1)
    assert told.compressed == 0 and told.full == 1 + 2 * trace.rows["iteration"].iloc[-1]
    trace = read(runs / "masha1.h5")
    told = exchanges(trace, len(trace.rows) - 1)
    assert told.compressed == trace.rows["iteration"].iloc[-1]
    assert told.full + told.compressed == trace.rows["oracle_calls"].iloc[-1] / 64
    assert told.up == pytest.approx(8 * 6) and told.down == pytest.approx(8 * 60)


def test_announcements_of_snapshots_are_exchanges_of_their_own(tmp_path):
    """What 8 ranks are charged where refreshes are compressed, and where they are not; how many were exact is told by the bytes."""
    for snapshot, uplink in (("auto", "natural"), ("none", "natural"), ("[rounding:bits=16]", "randk:fraction=0.1")):
        trace = simulated(tmp_path / f"{snapshot}.h5", 8, "--method", f"masha1:snapshot={snapshot}", "--uplink", uplink, "--tolerance", "0")
        told = exchanges(trace, len(trace.rows) - 1)
        assert told.all() == trace.rows["oracle_calls"].iloc[-1] / 64 and told.compressed == 300
        assert (told.announced > 0) == (snapshot != "none") and told.full == pytest.approx(round(told.full), abs=1e-9)
        assert modelled(trace)[0] == pytest.approx(1, rel=0.03)


def test_a_method_that_is_not_known_is_said_to_be_assumed(runs):
    trace = read(runs / "masha1.h5")
    trace.config["method"] = "newer:step=1"
    assert exchanges(trace, 3).assumed == ["that newer makes one compressed exchange in each iteration"]


def test_the_star_is_the_bytes_that_were_counted(runs):
    trace = read(runs / "masha1.h5")
    star = predict(trace, Network(0.0, 1e6), [8]).iloc[-1]
    assert star["communication"] == pytest.approx((trace.column("wire_bytes_up")[-1] + trace.column("wire_bytes_down")[-1]) / 8 / 1e6)


def test_the_command_says_what_is_measured_and_what_is_modelled(runs, tmp_path, run):
    code, out, _ = run("network", runs / "extragradient.h5", runs / "masha1.h5", "--ranks", "8,64", "--to", "1e-3",
                       "-o", tmp_path / "n.svg")
    assert code == 0 and (tmp_path / "n.svg").exists()
    for words in ("Measured: bytes on the wire", "Modelled: messages and bytes between ranks", "star", "Beyond 8 ranks", "had one rank"):
        assert words in out
    for given, words in ((("--to", "1e-20"), "never reaches residual 1e-20"),
                         (("--latency", "fast"), "--latency: 'fast' is not a duration"),
                         (("--bandwidth", "5"), "--bandwidth: '5' is not a rate"), (("--ranks", "8,many"), "--ranks: '8,many'"),
                         (("--ranks", "5000"), "at most 4096")):
        code, _, err = run("network", runs / "masha1.h5", *given)
        assert code == 2 and words in err, err


@pytest.mark.parametrize("name", ["killed", "nan", "one_row", "diverged", "no_distance"])
def test_odd_traces(odd, run, name):
    assert run("network", odd / f"{name}.h5", "--ranks", "4")[0] == 0


def test_counters_that_do_not_tell_are_refused(runs):
    trace = read(runs / "masha1.h5")
    trace.config.update(uplink="natural", downlink="natural")
    trace.rows["oracle_calls"] += 1
    with pytest.raises(InputError, match="do not tell how many exchanges"):
        exchanges(trace, 5)

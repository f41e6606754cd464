# A sweep's claims and fits: what is kept, what is not, and what was not run.
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "jobs"))
from vireo_sweep.claims import claims_text, slope  # noqa: E402

MEDIANS = {("a", "new"): {"oracle_calls": 40}, ("a", "old"): {"oracle_calls": 100}, ("b", "new"): {"oracle_calls": 160}, ("b", "old"): {"oracle_calls": 1600}}
CLAIM = {"problem": "a", "method": "new", "over": "old", "measure": "oracle_calls"}
PROBLEMS = {"a": {}, "b": {}}


def last_line(said):
    return [line for line in claims_text({"problems": PROBLEMS} | said, MEDIANS) if line][-1]


def test_slope_is_the_exponent():
    assert slope([1, 10, 100], [3, 3 * 10**0.5, 30]) == pytest.approx(0.5, abs=1e-12)
    assert slope([1, 10, 100], [2, 2, 2]) == pytest.approx(0, abs=1e-12)


def test_claims():
    assert last_line({"claims": [CLAIM | {"at_most": 0.4}]}).endswith("| at most 0.4 | 0.4 | yes |")
    assert last_line({"claims": [CLAIM | {"at_most": 0.39}]}).endswith("| 0.4 | **no** |")
    assert last_line({"claims": [CLAIM | {"at_least": 0.5}]}).endswith("| 0.4 | **no** |")
    assert last_line({"claims": [CLAIM | {"method": "other", "at_most": 1}]}).endswith("| not run, or not reached | **no** |")


def test_fits():
    fit = {"problems": ["a", "b"], "x": [1, 16], "method": "new", "over": "old", "measure": "oracle_calls"}
    assert "2.5, 10;" in last_line({"fits": [fit | {"at_least": 0.49}]})
    assert last_line({"fits": [fit | {"at_least": 0.49}]}).endswith("| at least 0.49 | 0.5 | yes |")
    assert last_line({"fits": [fit | {"at_least": 0.51}]}).endswith("| **no** |")
    assert last_line({"fits": [fit | {"method": "other", "at_least": 0}]}).endswith("**no** |")


def test_claims_about_problems_that_a_quick_sweep_drops_are_left_out():
    assert claims_text({"problems": PROBLEMS, "claims": [CLAIM | {"problem": "c", "at_most": 1}]}, MEDIANS) == []

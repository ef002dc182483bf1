"""A page about the runs of a search tells what was searched for and found, and nothing that its points are no sample for."""

import json

import numpy as np
import pytest

import ecosim
from ecosim.errors import InputError
from tests.experiments.fake_sweeps import grid, write
from tests.sweeps.test_commands import typed

TIPPING = {
    "key": "rule.a", "measure": "severity", "from": 0.0, "to": 1.0, "says": ["Tipping: severity goes from 7 to 0."]
}  # fmt: skip
CALIBRATION = {
    "parameters": [
        {"parameter": "rule.a", "best": 0.40625, "low": 0.3, "high": 0.5, "from": 0.0, "to": 1.0},
        {"parameter": "rule.b", "best": 0.2, "low": 0.1, "high": 0.9, "from": 0.0, "to": 1.0},
    ],
    "targets": [{"measure": "severity", "target": 0.3, "sd": 0.02, "best": 0.3177, "error": 0.01, "off": 0.6}],
    "says": ["Best of 30 trials: rule.a = 0.4062."],
}


def tipped(folder, answer=TIPPING):
    """Write what a search along one key leaves; a PNG's first bytes stand for its figure."""
    values = [0.0, 0.25, 0.5, 0.75, 1.0]
    grid(folder, {"rule.a": values}, {
        "severity": lambda c, draw, n: (c["rule.a"] < 0.6)[:, None] + draw.normal(0, 0.1, (5, n)),
        "other": lambda c, draw, n: draw.normal(size=(5, n)),
    }, replicates=6)  # fmt: skip
    (folder / "tipping.json").write_text(json.dumps(answer))
    (folder / "tipping.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return folder


def calibrated(folder):
    """Write what a calibration leaves: trials that crowd near the best."""
    near = np.random.default_rng(3).normal((0.4, 0.2), 0.05, (30, 2))
    design = {"kind": "zip", "replicates": 2, "seed": 1}
    rise = near.sum(axis=1)[:, None] + np.zeros((30, 2))
    write(folder, design, {"rule.a": near[:, 0], "rule.b": near[:, 1]}, {"severity": rise, "other": rise**2})
    (folder / "calibration.json").write_text(json.dumps(CALIBRATION))
    return folder


def page_of(folder):
    """Return the page about a folder."""
    return ecosim.read_sweep(folder).report().read_text(encoding="utf-8")


def test_a_search_for_tipping_is_named_answered_and_drawn_first(tmp_path):
    page = page_of(tipped(tmp_path))
    assert "<title>Search for tipping of severity along rule.a" in page
    assert "Sweep · grid" not in page
    assert (
        page.index("Tipping: severity goes from 7 to 0.") < page.index('src="data:image/png') < page.index('id="names"')
    )
    assert 'id="responses"' in page  # each value of its only key tells what it does


def test_a_calibration_is_named_by_its_targets_and_its_best_fit_is_on_top(tmp_path):
    page = page_of(calibrated(tmp_path))
    assert "<title>Calibration to severity = 0.3 ± 0.02" in page
    assert "the first value of each list together" not in page
    assert page.index("Best of 30 trials") < page.index("0.4062") < page.index("0.3177") < page.index('id="names"')


@pytest.mark.parametrize("made", [tipped, calibrated])
def test_points_that_a_search_chose_are_called_no_sample_and_nothing_is_due_to_anything(tmp_path, made):
    page = page_of(made(tmp_path))
    assert "are no sample of the range" in page
    assert "most is due to" not in page
    for section in ("effects", "maps", "sensitivity", "convergence"):
        assert f'id="{section}"' not in page


def test_the_measure_that_was_searched_for_is_shown(tmp_path):
    found = json.loads(typed("report", tipped(tmp_path), "--json", "--quiet").stdout)
    assert found["measures"] == ["severity"]
    assert found["search"] == TIPPING
    assert found["effects"] == []
    assert found["sensitivity"] is None


def test_sensitivity_of_points_that_a_search_chose_says_so(tmp_path):
    told = typed("sensitivity", calibrated(tmp_path)).stdout
    assert "chosen by a search" in told


def test_an_answer_about_other_keys_makes_a_sweep_no_search(tmp_path):
    page = page_of(tipped(tmp_path, TIPPING | {"key": "rule.z"}))
    assert "Sweep · grid" in page
    assert 'id="effects"' in page


@pytest.mark.parametrize("harm", ["{", "[]", "{}", '{"key": "rule.a", "measure": "severity", "from": "x", "to": 1}'])
def test_an_answer_that_cannot_be_read_is_refused_with_the_command_that_mends_it(tmp_path, harm):
    folder = tipped(tmp_path)
    (folder / "tipping.json").write_text(harm)
    with pytest.raises(InputError, match="the same ecosim tip once more writes it anew"):
        page_of(folder)

"""Published results: every case agrees with its references, in the quick form, whatever the machine."""

import math

import pytest

import ecosim
from ecosim.compose import configs, names
from ecosim.published.case import Effort
from ecosim.published.cases import CASES, find_case
from ecosim.published.figures import figure_of
from ecosim.published.verdict import hold

STANDINGS = {"published", "recomputed", "derived", "exact"}


@pytest.mark.parametrize("name", CASES)
def test_a_published_result_comes_out(name):
    """The seed is fixed, so there is no false alarm by chance; `ecosim verify --seed N` tries another.

    Each number would differ by chance with probability 10⁻⁴ if the seed were drawn.
    """
    case = find_case(name)
    cells = list(case.cells(Effort(full=False, seed=1)))
    held = [hold(name, cell) for cell in cells]
    wrong = [verdict for verdict in held if verdict.verdict in ("differs", "failed")]
    assert wrong == []
    told = [verdict for verdict in held if verdict.verdict != "too coarse to tell"]  # few runs tell little
    assert sum(verdict.verdict == "agrees" for verdict in told) > len(told) / 2
    assert len(told) >= len(held) / 3
    assert all(cell.standing in STANDINGS and cell.ours.size > 0 for cell in cells)
    assert all(math.isfinite(cell.reference) and cell.error >= 0 and cell.allowance >= 0 for cell in cells)
    assert all(cell.note for cell in cells if cell.known)
    assert figure_of(case, cells).axes


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_it_is_and_has_a_configuration_of_its_own(name):
    case = find_case(name)
    assert case.name == name
    assert case.title
    assert len(case.about) > 80
    assert any(
        word in case.about for word in ("activation", "simultaneous", "at once", "after the other", "drawn anew")
    )
    assert names()[name] == "published"
    settings = ecosim.load(name)
    assert settings.title
    assert settings.description
    assert settings.watch
    assert settings.measures


def test_every_published_configuration_is_a_case():
    assert {path.stem for path in (configs() / "published").glob("*.yaml")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_published_model_runs_like_a_scenario(name):
    """It steps, and what it measures is there."""
    model = ecosim.Ecosystem(ecosim.load(name), rng=3)
    model.run(3)
    columns = model.recorder.series()
    assert len(columns) > 1
    assert len(columns["tick"]) >= 1

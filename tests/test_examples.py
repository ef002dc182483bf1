"""The examples run as shown, and each shows what it says it shows."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.chance import errors_allowed

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


def example(name: str) -> ModuleType:
    """Return an example as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_example_has_its_test():
    """A new script is not forgotten."""
    mine = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in SCRIPTS if f'example("{path.stem}")' not in mine] == []


def test_where_partners_gossip_reputations_differ_less():
    """Trust differs less between partners than reputation does; in each of five pairs of runs with the same luck."""
    pairs = np.array(example("own_mechanism").main())
    assert pairs.shape == (5, 2)
    assert (pairs[:, 1] < 0.9 * pairs[:, 0]).all()


def test_the_mechanism_of_the_example_is_as_short_as_promised():
    module = example("own_mechanism")
    lines = (EXAMPLES / "own_mechanism.py").read_text(encoding="utf-8").splitlines()
    start = lines.index("class Gossip(ecosim.Mechanism):")
    end = next(k for k in range(start, len(lines)) if lines[k].startswith("def "))
    assert len([line for line in lines[start:end] if line.strip()]) <= 20
    assert module.Gossip(rate=0.0).rate == 0.0


def test_partners_who_are_introduced_close_triangles():
    """In each of five pairs of runs with the same luck: no chance is taken, the runs are always the same."""
    pairs = np.array(example("own_agent_rule").main())
    assert pairs.shape == (5, 2)
    assert (pairs[:, 1] > 1.1 * pairs[:, 0]).all()


@pytest.fixture(scope="module")
def departures() -> dict[str, np.ndarray]:
    """For each story, what differs from staying: a row a seed, a column a measure."""
    module = example("coalition_what_if")
    module.SEEDS = range(1, 17)
    return module.main()


def test_a_branch_in_which_nothing_happens_is_the_same_story(departures):
    assert np.array_equal(departures["stays"], np.zeros_like(departures["stays"]))


def test_an_organisation_that_goes_takes_its_relationships_with_it(departures):
    """Whoever only leaves its coalitions keeps them. A false alarm in 10⁶, were there no effect."""
    relationships = departures["leaves the harbour"][:, 0]
    standard_error = relationships.std(ddof=1) / np.sqrt(relationships.size)
    assert relationships.mean() + errors_allowed(relationships.size) * standard_error < 0
    assert abs(departures["leaves its coalitions"][:, 0].mean()) < 0.5 * abs(relationships.mean())


def test_town_is_neither_frozen_nor_all_or_nothing():
    """The ranges end eleven standard errors and more of a mean of eight from the means of forty seeds (below 1e-20)."""
    module = example("town_in_numbers")
    module.SEEDS = range(1001, 1009)
    means = module.main().mean()
    assert 0.05 < means["contribution_government"] < 0.95
    assert 0.1 < means["in_coalition_share"] < 0.9
    assert 0.1 < means["coalition_mixed_share"] < 0.9


@pytest.mark.parametrize("script", SCRIPTS[:1], ids=lambda path: path.stem)
def test_an_example_runs_from_the_command_line(script, tmp_path):
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Acme" in done.stdout

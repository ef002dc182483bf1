"""Every test here finds the tests' own rule, as a user's package would be found; and sweeps that nothing disturbed."""

import pytest

from ecosim.experiments.sweep import Execution, run_sweep
from tests.experiments.sweeps import PACKAGES, SLOW, TOLERANCE, VALUES, tiny


@pytest.fixture(autouse=True)
def _with_the_package_of_trouble(monkeypatch):
    monkeypatch.syspath_prepend(PACKAGES)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """A sweep of 36 slow runs, made in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PACKAGES)
        out = tmp_path_factory.mktemp("sweep") / "undisturbed"
        run_sweep(tiny({TOLERANCE: VALUES}, SLOW, replicates=12), out, Execution(workers=0))
    return out


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A sweep over three tolerances with four replicates."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PACKAGES)
        out = tmp_path_factory.mktemp("sweep") / "finished"
        run_sweep(tiny({TOLERANCE: [0.1, 0.2, 0.5]}, replicates=4), out, Execution(workers=0))
    return out

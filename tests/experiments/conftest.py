"""Every test here finds the tests' own rule, as a user's package would be found."""

import pytest

from tests.experiments.sweeps import PACKAGES


@pytest.fixture(autouse=True)
def _with_the_package_of_trouble(monkeypatch):
    monkeypatch.syspath_prepend(PACKAGES)

"""The page that the tests of pages look at."""

import pytest

import ecosim
from tests.sweeps.towns import EVIL, town


@pytest.fixture(scope="package")
def page(tmp_path_factory):
    """The page about a sweep in which point 1 failed."""
    folder = town(tmp_path_factory.mktemp("town"), failed=(1,), title=EVIL)
    return ecosim.read_sweep(folder).report().read_text(encoding="utf-8")

"""The script that a test module is about: the one of the experiment that it is named after."""

import pytest

from tests.experiments_shipped.scripts import script


@pytest.fixture(scope="module")
def experiment(request):
    return script(request.path.stem.removeprefix("test_"))

"""What tests of several commands read: the folder that a small run left."""

from pathlib import Path

import pytest

from tests.commands.command_line import SMALL, ecosim


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A run of twenty organisations, made once."""
    out = tmp_path_factory.mktemp("runs") / "one"
    done = ecosim("run", *SMALL, "--out", out, "--seed", "7")
    assert done.exit_code == 0, done.output
    return out

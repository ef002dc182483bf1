"""An installation that its user cannot write to: kernels are compiled into the temporary folder, and the run goes on."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecosim.kernels import PACKAGE

NOBODY = 65534

# As an administrator may write anywhere, one takes away its rights: to be somebody else, or to pass over permissions.
DEMOTIONS = (
    ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search"),
)

MAY_WRITE = "import os, sys; import numba; sys.exit(any(os.access(folder, os.W_OK) for folder in sys.argv[1:]))"

DRAW = """
import numpy as np
import ecosim.kernels
from ecosim.rng import stream, uniforms
print(ecosim.kernels.PACKAGE)
print(ecosim.kernels.FOLDER)
print(uniforms(stream(1, "meeting").key(2), np.arange(1000)).sum().hex())
"""


@pytest.fixture
def installation() -> Iterator[tuple[Path, Path, Path]]:
    """Yield a package folder and a home that nobody may write to, and a temporary folder that anybody may."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    package, home, temporary = root / "packages", root / "home", root / "temporary"
    shutil.copytree(PACKAGE, package / "ecosim", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (home, temporary):
        folder.mkdir()
    temporary.chmod(0o1777)
    read_only = [home, package, *(path for path in package.rglob("*"))]
    for path in read_only:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield package, home, temporary
    for path in read_only:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(root)


def demoted(*folders: Path) -> tuple[str, ...]:
    """Return the words before a command that is to run by somebody who may not write to these folders; skip if none is."""
    candidates = ((),) if os.geteuid() != 0 else DEMOTIONS
    for words in candidates:
        if words and not shutil.which(words[0]):
            continue
        command = [*words, sys.executable, "-c", MAY_WRITE, *map(str, folders)]
        if subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0:
            return words
    pytest.skip("everything can be written to by this user, and setpriv takes no rights away here")


def test_a_read_only_installation_without_a_home_compiles_into_the_temporary_folder(installation):
    package, home, temporary = installation
    told = {
        name: value for name, value in os.environ.items() if not name.startswith(("ECOSIM", "XDG", "NUMBA", "PYTHON"))
    }
    run = functools.partial(
        subprocess.run,
        [*demoted(package / "ecosim", home), sys.executable, "-c", DRAW],
        env=told | {"PYTHONPATH": str(package), "HOME": str(home), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=300,
    )
    first = run()
    assert first.returncode == 0, first.stderr
    used, cache, total = first.stdout.split()
    assert Path(used) == package / "ecosim"
    assert Path(cache).is_relative_to(temporary)
    compiled = {file: file.stat().st_mtime_ns for file in temporary.rglob("*.nb[ic]")}
    assert compiled
    assert 450 < float.fromhex(total) < 550
    assert run().stdout == first.stdout
    assert {file: file.stat().st_mtime_ns for file in temporary.rglob("*.nb[ic]")} == compiled
    assert list(home.iterdir()) == []

"""The project as others receive it: its lock, its wheel, the direction of its imports, and nothing of our machines."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()

OWN_FOLDERS = ("benchmarks", "configs", "docs", "examples", "experiments", "src", "tests")
ADDRESS = re.compile(r"pypi[.]org|python[h]osted|extra[-]index|find[-]links *=|index[-]url *=")
MACHINE_PATH = re.compile(r"(?<![\w.~$)}])/(?:[r]oot|[h]ome|[U]sers|[w]ork|[o]pt)/\w")


def locked() -> Iterator[Requirement]:
    """Yield each line of the lock that names a package, without its hashes."""
    for line in LOCK.splitlines():
        if line and not line.startswith(("#", " ")):
            yield Requirement(line.removesuffix("\\"))


def wanted() -> list[str]:
    """Return what the project asks for: to run, to test, to read spreadsheets and to be built."""
    extras = PROJECT["project"]["optional-dependencies"]
    return [
        *PROJECT["project"]["dependencies"],
        *extras["test"],
        *extras["excel"],
        *PROJECT["build-system"]["requires"],
    ]


def own_files() -> list[Path]:
    assert [folder for folder in OWN_FOLDERS if not (ROOT / folder).is_dir()] == []
    folders = [path for folder in OWN_FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    at_root = [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".lock"} or path.name == "Makefile"]
    return [path for path in folders + at_root if "__pycache__" not in path.parts]


def test_the_lock_says_which_versions_and_nothing_about_where_they_come_from():
    assert not re.search(r"://|file:|\.whl|\.tar\.gz|--(?!hash=sha256:)", LOCK)
    assert [line for line in LOCK.splitlines() if line.startswith("#")][1:] == ["#    make lock"]


def test_every_locked_package_is_pinned_and_has_a_hash():
    entries = re.split(r"\n(?=[a-zA-Z])", LOCK)[1:]
    assert len(entries) == len(list(locked())) > len(wanted())
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("requirement", wanted())
def test_the_lock_holds_a_version_of_everything_the_project_asks_for(requirement):
    asked = Requirement(requirement)
    pins = [pin for pin in locked() if canonicalize_name(pin.name) == canonicalize_name(asked.name)]
    assert len(pins) == 1
    assert pins[0].marker is None
    (pin,) = pins[0].specifier
    assert asked.specifier.contains(pin.version)


def test_every_python_and_platform_gets_the_same_version_of_what_computes():
    names = [canonicalize_name(pin.name) for pin in locked()]
    assert [names.count(name) for name in ("llvmlite", "mesa", "networkx", "numba", "numpy", "scipy")] == [1] * 6


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Build the wheel and return the names of the files in it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_module_and_the_mark_of_a_typed_package(wheel):
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src" / "ecosim").rglob("*.py")}
    assert len(modules) > 0
    assert modules - wheel == set()
    assert "ecosim/py.typed" in wheel


def test_the_wheel_holds_every_configuration(wheel):
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "configs").rglob("*.yaml")}
    assert len(ours) > 0
    assert {f"ecosim/{name}" for name in ours} - wheel == set()


def test_the_wheel_holds_the_page(wheel):
    assert {f"ecosim/app/page/{name}" for name in ("index.html", "style.css", "app.js", "draw.js")} - wheel == set()


def test_the_wheel_holds_nothing_but_the_package(wheel):
    assert {name.split("/")[0] for name in wheel} == {"ecosim", f"ecosim-{PROJECT['project']['version']}.dist-info"}


def test_imports_go_one_way(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == 0


BY_NAME = {
    "__init__.py": "its own names, when they are first used",
    "kernels.py": "a part of numba",
    "rules.py": "rules and measures that a configuration names",
    "dynamics/agent_rules.py": "a user's rules for agents",
    "experiments/schedulers.py": "the cluster that a user's file describes",
    "experiments/sensitivity.py": "a method of SALib",
    "published/cases.py": "its own cases",
}
"""Modules that import by name what only a run tells, and what that is: the contract of imports cannot see it."""


def test_no_module_evades_the_direction_of_imports_by_importing_by_name():
    package = ROOT / "src" / "ecosim"
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"import_module|__import__", path.read_text(encoding="utf-8"))
    }
    assert found == set(BY_NAME)


def test_the_contract_sees_every_module():
    """A folder without `__init__.py` is passed over in silence by the tool that reads the imports."""
    folders = {path.parent for path in (ROOT / "src" / "ecosim").rglob("*.py")}
    assert sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_only_compose_and_the_command_line_know_hydra():
    assert {room for room, module in imports() if module in {"hydra", "omegaconf"}} <= {"compose", "cli"}


def imports() -> Iterator[tuple[str, str]]:
    """Yield, for every import in the package, the room that imports and the top-level module that is imported."""
    package = ROOT / "src" / "ecosim"
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((room, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield room, (node.module or "").split(".")[0]


def test_no_file_names_a_package_registry():
    assert mentions(ADDRESS) == []


def test_no_file_names_a_path_of_somebodys_machine():
    assert mentions(MACHINE_PATH) == []


def mentions(pattern: re.Pattern[str]) -> list[str]:
    files = own_files()
    assert len(files) > 10
    found = []
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:  # a picture
            continue
        found += [
            f"{path.relative_to(ROOT)}:{i}: {line.strip()}" for i, line in enumerate(lines, 1) if pattern.search(line)
        ]
    return found

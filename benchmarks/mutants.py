"""Mutants: which small faults in mechanisms and measures would the tests notice?

``python -m benchmarks.mutants`` draws a sample of all mutants of ``src/ecosim/dynamics`` and ``src/ecosim/measures``,
plants each in a copy of the repository, and runs the tests nearest to the changed file: those that mirror it, then the
contract of mechanisms, then those of the files that import it. A mutant is killed where a test fails, dies, or takes too
long. Compiled kernels are shared with the copy, but for those that the change reaches.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutations import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("src/ecosim/dynamics", "src/ecosim/measures")
COPIED = ("src", "tests", "configs", "benchmarks", "examples", "experiments", "pyproject.toml", "README.md")
CONTRACT = "tests/dynamics/test_contract.py"
REGISTRY = "src/ecosim/measures/registry.py"
MOST_STAGES = 6


class Fate(NamedTuple):
    """What became of a mutant: ``killed``, ``late`` (killed by the clock) or ``survived``, and by which tests."""

    mutant: Mutant
    end: str
    tests: str
    seconds: float


def main() -> None:
    """Draw, run and report."""
    given = _arguments()
    mutants = [m for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")) for m in mutants_of(ROOT, file)]
    sample = random.Random(given.seed).sample(mutants, min(given.number, len(mutants)))
    if given.only:
        sample = [mutant for mutant in sample if given.only in mutant.file]
    print(f"{len(mutants)} mutants, {len(sample)} of them drawn", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(given.work or folder), given.limit)
        fates = []
        for mutant in sample:
            fates.append(place.fate(mutant))
            mutant, end, tests, seconds = fates[-1]
            words = f"{mutant.file}:{mutant.line} `{_line(mutant.before)}` → `{_line(mutant.after)}`"
            print(f"{len(fates):4} {end:8} {seconds:5.0f} s  {words}  [{tests}]", flush=True)
    text = report(fates, len(mutants), given.seed)
    print(text)
    if given.out:
        Path(given.out).parent.mkdir(parents=True, exist_ok=True)
        Path(given.out).write_text(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=100, help="mutants to draw (100)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one run of tests (120)")
    parser.add_argument("--only", default="", help="of the drawn, those of files with this in their path")
    parser.add_argument("--work", default="", help="folder for the copy and its compiled kernels, kept; else temporary")
    parser.add_argument("--out", default="", help="file for the report")
    return parser.parse_args()


class Place:
    """A copy of the repository in which mutants are planted, one at a time.

    Args:
        folder: where the copy lies; compiled kernels that are there are used again.
        limit: seconds that one run of tests may take.
    """

    def __init__(self, folder: Path, limit: float) -> None:
        self.tree, self.kernels, self.limit = folder / "tree", folder / "kernels", limit
        self.cold = folder / "cold"
        shutil.rmtree(self.tree, ignore_errors=True)
        for name in COPIED:
            source, target = ROOT / name, self.tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():  # times of files are kept: compiled kernels go by them
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy2(source, target)
        self._borrow_kernels()
        self.importers = importers_of(self.tree)
        self._failing: dict[str, bool] = {}

    def _borrow_kernels(self) -> None:
        """Take over what has been compiled for the repository: sources and their times are the same."""
        theirs, ours = _kernels_of(ROOT, None), _kernels_of(self.tree, self.kernels)
        places = {_folder_as(path): _folder_as(self.tree / path.relative_to(ROOT)) for path in _folders(ROOT / "src")}
        for compiled in theirs.rglob("*.nb?"):
            if compiled.parent.name in places:
                target = ours / places[compiled.parent.name] / compiled.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if not target.exists():
                    shutil.copy2(compiled, target)
        self.lent = ours

    def fate(self, mutant: Mutant) -> Fate:
        """Return what becomes of a mutant."""
        began, planted, tried = time.monotonic(), time.time_ns(), list[str]()
        shutil.rmtree(self.cold, ignore_errors=True)
        for stage in self.stages(mutant.file):
            if not self._passes(stage):
                continue
            end = self._with(mutant, planted, stage)
            if end != "passed":
                return Fate(mutant, end, stage, time.monotonic() - began)
            tried.append(stage)
        return Fate(mutant, "survived", ", ".join(tried) or "no test", time.monotonic() - began)

    def _with(self, mutant: Mutant, planted: int, stage: str) -> str:
        """Run tests with a mutant in its place, and take it out again; the file bears the same time for all tests."""
        file = self.tree / mutant.file
        source, times = file.read_bytes(), file.stat()
        try:
            file.write_bytes(mutant.applied(source))
            os.utime(file, ns=(planted, planted))
            self._lend_kernels(mutant.file)
            return self._run(stage, self.cold)
        finally:
            file.write_bytes(source)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    def stages(self, file: str) -> list[str]:
        """Return the tests for a changed file, nearest first."""
        nearest = [file, *sorted(self.importers.get(file, ()), key=lambda other: (_distance(file, other), other))]
        found = [test for each in nearest if (test := mirror(each)) and (self.tree / test).exists()]
        here = [found.pop(0)] if found and found[0] == mirror(file) else []
        rules = [rule for each in nearest for rule in self._rules_in(each)]
        contract = [f"{CONTRACT} -k " + " or ".join(rules[:4])] if rules else []
        listed = [REGISTRY] if REGISTRY in self.importers.get(file, ()) else []
        named = dict.fromkeys(test for each in (file, *listed) for test in self._naming(each, here))
        return [*here, *contract, *dict.fromkeys((*named, *found))][:MOST_STAGES]

    def _rules_in(self, file: str) -> Iterator[str]:
        module = file.removeprefix("src/").removesuffix(".py").replace("/", ".")
        text = (self.tree / "src/ecosim/rules.py").read_text()
        yield from re.findall(rf'"(\w+)": "{re.escape(module)}:', text)

    def _naming(self, file: str, besides: list[str]) -> Iterator[str]:
        """Yield further tests that import the file itself."""
        module = file.removeprefix("src/").removesuffix(".py").replace("/", ".")
        for test in sorted((self.tree / "tests").rglob("test_*.py")):
            name = str(test.relative_to(self.tree))
            near = name.startswith(("tests/dynamics", "tests/measures"))
            if near and name not in besides and re.search(rf"\b{re.escape(module)}\b", test.read_text()):
                yield name

    def _passes(self, stage: str) -> bool:
        """Return whether these tests pass without any change; it also compiles what they need."""
        if stage not in self._failing:
            self._failing[stage] = self._run(stage, self.kernels) != "passed"
            if self._failing[stage]:
                print(f"     left out, fails unchanged: {stage}", flush=True)
        return not self._failing[stage]

    def _run(self, stage: str, kernels: Path) -> str:
        test, _, chosen = stage.partition(" -k ")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", test]
        command += ["-k", chosen] if chosen else []
        environment = {
            **os.environ,
            "ECOSIM_CACHE": str(kernels),
            "PYTHONPATH": str(self.tree / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        limit = self.limit if kernels != self.kernels else 5 * self.limit
        with subprocess.Popen(
            command, cwd=self.tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:  # fmt: skip
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return "late"
        return "passed" if code == 0 else "killed"

    def _lend_kernels(self, file: str) -> None:
        """Link the compiled kernels of sources that do not depend on a changed file into the mutant's own cache.

        Those of tests may have taken in changed code, too: they are compiled anew.
        """
        ours, theirs = _kernels_of(self.tree, self.cold), self.lent
        reached = {file, *self.importers.get(file, ())}
        stale = tuple(_cached_as(self.tree / each) for each in reached)
        sources = {_folder_as(path) for path in _folders(self.tree / "src")}
        for compiled in theirs.rglob("*.nb?"):
            target = ours / compiled.relative_to(theirs)
            if (
                target.parent.name in sources
                and not target.exists()
                and not f"{target.parent.name}/{target.name}".startswith(stale)
            ):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(compiled, target)


def importers_of(tree: Path) -> dict[str, set[str]]:
    """Return, for each source file, all files that import it, directly or through others."""
    direct: dict[str, set[str]] = {}
    package = tree / "src"
    for path in sorted((package / "ecosim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ecosim"):
                imported = package / (node.module or "").replace(".", "/")
                for target in (imported.with_suffix(".py"), *(imported / f"{name.name}.py" for name in node.names)):
                    if target.exists():
                        direct.setdefault(str(target.relative_to(tree)), set()).add(str(path.relative_to(tree)))
    every: dict[str, set[str]] = {}
    for file in direct:
        found, waiting = set[str](), [file]
        while waiting:
            for other in direct.get(waiting.pop(), ()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        every[file] = found
    return every


def mirror(file: str) -> str:
    """Return the test file that mirrors a source file of the two rooms, or nothing for others."""
    if not file.startswith(ROOMS):
        return ""
    inside = Path(file).relative_to("src/ecosim")
    return str(Path("tests") / inside.parent / f"test_{inside.name}")


def _distance(file: str, other: str) -> int:
    return len(Path(file).parts) - len(os.path.commonpath([file, other]).split("/"))


def _cached_as(file: Path) -> str:
    """Return how the names of a file's compiled kernels begin, in numba's cache."""
    return f"{_folder_as(file.parent)}/{file.stem}."


def _folder_as(folder: Path) -> str:
    """Return what a source folder is called in numba's cache."""
    return f"{folder.name}_{hashlib.sha1(str(folder).encode()).hexdigest()}"


def _folders(root: Path) -> list[Path]:
    return [root, *(path for path in root.rglob("*") if path.is_dir())]


def _kernels_of(tree: Path, cache: Path | None) -> Path:
    """Return the folder of compiled kernels that the sources of a tree ask for, in a cache."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    if cache is not None:
        environment["ECOSIM_CACHE"] = str(cache)
    asking = [sys.executable, "-c", "from ecosim.kernels import cache_folder; print(cache_folder())"]
    return Path(subprocess.run(asking, env=environment, capture_output=True, text=True, check=True).stdout.strip())


def _line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 70 else words[:67] + "…"


def report(fates: list[Fate], mutants: int, seed: int) -> str:
    """Return the share killed, with its interval, and the survivors, as Markdown."""
    ends = Counter(fate.end for fate in fates)
    killed, n = ends["killed"] + ends["late"], len(fates)
    low, high = wilson(killed, n)
    lines = [
        f"Of {mutants:,} mutants of `{'` and `'.join(ROOMS)}`, {n} were drawn (seed {seed}). **{killed} were killed: "
        f"{killed / max(1, n):.0%}** (95 % interval {low:.0%} to {high:.0%}); {ends['late']} of them by the time limit.",
        "",
        "| survivor | was | became |",
        "|---|---|---|",
    ]
    for mutant, end, _, _ in fates:
        if end == "survived":
            was, became = (_line(text).replace("|", "\\|") for text in (mutant.before, mutant.after))
            lines.append(f"| {mutant.file.removeprefix('src/ecosim/')}:{mutant.line} | `{was}` | `{became}` |")
    return "\n".join(lines) + "\n"


def wilson(killed: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    if n == 0:
        return 0.0, 1.0
    share, wide = killed / n, z * z / n
    middle = (share + wide / 2) / (1 + wide)
    half = z * math.sqrt(share * (1 - share) / n + wide / (4 * n)) / (1 + wide)
    return max(0.0, middle - half), min(1.0, middle + half)


if __name__ == "__main__":
    main()

"""Sweeps beside what a user would take instead: runs a second, what each run costs besides itself, memory, one kill.

``python -m benchmarks.sweeps`` takes twelve minutes on two quiet cores, with ``--quick`` three or four; ``--only overhead``
(or ``tools``, ``speed-up``, ``memory``) makes one of its tables alone. Every tool is a program of its own,
started, timed and killed from outside; times of the processor are those of the program and all that it started. Overhead is
what a run costs beyond a bare loop over the same runs: the difference of a long and a short sweep, so that the start of
processes, told by itself, does not count. It is measured in several rounds, by turns with the bare loop, for a machine is
slower in one minute than in the next; its interval is that of the rounds' mean, 95 %.

After a worker was killed, a pool of Python's own ``multiprocessing``, such as the EMA Workbench has, waits for ever for what
that worker was to bring: it is said to hang as soon as it has hardly used the processor for ten seconds.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import t

from benchmarks import output, watching
from benchmarks.sweep_rivals import RESULT, TOLERANCES, words

ROOT = Path(__file__).resolve().parents[1]
ECOSIM, HYDRA = "ecosim sweep", "Hydra multirun"
TOOLS = (ECOSIM, "ProcessPoolExecutor", "joblib", "EMA Workbench", HYDRA)
PARTS = ("overhead", "tools", "speed-up", "memory")
WORKERS = 2
WORDS = words()
MEMORY = "memory of the coordinator, MB"
SHORT = 20
RUNS = {True: {ECOSIM: 2_000, HYDRA: 40}, False: {ECOSIM: 4_000, HYDRA: 60}}
RUNS_OF_POOLS = {True: 100, False: 200}
"""Runs of the long sweep of each tool, quick or not: many of ecosim, whose run is over in a millisecond; few of Hydra, which
spends a hundred times as long on each, so that fewer tell it as precisely."""

MEMORY_SIZES = (1_000, 10_000, 30_000, 100_000)
MILLION = 1_000_000
ROUNDS = {True: 2, False: 4}
HARMED = 3
"""So many times as long as the long sweep is the one of which a worker is killed, when a third of it is made: what a program
spends before its first run varies from start to start, and the kill shall meet a worker at work all the same."""


@dataclass(frozen=True)
class Sweep:
    """What was seen of a sweep.

    Attributes:
        seen: of its program.
        results: rows that it left.
    """

    seen: watching.Seen
    results: int


@dataclass(frozen=True)
class Round:
    """A short and a long sweep of a tool, one after the other.

    Attributes:
        a_run: seconds of processor time that a run takes, by their difference.
        start: seconds of processor time that all else takes.
        whole: the long one.
    """

    a_run: float
    start: float
    whole: watching.Seen


def program(tool: str, runs: int, out: Path, workers: int, scenario: tuple[str, ...]) -> list[str]:
    """Return the words of the program that makes so many runs with a tool."""
    if tool == ECOSIM:
        axis = f"dynamics.stance.tolerance={','.join(str(one) for one in TOLERANCES)}"
        options = ["--replicates", str(runs // len(TOLERANCES)), "--workers", str(workers), "--out", str(out), "--yes"]
        return [sys.executable, "-m", "ecosim", "sweep", "opinions", axis, *scenario, *options]
    options = ["--runs", str(runs), "--workers", str(workers), "--out", str(out)]
    return [sys.executable, "-m", "benchmarks.sweep_rivals", tool, *options]


def swept(
    tool: str,
    runs: int,
    workers: int = WORKERS,
    *,
    scenario: tuple[str, ...] = WORDS,
    kill_after: float = math.inf,
    patience: float = 7200.0,
) -> Sweep:
    """Make so many runs with a tool, kill one of its workers after so many seconds of processor time, and see."""
    with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
        out = Path(folder) / "out"
        call = program(tool, runs, out, workers, scenario)
        seen = watching.watch(call, ROOT, kill_after=kill_after, patience=patience)
        return Sweep(seen, _results(tool, out))


def compare(rounds: int, runs: dict[str, int]) -> Iterator[dict[str, object]]:
    """Yield a row a tool: speed, overhead, memory, and what is left after a worker was killed under way.

    Args:
        rounds: of all tools, each in turn.
        runs: of each tool's long sweep.
    """
    bare: dict[str, list[Round]] = {kind: [] for kind in ("bare ecosim", "bare")}
    found: dict[str, list[Round]] = {tool: [] for tool in TOOLS}
    for _ in range(rounds):
        for kind, one in bare.items():
            one.append(_round(kind, runs[ECOSIM] if kind == "bare ecosim" else runs["joblib"], 1))
        for tool in TOOLS:
            found[tool].append(_round(tool, runs[tool], WORKERS))
    for tool in TOOLS:
        of, many = bare["bare ecosim" if tool == ECOSIM else "bare"], runs[tool]
        third = float(np.median([one.whole.processor for one in found[tool]]))
        longest = 30.0 + 2 * HARMED * max(one.whole.seconds for one in found[tool])
        harmed = swept(tool, HARMED * many, kill_after=third, patience=longest)
        fastest = min(one.whole.seconds for one in found[tool])
        yield {
            "tool": tool,
            "runs": f"{rounds} × {many:,}",
            "seconds": round(fastest, 2),
            "runs a second": round(many / fastest, 1),
            "a run itself, ms": round(1e3 * float(np.mean([one.a_run for one in of])), 2),
            "overhead a run, ms": _beyond(found[tool], of),
            "start, s of processor": round(float(np.median([one.start for one in found[tool]])), 2),
            MEMORY: round(max(one.whole.memory for one in found[tool])),
            "left after one worker was killed": _left(harmed, HARMED * many),
        }


def overhead(rounds: int, runs: int) -> dict[str, object]:
    """Return what ecosim's sweep costs beyond a bare loop over the same runs, by processor time, coordinator included."""
    pairs = [(_round("bare ecosim", runs, 1), _round(ECOSIM, runs, WORKERS)) for _ in range(rounds)]
    bare, found = ([pair[k] for pair in pairs] for k in (0, 1))
    return {
        "runs": f"{rounds} × {runs:,}",
        "seconds": round(min(one.whole.seconds for one in found), 2),
        "a run itself, ms": round(1e3 * float(np.mean([one.a_run for one in bare])), 3),
        "a run of the sweep, ms": round(1e3 * float(np.mean([one.a_run for one in found])), 3),
        "overhead a run, ms": _beyond(found, bare),
        MEMORY: round(max(one.whole.memory for one in found)),
    }


def speed_up(rounds: int, runs: int) -> dict[str, object]:
    """Return how much faster two processes are than one, at runs of some milliseconds: starts included, and without them.

    Args:
        rounds: of both, each in turn; the fastest of each counts.
        runs: of the long sweep; those of the short one are a tenth.
    """
    scenario = words(400, 400)
    seconds = {(workers, many): math.inf for workers in (1, 2) for many in (runs // 10, runs)}
    for _ in range(rounds):
        for (workers, many), fastest in seconds.items():
            seconds[workers, many] = min(fastest, swept(ECOSIM, many, workers, scenario=scenario).seen.seconds)
    one, two = (seconds[workers, runs] for workers in (1, 2))
    beyond_start = [seconds[workers, runs] - seconds[workers, runs // 10] for workers in (1, 2)]
    return {
        "runs": f"{rounds} × {runs:,}",
        "seconds on one": round(one, 2),
        "seconds on two": round(two, 2),
        "times faster": round(one / two, 2),
        "without starts": round(beyond_start[0] / beyond_start[1], 2),
    }


def grow(sizes: tuple[int, ...]) -> tuple[list[dict[str, object]], float]:
    """Return the coordinator's memory by the number of runs, and what a straight line through it says of a million (MB)."""
    rows = []
    for runs in sizes:
        seen = swept(ECOSIM, runs, scenario=words(20, 10)).seen
        rows.append({"runs": runs, "seconds": round(seen.seconds, 1), MEMORY: round(seen.memory, 1)})
    slope, base = np.polyfit([row["runs"] for row in rows], [row[MEMORY] for row in rows], 1)
    return rows, float(base + slope * MILLION)


def _round(tool: str, many: int, workers: int) -> Round:
    few, whole = (swept(tool, runs, workers).seen for runs in (SHORT, many))
    a_run = (whole.processor - few.processor) / (many - SHORT)
    return Round(a_run, few.processor - SHORT * a_run, whole)


def _beyond(rounds: list[Round], bare: list[Round]) -> str:
    """Return by how many milliseconds runs take longer than bare ones of the same round: mean and 95 % interval."""
    beyond = 1e3 * np.array([one.a_run - other.a_run for one, other in zip(rounds, bare, strict=True)])
    half = t.ppf(0.975, beyond.size - 1) * beyond.std(ddof=1) / math.sqrt(beyond.size)
    return f"{beyond.mean():.2f} [{beyond.mean() - half:.2f}, {beyond.mean() + half:.2f}]"


def _left(harmed: Sweep, runs: int) -> str:
    code = harmed.seen.code
    ending = "hung" if code is None else "finished" if code == 0 else "broke off"
    return f"{harmed.results:,} of {runs:,}; {ending}"


def _results(tool: str, out: Path) -> int:
    if tool == ECOSIM:
        from ecosim.experiments.stored import read_runs

        return int((read_runs(out)["status"] == "ok").sum()) if (out / "design.parquet").is_file() else 0
    return sum(max(len(path.read_text().splitlines()) - 1, 0) for path in out.rglob(RESULT))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="few runs, no growth of memory to 100,000")
    extent.add_argument("--million", action="store_true", help="growth of memory to a million runs (six minutes more)")
    parser.add_argument("--only", choices=PARTS, help="one table alone")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results", help="folder (%(default)s)")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    print(output.machine())
    parts = PARTS if asked.only is None else (asked.only,)
    for tool in ("bare ecosim", ECOSIM):
        swept(tool, SHORT)  # compiles what is not compiled yet, and brings everything from the disk
    told, found = [output.machine()], {}
    for part in parts:
        words_of_part, found[part] = _part(part, asked.quick, asked.million)
        print("", *words_of_part, sep="\n", flush=True)
        told += ["", *words_of_part]
    if asked.only is None:
        (asked.out / "sweeps.md").write_text("\n".join(told) + "\n", encoding="utf-8")
        (asked.out / "sweeps.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0


def _part(part: str, quick: bool, million: bool) -> tuple[list[str], list[dict[str, object]]]:
    """Return one of the tables as text and as rows."""
    if part == "overhead":
        rows = [overhead(ROUNDS[quick], 4_000 if quick else 10_000)]
        return ["Overhead of a sweep beyond a loop over the same runs, two processes:", "", *_markdown(rows)], rows
    if part == "tools":
        runs = {**dict.fromkeys(TOOLS, RUNS_OF_POOLS[quick]), **RUNS[quick]}
        rows = list(compare(ROUNDS[quick], runs))
        return ["Bounded confidence, 100 organisations, 50 ticks, two processes:", "", *_markdown(rows)], rows
    if part == "speed-up":
        rows = [speed_up(1 if quick else 2, 1_000 if quick else 10_000)]
        return _markdown(rows), rows
    sizes = MEMORY_SIZES[:2] if quick else MEMORY_SIZES
    rows, by_line = grow((*sizes, MILLION) if million else sizes)
    told = [] if million else ["", f"A straight line through it says {by_line:,.0f} MB for a million runs."]
    return [*_markdown(rows), *told], rows


def _markdown(rows: list[dict[str, object]]) -> list[str]:
    told = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in [list(rows[0]), ["---"] * len(rows[0]), *told]]


if __name__ == "__main__":
    sys.exit(main())

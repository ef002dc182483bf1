"""Sweeps beside what a user would take instead: runs a second, what each run costs besides itself, memory, one kill.

``python -m benchmarks.sweeps`` takes about ten minutes on two quiet cores, half an hour on busy ones, with ``--quick`` one
or two; ``--only overhead`` (or ``tools``, ``speed-up``, ``memory``) makes one of its tables alone. Every tool is a program
of its own, started, timed and killed from outside; times of the processor are those of the program and all that it
started. Overhead is what a run costs beyond a bare loop over the same runs: the difference of a long and a short sweep, so
that the start of processes, told by itself, does not count.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from benchmarks import output  # noqa: E402
from benchmarks.sweep_rivals import RESULT, TOLERANCES, words  # noqa: E402

ECOSIM = "ecosim sweep"
TOOLS = (ECOSIM, "ProcessPoolExecutor", "joblib", "EMA Workbench", "Hydra multirun")
PARTS = ("overhead", "tools", "speed-up", "memory")
WORKERS = 2
WORDS = words()
MEMORY = "memory of the coordinator, MB"
_LOOK = 0.02


@dataclass(frozen=True)
class Seen:
    """What was seen of a program.

    Attributes:
        seconds: from its start to its end.
        processor: seconds of processor time, of it and of all that it started.
        memory: most memory (MB) that the program itself took, apart from its workers.
        code: its exit code; None where it hung and was ended.
        results: rows that it left.
    """

    seconds: float
    processor: float
    memory: float
    code: int | None
    results: int


def program(tool: str, runs: int, out: Path, workers: int, scenario: tuple[str, ...]) -> list[str]:
    """Return the words of the program that makes so many runs with a tool."""
    if tool == ECOSIM:
        axis = f"dynamics.stance.tolerance={','.join(str(one) for one in TOLERANCES)}"
        options = ["--replicates", str(runs // len(TOLERANCES)), "--workers", str(workers), "--out", str(out), "--yes"]
        return [sys.executable, "-m", "ecosim", "sweep", "opinions", axis, *scenario, *options]
    options = ["--runs", str(runs), "--workers", str(workers), "--out", str(out)]
    return [sys.executable, "-m", "benchmarks.sweep_rivals", tool, *options]


def watch(
    tool: str,
    runs: int,
    workers: int = WORKERS,
    *,
    scenario: tuple[str, ...] = WORDS,
    kill_after: float = math.inf,
    patience: float = 7200.0,
) -> Seen:
    """Start a program, kill one of its workers after so many seconds of processor time, and say what came of it."""
    with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
        out = Path(folder) / "out"
        began = time.perf_counter()
        call = program(tool, runs, out, workers, scenario)
        process = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        memory, code, usage = 0.0, None, None
        while usage is None and time.perf_counter() - began < patience:
            time.sleep(_LOOK)
            memory = max(memory, _peak(process.pid))
            if kill_after < math.inf and _spent(process.pid) > kill_after:
                os.kill(_busiest(process.pid), signal.SIGKILL)
                kill_after = math.inf
            pid, status, found = os.wait4(process.pid, os.WNOHANG)
            if pid:
                code, usage = os.waitstatus_to_exitcode(status), found
        seconds = time.perf_counter() - began
        if usage is None:  # it hangs
            for pid in (*_descendants(process.pid), process.pid):
                os.kill(pid, signal.SIGKILL)
            _, _, usage = os.wait4(process.pid, 0)
        process.returncode = -signal.SIGKILL if code is None else code
        return Seen(seconds, usage.ru_utime + usage.ru_stime, memory, code, _results(tool, out))


def compare(runs: dict[str, int], short: int) -> Iterator[dict[str, object]]:
    """Yield a row a tool: speed, overhead, memory, and what is left after a worker was killed in the middle."""
    bare = {}
    for tool in TOOLS:
        kind = "bare ecosim" if tool == ECOSIM else "bare"
        many = runs[tool]
        if kind not in bare:
            bare[kind] = _per_run(kind, short, many, 1)[0]
        each, few, whole = _per_run(tool, short, many, WORKERS)
        middle = 0.5 * (few.processor + whole.processor)
        harmed = watch(tool, many, kill_after=middle, patience=6 * whole.seconds + 30)
        yield {
            "tool": tool,
            "runs": many,
            "seconds": round(whole.seconds, 2),
            "runs a second": round(many / whole.seconds, 1),
            "a run itself, ms": round(1e3 * bare[kind], 2),
            "overhead a run, ms": round(1e3 * (each - bare[kind]), 2),
            "start, s of processor": round(few.processor - short * each, 2),
            MEMORY: round(whole.memory),
            "left after one worker was killed": _left(harmed, many),
        }


def overhead(runs: int, short: int) -> dict[str, object]:
    """Return what ecosim's sweep costs beyond a bare loop over the same runs, by processor time, coordinator included."""
    bare = _per_run("bare ecosim", short, runs, 1)[0]
    each, _, whole = _per_run(ECOSIM, short, runs, WORKERS)
    return {
        "runs": runs,
        "seconds": round(whole.seconds, 2),
        "a run itself, ms": round(1e3 * bare, 3),
        "a run of the sweep, ms": round(1e3 * each, 3),
        "overhead a run, ms": round(1e3 * (each - bare), 3),
        MEMORY: round(whole.memory),
    }


def speed_up(runs: int) -> dict[str, object]:
    """Return how much faster two processes are than one, at runs of some ten milliseconds."""
    one, two = (watch(ECOSIM, runs, workers, scenario=words(400, 400)) for workers in (1, 2))
    return {
        "runs": runs,
        "seconds on one": round(one.seconds, 2),
        "seconds on two": round(two.seconds, 2),
        "times faster": round(one.seconds / two.seconds, 2),
    }


def grow(sizes: tuple[int, ...]) -> tuple[list[dict[str, object]], float]:
    """Return the coordinator's memory by the number of runs, and what a straight line through it says of a million (MB)."""
    rows = []
    for runs in sizes:
        seen = watch(ECOSIM, runs, scenario=words(20, 10))
        rows.append({"runs": runs, "seconds": round(seen.seconds, 1), MEMORY: round(seen.memory, 1)})
    slope, base = np.polyfit([row["runs"] for row in rows], [row[MEMORY] for row in rows], 1)
    return rows, float(base + slope * 1e6)


def _per_run(tool: str, short: int, many: int, workers: int) -> tuple[float, Seen, Seen]:
    few, whole = watch(tool, short, workers), watch(tool, many, workers)
    return (whole.processor - few.processor) / (many - short), few, whole


def _left(seen: Seen, runs: int) -> str:
    ending = "hung" if seen.code is None else "finished" if seen.code == 0 else "broke off"
    return f"{seen.results:,} of {runs:,}; {ending}"


def _results(tool: str, out: Path) -> int:
    if tool == ECOSIM:
        from ecosim.experiments.shards import read_runs

        return int((read_runs(out)["status"] == "ok").sum()) if (out / "design.parquet").is_file() else 0
    return sum(max(len(path.read_text().splitlines()) - 1, 0) for path in out.rglob(RESULT))


def _peak(pid: int) -> float:
    """Return the most memory (MB) that a process has taken so far."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


def _busiest(pid: int) -> int:
    """Return the descendant that has worked most, which is no bystander such as a resource tracker; else itself."""
    found = _descendants(pid)
    return max(found, key=_worked, default=pid)


def _descendants(pid: int) -> list[int]:
    try:
        threads = [task.name for task in Path(f"/proc/{pid}/task").iterdir()]
        children = [one for task in threads for one in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
    except OSError:
        return []
    return [one for child in map(int, children) for one in (child, *_descendants(child))]


def _spent(pid: int) -> float:
    """Return the processor time (s) that a process and those under it have taken by now."""
    return sum(_worked(one) for one in (pid, *_descendants(pid))) / os.sysconf("SC_CLK_TCK")


def _worked(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few runs, no growth of memory to 100,000")
    parser.add_argument("--only", choices=PARTS, help="one table alone")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results", help="folder (%(default)s)")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    print(output.machine())
    parts = PARTS if asked.only is None else (asked.only,)
    for tool in ("bare ecosim", ECOSIM):
        watch(tool, 20)  # compiles what is not compiled yet, and brings everything from the disk
    told, found = [output.machine()], {}
    for part in parts:
        words_of_part, found[part] = _part(part, asked.quick)
        told += ["", *words_of_part]
    print("\n".join(told[1:]))
    if asked.only is None:
        (asked.out / "sweeps.md").write_text("\n".join(told) + "\n", encoding="utf-8")
        (asked.out / "sweeps.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0


def _part(part: str, quick: bool) -> tuple[list[str], list[dict[str, object]]]:
    """Return one of the tables as text and as rows."""
    if part == "overhead":
        rows = [overhead(4_000 if quick else 10_000, 20)]
        return ["Overhead of a sweep beyond a loop over the same runs, two processes:", "", *_markdown(rows)], rows
    if part == "tools":
        mesa = 200 if quick else 400
        rows = list(compare({tool: (4_000 if quick else 10_000) if tool == ECOSIM else mesa for tool in TOOLS}, 20))
        return ["Bounded confidence, 100 organisations, 50 ticks, two processes:", "", *_markdown(rows)], rows
    if part == "speed-up":
        rows = [speed_up(200 if quick else 2_000)]
        return _markdown(rows), rows
    rows, million = grow((1_000, 10_000) if quick else (1_000, 10_000, 30_000, 100_000))
    return [*_markdown(rows), "", f"A straight line through it says {million:,.0f} MB for a million runs."], rows


def _markdown(rows: list[dict[str, object]]) -> list[str]:
    told = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in [list(rows[0]), ["---"] * len(rows[0]), *told]]


if __name__ == "__main__":
    sys.exit(main())

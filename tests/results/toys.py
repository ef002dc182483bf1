"""Small worlds to keep records of: three sectors, two issues, ties and coalitions that come and go."""

from dataclasses import dataclass

import numpy as np

from ecosim.measures.measure import Measure
from ecosim.results.recorder import Recorder
from ecosim.results.run import Run
from ecosim.world.columns import RUNGS
from ecosim.world.labels import Labels
from ecosim.world.world import World

LABELS = Labels(issues=("housing", "health"), stance_axes=("economy",), capabilities=("money", "law"))
COLUMNS = (
    "capital",
    "stance",
    "capability",
    "ledger",
    "success",
    "trust",
    "bond",
    "rung",
    "coalition_issue",
    "severity",
)
SETTINGS = {"title": "Toy town", "ticks": 4, "dynamics": {"meet": {"rule": "meeting", "rate": 0.5}}}


@dataclass(frozen=True)
class Keep:
    """What to keep, as a configuration would say."""

    every: int = 1
    organisations: str = "final"
    relationships: str = "final"
    coalitions: str = "final"
    events: bool = True
    reasons: bool = False
    figures: bool = True
    costly_every: int | None = None
    costly_at_start: bool = True


def a_world(organisations: int = 6, columns: tuple[str, ...] = COLUMNS, labels: Labels = LABELS) -> World:
    world = World(labels, organisations, columns)
    world.sector[:] = np.arange(organisations) % len(labels.sectors)
    return world


def tie(world: World, *pairs: tuple[int, int], **values: object) -> None:
    world.add_ties(np.array(pairs).reshape(-1, 2), **values)
    world.commit()


def counted(name: str = "seen", **kwargs: object) -> tuple[Measure, list[int]]:
    """Return a measure of ten times the tick, and the list of the ticks at which it was computed."""
    ticks: list[int] = []

    def compute(world: World) -> float:
        ticks.append(world.tick)
        return 10.0 * world.tick

    return Measure(name, "ten times the tick", "tick / 10", compute, **kwargs), ticks


def measures() -> list[Measure]:
    """Return measures under the names that the summary and the figures look for."""

    def wave(k: float) -> float:
        return 0.5 + 0.3 * np.sin(k)

    def rungs(world: World) -> np.ndarray:
        return np.full(6, np.nan) if not world.ties else np.bincount(world.rung, minlength=6) / world.ties

    return [
        Measure("cross_sector_share", "share across sectors", "share", lambda w: wave(0.1 * w.tick)),
        Measure("cross_sector_share_z", "the same against chance", "s.d.", lambda w: 2.5, costly=True),
        Measure("esteban_ray", "polarisation", "1", lambda w: 0.01 * (1 + w.tick)),
        Measure("success", "success", "1", lambda w: [0.1 * w.tick, -0.1 * w.tick, 0.2], per="sector"),
        Measure("success_collective", "success of all", "1", lambda w: 0.05 * w.tick),
        Measure("severity", "how bad", "severity", lambda w: [1.0 + w.tick, 1.0], per="issue"),
        Measure("urgency", "how bad it seems", "severity", lambda w: [1.0, 0.9], per="issue"),
        Measure("coalitions", "number of coalitions", "coalitions", lambda w: w.coalitions),
        Measure("win_win_share", "both gain", "share", lambda w: 0.25),
        Measure("stage", "stage", "stage", lambda w: 1),
        *(
            Measure(f"rung_share_{rung}", "share on the rung", "share", rungs, part=k, reads=("rung",))
            for k, rung in enumerate(RUNGS)
        ),
    ]


TABLES = {
    "digest": "0" * 32,
    "columns": {"capital": {"given": 10, "missing": 2}},
    "ties": {"relationships": 3, "reports": 5, "both_sides": 2, "repeated": 0, "weighed": 3, "bond": [0.25, 0.5, 1.0]},
}
"""What is told of the tables that the organisations came from."""


def a_run(
    organisations: int = 12,
    ticks: int = 4,
    seed: int = 1,
    keep: Keep | None = None,
    measured: list[Measure] | None = None,
    labels: Labels = LABELS,
    names: tuple[str, ...] | None = None,
    settings: dict | None = None,
    columns: tuple[str, ...] = COLUMNS,
) -> Run:
    """Return a run in which ties and coalitions come and go by chance."""
    luck = np.random.default_rng(seed)
    world = a_world(organisations, columns, labels)
    world.names = names
    recorder = Recorder(measures() if measured is None else measured, labels, keep or Keep(), ticks)
    if organisations > 1:
        tie(world, *luck.integers(0, organisations, (2 * organisations, 2)))
    recorder.record(world)
    for tick in range(1, ticks + 1):
        world.tick = tick
        change(world, luck)
        recorder.record(world)
    return Run.of(settings or SETTINGS, seed, recorder, world, {"capital": 2}, TABLES)


def change(world: World, luck: np.random.Generator) -> None:
    """Let ties, memberships, coalitions and organisations come and go by chance, in two rounds of commits."""
    for _ in range(2):
        if world.n > 2:
            world.add_ties(luck.integers(0, world.n, (3, 2)))
            world.end_ties(np.flatnonzero(luck.random(world.ties) < 0.2))
            world.leave(np.flatnonzero(luck.random(world.memberships) < 0.2))
            founder = int(luck.integers(world.n))
            if not (world.coalition_identity == (world.tick << 31 | int(world.identity[founder]))).any():
                world.found_coalition(founder, int(luck.integers(2)), luck.choice(world.n, 3, replace=False))
            if world.coalitions:
                world.join(luck.integers(0, world.n, 2), luck.integers(0, world.coalitions, 2))
        world.commit()

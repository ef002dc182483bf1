"""Findings: what a page about a sweep tells, as plain tables, whoever worked them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecosim.drawing.meaning import in_words
from ecosim.drawing.names import titles_apart
from ecosim.results.measured import MEAN
from ecosim.results.table import Note

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Indices:
    """Sensitivity indices of some measures.

    Attributes:
        method: ``sobol``, ``morris``, ``grid`` or ``given``.
        told: the method in a sentence.
        table: ``measure``, ``index``, ``factor``, ``with``, ``value``, ``low``, ``high``, ``floor``, ``nothing``.
        measures: ``measure``, ``points``, ``dropped``, ``luck``, ``fit``.
        idle: measure to the factors of which no effect is seen.
        remarks: sentences.
    """

    method: str
    told: str
    table: pd.DataFrame
    measures: pd.DataFrame
    idle: Mapping[str, Sequence[str]]
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class Answer:
    """What the search that chose the points came to.

    Attributes:
        kind: of the search, in a few words.
        title: what was searched for.
        says: the answer in sentences.
        note: what its points tell nothing of.
        picture: the figure as PNG; None where there is none.
        tables: head and rows of each.
    """

    kind: str
    title: str
    says: Sequence[str]
    note: str
    picture: bytes | None = None
    tables: Sequence[tuple[Sequence[str], Sequence[Sequence[Any]]]] = ()


@dataclass(frozen=True)
class Response:
    """How one measure answers to one factor.

    Attributes:
        factor: the key.
        second: key of the lines, or None.
        lines: ``value``, ``second``, ``mean``, ``low``, ``high``, ``replicates``; None for sampled designs.
        points: ``x``, ``y`` a point of a sampled design; None for listed values.
        bins: ``x``, ``mean``, ``low``, ``high``, ``quantile_0.1``, ``quantile_0.9``, ``points``.
    """

    factor: str
    second: str | None = None
    lines: pd.DataFrame | None = None
    points: pd.DataFrame | None = None
    bins: pd.DataFrame | None = None


@dataclass(frozen=True)
class Maps:
    """Measures over two factors, and points in the plane of collaboration and polarisation.

    Attributes:
        across: key on the horizontal axis.
        up: key on the vertical axis.
        means: measure to ``across``, ``up``, ``mean``, ``points`` a cell.
        stage: the same with ``share``; None where no stage was measured.
    """

    across: str
    up: str
    means: Mapping[str, pd.DataFrame]
    stage: pd.DataFrame | None = None


@dataclass(frozen=True)
class SweepFindings:
    """All that a page about a sweep tells.

    Attributes:
        manifest: of the sweep's folder.
        keys: what was varied.
        kind: of the design, in a word.
        points: number of points.
        replicates: runs of each; of the point with the most, where some have more than others.
        fewest: runs of the point with the fewest.
        planned: runs of all points.
        is_luck_common: whether a replicate has the same seed at every point.
        values: key to a few words on its values or range.
        statuses: status to number of runs.
        failures: what is known of each failed run.
        notes: unit and meaning of each measure.
        meanings: what each key is; empty where that is not known.
        measures: those that are shown, in their order.
        asked: those of them that the comparison was asked for; empty where nobody said.
        noise: a row a measure, all of them.
        effects: ``measure``, ``factor``, ``value``, ``against``, …; empty for sampled designs.
        responses: measure to its responses, one a numeric factor.
        plane: ``x``, ``x_low``, ``x_high``, ``y``, …, and the keys, a row a point; None without both measures.
        plane_measures: names of x and y.
        maps: over the two strongest factors; None where fewer than two were varied.
        lead: the strongest factor.
        series: measure to mean and quantiles at each tick for values of ``lead`` (or all runs).
        convergence: measure to how the interval narrows with replicates.
        indices: sensitivity indices, or None.
        remarks: sentences on what is left out, and why.
        search: what the search that chose the points came to; None where they are a design. Effects, indices, maps, lines
            over time and how luck narrows are left out then.
    """

    manifest: Mapping[str, Any]
    keys: Sequence[str]
    kind: str
    points: int
    replicates: int
    fewest: int
    planned: int
    is_luck_common: bool
    values: Mapping[str, str]
    statuses: Mapping[str, int]
    failures: Sequence[Mapping[str, Any]]
    notes: Mapping[str, Note]
    measures: Sequence[str]
    noise: pd.DataFrame
    effects: pd.DataFrame
    responses: Mapping[str, Sequence[Response]]
    plane: pd.DataFrame | None = None
    plane_measures: tuple[str, str] = ("", "")
    maps: Maps | None = None
    lead: str | None = None
    series: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    convergence: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    indices: Indices | None = None
    remarks: Sequence[str] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    asked: Sequence[str] = ()
    search: Answer | None = None

    @property
    def units(self) -> dict[str, str]:
        """The unit of each measure as an axis has it: ``index`` where it has none, empty where it is not known."""
        return {
            one: in_words(note.unit) for name, note in self.notes.items() for one in (name.removesuffix(MEAN), name)
        }

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the scenarios of a comparison, by the labels that they were given, where no two have the same."""
        configurations = self.manifest.get("configurations") or {}
        arms = {key.removeprefix("scenario="): one for key, one in configurations.items()}
        return titles_apart(arms) if list(self.keys) == ["scenario"] else {}

    @property
    def counted(self) -> str:
        """How many replicates the points have, in words: 8, or 8 to 62."""
        most = f"{self.replicates:,}"
        return most if self.fewest == self.replicates else f"{self.fewest:,} to {most}"

"""Options that several commands share, each said once: by themselves, and in groups for orders to inherit."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ecosim.commands.speech import say
from ecosim.commands.words import split
from ecosim.errors import InputError
from ecosim.experiments.time_limit import SECONDS_A_RUN

if TYPE_CHECKING:
    from ecosim.experiments.sweep import Execution
    from ecosim.world.actors import Actors

Words = Annotated[
    tuple[str, ...],
    typer.Argument(metavar="[NAME] [KEY=VALUE]…", help="a scenario (default: town) and changes to it"),
]
Trust = Annotated[
    tuple[str, ...],
    typer.Option(metavar="PACKAGE", help="let rules and measures of this package run; may be repeated"),
]
AT_THE_END = "NAME: at the end of a run; NAME.mean: over its second half"
Measures = Annotated[
    tuple[str, ...],
    typer.Option("--measure", metavar="NAME", help=f"only this measure ({AT_THE_END}); may be repeated"),
]
SeedOfReplicates = Annotated[int | None, typer.Option(metavar="N", help="the seeds of the replicates come from it")]
FolderOfRuns = Annotated[
    Path | None, typer.Option(metavar="DIR", help="folder for runs, tables and figures; again, to continue")
]
Yes = Annotated[bool, typer.Option("--yes", help="go on although it is very large")]
AsJson = Annotated[bool, typer.Option("--json", help="print what came out as JSON")]


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """How much is said, and for whom."""

    quiet: Annotated[bool, typer.Option("--quiet", help="say nothing but errors")] = False
    as_json: AsJson = False

    @property
    def shows_progress(self) -> bool:
        """Whether somebody watches, who may want a bar."""
        return not self.quiet and sys.stderr.isatty()

    def say(self, sentence: str) -> None:
        """Say a sentence, unless nothing shall be said."""
        if not self.quiet:
            say(sentence)


@dataclass(frozen=True, kw_only=True)
class OfScenario:
    """Which scenario, and what is changed in it."""

    words: Words = ()
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="a scenario of your own, complete or partial")
    ] = None
    trust: Trust = ()

    def name_and_changes(self, *further: str) -> tuple[str | None, tuple[str, ...]]:
        """Return the scenario's name, if there is one, and the changes, with further ones.

        Raises:
            InputError: if there are several names, or two changes of one key.
        """
        return split((*self.words, *further))


@dataclass(frozen=True, kw_only=True)
class OwnTables:
    """The user's own organisations and ties."""

    organisations: Annotated[Path | None, typer.Option(metavar="FILE", help="your own organisations")] = None
    ties: Annotated[Path | None, typer.Option(metavar="FILE", help="the ties between them")] = None
    mapping: Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="what their columns mean")] = None


@dataclass(frozen=True, kw_only=True)
class ManyRuns(Spoken):
    """How many runs are made; none of it changes a result."""

    workers: Annotated[int | None, typer.Option(help="processes (default: one a core; 0: none but this)")] = None
    timeout: Annotated[float, typer.Option(metavar="S", help="seconds that a run may take; 0: any")] = SECONDS_A_RUN
    memory: Annotated[
        float | None,
        typer.Option(metavar="MB", help="that a run may take (default: its process's part of the machine); 0: any"),
    ] = None
    yes: Yes = False
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS|FILE", help="let the workers of a Dask scheduler make the runs")
    ] = None
    retry: Annotated[bool, typer.Option("--retry", help="try runs that failed before once more")] = False

    def execution(self) -> Execution:
        """Return how the runs are made, as experiments want it."""
        from ecosim.experiments.sweep import Execution

        return Execution(self.workers, self.timeout, self.memory, self.retry, self.yes, self.cluster)


@dataclass(frozen=True, kw_only=True)
class Search(OfScenario, OwnTables, ManyRuns):
    """A search that makes runs of a scenario as it goes, and is told in sentences."""

    seed: SeedOfReplicates = None
    out: FolderOfRuns = None

    def manner(self, out: Path, actors: Actors | None) -> dict[str, Any]:
        """Return how runs are made and kept, as every search takes it by keyword.

        Args:
            out: folder of the runs.
            actors: the user's own organisations and ties.
        """
        return {
            "seed": self.seed, "out": out, "file": self.scenario, "actors": actors, "trust": self.trust,
            "workers": self.workers, "timeout": self.timeout, "memory": self.memory, "retry": self.retry,
            "yes": self.yes, "cluster": self.cluster, "say": self.say,
        }  # fmt: skip

    def actors(self, name: str | None, changes: Sequence[str]) -> Actors | None:
        """Return the user's own organisations and ties, None if there are none; say what was odd.

        Args:
            name: of the scenario, if there is one.
            changes: of the scenario that are the same in all runs.

        Raises:
            InputError: if they, or the scenario, cannot be read.
        """
        from ecosim.commands.actors import actors_of
        from ecosim.compose import load

        return actors_of(self, lambda: load(name, *changes, scenario=self.scenario, trust=self.trust), self.say)


def folder_for_runs(out: Path | None, lacking: Sequence[str] = ()) -> Path:
    """Return the folder that many runs go to.

    Args:
        out: the folder, if one is named.
        lacking: what else was found missing, a sentence each.

    Raises:
        InputError: if none is named, or something else is missing: all of it at once.
    """
    if out is None:
        lacking = [*lacking, "--out DIR is missing: the folder for the runs, which a later call continues"]
    if out is None or lacking:
        raise InputError(lacking)
    return out


def text_or_json(as_json: bool, plain: object, sentences: Sequence[str]) -> str:
    """Return what goes to stdout: plain data as JSON, or sentences."""
    from ecosim.results.store import to_json

    return to_json(plain) if as_json else "\n".join(sentences)

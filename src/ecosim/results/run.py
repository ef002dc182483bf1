"""Run: what one run leaves, as data frames, a summary and words; saved to a folder and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecosim.errors import InputError, path_of, printable
from ecosim.results import provenance as made_by
from ecosim.results import store
from ecosim.results.folders import whole
from ecosim.results.frame import Frame
from ecosim.results.frames_file import read_frames, write_frames
from ecosim.results.plain_yaml import to_yaml
from ecosim.results.recorder import Recorder
from ecosim.results.summary import summarise
from ecosim.results.table import Note, Table
from ecosim.results.words import tell
from ecosim.scenario_file import read_scenario
from ecosim.world.names import defuse_for_spreadsheet
from ecosim.world.world import World

if TYPE_CHECKING:
    import pandas as pd

    from ecosim.measures.survival import Survival

TABLES = ("series", "organisations", "relationships", "coalitions", "memberships", "events")
FRAMES = "frames.parquet"


class Run:
    """The results of one run. Frames are made when they are first asked for.

    Attributes:
        settings: the resolved configuration, as plain data.
        provenance: versions, commit, seed, machine, configuration hash and run id.
        summary: final value and mean of each measure, successes, stage, ledger, counts; see ``results.summary``.
        words: the summary in plain words, as Markdown.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        summary: Mapping[str, Any],
        *,
        tables: Mapping[str, Table] | None = None,
        frames: tuple[Frame, ...] = (),
        folder: Path | None = None,
    ) -> None:
        """Hold the results: tables in memory, or the folder that has them. ``Run.of`` and ``Run.read`` call this."""
        self.settings, self.summary = dict(settings), dict(summary)
        self._pictured = frames
        self._tables, self._folder = tables or {}, folder
        self._frames: dict[str, tuple[pd.DataFrame, dict[str, Note]]] = {}

    @classmethod
    def of(
        cls,
        settings: Mapping[str, Any],
        seed: int,
        recorder: Recorder,
        world: World,
        missing_drawn: Mapping[str, int] | None = None,
        tables: Mapping[str, Any] | None = None,
    ) -> Run:
        """Return the results so far. Nothing of the recorder or the world changes, so the run can go on.

        Args:
            settings: the resolved configuration as plain data.
            seed: the run's seed.
            recorder: what has been recorded.
            world: the world as it stands.
            missing_drawn: how many missing values of the input were drawn at random, by column.
            tables: what is to be said of the user's own tables (``ecosim.world.actors.Actors.told``), if there are any.
        """
        closed = recorder.closed(world)
        kept = closed.tables()
        units = {name: note.unit for name, note in closed.notes.items()}
        sectors = world.labels.sectors
        number = made_by.run_id(settings, seed, None if tables is None else tables["digest"])
        summary = {"run_id": number, "seed": seed, "title": settings.get("title")}
        summary |= summarise(kept["series"].columns, units, sectors, closed.counts, missing_drawn or {})
        summary["tables"] = None if tables is None else dict(tables)
        return cls({**settings, "seed": seed}, summary, tables=kept, frames=tuple(closed.frames))

    @classmethod
    def read(cls, folder: str | Path) -> Run:
        """Return the results that :meth:`save` left in a folder; every figure can be drawn from them.

        Raises:
            InputError: if the folder does not hold a run.
        """
        folder = path_of(folder)
        missing = [name for name in ("config.yaml", "summary.json", "series.parquet") if not (folder / name).is_file()]
        if missing:
            raise InputError(f"{folder}: holds no run: {', '.join(missing)} not found")
        run = cls(
            read_scenario(folder / "config.yaml"),
            json.loads((folder / "summary.json").read_text(encoding="utf-8")),
            folder=folder,
        )
        run.__dict__["provenance"] = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        return run

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What made this run."""
        tables = self.summary.get("tables")
        return made_by.provenance(self.settings, self.seed, tables["digest"] if tables else None)

    @property
    def seed(self) -> int:
        """The run's seed."""
        return int(self.settings["seed"])

    @property
    def run_id(self) -> str:
        """The run's number: a digest of configuration, seed and code."""
        return str(self.summary["run_id"])

    @cached_property
    def words(self) -> str:
        """The summary in plain words."""
        meanings = {name: note.meaning for name, note in self.notes("series").items()}
        return tell(self.summary, self.settings, meanings, self.recorded, self._deeds())

    @property
    def series(self) -> pd.DataFrame:
        """One row a recorded tick, ``tick`` first, one column a measure; missing where undefined."""
        return self._frame("series")

    @property
    def organisations(self) -> pd.DataFrame:
        """One row an organisation (and tick)."""
        return self._frame("organisations")

    @property
    def relationships(self) -> pd.DataFrame:
        """One row a relationship (and tick)."""
        return self._frame("relationships")

    @property
    def coalitions(self) -> pd.DataFrame:
        """One row a coalition (and tick)."""
        return self._frame("coalitions")

    @property
    def memberships(self) -> pd.DataFrame:
        """One row a membership (and tick)."""
        return self._frame("memberships")

    @property
    def events(self) -> pd.DataFrame:
        """One row an event."""
        return self._frame("events")

    def why(self, name: str, kind: str | None = None) -> pd.DataFrame:
        """Return why an organisation did what it did: a row a decision, its terms, and ``told``, a sentence.

        Args:
            name: the organisation's.
            kind: only events of this kind: joined, left, founded, tie_made, tie_ended, gone.

        Raises:
            InputError: if no reasons were kept (``record.reasons``), or the name or kind is not there.
        """
        from ecosim.results.why import decisions_of
        from ecosim.world.founding_settings import numbered

        if "events" not in self._kept():
            raise InputError("this run kept no events; allowed: record.events=true record.reasons=true")
        issues = (self.settings.get("ecosystem") or {}).get("issues") or ()
        named = numbered("issue", issues) if isinstance(issues, int) else [str(issue["name"]) for issue in issues]
        return decisions_of(self.events, name, kind, named)

    def survival(self) -> Survival:
        """Return how long coalitions lasted: see ``ecosim.measures.survival``.

        Raises:
            InputError: if no events were kept.
        """
        from ecosim.measures.survival import coalition_survival

        events = self._deeds()
        if events is None:
            raise InputError("this run kept no events; allowed: record.events=true")
        return coalition_survival(events, int(self.summary["ticks"]))

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """What pictures of the network need, at the start, in the middle and at the end; empty if not kept."""
        if self._folder is not None and (self._folder / FRAMES).is_file():
            return read_frames(self._folder / FRAMES)
        return self._pictured

    @cached_property
    def recorded(self) -> Mapping[str, NDArray[Any]]:
        """The series as arrays (rows,) by name, "tick" first; NaN where missing. For those who do without pandas."""
        if "series" in self._tables:
            return self._tables["series"].columns
        return {str(name): values.to_numpy() for name, values in self.series.items()}

    def notes(self, table: str) -> dict[str, Note]:
        """Return unit and meaning of each column of a table."""
        if table in self._tables:
            return dict(self._tables[table].notes)
        return self._load(table)[1]

    def save(self, folder: str | Path) -> Path:
        """Write everything but the figures into a folder, made if need be: all of it, or nothing where that fails.

        ``config.yaml``, ``provenance.json``, ``summary.json``, ``summary.md`` and a Parquet file for each table that
        was kept. The bytes of the tables depend on configuration, seed and versions alone.

        Raises:
            InputError: if the path is none, or that of a file.
            OSError: if it cannot be written.
        """
        folder = path_of(folder)
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{printable(folder)}: is a file; allowed: a folder, which is made if need be")
        with whole(folder) as part:
            store.write_text(part / "config.yaml", to_yaml(self.settings))
            store.write_json(part / "provenance.json", self.provenance)
            for name in self._kept():
                if name in self._tables:
                    store.write_table(part / f"{name}.parquet", self._tables[name])
                elif self._folder is not None and self._folder.resolve() != folder.resolve():
                    store.write_bytes(part / f"{name}.parquet", (self._folder / f"{name}.parquet").read_bytes())
            if self.frames and (self._folder is None or self._folder.resolve() != folder.resolve()):
                write_frames(part / FRAMES, self.frames)
            store.write_json(part / "summary.json", self.summary)
            store.write_text(part / "summary.md", self.words)
        return folder

    def to_csv(self, folder: str | Path) -> Path:
        """Write each table as CSV into a folder, for spreadsheets: text that would be a formula is made text.

        Raises:
            InputError: if the path is none, or that of a file.
            OSError: if it cannot be written.
        """
        folder = path_of(folder)
        for name in self._kept():
            frame = self._frame(name).copy()
            for column, values in frame.items():
                if values.dtype == object or str(values.dtype) in ("str", "string"):
                    frame[column] = [defuse_for_spreadsheet(text) if isinstance(text, str) else None for text in values]
            frame.columns = [defuse_for_spreadsheet(str(column)) for column in frame.columns]
            store.write_text(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))
        return folder

    def __repr__(self) -> str:
        organisations, ticks = self.summary["counts"]["end"]["organisations"], self.summary["ticks"]
        return f"Run({self.run_id[:8]}: {organisations} organisations, {ticks} ticks, seed {self.seed})"

    def _kept(self) -> list[str]:
        if self._folder is None:
            return [name for name in TABLES if name in self._tables]
        return [name for name in TABLES if (self._folder / f"{name}.parquet").is_file()]

    def _deeds(self) -> dict[str, NDArray[Any]] | None:
        """Return what words need of the events, or None where none were kept."""
        if "events" not in self._kept():
            return None
        if "events" in self._tables:
            columns: Mapping[str, Any] = self._tables["events"].columns
        else:  # a frame has its missing numbers marked as such
            columns = {**self.events, "coalition": self.events["coalition"].fillna(-1).astype("int64")}
        wanted = ("tick", "kind", "organisation_name", "coalition", "why")
        return {name: np.asarray(columns[name]) for name in wanted if name in columns}

    def _frame(self, name: str) -> pd.DataFrame:
        return self._load(name)[0]

    def _load(self, name: str) -> tuple[pd.DataFrame, dict[str, Note]]:
        if name not in self._kept():
            raise AttributeError(f"this run kept no table of {name}: set record.{name} in its configuration")
        if name not in self._frames:
            if name in self._tables:
                self._frames[name] = store.to_frame(self._tables[name]), dict(self._tables[name].notes)
            elif self._folder is not None:
                self._frames[name] = store.read_table(self._folder / f"{name}.parquet")
        return self._frames[name]


def read(folder: str | Path) -> Run:
    """Return the results that a run left in a folder; see :meth:`Run.read`."""
    return Run.read(folder)

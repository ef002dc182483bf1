"""Sweep: a folder that a sweep left, opened in Python: tables, series, curves, sensitivity and the page about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosim.errors import InputError, did_you_mean, path_of, shown
from ecosim.experiments import curves
from ecosim.experiments.effects import Layout, effects
from ecosim.experiments.reading import SweepTables
from ecosim.experiments.sensitivity import Sensitivity, sensitivity
from ecosim.reports.findings import Response
from ecosim.reports.sweep_page import sweep_page
from ecosim.results.measured import series_named
from ecosim.results.store import write_text
from ecosim.sweeps.findings import findings_of, is_spread
from ecosim.sweeps.spreadsheets import save_tables
from ecosim.wording import some

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REPORT = "report.html"


class Sweep:
    """The results of a sweep. Tables are read when they are first asked for, series a measure at a time.

    Args:
        folder: of the sweep.

    Raises:
        InputError: if it holds no sweep.

    Examples:
        >>> results = ecosim.read_sweep("results/tolerance")  # doctest: +SKIP
        >>> results.series("dispersion", by="dynamics.stance.tolerance", quantiles=(0.1, 0.5, 0.9))  # doctest: +SKIP
    """

    def __init__(self, folder: str | Path) -> None:
        self.tables = SweepTables(path_of(folder))

    @property
    def runs(self) -> pd.DataFrame:
        """A row a run: status, point, the keys, replicate, seed, and each measure at the end and over the second half."""
        return self.tables.runs

    @property
    def design(self) -> pd.DataFrame:
        """A row a run that was planned."""
        return self.tables.design

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that were varied."""
        return self.tables.keys

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns of ``runs`` that were measured."""
        return self.tables.measures

    def series(
        self, measure: str, by: str | Sequence[str] = (), quantiles: Sequence[float] = (0.1, 0.5, 0.9)
    ) -> pd.DataFrame:
        """Return mean and quantiles of a measure at each tick; see :meth:`SweepTables.series`."""
        return self.tables.series(measure, by, quantiles)

    def effects(self, *measures: str) -> pd.DataFrame:
        """Return what each value changes against the first of its key; see ``ecosim.experiments.effects.effects``."""
        chosen = self.tables.known(measures) or list(self.measures)
        tables = self.tables
        tables.load(chosen)
        return effects(tables.made, self.keys, chosen, common=tables.is_luck_common, column=tables.column)

    def sensitivity(self, *measures: str) -> Sensitivity:
        """Return which factors matter; see ``ecosim.experiments.sensitivity.sensitivity``."""
        return sensitivity(self.tables, measures)

    def plot(self, measure: str, against: str | None = None, by: str | None = None, axes: Axes | None = None) -> Axes:
        """Draw a measure against a factor, or over time, and return Matplotlib's axes.

        Args:
            measure: its name; against a factor, its value at the end of a run, or with ``.mean`` over its second half.
            against: key on the horizontal axis; ticks if none.
            by: key of the lines, if any.
            axes: where to; those of a new figure if none.

        Raises:
            InputError: if a name is unknown.
        """
        from ecosim.reports.one_measure import against_factor, against_ticks

        self._check(against, by)
        if against is None:
            name = series_named(measure)
            return against_ticks(self.series(name, by=() if by is None else by, quantiles=(0.1, 0.9)), name, by, axes)
        name = self.tables.known([measure])[0]
        layout = Layout(self.tables.made, self.keys, self.tables.column)
        if is_spread(self.tables, layout) and curves.is_numeric(layout, against):
            points, bins = curves.scatter(layout, name, against)
            return against_factor(Response(against, points=points, bins=bins), name, axes)
        return against_factor(
            Response(against, by, curves.curve(layout, name, against, by, common=self.tables.is_luck_common)),
            name,
            axes,
        )

    def plot_effects(self, measure: str, axes: Axes | None = None) -> Axes:
        """Draw what each value changes in a measure against the first of its key, and return Matplotlib's axes.

        Args:
            measure: its name; of very many values only the last of each key is shown.
            axes: where to; those of a new figure if none.

        Raises:
            InputError: if the measure is unknown, or no two values of a factor can be compared.
        """
        from ecosim.reports.one_measure import effects_of

        table = self.effects(measure)
        if table.empty:
            raise InputError(f"measure {shown(measure)}: no two values of a factor that can be compared")
        return effects_of(table, self.keys, axes)

    def map(self, measure: str, across: str, up: str, axes: Axes | None = None) -> Axes:
        """Draw the mean of a measure over two factors as a map, and return Matplotlib's axes.

        Args:
            measure: its name.
            across: key on the horizontal axis.
            up: key on the vertical axis.
            axes: where to; those of a new figure if none.

        Raises:
            InputError: if a name is unknown, or both keys are the same.
        """
        from ecosim.reports.one_measure import over_two_factors

        self._check(across, up)
        if across == up:
            raise InputError(f"{shown(up)}: stands on both axes; allowed: another key for up")
        name = self.tables.known([measure])[0]
        layout = Layout(self.tables.made, self.keys, self.tables.column)
        cells = curves.map_of(layout, name, across, up, is_sampled=is_spread(self.tables, layout))
        return over_two_factors(cells, name, across, up, axes)

    def save_tables(self, folder: str | Path, kind: str = "csv") -> list[Path]:
        """Write runs, effects and failures for spreadsheets, in which no text acts as a formula, and return the files.

        Args:
            folder: where to; made if need be.
            kind: ``csv``, or ``xlsx`` for one Excel file.

        Raises:
            InputError: if the kind is unknown, openpyxl is missing, or a table is too large for a sheet.
            OSError: if a file cannot be written.
        """
        return save_tables(self.tables, kind, path_of(folder))

    def report(self, out: str | Path | None = None, measures: Sequence[str] = ()) -> Path:
        """Write the page about this sweep and return where it is.

        Args:
            out: name of the file; ``report.html`` in the sweep's folder if none.
            measures: which to show; a choice of them if none.

        Raises:
            InputError: if there is nothing to show.
            OSError: if it cannot be written.
        """
        path = self.tables.folder / REPORT if out is None else path_of(out)
        write_text(path, sweep_page(findings_of(self.tables, measures)))
        return path

    def __repr__(self) -> str:
        tables = self.tables
        most, fewest = tables.replicates, tables.fewest_replicates
        counted = str(most) if fewest == most else f"{fewest} to {most}"
        return (
            f"Sweep({tables.kind} of {', '.join(self.keys) or 'nothing'}: {some(tables.points, 'point')} × {counted})"
        )

    def _check(self, *keys: Any) -> None:
        faults = [
            f"{shown(key)}: not varied here; {did_you_mean(key, self.keys)}"
            for key in keys
            if key is not None and key not in self.keys
        ]
        if faults:
            raise InputError(faults)


def read_sweep(folder: str | Path) -> Sweep:
    """Return the results that a sweep left in a folder; see :class:`Sweep`.

    Raises:
        InputError: if it holds no sweep.
    """
    return Sweep(folder)

"""Answer: what a command found, saved as JSON, tables and a figure, and told in sentences or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ecosim.commands.options import Spoken, text_or_json

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Found(Protocol):
    """What was found: as plain data, and in sentences."""

    @property
    def says(self) -> tuple[str, ...]:
        """The result in sentences."""

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""


def answer(
    order: Spoken, found: Found, out: Path, name: str, tables: Mapping[str, pd.DataFrame], figure: Figure
) -> None:
    """Save what was found, print it, and say where it is.

    Args:
        order: says in which form it is printed.
        found: the result.
        out: folder, which is there.
        name: of its files of plain data and of the figure, without an ending.
        tables: by the names of their files, the most important first.
        figure: that shows it.
    """
    from ecosim.errors import printable
    from ecosim.reports.plots import write_figure
    from ecosim.results.store import write_json, write_text
    from ecosim.sweeps.spreadsheets import defused

    write_json(out / f"{name}.json", found.to_dict())
    for file, table in tables.items():
        write_text(out / file, defused(table).to_csv(index=False, lineterminator="\n"))
    write_figure(figure, out / name)
    print(text_or_json(order.as_json, found.to_dict(), found.says))
    first = next(iter(tables))
    order.say(f"Table and figure are in {printable(out)}: {name}.json, {first}, {name}.svg and .png")

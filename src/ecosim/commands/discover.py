"""The command ``ecosim discover``: under which conditions something holds, from the runs of a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ecosim.commands.answer import answer
from ecosim.commands.options import AT_THE_END, Spoken


@dataclass(frozen=True, kw_only=True)
class Order(Spoken):
    """Tell under which conditions something holds: rules found in half of a sweep and tested on the other half.

    For example: discover results/sweep --measure dispersion --above 0.3
    """

    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a sweep left, of at least twenty points")]
    measure: Annotated[str, typer.Option(metavar="NAME", help=f"what comes out ({AT_THE_END})")]
    above: Annotated[float | None, typer.Option(metavar="Y", help="it holds where the measure is above this")] = None
    below: Annotated[float | None, typer.Option(metavar="Y", help="it holds where the measure is below this")] = None
    density: Annotated[
        float | None, typer.Option(metavar="D", help="share of runs that a box shall reach (default: best trade-off)")
    ] = None
    depth: Annotated[int, typer.Option(help="questions of the tree, one after the other, at most")] = 3
    seed: Annotated[int, typer.Option(metavar="N", help="of the halves, in which rules are found and tested")] = 0
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="folder for the results (default: the sweep's)")] = (
        None
    )


def carry_out(order: Order) -> None:
    """Search for rules, save them, and tell them.

    Raises:
        InputError: if the sweep cannot be used, or the folder for the results not be written to.
    """
    from ecosim.commands.output import refuse_unwritable
    from ecosim.drawing.discovery import discovery
    from ecosim.experiments.discovery import discover

    out = order.folder if order.out is None else order.out
    found = discover(
        order.folder, order.measure, above=order.above, below=order.below, density=order.density, depth=order.depth,
        seed=order.seed,
    )  # fmt: skip
    refuse_unwritable(out)
    out.mkdir(parents=True, exist_ok=True)
    answer(order, found, out, "discovery", {"discovery_boxes.csv": found.boxes}, discovery(found))

"""The command ``ecosim why``: the decisions of one organisation in a saved run, each with its reasons, a sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ecosim.commands.options import AsJson
from ecosim.commands.speech import say
from ecosim.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Order:
    """Tell why an organisation joined, left, founded, made or ended ties, or went, a sentence a decision.

    First: ecosim run record.reasons=true --out DIR
    """

    folder: Annotated[Path, typer.Argument(metavar="DIR", help="what a run left, made with record.reasons=true")]
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="its name, as the tables have it")]
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="only these: joined, left, founded, tie_made, tie_ended, gone")
    ] = None
    as_json: AsJson = False


def carry_out(order: Order) -> None:
    """Print the decisions, as JSON each with the terms of its utility.

    Raises:
        InputError: if there is no run, it kept no reasons, or the name or kind is not in it.
    """
    from ecosim.errors import printable
    from ecosim.results.run import Run

    folder, name, kind = order.folder, order.organisation, order.kind
    if not folder.is_dir():
        raise InputError(
            f"{printable(folder)}: no such folder; allowed: one that ecosim run wrote, with record.reasons=true"
        )
    decisions = Run.read(folder).why(name, kind)
    if order.as_json:
        from ecosim.results.store import to_json

        rows = decisions.astype(object).where(decisions.notna(), None).to_dict("records")
        print(to_json(rows))
        return
    for told in decisions["told"]:
        print(told)
    if not len(decisions):
        of = f" of the kind '{kind}'" if kind else ""
        say(f"{name} decided nothing{of} in this run; others may have decided about it.")

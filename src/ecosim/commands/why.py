"""The command ``ecosim why``: the decisions of one organisation in a saved run, each with its reasons, a sentence each."""

from __future__ import annotations

import sys
from pathlib import Path

from ecosim.errors import InputError
from ecosim.results.run import Run
from ecosim.scenario_file import printable


def show(folder: Path, name: str, kind: str | None, as_json: bool) -> None:
    """Print why an organisation did what it did.

    Args:
        folder: what a run left.
        name: the organisation's name, as the tables have it.
        kind: only decisions of this kind; None for all.
        as_json: whether as JSON, a decision each with the terms of its utility.

    Raises:
        InputError: if there is no run, it kept no reasons, or the name or kind is not in it.
    """
    if not folder.is_dir():
        raise InputError(
            f"{printable(folder)}: no such folder; allowed: one that ecosim run wrote, with record.reasons=true"
        )
    decisions = Run.read(folder).why(name, kind)
    if as_json:
        from ecosim.results.store import to_json

        rows = decisions.astype(object).where(decisions.notna(), None).to_dict("records")
        print(to_json(rows))
        return
    for told in decisions["told"]:
        print(told)
    if not len(decisions):
        of = f" of the kind '{kind}'" if kind else ""
        print(f"{name} decided nothing{of} in this run; others may have decided about it.", file=sys.stderr)

"""Describe a scenario on the terminal, as Markdown or as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from ecosim.commands.options import AsJson, OfScenario


@dataclass(frozen=True, kw_only=True)
class Order(OfScenario):
    """Describe a scenario: who is in it, what happens in a tick, every parameter with its range, and the sources."""

    as_json: AsJson = False
    markdown: Annotated[bool, typer.Option("--markdown", help="print it as Markdown, equations in TeX")] = False
    odd: Annotated[bool, typer.Option("--odd", help="under the headings of the ODD protocol (Grimm et al. 2020)")] = (
        False
    )


def carry_out(order: Order) -> None:
    """Print the description: as it is read best on a terminal, or as what was asked for."""
    from ecosim import explain
    from ecosim import odd as protocol
    from ecosim.compose import load
    from ecosim.explain import describe

    name, changes = order.name_and_changes()
    as_markdown = protocol.as_markdown if order.odd else explain.as_markdown
    description = describe(load(name, *changes, scenario=order.scenario, trust=order.trust, yes=True))
    if order.as_json:
        print(json.dumps(description, ensure_ascii=False, indent=2))
    elif order.markdown or not sys.stdout.isatty():
        print(as_markdown(description, tex=order.markdown))
    else:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(as_markdown(description, tex=False)))

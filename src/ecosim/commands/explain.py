"""Describe a scenario on the terminal, as Markdown or as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def show(
    name: str | None,
    overrides: tuple[str, ...],
    scenario: Path | None,
    trust: tuple[str, ...],
    form: str,
    odd: bool = False,
) -> None:
    """Print the description of a scenario.

    Args:
        name: which, by its name.
        overrides: changes to it.
        scenario: the user's own file.
        trust: packages whose rules may be imported.
        form: ``text``, ``markdown`` or ``json``.
        odd: whether under the headings of the ODD protocol.
    """
    from ecosim import explain
    from ecosim import odd as protocol
    from ecosim.compose import load
    from ecosim.explain import describe

    as_markdown = protocol.as_markdown if odd else explain.as_markdown
    description = describe(load(name, *overrides, scenario=scenario, trust=trust, yes=True))
    if form == "json":
        print(json.dumps(description, ensure_ascii=False, indent=2))
    elif form == "markdown" or not sys.stdout.isatty():
        print(as_markdown(description, tex=form == "markdown"))
    else:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(as_markdown(description, tex=False)))

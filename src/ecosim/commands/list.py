"""What there is: scenarios, rules and measures, each with a line that says what it is."""

from __future__ import annotations

import json

Entries = dict[str, dict[str, str]]


def show(as_json: bool) -> None:
    """Print everything that configuration may name."""
    listed = everything()
    if as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, entries in listed.items():
        table = Table("", "", title=title, title_justify="left", title_style="bold", show_header=False, box=None)
        for name, words in entries.items():
            table.add_row(f"  {name}", words)
        console.print(table)
        console.print()


def everything() -> Entries:
    """Return, for scenarios, published results, rules and measures, each name with a line that says what it is."""
    from ecosim.compose import about, names
    from ecosim.equations import words_of
    from ecosim.measures.registry import MEASURES
    from ecosim.rules import RULES, find_rule

    listed: Entries = {"scenarios": {}, "published": {}}
    for name, kind in names().items():
        title, description = about(name)
        listed["published" if kind == "published" else "scenarios"][name] = title or description.split(". ")[0]
    listed["rules"] = {rule: words_of(find_rule(rule)).sentence for rule in RULES}
    listed["measures"] = {name: measure.meaning for name, measure in MEASURES.items()}
    return {title: entries for title, entries in listed.items() if entries}

"""Company: what a coalition is called in a sentence, by its issue, its turn, and who was in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecosim.wording import in_a_row

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 3


class Company:
    """Names the coalitions of a run's events.

    Args:
        events: the table of events.
        issues: name of each issue; coalitions on an issue without a name are coalitions only.
    """

    def __init__(self, events: pd.DataFrame, issues: Sequence[str] = ()) -> None:
        self._names = _numbered(events[events["kind"] == "founded"], issues)
        moves = events[events["kind"].isin(["joined", "left"])]
        self._moves = {number: list(rows) for number, rows in _by_coalition(moves).items()}

    def name(self, coalition: int) -> str:
        """Return what a coalition is called: ``the 3rd coalition on housing``; by its number if it was there before."""
        return self._names.get(coalition, f"coalition {coalition}")

    def others(self, coalition: int, tick: int, name: str, *, before: bool) -> list[str]:
        """Return who else was in a coalition, as they came: when a tick began, or when it had ended."""
        there: dict[str, None] = {}
        for at, kind, who in self._moves.get(coalition, ()):
            if at > tick or (before and at == tick):
                break
            if kind == "joined":
                there[who] = None
            else:
                there.pop(who, None)
        return [who for who in there if who != name]

    def told(self, event: Mapping[Any, Any]) -> str:
        """Return the coalition of a decision as a sentence has it, with whom it was (to be) shared."""
        coalition = int(event["coalition"])
        others = self.others(coalition, event["tick"], event["of"], before=event["kind"] == "left")
        named = others[:MOST_NAMED]
        if len(others) > MOST_NAMED:
            named.append(f"{len(others) - MOST_NAMED} more")
        return self.name(coalition) + (f", with {in_a_row(named)}" if named else "")


def _numbered(founded: pd.DataFrame, issues: Sequence[str]) -> dict[int, str]:
    """Return the name of each coalition that was founded: of those on one issue the first, the second and so on."""
    names: dict[int, str] = {}
    count: dict[str, int] = {}
    for coalition, issue in zip(founded["coalition"].tolist(), founded["issue"].tolist(), strict=True):
        is_named = isinstance(issue, int) and 0 <= issue < len(issues)
        of = f"coalition on {issues[issue].replace('_', ' ')}" if is_named else "coalition"
        count[of] = count.get(of, 0) + 1
        names[coalition] = f"the {_ordinal(count[of])} {of}"
    return names


def _by_coalition(moves: pd.DataFrame) -> dict[int, list[tuple[int, str, str]]]:
    found: dict[int, list[tuple[int, str, str]]] = {}
    rows = (moves[name].tolist() for name in ("coalition", "tick", "kind", "organisation_name"))
    for coalition, tick, kind, who in zip(*rows, strict=True):
        found.setdefault(coalition, []).append((tick, kind, who))
    return found


def _ordinal(count: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th, 21st…."""
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count:,}{ending}"

"""Marks: when something was done from outside, or a set shock struck: thin lines with a few words in figures over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ecosim.drawing.style import label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ecosim.results.run import Run

MOST_MARKS = 12
"""More than so many are too many to tell apart: of what is done again and again only the first and the last are marked."""

COLOUR = "#8A8A8A"


class Mark(NamedTuple):
    """Something done at a tick.

    Attributes:
        tick: the first that shows what it did.
        words: what it was; several things at one tick are told together.
    """

    tick: int
    words: str


def marks_of(run: Run) -> list[Mark]:
    """Return what was done from outside, and the set shocks that struck, in order of ticks; none after the end."""
    return marks_in(run.settings, int(run.summary["ticks"]))


def marks_in(settings: Mapping[str, Any], last: int) -> list[Mark]:
    """Return the marks of a run with these settings, as plain data, up to its last tick."""
    found: dict[int, dict[str, None]] = {}
    doings = [(_ticks(done, last), _words(done)) for done in settings.get("interventions") or ()]
    doings += [([shock["at"]], f"shock to {shock.get('issue') or shock['on']}") for shock in _shocks(settings)]
    is_crowded = sum(len(ticks) for ticks, _ in doings) > MOST_MARKS
    for ticks, words in doings:
        for tick in sorted({ticks[0], ticks[-1]}) if is_crowded and ticks else ticks:
            if tick <= last:
                found.setdefault(tick, {})[words] = None
    return [Mark(tick, "; ".join(words)) for tick, words in sorted(found.items())]


def draw_marks(axes: Axes, marks: Sequence[Mark], *, words: bool = True) -> None:
    """Draw a thin line at each mark, with its words along it where asked for."""
    low, high = axes.get_xlim()
    for mark in marks:
        axes.axvline(mark.tick, color=COLOUR, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0.5)
        if not words:
            continue
        is_late = mark.tick > high - 0.04 * (high - low)
        axes.annotate(
            label(mark.words, 26), (mark.tick, 1.0), xycoords=("data", "axes fraction"),
            xytext=(-2.5 if is_late else 2.5, -3), textcoords="offset points", rotation=90,
            ha="right" if is_late else "left", va="top", fontsize=7.5, color="#555555",
            bbox={"facecolor": "white", "alpha": 0.6, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


def caption_of(marks: Sequence[Mark]) -> str:
    """Return what a caption says of marks; nothing where there are none."""
    return " Thin dashed lines: what was done from outside." if marks else ""


def _ticks(done: Mapping[str, Any], last: int) -> list[int]:
    at = done["at"] if isinstance(done["at"], list | tuple) else [done["at"]]
    again = range(min(at), min(done.get("until") or last, last) + 1, done["every"]) if done.get("every") else ()
    return sorted({*(tick for tick in at if tick <= last), *again})


def _words(done: Mapping[str, Any]) -> str:
    match done["do"]:
        case "set":
            return f"{done['column']} set"
        case "shock":
            return f"shock to {done.get('issue') or 'every issue'}"
        case "invite":
            return "newcomers"
        case "remove":
            return "departures"
        case "introduce":
            return "introductions"
        case _:
            return f"coalition on {done['issue']} convened"


def _shocks(settings: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the set shocks of rules that are scheduled and act at the shock's tick; none acts at tick 0."""
    rules = settings.get("dynamics") or {}
    for name in settings.get("schedule") or rules:
        rule = rules.get(name) or {}
        if rule.get("rule") == "change":
            every = rule.get("every") or 1
            yield from (shock for shock in rule.get("shocks") or () if shock["at"] > 0 and shock["at"] % every == 0)

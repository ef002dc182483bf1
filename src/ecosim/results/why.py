"""Why: the decisions of one organisation, with the terms of their utility, told in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecosim.errors import InputError, did_you_mean
from ecosim.results.company import Company
from ecosim.results.phrases import number, percent
from ecosim.wording import in_a_row
from ecosim.world.reasons import TERMS

if TYPE_CHECKING:
    import pandas as pd

DECISIONS = {
    "joined": "joined {coalition}",
    "left": "left {coalition}",
    "founded": "founded {coalition}",
    "tie_made": "became a partner of {partner}",
    "tie_ended": "ended its tie with {partner}",
    "gone": "went for good",
}
"""Events that have reasons, in words: decisions, and that an organisation is there no more."""

_WORDS = {
    "gain": "gain {}",
    "present": "against {} otherwise",
    "cost": "cost {}",
    "gap": "gap {}",
    "trust": "trust {}",
    "bond": "bond {}",
    "threshold": "threshold {}",
}


_AGAINST = {
    "did better alone": "tried it alone, though it did better together",
    "expected to do better": "tried it, though it expected too little of it",
}
"""What is told of a choice that was less likely than not, for what was weighed spoke against it."""


_OF_GOING = {
    "insolvent": "its capital had been below what turnover lets pass (floor) for too long (patience)",
    "removed": "an intervention took it away",
}
"""What is told of the reason why an organisation went."""


_REASONS = {
    "friends": "they had a partner in common",
    "likeness": "they were alike",
    "complementarity": "each could do what the other could not",
    "forum": "they met at a forum",
    "random": "they met by chance",
    "invited": "government brought them together",
    "introduced": "a synergist introduced them",
    "newcomer": "one of them was new",
    "same coalition": "they were in the same coalition",
    "neglected": "their bond had faded",
    "betrayed": "trust was gone",
    "insolvent": "one of them was insolvent",
    "gave up": "it had made less than its members alone for too long, and gave up",
    "merged": "it was taken in by another",
    "convened": "a strategist convened it",
    "fell apart": "nobody else was left in it",
}
"""What is told of a reason; others are told as the rule that noted them does."""


def decisions_of(events: pd.DataFrame, name: str, kind: str | None = None, issues: Sequence[str] = ()) -> pd.DataFrame:
    """Return a row for each decision of an organisation: tick, kind, partner, coalition, why, its terms, and ``told``.

    Args:
        events: a run's table of events, with reasons.
        name: the organisation's name.
        kind: one of :data:`DECISIONS`; None for all, where whoever founded is not told again to have joined.
        issues: names of the issues, by which coalitions are called.

    Raises:
        InputError: if the events have no reasons, or name nobody or no decision so.
    """
    if "why" not in events.columns:
        raise InputError("this run kept no reasons; make it again with record.reasons=true")
    if kind is not None and kind not in DECISIONS:
        raise InputError(f"no decision '{kind}'; {did_you_mean(kind, DECISIONS)}")
    names = {*events["organisation_name"].dropna(), *events["other_name"].dropna()}
    if name not in names:
        raise InputError(f"no event names '{name}'; {did_you_mean(name, sorted(names))}")
    of = (events["organisation_name"] == name) | (events["other_name"] == name)
    found = events[of & events["kind"].isin([kind] if kind else list(DECISIONS))]
    if kind is None:
        found = found[_is_new(found, name)]
    found = found.reset_index(drop=True)
    is_first = found["organisation_name"] == name
    found.insert(2, "partner", found["other_name"].where(is_first, found["organisation_name"]))
    found.insert(3, "of", name)
    company = Company(events, issues)
    told = [_told(row, company) for row in found.to_dict("records")]
    kept = ["tick", "kind", "partner", "coalition", "why", *TERMS]
    return found[kept].assign(told=told)


def _is_new(events: pd.DataFrame, name: str) -> list[bool]:
    """Return which rows say more than that a founder joined what it founded, which ``founded`` says already."""
    is_own = events["organisation_name"] == name
    rows = list(zip(is_own, events["kind"], events["tick"], events["coalition"], strict=True))
    began = {(tick, coalition) for own, kind, tick, coalition in rows if own and kind == "founded"}
    return [not (own and kind == "joined" and (tick, coalition) in began) for own, kind, tick, coalition in rows]


def _told(event: Mapping[Any, Any], company: Company) -> str:
    """Return a decision as a sentence, with what was noted of it."""
    words = DECISIONS[event["kind"]]
    did = words.format(coalition=company.told(event)) if "{coalition}" in words else words.format(**event)
    reason = _AGAINST.get(event["why"], event["why"]) if event["chance"] < 0.5 else event["why"]
    known = _OF_GOING if event["kind"] == "gone" else _REASONS
    why = f": {known.get(reason, reason)}" if isinstance(reason, str) else ""
    terms = _terms(event)
    if event["chance"] == event["chance"]:
        terms.append(f"done with a chance of {percent(event['chance'])}")
    return f"In tick {event['tick']:,} {event['of']} {did}{why}{f' ({in_a_row(terms)})' if terms else ''}."


def _terms(event: Mapping[Any, Any]) -> list[str]:
    """Return the terms that were noted: what is compared comes first, in one, so that it can be followed by eye."""
    noted = {name: event[name] for name in _WORDS if event[name] == event[name]}  # what was not noted is not a number
    told = []
    if {"gain", "present", "cost"} <= noted.keys():
        gain, present, cost = noted.pop("gain"), noted.pop("present"), noted.pop("cost")
        told.append(
            f"gain {number(gain)} less cost {number(cost)} is {number(gain - cost)}, against {number(present)} otherwise"
        )
        if above := noted.pop("threshold", 0.0):  # of the gain, as a share of what is given up and the cost together
            told.append(f"even odds where the gain is {percent(above)} above both")
    return [*told, *(_WORDS[name].format(number(value)) for name, value in noted.items())]

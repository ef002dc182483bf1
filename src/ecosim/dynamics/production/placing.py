"""Placing: where a public good may stand, asked before anything acts, since misplaced it would fail silently.

A good between neighbours, or in groups that are drawn, pays organisations by itself and makes nothing that others could
share, sell or foresee. So it stands by itself, or beside a rule other than a good that writes ``output``, which leaves
nobody without: that is let be and told. What coalitions make in the place of joint work is another matter.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.groups import GroupGame, makes_output
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.errors import InputError
from ecosim.wording import in_a_row

_MADE = ("output", "relief", "effort")
"""What production in coalitions makes and no game that pays by itself does; without it, whoever reads it sees nothing."""


def refuse_misplaced_goods(schedule: Mapping[str, Mechanism]) -> None:
    """Refuse public goods that undo, or are undone by, another rule, or leave others nothing to see.

    Args:
        schedule: mechanisms by name, in the order in which they act, before they know of each other.

    Raises:
        InputError: one sentence, naming the good, the rules it does not go with, and what to change.
    """
    goods = {name: rule for name, rule in schedule.items() if isinstance(rule, GroupGame)}
    told = (_told(name, rule, schedule) for name, rule in goods.items())
    faults = [sentence for sentence in told if sentence]
    if faults:
        raise InputError(faults[:1])  # what is to change about one good is often all there is


def goods_beside(schedule: Mapping[str, Mechanism]) -> list[str]:
    """Return a sentence for each good that pays by itself beside joint work, or whatever writes output, and its payers.

    That is allowed, as any two rules that write the same are; but the last to act decides who was paid what, and a good
    that was to replace joint work is easily added to it.

    Args:
        schedule: mechanisms by name, in the order in which they act, before they know of each other.
    """
    makers = [name for name, rule in schedule.items() if not isinstance(rule, GroupGame) and "output" in rule.writes]
    payers = [name for name, rule in schedule.items() if "payoff" in rule.writes]
    return [
        f"{in_a_row(payers)} write payoff, one after the other in each tick, and the last decides; if {name} was to replace "
        f"{makers[0]}, switch that off, ~dynamics.{makers[0]}, with dynamics.{name}.groups=coalitions"
        for name, rule in schedule.items()
        if isinstance(rule, GroupGame) and makers and len(payers) > 1
    ]


def _told(name: str, good: GroupGame, schedule: Mapping[str, Mechanism]) -> str:
    """Return what is wrong with where a good stands and what to change; nothing where it stands well."""
    if makes_output(good, schedule):
        others = [other for other, rule in schedule.items() if other != name and _makes_output(rule, schedule)]
        if not others:
            return ""
        both = _listed(schedule, others)
        return (
            f"{_called(schedule, name)} and {both} both make what coalitions make (output); "
            f"leave one out: {_without(name, others)}"
        )
    if any("output" in rule.writes for rule in schedule.values()):
        return ""  # nobody lacks anything; who pays is told (``goods_beside``)
    payers = [other for other, rule in schedule.items() if other != name and "payoff" in rule.writes]
    made = {column for rule in schedule.values() for column in rule.writes}
    made.update(JointWork.writes if any(_makes_output(rule, schedule) for rule in schedule.values()) else ())
    unmade = [column for column in _MADE if column not in made]
    readers = [
        other for other, rule in schedule.items() if any(column in rule.reads for column in unmade) and other != name
    ]
    if not payers and not readers:
        return ""
    parts = [f"{_called(schedule, name)} pays each organisation by itself, as its groups are {good.groups}"]
    if good.groups == "coalitions":
        parts = [
            f"{_called(schedule, name)} pays each organisation by itself, as nobody shares out what coalitions make"
        ]
    if payers:
        parts.append(f"{_listed(schedule, payers)} {_s('write', payers)} payoff, too")
    if readers:
        seen = [column for column in unmade if any(column in schedule[reader].reads for reader in readers)]
        parts.append(f"{_listed(schedule, readers)} {_s('read', readers)} {in_a_row(seen)}, which nothing then makes")
    return f"{'; '.join(parts)}; {_change(name, good, schedule, payers)}"


def _change(name: str, good: GroupGame, schedule: Mapping[str, Mechanism], payers: list[str]) -> str:
    """Return what to change so that a good stands well."""
    rivals = [other for other, rule in schedule.items() if other != name and _makes_output(rule, schedule)]
    rivals += [other for other in payers if isinstance(schedule[other], GroupGame) and other not in rivals]
    if rivals:
        return f"leave one out: {_without(name, rivals)}"
    if good.groups != "coalitions":
        shares = any("member_share" in rule.writes for rule in schedule.values())
        further = "" if shares else f" and, behind it, {_SHARING}"
        return (
            f"set dynamics.{name}.groups=coalitions{further}: then the good is what coalitions make, in the place of "
            "joint work; or leave the others out"
        )
    return f"add a sharing behind it, {_SHARING}; or leave the others out"


_SHARING = "+dynamics.sharing={rule: sharing}"


def _makes_output(rule: Mechanism, schedule: Mapping[str, Mechanism]) -> bool:
    return makes_output(rule, schedule) if isinstance(rule, GroupGame) else "output" in rule.writes


def _called(schedule: Mapping[str, Mechanism], name: str) -> str:
    return f"dynamics.{name} ({schedule[name].rule()})"


def _listed(schedule: Mapping[str, Mechanism], names: list[str]) -> str:
    return in_a_row([_called(schedule, name) for name in names])


def _s(verb: str, subjects: list[str]) -> str:
    return f"{verb}s" if len(subjects) == 1 else verb


def _without(name: str, others: list[str]) -> str:
    return " or ".join(f"~dynamics.{each}" for each in (name, *others))

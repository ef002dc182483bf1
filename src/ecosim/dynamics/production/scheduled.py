"""Scheduled: which production there is in a schedule, for rules that foresee or split what coalitions make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from ecosim.dynamics.mechanism import Mechanism
from ecosim.dynamics.production.groups import GroupGame, makes_output
from ecosim.dynamics.production.joint_work import JointWork
from ecosim.dynamics.production.work import Work
from ecosim.errors import InputError, did_you_mean


def scheduled_work(rule: Mechanism, schedule: Mapping[str, Mechanism]) -> Work:
    """Return the production that the field ``production`` of a rule names, or that there is, or joint work as it comes.

    Args:
        rule: whoever foresees or splits output.
        schedule: every mechanism of the run by its name.

    Raises:
        InputError: if a name that is not the field's default is not there, or what is there makes nothing in coalitions.
    """
    name = getattr(rule, "production")  # noqa: B009  (a field of all who ask, which Mechanism has not)
    found = schedule.get(name)
    if found is None:
        if not rule.is_default("production"):
            raise InputError(f"{rule.rule()}.production names '{name}'; {did_you_mean(name, schedule)}")
        return next((each for each in schedule.values() if makes_in_coalitions(each, schedule)), JointWork())
    if not isinstance(found, Work):
        raise InputError(f"{rule.rule()}.production: '{name}' in the schedule is {found.rule()}; {_ALLOWED}")
    if isinstance(found, GroupGame) and found.groups != "coalitions":
        raise InputError(
            f"{rule.rule()}.production: '{name}' in the schedule is {found.rule()}; {_ALLOWED}; "
            f"set dynamics.{name}.groups=coalitions"
        )
    return found


def makes_in_coalitions(rule: Mechanism, schedule: Mapping[str, Mechanism]) -> TypeGuard[Work]:
    """Return whether a rule is production, and makes what coalitions share out."""
    return makes_output(rule, schedule) if isinstance(rule, GroupGame) else isinstance(rule, Work)


_ALLOWED = "allowed: joint_work, or a public good of coalitions"

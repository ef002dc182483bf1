"""The cases there are: name to the module that defines it."""

from __future__ import annotations

import importlib

from ecosim.errors import InputError, did_you_mean
from ecosim.published.case import Case
from ecosim.scenario_file import shown

CASES: dict[str, str] = {}
"""In the order of the page. A module is imported when its case is run."""


def find_case(name: str) -> Case:
    """Return a case by its name.

    Raises:
        InputError: if there is none, with the nearest name.
    """
    if name not in CASES:
        raise InputError(f"no published case {shown(name)}; {did_you_mean(name, CASES, most=40)}")
    case: Case = importlib.import_module(f"ecosim.published.{CASES[name]}").CASE
    return case

"""The cases there are: name to the module that defines it."""

from __future__ import annotations

import importlib

from ecosim.errors import InputError, did_you_mean, shown
from ecosim.published.case import Case

CASES: dict[str, str] = {
    "axelrod_1997": "axelrod_1997",
    "hauert_2006": "hauert_2006",
    "pacheco_2009": "pacheco_2009",
    "santos_2008": "santos_2008",
    "deffuant_2000": "deffuant_2000",
    "hegselmann_2002": "hegselmann_2002",
    "friedkin_1999": "friedkin_1999",
    "marvel_2011": "marvel_2011",
    "centola_2018": "centola_2018",
    "xie_2011": "xie_2011",
    "granovetter_1978": "granovetter_1978",
    "lazer_2007": "lazer_2007",
    "axelrod_2021": "axelrod_2021",
    "goyal_2001": "goyal_2001",
    "may_1977": "may_1977",
    "moran_1958": "moran_1958",
}
"""In the order of the page. A module is imported when its case is run."""

SECONDS: dict[str, tuple[float, float]] = {
    "axelrod_1997": (12.0, 280.0),
    "hauert_2006": (6.0, 130.0),
    "pacheco_2009": (6.0, 120.0),
    "santos_2008": (10.0, 450.0),
    "deffuant_2000": (4.0, 60.0),
    "hegselmann_2002": (6.0, 60.0),
    "friedkin_1999": (2.0, 3.0),
    "marvel_2011": (4.0, 15.0),
    "centola_2018": (8.0, 100.0),
    "xie_2011": (7.0, 100.0),
    "granovetter_1978": (4.0, 15.0),
    "lazer_2007": (10.0, 90.0),
    "axelrod_2021": (10.0, 60.0),
    "goyal_2001": (3.0, 5.0),
    "may_1977": (3.0, 6.0),
    "moran_1958": (8.0, 140.0),
}
"""About how long the quick and the full form of a case take on one core, to begin with the longest and to say how far
the work is; nothing depends on it."""


def find_case(name: str) -> Case:
    """Return a case by its name.

    Raises:
        InputError: if there is none, with the nearest name.
    """
    if name not in CASES:
        raise InputError(f"no published case {shown(name)}; {did_you_mean(name, CASES, most=40)}")
    case: Case = importlib.import_module(f"ecosim.published.{CASES[name]}").CASE
    return case

"""Targets: stylised facts that a model is held against: a measure, its value, and how far off is still in order."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ecosim.errors import InputError, printable, shown
from ecosim.experiments.columns import column_of
from ecosim.scenario_file import read_scenario
from ecosim.settings import Settings

HOW = "measure=value±sd, as in dispersion.mean=0.3±0.02 (or +- for ±)"
_TARGET = re.compile(r"\s*([^=\s]+)\s*=\s*(\S+?)\s*(?:±|\+-|\+/-)\s*(\S+)\s*")


class Target(NamedTuple):
    """One stylised fact.

    Attributes:
        measure: column of the runs: ``name`` at the end, ``name.mean`` over the second half.
        value: that it has in the world, in the measure's unit.
        sd: standard deviation with which that is known, or up to which a model may be off; above 0.
    """

    measure: str
    value: float
    sd: float


def targets_of(given: Mapping[str, Any] | Iterable[str], settings: Settings) -> tuple[Target, ...]:
    """Return targets from words as the command line has them, or from a mapping of measures to (value, sd).

    Raises:
        InputError: naming every target that cannot be read, or whose measure the runs do not have.
    """
    faults: list[str] = []
    found: dict[str, Target] = {}
    pairs = given.items() if isinstance(given, Mapping) else [(None, word) for word in given]
    for name, said in pairs:
        try:
            target = _read(said) if name is None else _of_pair(str(name), said)
            column = column_of(target.measure, settings)
            if column in found:
                raise InputError(f"{column}: two targets; allowed: one for each measure")
            found[column] = target._replace(measure=column)
        except InputError as error:
            faults += error.faults
    if not found and not faults:
        faults.append(f"no target; allowed: --target {HOW}")
    if faults:
        raise InputError(faults)
    return tuple(found.values())


def read_targets(path: str | Path) -> dict[str, Any]:
    """Return the targets of a YAML file: each measure with ``value`` and ``sd``, and perhaps a ``source``, or "value ± sd".

    Raises:
        InputError: if it cannot be read, or says something else.
    """
    data = read_scenario(path)
    if not data:
        raise InputError(f"{printable(path)}: no target; allowed: dispersion.mean: {{value: 0.3, sd: 0.02}}")
    return data


def _read(word: Any) -> Target:
    found = _TARGET.fullmatch(word) if isinstance(word, str) else None
    if found is None:
        raise InputError(f"target {shown(word)}; allowed: {HOW}")
    return _checked(found[1], found[2], found[3])


def _of_pair(name: str, said: Any) -> Target:
    if isinstance(said, str):
        return _read(f"{name}={said}")
    if isinstance(said, Mapping):
        unknown = set(said) - {"value", "sd", "source"}
        if unknown or not {"value", "sd"} <= set(said):
            raise InputError(f"target {name}: {shown(dict(said))}; allowed: value and sd, and perhaps source")
        return _checked(name, said["value"], said["sd"])
    if isinstance(said, Iterable) and len(pair := list(said)) == 2:
        return _checked(name, *pair)
    raise InputError(f"target {name}: {shown(said)}; allowed: (value, sd)")


def _checked(name: str, value: Any, sd: Any) -> Target:
    try:
        target = Target(name, float(value), float(sd))
    except (TypeError, ValueError):
        raise InputError(f"target {name}: {shown(value)} ± {shown(sd)}; allowed: two numbers") from None
    if not math.isfinite(target.value) or not 0 < target.sd < math.inf:
        raise InputError(f"target {name}: {target.value:g} ± {target.sd:g}; allowed: a number, ± one above 0")
    return target

"""Compose: from the name of a scenario, a file and changes to validated settings. The one module that knows names.

Our own YAML in ``configs`` is composed by Hydra; a stranger's file never reaches it (``ecosim.scenario_file`` reads
that). What the command line changes is read by Hydra's grammar, as data, and laid on top. The result is validated by
the models of ``ecosim.settings``, whatever it came from.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ecosim.configuration_errors import Source
from ecosim.errors import InputError, did_you_mean, printable, shown
from ecosim.merging import Change, changed, merged
from ecosim.scenario_file import check_plain, read_scenario_with_places

if TYPE_CHECKING:
    from ecosim.settings import Settings

DEFAULT = "town"
KINDS = ("scenario", "published")
_GROUPS = ("ecosystem", "dynamics", "measures", "record")
_MOST_TEXT = 10_000
_LOCK = threading.Lock()


def load(
    name: str | None = None,
    *overrides: str,
    scenario: str | Path | None = None,
    trust: Iterable[str] = (),
    yes: bool = False,
) -> Settings:
    """Return the settings of a run.

    Args:
        name: a scenario that ecosim ships (``names()``); by default ``town``, or nothing where a file is given.
        *overrides: changes in Hydra's grammar: ``key.inner=value``, ``+key=value``, ``~key``; or ``group=file`` for a
            folder of ``configs``.
        scenario: a YAML file, complete or partial. Its key ``base`` (or ``name``) says on which shipped scenario it is
            laid: mappings are merged, all else is replaced. Without either it is laid on the plain defaults.
        trust: top-level packages whose rules and measures may be imported.
        yes: whether a very large run is meant.

    Raises:
        InputError: naming every fault at once.
    """
    from ecosim.settings import settings_from  # takes the time that numba takes to load
    from ecosim.sizes import check_run

    data, source = read(name, *overrides, scenario=scenario)
    settings = settings_from(data, trust, source)
    check_run(settings, agreed=yes)
    return settings


def read(name: str | None = None, *overrides: str, scenario: str | Path | None = None) -> tuple[dict[str, Any], Source]:
    """Return a configuration as plain data, not validated yet, and where it was read; arguments as in :func:`load`."""
    choices, changes = read_overrides(overrides)
    data, source = _read(name, scenario, choices)
    return changed(data, changes, defaults() if changes else {}), source


def defaults() -> dict[str, Any]:
    """Return what every key is where no configuration names it: a change inside one of them keeps the rest of it."""
    from ecosim.settings import Settings

    return plain(Settings())


def plain(settings: Settings) -> dict[str, Any]:
    """Return settings as plain data, complete, as ``config.yaml`` holds them."""
    from ecosim import settings as module

    return module.plain(settings)


def configuration_hash(settings: Settings) -> str:
    """Return a digest of the settings apart from their seed, 32 hexadecimal digits."""
    from ecosim.results.provenance import configuration_hash as digest

    return digest(plain(settings))


def configs() -> Path:
    """Return the folder of ecosim's own configuration: inside the installed package, else in the checkout."""
    inside = Path(__file__).parent / "configs"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "configs"


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Return the names of all shipped scenarios, each to its kind: ``scenario`` or ``published``."""
    return {path.stem: kind for kind in KINDS for path in sorted((configs() / kind).glob("*.yaml"))}


def about(name: str) -> tuple[str, str]:
    """Return title and description of a shipped scenario, read from its file alone."""
    from ruamel.yaml import YAML

    data = YAML(typ="safe", pure=True).load(configs() / _kind(name) / f"{name}.yaml") or {}
    return str(data.get("title", "")), " ".join(str(data.get("description", "")).split())


def compose(name: str, choices: Sequence[str] = ()) -> dict[str, Any]:
    """Return a shipped scenario as plain data.

    Args:
        name: one of ``names()``; never used as a path.
        choices: files of configuration groups that take the place of the scenario's own: ``ecosystem=large``.
    """
    kind = _kind(name)
    from hydra import compose as compose_by_hydra
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf

    with _LOCK, _aside(GlobalHydra), initialize_config_dir(str(configs()), version_base="1.3"):
        base = f"+{kind}={name}"
        try:
            made = compose_by_hydra("ecosim", overrides=[base, *choices])
        except HydraException:  # a group that the scenario does not include is added
            made = compose_by_hydra("ecosim", overrides=[base, *(f"+{choice}" for choice in choices)])
    data: dict[str, Any] = OmegaConf.to_container(made, resolve=False)  # type: ignore[assignment]  # a mapping, always
    return data


@contextmanager
def _aside(holder: Any) -> Iterator[None]:
    """Put aside the Hydra that whoever calls us may have initialised: there is only one at a time."""
    theirs = holder.instance().hydra
    holder.instance().hydra = None
    try:
        yield
    finally:
        holder.instance().hydra = theirs


def read_overrides(texts: Iterable[str]) -> tuple[list[str], list[Change]]:
    """Return the choices of groups and the changes that these words of a command line ask for.

    Raises:
        InputError: naming every word that is not of Hydra's grammar, looks a value up, or asks for several values.
    """
    choices: list[str] = []
    changes: list[Change] = []
    faults: list[str] = []
    for text in texts:
        try:
            change = _read_override(text)
            if (choice := _choice(change)) is not None:
                choices.append(choice)
            else:
                changes.append(change)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return choices, changes


def _read(name: str | None, scenario: str | Path | None, choices: Sequence[str]) -> tuple[dict[str, Any], Source]:
    if scenario is None:
        return compose(DEFAULT if name is None else name, choices), Source()
    data, places = read_scenario_with_places(scenario)
    base = data.pop("base", None)
    source = Source(str(scenario), places)
    if base is not None and not isinstance(base, str):
        raise InputError(f"{source.at(('base',))}: {shown(base)}; allowed: the name of a scenario")
    if base is not None and name is not None and base != name:
        raise InputError(f"{source.at(('base',))}: {shown(base)}, but the command says {shown(name)}; allowed: one")
    chosen = base if name is None else name
    if chosen is None:
        if choices:
            raise InputError(
                f"{choices[0]}: takes the place of a part of a scenario; allowed: with 'base: NAME' in the file"
            )
        return data, source
    if base is not None and base not in names():
        raise InputError(f"{source.at(('base',))}: no scenario {shown(base)}; {did_you_mean(base, names(), most=40)}")
    return merged(compose(chosen, choices), data), source


def _kind(name: str) -> str:
    if name not in names():
        is_file = name.endswith((".yaml", ".yml"))
        where = f"; a file of your own goes with --scenario {printable(name)}" if is_file else ""
        raise InputError(f"no scenario {shown(name)}{where}; {did_you_mean(name, names(), most=40)}")
    return names()[name]


def _read_override(text: str) -> Change:
    here = shown(text)
    if not isinstance(text, str):
        raise InputError(f"{here} is no change; allowed: text such as 'ticks=50'")
    if len(text) > _MOST_TEXT:
        raise InputError(f"{here}: longer than {_MOST_TEXT:,} characters; allowed: a scenario file for more")
    check_plain(text, text.split("=")[0].lstrip("+~") or "key")
    override = parsed_override(text)
    key = override.key_or_group
    if not key or override.package is not None:
        raise InputError(f"{here}; allowed: key=value, +key=value or ~key")
    action = _ACTIONS.get(override.type.name)
    if override.is_sweep_override() or action is None:
        raise InputError(f"{here}: several values; allowed: one (ecosim sweep takes several; a list is written [a,b])")
    value = override.value()
    check_plain(value, key)
    return Change(text, tuple(key.split(".")), action, value)


_ACTIONS: dict[str, Literal["set", "add", "remove"]] = {
    "CHANGE": "set",
    "FORCE_ADD": "set",
    "ADD": "add",
    "DEL": "remove",
}


def parsed_override(text: str) -> Any:
    """Return a change as Hydra's grammar reads it (its ``Override``).

    Raises:
        InputError: if it is not of that grammar.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(text)
    except (HydraException, ValueError, RecursionError) as error:
        why = str(error).splitlines()[0][:80] if str(error) else "nested too deep"
        raise InputError(
            f"{shown(text)}: not of the form key=value, +key=value or ~key ({printable(why)}); "
            "text with spaces or other signs is written key='\"text\"'"
        ) from None


def _choice(change: Change) -> str | None:
    """Return Hydra's word for a choice among the files of a group; None for a change of values."""
    group = change.keys[0]
    if len(change.keys) > 1 or group not in _GROUPS or change.action == "remove" or not isinstance(change.value, str):
        return None
    files = [path.stem for path in (configs() / group).glob("*.yaml")]
    if not files:
        return None
    if change.value not in files:
        raise InputError(f"{group}: no file {shown(change.value)}; {did_you_mean(change.value, files, most=40)}")
    return f"{group}={change.value}"

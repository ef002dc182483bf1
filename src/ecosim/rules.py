"""Rules by name: which class stands behind each word that configuration may use for a mechanism.

Classes are imported when a configuration names them, so that a model of opinions does not load what it never runs.
Code outside ecosim is imported only from packages that the user has said to trust.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ecosim.dynamics.mechanism import Mechanism
from ecosim.errors import InputError, did_you_mean, raised, said, shown
from ecosim.measures.measure import Measure
from ecosim.measures.own import own_measure
from ecosim.results.outside_code import loading
from ecosim.undisturbed import undisturbed
from ecosim.world.labels import Labels

RULES: dict[str, str] = {
    "change": "ecosim.dynamics.change:Change",
    "issue": "ecosim.dynamics.issue:Issue",
    "media": "ecosim.dynamics.media:Media",
    "attraction_repulsion": "ecosim.dynamics.stance.attraction_repulsion:AttractionRepulsion",
    "bounded_confidence": "ecosim.dynamics.stance.bounded_confidence:BoundedConfidence",
    "friedkin_johnsen": "ecosim.dynamics.stance.friedkin_johnsen:FriedkinJohnsen",
    "structural_balance": "ecosim.dynamics.stance.balance:StructuralBalance",
    "culture_dissemination": "ecosim.dynamics.stance.culture:CultureDissemination",
    "levels": "ecosim.dynamics.levels:Levels",
    "committed_stance": "ecosim.dynamics.commitment:CommittedStance",
    "thresholds": "ecosim.dynamics.stance.thresholds:Thresholds",
    "committed_minority": "ecosim.dynamics.stance.committed_minority:CommittedMinority",
    "naming_game": "ecosim.dynamics.stance.naming_game:NamingGame",
    "market": "ecosim.dynamics.market:Market",
    "motivation": "ecosim.dynamics.motivation:Motivation",
    "meeting": "ecosim.dynamics.meeting:Meeting",
    "synergist": "ecosim.dynamics.synergist:Synergist",
    "strategist": "ecosim.dynamics.strategist:Strategist",
    "joining": "ecosim.dynamics.coalition.joining:Joining",
    "landscape": "ecosim.dynamics.coalition.landscape:Landscape",
    "best_response": "ecosim.dynamics.contribution.best_response:BestResponse",
    "fermi_imitation": "ecosim.dynamics.contribution.imitation:FermiImitation",
    "payoff_proportional_imitation": "ecosim.dynamics.contribution.imitation:PayoffProportionalImitation",
    "moran": "ecosim.dynamics.contribution.moran:Moran",
    "aspiration": "ecosim.dynamics.contribution.aspiration:Aspiration",
    "research": "ecosim.dynamics.contribution.research:Research",
    "committed_contribution": "ecosim.dynamics.commitment:CommittedContribution",
    "joint_work": "ecosim.dynamics.production.joint_work:JointWork",
    "public_goods": "ecosim.dynamics.production.public_goods:PublicGoods",
    "synergy_goods": "ecosim.dynamics.production.synergy_goods:SynergyGoods",
    "threshold_goods": "ecosim.dynamics.production.threshold_goods:ThresholdGoods",
    "sharing": "ecosim.dynamics.production.sharing:Sharing",
    "ripple": "ecosim.dynamics.production.ripple:Ripple",
    "relationship": "ecosim.dynamics.relationship:Relationship",
    "parallel_search": "ecosim.dynamics.learning.search:ParallelSearch",
    "pooling": "ecosim.dynamics.learning.pool:Pooling",
    "absorption": "ecosim.dynamics.learning.absorption:Absorption",
    "ledger": "ecosim.dynamics.ledger:Ledger",
    "purpose": "ecosim.dynamics.purpose:Purpose",
    "turnover": "ecosim.dynamics.turnover:Turnover",
    "technology": "ecosim.dynamics.technology:Technology",
    "citizens": "ecosim.dynamics.citizens.citizens:Citizens",
    "policy": "ecosim.dynamics.policy:Policy",
    "agent_rules": "ecosim.dynamics.agent_rules:AgentRules",
}
"""Rule to the class behind it, ``module:Class``, in the order in which such rules act in a tick."""

_PLACE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def find_rule(name: object, trust: Iterable[str] = ()) -> type[Mechanism]:
    """Return the mechanism class that a rule names.

    Args:
        name: a word of ``RULES``, or ``package.module:Class`` of a package that is trusted.
        trust: top-level packages whose code may be imported.

    Raises:
        InputError: if there is no such rule, its package is not trusted, or it is no mechanism.
    """
    if not isinstance(name, str):
        raise InputError(f"{shown(name)}; allowed: the name of a rule: {did_you_mean(name, RULES)}")
    if ":" not in name:
        if name not in RULES:
            raise InputError(f"no rule {shown(name)}; {did_you_mean(name, RULES, most=40)}")
        found = _import(RULES[name])
    else:
        found = find_trusted(name, trust)
    if not (isinstance(found, type) and issubclass(found, Mechanism)):
        raise InputError(f"{shown(name)} is no mechanism; allowed: a subclass of ecosim.Mechanism")
    return found


def find_trusted(place: str, trust: Iterable[str]) -> Any:
    """Return what ``package.module:name`` names, importing it only if its top-level package is trusted.

    Modules that lie in the working folder are found too, after all others.

    Raises:
        InputError: if the package is not trusted, or there is nothing of that name.
    """
    if not _PLACE.fullmatch(place):
        raise InputError(f"{shown(place)}; allowed: package.module:Class")
    package = place.split(":")[0].split(".")[0]
    if package not in set(trust):
        raise InputError(
            f"{shown(place)} would run code of the package '{package}'; allowed: rules of ecosim; "
            f"if you know that code, say so with --trust {package}"
        )
    look_in_working_folder()
    module, name = place.split(":")
    try:
        with undisturbed(), loading(module):
            loaded = importlib.import_module(module)
    except ImportError as error:
        raise InputError(f"{shown(place)} cannot be imported: {said(error)}") from error
    except (Exception, SystemExit) as error:  # what a module does while it is imported may raise anything
        raise InputError(f"{shown(place)} cannot be imported: {raised(error)}") from error
    if not hasattr(loaded, name):
        raise InputError(f"the module {module} holds no '{name}'")
    return getattr(loaded, name)


def find_measures(names: Iterable[str], labels: Labels | None = None) -> list[Measure]:
    """Return the measures of these names: those of the registry in their order, then the user's own.

    Args:
        names: names of ``ecosim.measures.registry``, or ``package.module:function`` of what has been imported before,
            by ``find_trusted``: nothing is imported here.
        labels: the words of sectors, issues and axes, where columns are named.

    Raises:
        InputError: naming every name that is unknown.
    """
    from ecosim.measures.registry import find

    wanted = list(names)
    listed = find([name for name in wanted if ":" not in name], labels)
    return [*listed, *(_own_measure(place) for place in wanted if ":" in place)]


def _own_measure(place: str) -> Measure:
    module, name = place.split(":")
    function = getattr(sys.modules.get(module), name, None)
    if isinstance(function, Measure):
        return function
    if not callable(function):
        raise InputError(f"measures: {shown(place)} is no function; allowed: a function of a world")
    return own_measure(name, function)


def look_in_working_folder() -> None:
    """Let modules in the working folder be imported, after all others: whoever trusts one has it there, most often."""
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)


def refuse_unknown_packages(trust: Iterable[str]) -> None:
    """Refuse to trust a package that there is not: whoever says so expects its rules to run.

    Raises:
        InputError: naming each, with the nearest that there is.
    """
    unknown = [name for name in trust if not _is_there(name)]
    if not unknown:
        return
    from pkgutil import iter_modules

    there = [module.name for module in iter_modules() if not module.name.startswith("_")]
    faults = []
    for name in unknown:
        near = get_close_matches(name, there, n=1, cutoff=0.5)
        guess = f"did you mean '{near[0]}'? " if near else ""
        faults.append(
            f"--trust {shown(name)}: there is no such package; {guess}allowed: the name of a package that is installed, "
            "or of a module in the working folder"
        )
    raise InputError(faults)


def _is_there(package: str) -> bool:
    if not package.isidentifier():
        return False
    try:
        return package in sys.modules or find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def rule_name(mechanism: type[Mechanism]) -> str:
    """Return how configuration names this class: a word of ``RULES``, else ``package.module:Class``."""
    place = f"{mechanism.__module__}:{mechanism.__qualname__}"
    return mechanism.rule() if RULES.get(mechanism.rule()) == place else place


def _import(place: str) -> Any:
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)

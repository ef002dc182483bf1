"""Scripts of the experiments, loaded as Python loads them, each under its own name; and what they change in the town."""

import importlib.util
import sys
from functools import cache
from pathlib import Path

import ecosim

EXPERIMENTS = Path(__file__).parents[2] / "experiments"


def script(name, file="experiment"):
    """Return a script of an experiment as a module; it finds the files beside it, as it does when it is run."""
    folder = EXPERIMENTS / name
    spec = importlib.util.spec_from_file_location(f"shipped_{name}_{file}", folder / f"{file}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(folder))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module


@cache
def town():
    return ecosim.load("town")


def settings_of(arm):
    """Return the settings of an arm: a file or name of a scenario, and changes of it."""
    name, *changes = arm
    return ecosim.load(None, *changes, scenario=name) if isinstance(name, Path) else ecosim.load(name, *changes)


def rules_changed(settings):
    """Return which rules of a scenario are not as in the town, or not in it."""
    return {name for name, rule in settings.dynamics.items() if rule != town().dynamics.get(name)}

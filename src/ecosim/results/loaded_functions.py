"""Loaded functions: whether those of an imported module are what its source says now, by their compiled instructions."""

from __future__ import annotations

import inspect
from collections.abc import Hashable, Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import Any


def has_other_functions(module: ModuleType) -> bool:
    """Return whether a function or method that a module holds is not among those that its source now compiles to.

    Functions that others have made (decorators, ``dataclass``) are left out, and so are modules that were not loaded from
    source in the plain way, for instance rewritten by a test runner. What is run once, as the module is loaded, leaves no
    instructions behind: values at its top are not compared.
    """
    spec = module.__spec__
    if spec is None or type(spec.loader) is not SourceFileLoader or not spec.origin:
        return False
    loaded = [code for code in _functions(module) if code.co_filename == spec.origin]
    if not loaded:
        return False
    try:
        with open(spec.origin, "rb") as file:
            compiled = compile(file.read(), spec.origin, "exec", dont_inherit=True)
    except OSError:
        return False
    except (SyntaxError, ValueError):
        return True
    there = {_likeness(code) for code in _nested(compiled)}
    return any(_likeness(code) not in there for code in loaded)


def _functions(holder: ModuleType | type) -> Iterator[CodeType]:
    for value in list(vars(holder).values()):
        if isinstance(holder, ModuleType) and isinstance(value, type):
            if value.__module__ == holder.__name__:
                yield from _functions(value)
            continue
        try:
            within = _within(value)
            function = inspect.unwrap(within) if callable(within) else None
        except Exception:  # an object that stands in for another answers for it as it likes
            continue
        if isinstance(function, FunctionType):
            yield function.__code__


def _within(value: Any) -> Any:
    """Return the function within a method, a property, or a function that numba has compiled."""
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    if isinstance(value, property):
        return value.fget
    return vars(value).get("py_func", value) if hasattr(value, "__dict__") else value


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _likeness(code: CodeType) -> Hashable:
    """Return all of a code that decides what it does, and where it stands; not how far it has been made faster by use."""
    return (
        code.co_name, code.co_firstlineno, code.co_flags, code.co_code, code.co_names, code.co_varnames, code.co_freevars,
        tuple(_constant(constant) for constant in code.co_consts),
    )  # fmt: skip


def _constant(constant: object) -> Hashable:
    if isinstance(constant, CodeType):
        return _likeness(constant)
    if isinstance(constant, frozenset):
        return frozenset(map(_constant, constant))
    return repr(constant)  # tells 0 from 0.0 and from -0.0

"""Parameters in words: what a field of a settings model or mechanism allows, for messages and documents."""

from __future__ import annotations

import types
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


class Parameter(NamedTuple):
    """One parameter, as documents show it.

    Attributes:
        name: its key.
        value: its value here, or its default.
        allowed: what it may be, in words.
        unit: unit, empty where there is none.
        meaning: a sentence.
    """

    name: str
    value: Any
    allowed: str
    unit: str
    meaning: str


def parameters(model: BaseModel) -> list[Parameter]:
    """Return the parameters of a mechanism or settings model, with the values they have in it."""
    return [
        Parameter(name, getattr(model, name), allowed(field), _unit(field), field.description or "")
        for name, field in type(model).model_fields.items()
    ]


def allowed(field: FieldInfo) -> str:
    """Return in words what a field may hold: ``a number from 0 to 1``."""
    return _words(field.annotation, field.metadata)


def allowed_at(model: type[BaseModel], keys: Sequence[str | int], kinds: Collection[str] = ()) -> str:
    """Return in words what a model allows at a path; empty where nothing is known of it.

    Args:
        model: where the path begins.
        keys: the path.
        kinds: of alternatives that a word tells apart, such as ``do: remove``, the words that stand on the path.
    """
    return " or ".join(dict.fromkeys(_words(*field) for field in _fields_at(model, keys, kinds)))


def keys_at(model: type[BaseModel], keys: Sequence[str | int], kinds: Collection[str] = ()) -> set[str]:
    """Return the keys that are valid inside what ``keys`` lead to; arguments as in :func:`allowed_at`."""
    branches = [branch for annotation, _ in _fields_at(model, keys, kinds) for branch in _branches(annotation)]
    return {key for branch in branches if not _is_of_another_kind(branch, kinds) for key in _own_keys(branch)}


def _fields_at(
    model: type[BaseModel], keys: Sequence[str | int], kinds: Collection[str]
) -> list[tuple[Any, list[Any]]]:
    """Return annotation and constraints of what ``keys`` lead to: several where a union has alternatives."""
    found: list[tuple[Any, list[Any]]] = [(model, [])]
    for key in keys:
        found = [inner for annotation, _ in found for inner in _inside(annotation, key, kinds)]
    return found


def _is_of_another_kind(branch: Any, kinds: Collection[str]) -> bool:
    """Return whether a model has a field of one permitted word, and that is none of these kinds."""
    if not kinds or not (isinstance(branch, type) and issubclass(branch, BaseModel)):
        return False
    words = [get_args(field.annotation) for field in branch.model_fields.values() if _is_literal(field.annotation)]
    return any(len(word) == 1 and word[0] not in kinds for word in words)


def _is_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal


def _own_keys(annotation: Any) -> Iterable[str]:
    return annotation.model_fields if isinstance(annotation, type) and issubclass(annotation, BaseModel) else ()


def _inside(annotation: Any, key: str | int, kinds: Collection[str]) -> Iterator[tuple[Any, list[Any]]]:
    for branch in _branches(annotation):
        if _is_of_another_kind(branch, kinds):
            continue
        origin, arguments = get_origin(branch), get_args(branch)
        if isinstance(branch, type) and issubclass(branch, BaseModel):
            if key in branch.model_fields:
                field = branch.model_fields[str(key)]
                yield field.annotation, field.metadata
        elif origin is dict and isinstance(key, str):
            yield arguments[1], []
        elif origin in (list, set, frozenset) and isinstance(key, int):
            yield arguments[0], []
        elif origin is tuple and isinstance(key, int):
            endless = len(arguments) == 2 and arguments[1] is Ellipsis
            if endless or key < len(arguments):
                yield arguments[0 if endless else key], []


def _branches(annotation: Any) -> Iterator[Any]:
    """Yield the alternatives of a union, without their constraints; an annotation that is none yields itself."""
    if get_origin(annotation) is Annotated:
        yield from _branches(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _branches(branch)
    else:
        yield annotation


def _words(annotation: Any, metadata: Sequence[Any]) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0], [*_constraints(arguments[1:]), *metadata])
    if origin in (Union, types.UnionType):
        models = [branch for branch in _branches(annotation) if _own_keys(branch)]
        words = [_words(branch, metadata) for branch in arguments if len(models) < 2 or not _own_keys(branch)]
        return " or ".join(dict.fromkeys([*words, *(["a mapping"] if len(models) > 1 else [])]))
    if origin is Literal:
        return "one of " + ", ".join(str(word) for word in arguments)
    if origin in (list, tuple, set, frozenset):
        return _list(origin, arguments, metadata)
    if origin is dict:
        return f"a mapping of names, each to {_words(arguments[1], [])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "a mapping with " + ", ".join(annotation.model_fields)
    if annotation in (int, float):
        return ("a whole number" if annotation is int else "a number") + _range(metadata)
    named: dict[Any, str] = {bool: "true or false", str: "text", type(None): "null"}
    return named.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _list(origin: Any, arguments: Sequence[Any], metadata: Sequence[Any]) -> str:
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return f"a list of {len(arguments)}: " + ", ".join(_words(entry, []) for entry in arguments)
    least = next((f"at least {m.min_length} " for m in metadata if getattr(m, "min_length", None)), "")
    return f"a list of {least}entries, each {_words(arguments[0], [])}" if arguments else "a list"


def _range(metadata: Sequence[Any]) -> str:
    bounds = {name: getattr(m, name) for m in metadata for name in ("ge", "gt", "le", "lt") if hasattr(m, name)}
    bounds = {name: bound for name, bound in bounds.items() if bound is not None}
    if set(bounds) == {"ge", "le"}:
        return f" from {_number(bounds['ge'])} to {_number(bounds['le'])}"
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    told = " and ".join(f"{words[name]} {_number(bounds[name])}" for name in words if name in bounds)
    return f" {told}" if told else ""


def _number(bound: Any) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


def _constraints(extra: Iterable[Any]) -> list[Any]:
    return [part for item in extra for part in (item.metadata if isinstance(item, FieldInfo) else [item])]


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""

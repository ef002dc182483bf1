"""Registration: an order becomes a command; each of its fields, an option.

An option is said once, as a field of the order (its type, default, help and Typer's word for it), and what several commands
share is inherited. Typer reads the signature of a function, so one is made from the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_type_hints

import typer

from ecosim.commands.ending import told

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Order = TypeVar("Order", bound=DataclassInstance)


def register(app: typer.Typer, name: str, order: type[Order], carry_out: Callable[[Order], int | None]) -> None:
    """Give an application a command.

    Args:
        app: the application.
        name: what the command is called.
        order: a dataclass; its docstring is the command's help, its fields are the options: the order's own first, then
            those that it inherits. ``tuple[str, ...]`` stands for what may be given several times.
        carry_out: does it, and returns the exit code, None for 0.
    """

    def call(**given: Any) -> None:
        with told():
            said = {name: value for name, value in given.items() if value is not None}
            code = carry_out(order(**{name: tuple(v) if isinstance(v, list) else v for name, v in said.items()}))
        if code:
            raise typer.Exit(code)

    parameters = list(_parameters(order))
    call.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in parameters}
    app.command(name, help=order.__doc__)(call)


def _parameters(order: type[DataclassInstance]) -> Iterator[Parameter]:
    """Yield a parameter for each field, those of the order itself before those that it inherits."""
    hints = get_type_hints(order, include_extras=True)
    by_name = {field.name: field for field in fields(order)}
    own_first = dict.fromkeys(name for kind in order.__mro__ for name in vars(kind).get("__annotations__", {}))
    for name in own_first:
        if name in by_name:
            yield Parameter(
                name, Parameter.KEYWORD_ONLY, default=_default(by_name[name]), annotation=_for_typer(hints[name])
            )


def _default(field: Field[Any]) -> Any:
    if field.default is MISSING:
        return Parameter.empty
    return None if field.default == () else field.default


def _for_typer(hint: Any) -> Any:
    """Return a type as Typer knows it: to Typer a tuple is as many words as it has types."""
    kind, *told_to_typer = get_args(hint)
    return Annotated[list[str] | None, *told_to_typer] if kind == tuple[str, ...] else hint

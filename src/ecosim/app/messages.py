"""Messages: what a tab may ask of its session, each validated before anything is done."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ecosim.errors import InputError, shown

MOST_BYTES = 16 * 1024
"""Longest message that a tab may send."""


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Begin(_Asked):
    """Found the world of a scenario, in place of the one that is there."""

    do: Literal["begin"]
    scenario: str = Field(max_length=80)
    seed: str = Field(max_length=20)
    changes: Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(strict=False, max_length=40)] = ()


class Play(_Asked):
    """Let ticks pass by themselves."""

    do: Literal["play"]
    pace: float = Field(ge=0.1, le=1000, description="ticks a second")


class Plain(_Asked):
    """What needs no more words: pause, one tick, remember this moment, go back to it, save the run; the picture was seen."""

    do: Literal["pause", "step", "remember", "back", "save", "seen"]


class Intervene(_Asked):
    """Do something from outside before the next tick."""

    do: Literal["intervene"]
    deed: dict[str, Any] = Field(description="as a configuration has it (ecosim.interventions), without its tick")


Message = Begin | Play | Plain | Intervene
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="do")])


def read(text: str | bytes) -> Message:
    """Return the message that a text holds.

    Raises:
        InputError: if it is none.
    """
    if isinstance(text, bytes) or len(text) > MOST_BYTES:
        raise InputError(f"a message of {len(text):,} letters or bytes; allowed: text of at most {MOST_BYTES:,}")
    try:
        return _MESSAGE.validate_json(text)
    except (ValidationError, RecursionError) as error:
        told = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        where = [f"{'.'.join(map(str, fault['loc'][1:])) or 'message'}: {fault['msg']}" for fault in told[:5]]
        raise InputError([shown(fault, 300) for fault in where] or "message: nested too deep") from None

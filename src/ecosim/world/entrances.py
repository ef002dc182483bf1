"""Entrances: a way into a kernel that does not ask, tick after tick, for the types of what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecosim.world.world import World

Parameters = Callable[[Any, World], tuple[Any, ...]]
"""What a kernel takes last: numbers that a rule and a world have for life."""


def straight(compiled: Callable[..., Any], parameters: Parameters) -> Callable[..., Any]:
    """Return a way into a kernel that looks at types and parameters once for each rule and world.

    Numba asks at every call, which takes longer than anything else about taking arrays in: 40 ns each, and a rule hands
    over dozens. But a rule's parameters are frozen, and a world's columns keep their type and layout for life: whatever is
    put into one is written where it lies (``World.__setattr__``). So the first call of a rule in a world goes the usual
    way; if the kernel has then been compiled for one combination of types only, it was that, and further calls go straight
    to the machine code.

    Args:
        compiled: the kernel. What it takes must be columns or indices of one world, keys, or come from kernels that were
            given nothing else; last, the parameters.
        parameters: returns these for a rule and a world.

    Returns:
        A function of the rule, the world, and what the kernel takes before its parameters. What it found is kept in
        ``world.entrances``.
    """

    def enter(rule: Any, world: World, *given: Any) -> Any:
        known = world.entrances.get(compiled)
        if known is not None and known[0] is rule:
            return known[1](*given, *known[2])
        constants = parameters(rule, world)
        found = compiled(*given, *constants)
        kinds: dict[Any, Any] = getattr(compiled, "overloads", {})  # with NUMBA_DISABLE_JIT it is plain Python
        if len(kinds) == 1:
            (only,) = kinds.values()
            world.entrances[compiled] = rule, only.entry_point, constants
        return found

    return enter

"""Until: how many replicates it took until means, or differences, were known well enough, and where they are not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ecosim.commands.options import Spoken

if TYPE_CHECKING:
    from ecosim.experiments.plan import Plan
    from ecosim.experiments.until import Ended

MOST_TOLD = 5


def tell_until(order: Spoken, plan: Plan, ended: Ended, what: str = "point") -> None:
    """Say how many replicates each point took, and which are not known as well as was asked for.

    Args:
        order: says it, unless nothing shall be said.
        plan: of the runs.
        ended: how it came out.
        what: a point is called.
    """
    from ecosim.errors import shown

    fewest, most = f"{ended.fewest:,}", f"{ended.most:,}"
    order.say(f"Each {what} took {fewest if fewest == most else f'{fewest} to {most}'} replicates.")
    for point, missed in list(ended.short.items())[:MOST_TOLD]:
        named = ", ".join(f"{key}={shown(value)}" for key, value in plan.design.parameters(point).items())
        known = ", ".join(
            f"{measure} ± {half:.3g}" if math.isfinite(half) else f"{measure} is missing"
            for measure, half in missed.items()
        )
        order.say(f"Not narrow enough: {known}{f' at {named}' if named else ''}")
    if len(ended.short) > MOST_TOLD:
        order.say(f"… and {len(ended.short) - MOST_TOLD:,} {what}s more; --replicates allows each {what} more runs")

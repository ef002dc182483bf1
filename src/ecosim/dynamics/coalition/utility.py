"""Utility: what a membership is worth to an organisation against the present use of its effort."""

from __future__ import annotations

from typing import Any

import numpy as np

from ecosim.kernels import inlined


@inlined
def willing(gain: Any, present: Any, upkeep: Any, choice: Any) -> Any:
    """Return the probability of preferring a membership worth ``gain`` to a present use worth ``present``."""
    advantage = (gain - present - upkeep) / (present + upkeep)
    return 1.0 / (1.0 + np.exp(-choice[0] * (advantage - choice[1])))


@inlined
def return_on_effort(i: Any, state: Any) -> Any:
    """Return what a unit of i's effort was worth to it when it last worked, over all that it did."""
    _, effort, achieved = state
    return achieved[i] / effort[i] if effort[i] > 0.0 else 0.0

"""The page on comparing: its claims are valid worlds, and its table says what the runs say."""

import numpy as np
import pandas as pd
import pytest

import ecosim
from benchmarks.common_luck import AT_START, CLAIMS, HOME, told


@pytest.mark.parametrize("label", CLAIMS)
def test_both_arms_of_a_claim_are_worlds_that_differ(label):
    claim = CLAIMS[label]
    is_file = claim.base.endswith(".yaml")
    measures = ",".join(dict.fromkeys((*claim.measures, *AT_START)))
    arms = [
        ecosim.load(
            None if is_file else claim.base, *changes, f"measures=[{measures}]",
            scenario=HOME / claim.base if is_file else None,
        )
        for changes in (claim.reference, claim.changed)
    ]  # fmt: skip
    assert arms[0] != arms[1]


def test_claims_are_counted_by_their_ratio_and_by_the_low_end_of_its_interval():
    """Pairs that correlate by 0.96 need 25 times fewer runs, those without correlation as many."""
    draw = np.random.default_rng(2)
    rows = []
    for claim, noise in (("close", 0.2), ("apart", 10.0)):
        for replicate in range(60):
            luck = draw.normal()
            for arm in ("reference", "changed"):
                value = luck + noise * draw.normal()
                seen = dict.fromkeys(("end", "second half", "half the time"), value)
                start = {f"start {name}": draw.normal() for name in AT_START}
                rows.append({"claim": claim, "measure": "m", "arm": arm, "replicate": replicate, **seen, **start})
    text = told(pd.DataFrame(rows))
    assert "| close | `m` | " in text
    assert "Of 2 claims" in text
    assert "end: 1 (1); second half: 1 (1)" in text

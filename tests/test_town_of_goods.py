"""The town with a public good in the place of joint work: it lives, by every rule of sharing, and says why it does."""

import numpy as np
import pytest

from ecosim.compose import load
from ecosim.ecosystem import Ecosystem

GOODS = {
    "linear": "rule: public_goods, multiplication: 1.5",
    "synergy": "rule: synergy_goods, benefit: 1.0, synergy: 1.5",
    "discounting": "rule: synergy_goods, benefit: 1.5, synergy: 0.7",
    "threshold": "rule: threshold_goods, multiplication: 2.0, threshold: 0.3",
    "threshold of each": "rule: threshold_goods, multiplication: 2.0, threshold_share: 0.25",
}
SMALL = ("ecosystem.organisations=80", "ecosystem.citizens.count=200", "ticks=50", "measures=[surplus_ratio]")


def town(good, *changes, **more):
    return Ecosystem(
        load("town", *SMALL, f"dynamics.production={{{GOODS[good]}, groups: coalitions}}", *changes), **more
    )


@pytest.mark.parametrize("good", GOODS)
@pytest.mark.parametrize("by", ["equal", "proportional", "shapley", "need"])
def test_every_good_is_made_and_shared_by_every_rule(good, by):
    model = town(good, f"dynamics.sharing.by={by}", "record.events=false")
    for _ in range(50):
        model.step()
        world = model.world
        assert world.relief.sum() == pytest.approx(world.output.sum() + alone_outside(world))
        assert world.relief.sum() > 0
        assert world.member_share.sum() == pytest.approx(world.output.sum())
    assert world.coalitions > 0
    assert world.output.sum() > 0


def alone_outside(world):
    """Return what those make who work alone; production acted before turnover, so newcomers made nothing yet."""
    return world.alone[world.works_on >= 0].sum()


@pytest.mark.parametrize("good", GOODS)
def test_a_town_of_goods_keeps_what_its_rules_promise(good):
    model = town(good, "record.events=false", "ticks=9", checked=True)
    model.run()
    assert model.world.relief.sum() > 0


@pytest.mark.parametrize("good", GOODS)
def test_why_they_join_is_told_in_terms_of_the_good(good):
    model = town(good, "record.reasons=true")
    model.run()
    events = model.results().events
    joins = events[(events["kind"] == "joined") & (events["why"] == "expected to do better")]
    founds = events[(events["kind"] == "founded") & (events["why"] == "expected to do better")]
    for told in (joins, founds):
        assert len(told) > 0
        assert np.isfinite(told[["gain", "present", "gap", "chance"]].to_numpy(float)).all()
        assert (told["gain"] >= 0).all()


def test_the_ledger_tells_the_goods_apart():
    """What coalitions make over what their members would make alone: exactly 1, above it, below it."""
    ratios = {}
    for good in ("linear", "synergy", "discounting"):
        model = town(good, "record.events=false")
        model.run()
        ratios[good] = model.recorder.series()["surplus_ratio"][-1]
    assert ratios["linear"] == 1.0
    assert ratios["discounting"] < 0.99 < 1.01 < ratios["synergy"]

"""Offers, what employees see, the mood of the public, and what contributing costs in custom."""

import numpy as np
import pytest

from ecosim.dynamics.citizens.offers import mood_of, offers_of, stakes

PURSE = np.array([0, 0, 0, 1, 2, 2])


def given(seed=0, issues=2):
    draw = np.random.default_rng(seed)
    n = PURSE.size
    return {
        "purse": PURSE, "capital": 3 * draw.random(n), "contribution": draw.random(n), "reputation": draw.random(n),
        "purpose": draw.random(n), "salience": draw.dirichlet(np.ones(issues), n), "workers": np.round(9 * draw.random(n)),
        "urgency": 3 * draw.random(issues), "attention": 0.6, "half": 1.0,
    }  # fmt: skip


def beside(x, rivals):
    return x / (x + x[rivals].mean())


@pytest.mark.parametrize("seed", range(3))
def test_offers_are_compared_with_the_usual_of_their_kind(seed):
    world = given(seed)
    offer, regard, sizes, _ = offers_of(*world.values())
    staff = world["workers"] / (world["workers"] + world["workers"].mean())
    size = np.sqrt(world["capital"]) * (0.5 + staff)
    assert sizes == pytest.approx(size)
    ours, clubs = world["purse"] == 0, world["purse"] == 2
    assert offer[ours, 0] == pytest.approx(beside(size * (1 - 0.6 * world["contribution"]), ours)[ours])
    assert offer[:, 1] == pytest.approx(beside(world["capital"], PURSE >= 0))
    need = 2 * world["salience"] @ (world["urgency"] ** 2 / (world["urgency"] ** 2 + 1))
    assert offer[clubs, 2] == pytest.approx(beside(size * world["contribution"] * need, clubs)[clubs])
    assert np.all(offer[~ours, 0] == 0)
    assert np.all(offer[~clubs, 2] == 0)
    assert regard[:, 1] == pytest.approx((world["reputation"] + world["purpose"]) / 2)
    assert regard[:, 0] == pytest.approx(world["reputation"])


def test_without_workers_anywhere_everyone_is_staffed_as_usual():
    world = {**given(), "workers": np.zeros(PURSE.size)}
    assert offers_of(*world.values())[2] == pytest.approx(np.sqrt(world["capital"]))


def test_the_public_is_pleased_by_what_gets_better_and_gets_used_to_it():
    usual, severity = np.array([2.0, 1.0]), np.array([1.0, 1.0])
    reputation, stance = np.full(6, 0.6), np.linspace(-1, 1, 6)[:, None]
    mood, position = mood_of(PURSE, reputation, stance, severity, severity, usual, 1.0, 10.0, 0.1)
    assert mood == pytest.approx((0.5, 0.5, 0.5 * (0.6 + 0.9)))
    assert position[0] == pytest.approx(stance[3])
    assert usual == pytest.approx([1.9, 1.0])


def test_what_is_at_stake_is_the_custom_lost_to_a_crowd_of_rivals():
    """Against a softmax over many rivals, of which this is one: shares before and after contributing everything."""
    sizes, contribution = np.array([1.3]), np.array([0.0])
    loss = np.empty(1)
    stakes(np.array([0]), contribution, sizes, np.array([0.2]), 0.9, loss, 0.6, 0.0, 4.0)
    rivals = 5_000 * np.exp(4 * 0.8 * 0.5)
    nothing, everything = (np.exp(4 * 0.8 * size / (size + 0.9)) for size in (1.3, 1.3 * 0.4))
    assert loss[0] == pytest.approx(1 - (everything / (rivals + everything)) / (nothing / (rivals + nothing)), rel=1e-3)


def test_contributing_costs_less_custom_the_more_customers_care_and_the_more_of_it_is_foreseen():
    def lost(caring, foresight):
        loss = np.empty(1)
        stakes(np.array([0]), np.array([0.4]), np.ones(1), np.array([caring]), 1.0, loss, 0.6, foresight, 4.0)
        return loss[0]

    assert lost(0.0, 1.0) == lost(0.0, 0.0) > lost(0.3, 0.0) > lost(0.3, 0.5) > lost(0.6, 0.5)
    assert lost(1.0, 1.0) == 0

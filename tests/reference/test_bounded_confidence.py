"""Bounded confidence agrees with a plain Mesa model: to rounding where draws are shared, by test where not."""

import numpy as np
import pytest

from ecosim.ecosystem import Ecosystem
from ecosim.rng import uniforms
from tests.reference.bounded_confidence_mesa import BoundedConfidence
from tests.reference.shared import NETWORKS, four_uniforms, key_of, settings_for, ties_of, told_apart

EVERYONE = {"rule": "bounded_confidence", "tolerance": 0.4, "responsiveness": 0.5, "listening": "everyone"}
IN_TURN = {**EVERYONE, "tolerance": 0.6, "listening": "each_other", "activation": "sweep"}
RUNS = 200


def engine(rule, network, organisations=120, seed=1):
    return Ecosystem(settings_for(organisations, network, {"stance": rule}, stance={"axes": 1}), rng=seed)


def oracle_of(ours, rule, **shared):
    """Return the Mesa model of the same rule that begins where the engine stands."""
    opinions = ours.world.stance[:, 0].tolist()
    return BoundedConfidence(opinions, ties_of(ours), rule["tolerance"], rule["responsiveness"], **shared)


def opinions_of(oracle):
    return np.array(oracle.agents.get("opinion"))


@pytest.mark.parametrize("tolerance", [0.1, 0.4, 2.0])
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_listening_to_everyone_gives_the_opinions_of_a_plain_mesa_model(network, tolerance):
    rule = {**EVERYONE, "tolerance": tolerance}
    ours = engine(rule, network)
    oracle = oracle_of(ours, rule)
    for _ in range(30):
        ours.step()
        oracle.step()
        np.testing.assert_allclose(ours.world.stance[:, 0], opinions_of(oracle), rtol=0, atol=1e-12)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_meeting_in_turn_gives_the_opinions_of_a_plain_mesa_model_with_the_same_draws(network):
    ours = engine(IN_TURN, network)
    draws = {}
    oracle = oracle_of(
        ours,
        IN_TURN,
        in_turn=True,
        order=lambda organisation: draws["order"][organisation.unique_id - 1],
        luck=lambda organisation: draws["luck"][organisation.unique_id - 1, 0],
    )
    for _ in range(30):
        key = key_of(ours, "stance")
        draws["order"] = uniforms(key, ours.world.identity, 0)
        draws["luck"] = four_uniforms(key, ours.world.identity, 1)
        ours.step()
        oracle.step()
        np.testing.assert_allclose(ours.world.stance[:, 0], opinions_of(oracle), rtol=0, atol=1e-12)


def our_runs(rule, ticks=10):
    """Return how far opinions move in the first tick and scatter in the last, of runs whose every draw is ours."""
    found = []
    for seed in range(RUNS):
        ours = engine(rule, {"kind": "ring", "degree": 6}, organisations=40, seed=seed)
        states = [ours.world.stance[:, 0].copy()]
        for _ in range(ticks):
            ours.step()
            states.append(ours.world.stance[:, 0].copy())
        found.append(movement_and_scatter(states))
    return np.array(found)


def mesa_runs(rule, in_turn, ticks=10):
    """Return the same of runs whose every draw is Mesa's."""
    ring = [(i, (i + step) % 40) for i in range(40) for step in (1, 2, 3)]
    found = []
    for seed in range(RUNS):
        oracle = BoundedConfidence([0.0] * 40, ring, rule["tolerance"], rule["responsiveness"], in_turn, seed=seed)
        oracle.agents.do(start_anywhere)
        states = [opinions_of(oracle)]
        for _ in range(ticks):
            oracle.step()
            states.append(opinions_of(oracle))
        found.append(movement_and_scatter(states))
    return np.array(found)


def start_anywhere(organisation):
    organisation.opinion = organisation.random.uniform(-1, 1)


def movement_and_scatter(states):
    first, second, last = states[0], states[1], states[-1]
    return np.abs(second - first).mean(), np.abs(last - last.mean()).mean()


@pytest.mark.parametrize(("rule", "in_turn"), [(EVERYONE, False), (IN_TURN, True)], ids=["everyone", "in turn"])
def test_opinions_move_and_scatter_as_in_a_plain_mesa_model_with_draws_of_its_own(rule, in_turn):
    """False alarm 6e-7. Responsiveness a fifth larger, or tolerance by half, is told apart, which is tested too."""
    movement, scatter = our_runs(rule).T
    their_movement, their_scatter = mesa_runs(rule, in_turn).T
    assert not told_apart(movement, their_movement)
    assert not told_apart(scatter, their_scatter)
    assert told_apart(movement, mesa_runs({**rule, "responsiveness": 1.2 * rule["responsiveness"]}, in_turn).T[0])
    assert told_apart(scatter, mesa_runs({**rule, "tolerance": 1.5 * rule["tolerance"]}, in_turn).T[1])

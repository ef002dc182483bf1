"""The sentence on what is happening now says which way things went, and nothing where nothing moved."""

import numpy as np
import pytest

from ecosim.app.words import now

TICKS = np.arange(41.0)


def told(deeds=(), last: int = 40, **columns) -> str:
    series = {"tick": TICKS, **columns}
    return now(
        {name: values[: last + 1] for name, values in series.items()}, ["business", "government"], ["noise"], deeds
    )


def test_before_anything_has_happened_that_is_said():
    assert told(last=0) == "Nothing has happened yet."
    assert "only begun" in told(last=4)


def test_what_keeps_its_level_is_not_told():
    assert told(severity_noise=np.full(41, 2.0)).endswith("hardly anything moved.")


@pytest.mark.parametrize(("slope", "way"), [(0.1, "noise got worse"), (-0.03, "noise eased")])
def test_a_problem_gets_worse_or_eases(slope, way):
    assert way in told(severity_noise=2.0 + slope * TICKS)


def test_who_gains_and_who_loses_is_told_apart_and_all_of_them_in_a_word():
    rising, falling = 1.0 + 0.05 * TICKS, 3.0 - 0.05 * TICKS
    assert "businesses gained, government bodies lost" in told(success_business=rising, success_government=falling)
    assert "all sectors gained" in told(success_business=rising, success_government=rising)


def test_opinions_that_draw_together_while_esteban_ray_rises_form_camps():
    closer, apart = 0.5 - 0.008 * TICKS, 0.01 + 0.002 * TICKS
    assert "drew together into tighter camps" in told(dispersion=closer, esteban_ray=apart)
    assert told(dispersion=closer, esteban_ray=closer).endswith("opinions drew together.")


def test_after_a_deed_now_is_held_against_what_was_before_it():
    jump = np.where(TICKS < 30, 2.0, 4.0)
    sentence = told([(30, "shock to noise"), (90, "not yet")], severity_noise=jump)
    assert sentence == "Since tick 30 (shock to noise): noise got worse."
    assert told([(39, "shock to noise")], severity_noise=jump).endswith("Watch what follows.")


def test_undefined_values_are_left_out():
    assert told(severity_noise=np.full(41, np.nan)).endswith("hardly anything moved.")


def test_a_convention_that_tips_is_told_first_with_its_numbers():
    tipping = 1 / (1 + np.exp(30 - TICKS))
    sentence = told(
        convention_share_uncommitted=tipping, severity_noise=2.0 + 0.1 * TICKS, contribution_mean=0.3 + 0 * TICKS
    )
    assert sentence.startswith("In the last 20 ticks: the new convention went from")
    assert sentence.endswith("; noise got worse.")

"""The caption of the network counts those who are there at a time, not everyone who ever was."""

import numpy as np
import pytest

from ecosim.reports.network_words import caption
from ecosim.reports.picture import arrange
from ecosim.results.frame import Frame
from ecosim.world.labels import Labels


def a_frame(tick, identity):
    """Return a world of these organisations without ties or coalitions."""
    who, nobody = np.asarray(identity), np.empty(0, np.int64)
    return Frame(
        tick=tick,
        labels=Labels(("business",), (), (), ()),
        names=None,
        identity=who,
        sector=np.zeros(who.size, np.int8),
        ends=np.empty((0, 2), np.int64),
        bond=None,
        member=nobody,
        member_coalition=nobody,
        coalition_identity=nobody,
        coalition_issue=None,
        stance=None,
    )


@pytest.mark.parametrize(
    ("panels", "told"),
    [
        ([range(60), range(60)], "60 organisations; "),
        ([range(60), range(20, 80)], "60 organisations at a time, 80 in all as some came and went; "),
        ([range(40), range(60)], "40 to 60 organisations; "),
        ([range(500), range(500)], "A sample of 400 of 500 organisations, met on a walk"),
        ([range(60)], "60 organisations; "),
    ],
)
def test_the_caption_counts_who_is_there_at_a_time_and_says_if_some_came_and_went(panels, told):
    frames = [a_frame(50 * k, list(identity)) for k, identity in enumerate(panels)]
    picture = arrange(frames)
    assert caption(frames, [(0, 0)] * len(frames), picture, 5).startswith(told)

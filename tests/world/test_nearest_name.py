"""The name most like one that is not there."""

import difflib
import random

import pytest

from ecosim.world.nearest_name import NearestNames

WORDS = ("harbour", "office", "friends", "of", "the", "bay", "works", "quay", "pilots", "net", "sons", "council")
NONE = "; allowed: a name from the table of organisations"


def misspelt(name: str, luck: random.Random) -> str:
    place = luck.randrange(len(name))
    return name[:place] + luck.choice("abcdefgh ") + name[place + luck.randrange(2) :]


@pytest.mark.parametrize("count", [1, 20, 200])
def test_a_short_list_gets_the_answer_of_difflib(count: int) -> None:
    luck = random.Random(count)
    names = [" ".join(luck.choices(WORDS, k=luck.randint(1, 4))) for _ in range(count)]
    nearest = NearestNames(names)
    for _ in range(50):
        asked = misspelt(misspelt(luck.choice(names), luck), luck)
        near = difflib.get_close_matches(asked, names, n=1, cutoff=0.5)
        assert nearest.clause(asked) == (f"; did you mean '{near[0]}'?" if near else NONE)


def test_one_wrong_letter_in_a_long_list_finds_the_name() -> None:
    luck = random.Random(1)
    names = [f"{luck.choice(WORDS)} {luck.choice(WORDS)} {number:04}" for number in range(3_000)]
    nearest = NearestNames(names)
    for name in luck.sample(names, 50):
        assert nearest.clause(f"x{name}") == f"; did you mean '{name}'?"


def test_letters_that_no_name_has_are_like_none() -> None:
    nearest = NearestNames([f"organisation {number}" for number in range(500)])
    assert nearest.clause("ÿÿÿÿÿÿ") == NONE
    assert NearestNames([]).clause("harbour") == NONE

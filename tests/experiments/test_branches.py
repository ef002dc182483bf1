"""Branches: what came of worlds that are led; nothing damaged is taken for a result, and two do not share a folder."""

import pytest

import ecosim
from ecosim.errors import InputError
from ecosim.experiments.branches import Branches
from ecosim.experiments.leading import led
from ecosim.experiments.ramp import Route
from ecosim.experiments.sweep import Execution
from ecosim.results.lock import lock
from ecosim.settings import plain

ROUTE = Route(
    plain(ecosim.load("may_1977")),
    (),
    "dynamics.issue.floor",
    (2.5, 2.7),
    "severity_issue_1",
    5,
    3.0,
    False,
    0.2,
    False,
)
FOUND = {"up": [[1.0, 0.1]], "down": [[1.0, 0.2]], "rising": None, "falling": [2.0, 1.5]}


def test_what_was_written_is_read_and_the_later_takes_the_place_of_the_earlier(tmp_path):
    branches = Branches(tmp_path, "asked")
    branches.add(7, 1, FOUND)
    branches.add(7, 2, FOUND)
    branches.add(8, 3, FOUND)
    assert branches.read() == {r: {"asked": "asked", "seed": s, **FOUND} for r, s in ((7, 2), (8, 3))}
    assert len(list(tmp_path.iterdir())) == 2
    assert Branches(tmp_path, "another way").read() == {}


def test_a_file_that_goes_while_all_are_read_counts_as_none(tmp_path):
    """A process that leads worlds removes a file of another way when it has written its own; here it points nowhere."""
    branches = Branches(tmp_path, "asked")
    branches.add(7, 1, FOUND)
    (tmp_path / f"replicate-0008-{'0' * 32}.json").symlink_to(tmp_path / "gone")
    assert list(branches.read()) == [7]


@pytest.mark.parametrize("place", [0, 30, -2])
@pytest.mark.parametrize("harm", ["flipped", "cut off"])
def test_a_file_that_was_changed_or_cut_off_counts_as_none_and_goes(place, harm, tmp_path):
    branches = Branches(tmp_path, "asked")
    branches.add(0, 1, FOUND)
    branches.add(1, 1, FOUND)
    path = next(tmp_path.glob("replicate-0001-*"))
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content if harm == "flipped" else content[:place])
    (tmp_path / ".replicate-0002-00.json.99.part").write_bytes(b"{")
    assert list(branches.read()) == [0]
    assert branches.remove_damaged() == [path.name]
    assert [one.name[:14] for one in tmp_path.iterdir()] == ["replicate-0000"]


def test_only_the_world_whose_file_is_damaged_is_led_again(tmp_path):
    said, done = [], []

    def lead_three():
        return led(
            ROUTE, {0: 1, 1: 2, 2: 3}, tmp_path / "branches", Execution(workers=0), 1.0, said.append,
            lambda progress: done.append(progress.total),
        )  # fmt: skip

    first = lead_three()
    path = next((tmp_path / "branches").glob("replicate-0001-*"))
    path.write_bytes(path.read_bytes()[:-5])
    assert lead_three() == first
    assert done == [3, 3, 3, 1]
    assert said == [f"Damaged, and led again: {path.name}."]


def test_two_do_not_lead_worlds_in_one_folder(tmp_path):
    (tmp_path / "branches").mkdir()
    with (
        lock(tmp_path / "branches"),
        pytest.raises(InputError, match=r"another ecosim sweep .* is at work in this folder"),
    ):
        led(ROUTE, {}, tmp_path / "branches", Execution(workers=0), 1.0, print, None)

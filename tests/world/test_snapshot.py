"""Snapshots: what is read or copied equals what was there, bit for bit, and goes on in the same way."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from ecosim.errors import InputError
from ecosim.world import snapshot
from ecosim.world.columns import COLUMNS
from ecosim.world.founding import EcosystemSettings, found

INDICES = ("first_tie", "partner", "tie", "first_member", "first_membership", "membership")
ODD = "Ünïted =1+1 \U0001f600 \ud800"


@pytest.fixture
def world():
    """A world in the middle of its life: coalitions, ties gone, numbers that are no numbers, odd names."""
    made = found(
        EcosystemSettings(organisations=30, practices=5, members={"each": 2}, citizens={"count": 9}), 7, COLUMNS
    )
    made.buys_from[:] = np.arange(9) * 3
    made.names = tuple(f"{ODD} {row}" for row in range(made.n))
    made.tick, made.drawn = 12, {"capital": 3}
    made.found_coalition(0, 1, np.array([0, 5, 9]))
    made.found_coalition(4, 2, np.array([4, 5]))
    made.end_ties(np.arange(0, made.ties, 3))
    made.remove_organisations(np.array([29]))
    made.commit()
    made.capital[:3] = [5e-324, -0.0, 1 / 3]
    made.gain[:2] = [[np.nan, np.inf], [-np.inf, 0.1]]
    made.bond = made.bond * 0.5  # a rule may give a column anew
    return made


def assert_same(one, other):
    assert one.labels == other.labels
    assert (one.names, one.tick, one.drawn, one.changes) == (other.names, other.tick, other.drawn, other.changes)
    assert (one.gone.tolist(), one.founders.tolist()) == (other.gone.tolist(), other.founders.tolist())
    assert one.columns == other.columns
    for name in [*one.arrays(), *INDICES]:
        first, second = getattr(one, name), getattr(other, name)
        assert (first.dtype, first.shape) == (second.dtype, second.shape), name
        assert first.tobytes() == second.tobytes(), name


def go_on(world):
    """Change everything that may change, in rows and values."""
    world.add_ties(np.array([[8, 2], [3, 11], [0, 1], [7, 20]]), bond=0.7, trust=np.array([[0.1, 0.9]] * 4))
    world.end_ties(np.array([1, 4]))
    world.join(np.array([11]), np.array([0]))
    world.found_coalition(8, 0, np.array([8, 9, 10]))
    world.found_coalition(4, 1, np.array([4, 8, 9]))
    world.commit()
    world.trust *= 0.5
    world.remove_organisations(np.array([3, 5]))
    world.commit()
    world.add_organisations({"identity": np.array([99]), "sector": np.array([1])})


@pytest.mark.parametrize("way", ["saved", "copied"])
def test_a_world_comes_back_bit_for_bit_and_goes_on_alike(world, way, tmp_path):
    if way == "saved":
        snapshot.save(world, tmp_path / "world.npz")
        again = snapshot.load(tmp_path / "world.npz")
    else:
        again = snapshot.copy(world)
    assert_same(again, world)
    go_on(world)
    go_on(again)
    assert_same(again, world)


def test_a_copy_shares_nothing_with_its_original(world):
    again = snapshot.copy(world)
    for name, values in world.arrays().items():
        assert not np.shares_memory(values, getattr(again, name)), name
    before = snapshot.copy(world)
    again.capital[:] = 0
    go_on(again)
    again.drawn["capital"] = 9
    assert_same(world, before)


def test_a_world_of_nobody_without_columns_comes_back(tmp_path):
    from ecosim.world.labels import Labels
    from ecosim.world.world import World

    empty = World(Labels(), 0)
    snapshot.save(empty, tmp_path / "empty")
    assert_same(snapshot.load(tmp_path / "empty"), empty)


def test_a_world_with_changes_asked_for_is_neither_saved_nor_copied(world, tmp_path):
    world.add_ties(np.array([[0, 1]]))
    with pytest.raises(ValueError, match="not committed"):
        snapshot.copy(world)
    with pytest.raises(ValueError, match="not committed"):
        snapshot.save(world, tmp_path / "world.npz")
    assert list(tmp_path.iterdir()) == []


def test_saving_replaces_the_file_and_leaves_nothing_else(world, tmp_path):
    path = tmp_path / "world.npz"
    path.write_text("an older file")
    snapshot.save(world, path)
    assert list(tmp_path.iterdir()) == [path]
    assert snapshot.load(path).tick == 12


def test_a_save_that_fails_leaves_the_older_file(world, tmp_path, monkeypatch):
    path = tmp_path / "world.npz"
    snapshot.save(world, path)
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        snapshot.save(world, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_world_is_the_same_file(world, tmp_path):
    snapshot.save(world, tmp_path / "one")
    snapshot.save(snapshot.copy(world), tmp_path / "two")
    contents = [
        {name: np.load(tmp_path / file)[name].tobytes() for name in np.load(tmp_path / file)} for file in ("one", "two")
    ]
    assert contents[0] == contents[1]


def refusal(path):
    with pytest.raises(InputError) as caught:
        snapshot.load(path)
    message = str(caught.value)
    assert str(path) in message
    assert "Traceback" not in message
    return message


def test_a_truncated_file_is_refused(world, tmp_path):
    snapshot.save(world, tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    for share in range(20):
        (tmp_path / "part").write_bytes(whole[: len(whole) * share // 20])
        assert "damaged" in refusal(tmp_path / "part")


def test_a_flipped_bit_is_refused_or_changes_nothing(world, tmp_path):
    """The archive has a checksum for each column; bits of file times and the like mean nothing."""
    snapshot.save(world, tmp_path / "whole")
    whole = bytearray((tmp_path / "whole").read_bytes())
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        flipped = whole.copy()
        flipped[place] ^= 16
        (tmp_path / "flipped").write_bytes(flipped)
        try:
            assert_same(snapshot.load(tmp_path / "flipped"), world)
        except InputError:
            refused += 1
    assert refused > 50


def test_files_of_other_kinds_are_refused(world, tmp_path):
    (tmp_path / "text").write_text("name,sector\nAcme,business\n")
    np.savez(tmp_path / "arrays.npz", x=np.arange(3))
    np.save(tmp_path / "array.npy", np.arange(3))
    (tmp_path / "pickle").write_bytes(pickle.dumps({"tick": 3}))
    (tmp_path / "folder").mkdir()
    for name in ("text", "arrays.npz", "array.npy", "pickle", "folder"):
        assert "not a snapshot of a world" in refusal(tmp_path / name)
    assert "no such file" in refusal(tmp_path / "missing")


def rewritten(path, new, **changed):
    """Write a copy of a snapshot with some arrays replaced; None leaves one out."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w") as archive:
        for name in old.namelist():
            values = changed.get(name.removesuffix(".npy"), old.read(name))
            if isinstance(values, np.ndarray):
                file = io.BytesIO()
                np.save(file, values, allow_pickle=True)
                values = file.getvalue()
            if values is not None:
                archive.writestr(name, values)
    return new


def test_a_snapshot_that_contradicts_itself_is_refused(world, tmp_path):
    snapshot.save(world, tmp_path / "whole")
    wrong = {
        "ends": world.ends + 1000,
        "capital": world.capital[:-1],
        "stance": world.stance.astype(np.float32),
        "member_coalition": world.member_coalition[::-1],
        "identity": None,
        "sector": np.full(world.n, 9, np.int8),
        "trust": np.array([{"code": "never run"}], object),
        "header": np.frombuffer(b"{}", np.uint8),
        "given_to_gone": np.zeros((1, 1), np.int64),
        "given_to_founders": None,
    }
    for name, values in wrong.items():
        assert "not a snapshot of a world, or a damaged one" in refusal(
            rewritten(tmp_path / "whole", tmp_path / "wrong", **{name: values})
        ), name


def test_a_snapshot_of_another_format_is_refused(world, tmp_path):
    snapshot.save(world, tmp_path / "whole")
    header = json.loads(np.load(tmp_path / "whole")["header"].tobytes())
    coded = np.frombuffer(json.dumps(header | {"format": "ecosim world 2"}).encode(), np.uint8)
    assert "its format is 'ecosim world 2'; allowed: 'ecosim world 1'" in refusal(
        rewritten(tmp_path / "whole", tmp_path / "other", header=coded)
    )

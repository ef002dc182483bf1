"""Results come into a folder whole or not at all."""

import os
from pathlib import Path

import pytest

from ecosim.results.folders import check_writable, make, unmake, whole


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def fill(folder: Path, *names: str, text: str = "new") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_new_folder_appears_with_all_that_is_in_it(tmp_path):
    with whole(tmp_path / "a" / "run") as part:
        fill(part, "x", "figures/y")
        assert not (tmp_path / "a" / "run").exists()
    assert tree(tmp_path) == {"a/run/x": "new", "a/run/figures/y": "new"}


def test_what_fails_leaves_nothing_not_even_the_folders_above(tmp_path):
    def filled():
        with whole(tmp_path / "a" / "run") as part:
            fill(part, "x")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        filled()
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_until_the_new_is_complete_then_gives_way(tmp_path):
    fill(tmp_path, "x", "old", "mine", "figures/old", text="old")
    before = tree(tmp_path)
    with whole(tmp_path, lambda folder: [folder / "old", folder / "figures"]) as part:
        fill(part, "x", "figures/new")
        assert {name: text for name, text in tree(tmp_path).items() if not name.startswith(".")} == before
    assert tree(tmp_path) == {"x": "new", "figures/new": "new", "mine": "old"}


def test_a_move_that_fails_is_taken_back(tmp_path, monkeypatch):
    import shutil

    fill(tmp_path, "x", "y", "z", text="old")
    before, move, count = tree(tmp_path), shutil.move, [0]

    def failing(source, target):
        count[0] += 1
        if count[0] == 5:
            raise OSError("no")
        return move(source, target)

    monkeypatch.setattr(shutil, "move", failing)
    with pytest.raises(OSError, match="no"), whole(tmp_path) as part:
        fill(part, "x", "y", "z")
    assert tree(tmp_path) == before


def test_what_a_killed_process_left_is_swept_away(tmp_path):
    fill(tmp_path, ".ecosim-0123.part/x", "mine")
    with whole(tmp_path) as part:
        fill(part, "x")
    assert set(tree(tmp_path)) == {"x", "mine"}
    assert not (tmp_path / ".ecosim-0123.part").exists()


def test_a_link_to_a_folder_elsewhere_is_followed_and_kept(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "figures").symlink_to(tmp_path / "elsewhere")
    with whole(tmp_path / "run") as part:
        fill(part, "figures/x")
    assert tree(tmp_path / "elsewhere") == {"x": "new"}
    assert (tmp_path / "run" / "figures").is_symlink()


def test_folders_made_for_nothing_are_removed_but_none_that_was_there_or_holds_something(tmp_path):
    made = make(tmp_path / "a" / "b" / "c")
    assert [path.name for path in made] == ["a", "b", "c"]
    fill(tmp_path, "a/mine")
    unmake(made)
    assert tree(tmp_path) == {"a/mine": "new"}
    assert not (tmp_path / "a" / "b").exists()


def test_trying_a_folder_leaves_no_trace(tmp_path):
    check_writable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="only where there is such a place")
def test_a_place_that_takes_no_files_is_found_out_though_permissions_allow_it(tmp_path):
    with pytest.raises(FileNotFoundError):
        check_writable(Path("/proc/ecosim"))
    fill(tmp_path, "file")
    with pytest.raises(NotADirectoryError):
        check_writable(tmp_path / "file" / "inside")

"""Where results go: never over what is none, and nowhere that cannot be written to, which is found before any work."""

from __future__ import annotations

import os

import pytest

from ecosim.commands.output import check_folder, of_an_earlier_run
from ecosim.errors import InputError
from tests.commands.command_line import SMALL, ecosim


def test_a_folder_that_holds_something_else_is_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr("ecosim.ecosystem.Ecosystem", lambda *_, **__: pytest.fail("work was done"))
    (tmp_path / "thesis.docx").write_text("years of work")
    done = ecosim("run", *SMALL, "--out", tmp_path)
    assert done.exit_code == 2
    assert "holds thesis.docx, which is no run" in done.stderr


def test_what_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(tmp_path / "file")
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(tmp_path / "file" / "inside")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written to"):
        check_folder(tmp_path / "new")


def test_a_link_out_of_the_folder_is_nothing_that_an_earlier_run_left(tmp_path):
    outside, run = tmp_path / "outside", tmp_path / "run"
    outside.mkdir()
    run.mkdir()
    (outside / "kept.txt").write_text("")
    (run / "figures").symlink_to(outside)
    assert list(of_an_earlier_run(run)) == []


@pytest.mark.parametrize("command", ["run", "sweep", "compare", "verify"])
@pytest.mark.parametrize(
    "place", ["/proc/ecosim/results", "/dev/null/x", "{tmp}/file", "{tmp}/file/x/y", "{tmp}/" + "n" * 300]
)
def test_a_place_where_nothing_can_be_written_is_refused_before_any_work(command, place, tmp_path, monkeypatch):
    for work in ("ecosystem.Ecosystem", "experiments.work.makers", "published.verify.verify"):
        monkeypatch.setattr(f"ecosim.{work}", lambda *_, **__: pytest.fail("work was done"))
    (tmp_path / "file").write_text("")
    words = {
        "run": SMALL,
        "sweep": [*SMALL, "seed=1,2"],
        "compare": ["opinions", "public_goods"],
        "verify": ["may_1977"],
    }
    done = ecosim(command, *words[command], "--out", place.format(tmp=tmp_path))
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("Refused: ")
    assert "Traceback" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_disk_that_fills_up_while_pictures_are_drawn_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "network.svg")

    monkeypatch.setattr("ecosim.reports.plots.write_figure", full)
    done = ecosim("run", *SMALL, "--out", tmp_path / "new" / "run")
    assert done.exit_code == 1
    assert "no space left on device" in done.stderr
    assert list(tmp_path.iterdir()) == []

"""Answer: a script's page is renewed between its marks when that is asked for, and left alone otherwise."""

import pytest

from ecosim.compose import load
from ecosim.drawing.explained import bands, explained
from ecosim.experiments.answer import answer, write

PAGE = "# A question\n\n<!-- result -->\nold\n<!-- /result -->\n\nWhat came out.\n"


def measured(replicates, seed, workers, *changes):
    return [replicates, seed, workers, *changes]


def told(seen):
    return f"| {seen} |"


def figure(seen):
    with explained(3.0, 2.0, "A question", "Nothing to see.") as drawn:
        drawn.subplots()
    return drawn


def asked(folder, *given):
    answer(folder, "A question?", measured, told, figure, replicates=20, seed=7, given=["--workers", "0", *given])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "README.md").write_text(PAGE, "utf-8")
    return tmp_path


def test_without_being_asked_to_it_prints_and_writes_nothing(folder, capsys):
    asked(folder, "ticks=60")
    assert capsys.readouterr().out == "| [20, 7, 0, 'ticks=60'] |\n"
    assert (folder / "README.md").read_text("utf-8") == PAGE
    assert not (folder / "figure.svg").exists()


def test_the_page_keeps_its_words_and_gets_new_tables_and_a_picture(folder):
    asked(folder, "--write", "--replicates", "3", "--seed", "11")
    assert (folder / "README.md").read_text("utf-8") == PAGE.replace("old", "| [3, 11, 0] |")
    first = (folder / "figure.svg").read_bytes()
    asked(folder, "--write", "--replicates", "3", "--seed", "11")
    assert (folder / "figure.svg").read_bytes() == first


@pytest.mark.parametrize(("word", "why"), [("many", "invalid int value"), ("1", "at least 2")])
def test_what_gives_no_interval_is_refused(folder, capsys, word, why):
    with pytest.raises(SystemExit):
        asked(folder, "--replicates", word)
    error = capsys.readouterr().err
    assert "--replicates" in error
    assert why in error


def test_a_change_that_is_not_allowed_is_told_in_one_line(folder):
    def refused(replicates, seed, workers, *changes):
        return load("opinions", *changes)

    with pytest.raises(SystemExit, match="ticks"):
        answer(folder, "", refused, told, figure, replicates=20, seed=7, given=["ticks=never"])


def test_a_figure_is_the_same_file_each_time_it_is_drawn(folder):
    """Matplotlib gives marks and clipped areas ids by chance, unless it is told where to take them from."""
    files = []
    for _ in range(2):
        with explained(4.0, 3.0, "A question", "Two bands.") as drawn:
            axes = drawn.subplots()
            bands(axes, (0.0, 1.0), {"one": [(1.0, 0.5, 1.5)] * 2, "other": [(2.0, 1.5, 2.5)] * 2})
            axes.legend()
        write(folder, "told", drawn)
        files.append((folder / "figure.svg").read_bytes())
    assert files[0] == files[1]
    assert b"clip-path" in files[0]

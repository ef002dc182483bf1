"""The command `ecosim verify`: what it prints and leaves, how it ends, and that its page is up to date."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ecosim import cli
from ecosim.commands.verify import chosen
from ecosim.errors import InputError
from ecosim.published import cases, output, worker
from ecosim.published.case import Cell, Effort
from ecosim.published.cases import CASES
from ecosim.published.verify import Progress, verify
from ecosim.results.store import read_table

PAGE = Path(__file__).parents[2] / "docs" / "published.md"
QUICK = Effort(full=False, seed=1)


def ecosim(*words: object):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verified") / "out"
    page = folder.parent / "page.md"
    page.write_text(f"# Before\n\n{output.BEGIN}\nold\n{output.END}\n\nafter\n", encoding="utf-8")
    return ecosim("verify", "may_1977", "--quick", "--out", folder, "--page", page), folder, page


def test_a_table_and_what_it_comes_to_are_printed_and_all_is_well(done):
    result, _, _ = done
    assert result.exit_code == 0, result.output
    assert "2.6044" in result.stdout
    assert "recomputed" in result.stdout
    assert "12 of 12 numbers agree" in result.stdout


def test_tables_a_page_and_a_figure_are_left(done):
    _, folder, _ = done
    frame, notes = read_table(folder / "verify.parquet")
    told = json.loads((folder / "verify.json").read_text())
    assert list(frame["ours"]) == [number["ours"] for number in told["numbers"]]
    assert set(frame["verdict"]) == {"agrees"}
    assert told["agrees"] is True
    assert notes["bound"].meaning
    assert (folder / "figures" / "may_1977.svg").stat().st_size > 5_000
    assert (folder / "figures" / "may_1977.png").stat().st_size > 5_000
    assert "Scheffer" in (folder / "verify.md").read_text()


def test_the_marked_part_of_a_page_is_written_anew_and_nothing_else(done):
    text = done[2].read_text(encoding="utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith("\n\nafter\n")
    assert "old" not in text.split(output.BEGIN)[1].split("###")[0]
    rows = [line for line in text.splitlines() if line.startswith("| r = ")]
    assert len(rows) == 12
    assert {row.count("|") for row in rows} == {9}


def test_an_unknown_case_is_refused_with_the_nearest_name():
    result = ecosim("verify", "may_1967")
    assert result.exit_code == 2
    assert "did you mean 'may_1977'" in result.stderr


def test_cases_come_in_the_order_of_the_page_each_once():
    assert chosen(["may_1977", "santos_2008", "may_1977"]) == ["santos_2008", "may_1977"]
    assert chosen([]) == list(CASES)
    with pytest.raises(InputError) as refused:
        chosen(["one", "two"])
    assert len(refused.value.faults) == 2


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "letters.txt").write_text("mine")
    result = ecosim("verify", "may_1977", "--quick", "--out", tmp_path)
    assert result.exit_code == 2
    assert "letters.txt" in result.stderr


def test_a_case_that_dies_fails_and_does_not_take_others_with_it(monkeypatch):
    """The worker is asked for a case that its process does not know."""
    monkeypatch.setitem(cases.CASES, "of_tomorrow", "may_1977")
    told: list[Progress] = []
    first, second = verify(["of_tomorrow", "may_1977"], QUICK, workers=2, progress=told.append)
    assert [verdict.verdict for verdict in first.verdicts] == ["failed"]
    assert "of_tomorrow" in first.verdicts[0].note
    assert len(second.cells) == 12
    assert all(0 <= progress.done <= progress.total for progress in told)


def test_a_cell_survives_its_way_from_the_worker():
    third = Cell("a", "b", 1 / 3, "exact", np.array([0.1, 1 / 3]), error=np.float64(0.1), known=True, note="±")
    back = worker.from_line(worker.to_line(third))
    assert list(back.ours) == [0.1, 1 / 3]
    assert back._replace(ours=third.ours) == third


def test_the_page_tells_of_every_case_and_of_none_that_differs():
    """`ecosim verify --page docs/published.md` writes it; a case that is added must be told there."""
    text = PAGE.read_text(encoding="utf-8").split(output.BEGIN)[1].split(output.END)[0]
    assert [name for name in CASES if f"(`{name}`)" not in text] == []
    assert "The full form" in text
    assert {line.count("|") for line in text.splitlines() if line.startswith("|")} == {9}
    assert "| differs |" not in text
    assert "| failed |" not in text

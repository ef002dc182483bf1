"""An answer is saved under its name, printed in the form that was asked for, and where it is goes to stderr."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from ecosim.commands.answer import answer
from ecosim.commands.options import Spoken


class Found:
    says = ("It tips at 2.", "There is no hysteresis.")

    def to_dict(self):
        return {"critical": 2.0}


def answered(out, **how):
    tables = {"tips_values.csv": pd.DataFrame({"value": [1.5]}), "tips_more.csv": pd.DataFrame({"name": ["=SUM(A1)"]})}
    answer(Spoken(**how), Found(), out, "tips", tables, Figure())


def test_all_of_it_is_saved_under_its_name_and_words_that_a_spreadsheet_would_run_are_not(tmp_path):
    answered(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "tips.json", "tips_values.csv", "tips_more.csv", "tips.svg", "tips.png",
    }  # fmt: skip
    assert json.loads((tmp_path / "tips.json").read_text()) == {"critical": 2.0}
    assert (tmp_path / "tips_values.csv").read_text() == "value\n1.5\n"
    assert "\n=" not in (tmp_path / "tips_more.csv").read_text()


@pytest.mark.parametrize("as_json", [False, True])
def test_it_is_printed_in_sentences_or_as_json_and_where_it_is_is_said_beside(as_json, tmp_path, capsys):
    answered(tmp_path, as_json=as_json)
    printed = capsys.readouterr()
    assert printed.out == (json.dumps(Found().to_dict(), indent=2) if as_json else "\n".join(Found.says)) + "\n"
    assert printed.err == f"Table and figure are in {tmp_path}: tips.json, tips_values.csv, tips.svg and .png\n"


def test_who_wants_to_hear_nothing_is_told_the_result_alone(tmp_path, capsys):
    answered(tmp_path, quiet=True)
    assert capsys.readouterr().err == ""

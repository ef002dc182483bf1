"""What the command prints of a comparison can be read by whoever did not make it."""

import pandas as pd
import pytest

from ecosim.commands.compare import TABLE, _print, _save, equal_arms, polarisation
from ecosim.drawing.differences import clearest, differences


def table(*rows):
    """Return differences: measure, scenario, mean of the first, mean of this one, half the interval."""
    return pd.DataFrame(
        [
            {
                "measure": measure, "scenario": scenario, "against": "town", "runs": 8, "mean": mean, "mean_against": first,
                "difference": mean - first, "low": mean - first - half, "high": mean - first + half, "variance_gain": 4.0,
            }
            for measure, scenario, first, mean, half in rows
        ]
    )  # fmt: skip


def test_of_two_scenarios_each_has_a_column_under_its_name(capsys):
    _print(table(("spread.mean", "crisis", 1.0, 2.0, 0.5), ("spread", "crisis", 1.0, 1.2, 0.5)), as_json=False)
    head, first, second, *rest = [line for line in capsys.readouterr().out.splitlines() if line.strip(" ─")]
    assert head.split("  ")[1:] != []
    assert [word.strip() for word in head.split("  ") if word.strip()] == [
        "measure", "town", "crisis", "difference", "95 % interval", "runs saved",
    ]  # fmt: skip
    assert first.split()[:5] == ["spread,", "later", "1", "2", "+1"]
    assert "*" in first
    assert "*" not in second
    assert "in 8 pairs of runs with the same luck" in " ".join(rest)


def test_of_more_scenarios_each_row_says_which(capsys):
    _print(table(("spread", "crisis", 1.0, 2.0, 0.5), ("spread", "calm", 1.0, 0.5, 0.2)), as_json=False)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert "that scenario" in lines[0]
    assert [line.split()[1] for line in lines[2:4]] == ["crisis", "calm"]


@pytest.mark.parametrize("second", [1.9, 1.0])
def test_a_panel_of_polarisation_that_disagrees_is_told(second, capsys):
    rows = table(("spread", "crisis", 1.0, second, 0.1), ("divergence", "crisis", 1.0, 0.4, 0.1))
    told = list(polarisation(rows.to_dict("records")))
    if second == 1.0:
        assert told == []
    else:
        assert told == [
            "The panel of polarisation disagrees about “crisis”: by spread it is more polarised at the end, by divergence "
            "less."
        ]
    _print(rows, as_json=False)
    assert ("disagrees" in capsys.readouterr().out) == bool(told)


@pytest.mark.parametrize(
    ("count", "told"), [(1, "in odd0: not measured in both"), (9, "in 9 measures, odd0 among them: not")]
)
def test_a_measure_of_one_scenario_alone_is_told_in_words_and_is_no_empty_row(count, told, capsys):
    nothing = float("nan")
    odd = [(f"odd{k}", "crisis", nothing, nothing, nothing) for k in range(count)]
    _print(table(("spread", "crisis", 1.0, 2.0, 0.5), *odd), as_json=False)
    out = capsys.readouterr().out
    assert f"No difference of “crisis” is known {told}" in out
    assert "– to –" not in out
    assert out.count("odd0") == 1


def test_no_name_of_a_scenario_is_a_formula_in_the_table(tmp_path):
    _save(table(("spread.mean", "=1+1", 1.0, 2.0, 0.5)), tmp_path)
    text = (tmp_path / f"{TABLE}.csv").read_text(encoding="utf-8")
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_a_scenario_that_differs_in_nothing_is_a_sentence_and_no_table_of_zeros(capsys):
    _print(table(("spread", "twin", 1.0, 1.0, 0.0), ("spread.mean", "twin", 0.3, 0.3, 0.0)), as_json=False)
    out = capsys.readouterr().out
    assert out.startswith(
        "“twin” does not differ from “town” at all: the one measure compared is the same to the last digit"
    )
    assert "in each of 8 pairs of runs" in out
    assert "interval" not in out


def test_a_twin_beside_a_scenario_that_differs_leaves_the_table_to_it(capsys):
    _print(table(("spread", "twin", 1.0, 1.0, 0.0), ("spread", "crisis", 1.0, 2.0, 0.5)), as_json=False)
    *rows, last = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert last.startswith("“twin” does not differ from “town” at all")
    assert not any("twin" in row for row in rows)
    assert rows[0].split()[2] == "crisis"


@pytest.mark.parametrize("half", [0.0, 1e-9])
def test_a_difference_however_small_is_one(half):
    rows = table(("spread", "crisis", 1.0, 1.0 + 1e-12, half), ("divergence", "crisis", 1.0, 1.0, 0.0))
    assert equal_arms(rows.to_dict("records")) == {}


def test_the_figure_is_there_as_svg_and_as_png_and_goes_where_nothing_differs(tmp_path, capsys):
    pictures = {"differences.svg", "differences.png"}
    assert pictures <= set(_save(table(("spread", "crisis", 1.0, 2.0, 0.5)), tmp_path))
    assert pictures <= {file.name for file in tmp_path.iterdir()}
    assert not pictures & set(_save(table(("spread", "twin", 1.0, 1.0, 0.0)), tmp_path))
    assert not pictures & {file.name for file in tmp_path.iterdir()}
    assert "No figure: nothing to draw: no measure differs in any pair of runs" in capsys.readouterr().err


def test_measures_in_which_nothing_differs_are_a_sentence_and_no_rows(capsys):
    _print(table(("spread", "crisis", 1.0, 2.0, 0.5), ("stage", "crisis", 1.0, 1.0, 0.0)), as_json=False)
    out = capsys.readouterr().out
    assert "The same to the last digit in every pair of runs: stage." in out
    assert out.count("stage") == 1


def test_of_many_measures_the_figure_shows_those_that_differ_most_clearly_each_once():
    """Twenty measures, twice each: the larger the number, the clearer its difference; the first does not differ at all."""
    rows = [(f"m{k}{end}", "crisis", 1.0, 1.0 + k, 1.0 if end else 2.0) for k in range(1, 21) for end in ("", ".mean")]
    many = table(("m0", "crisis", 1.0, 1.0, 0.0), *rows)
    assert clearest(many) == [f"m{k}.mean" for k in range(20, 8, -1)]
    immaterial = table(("m0", "crisis", 1e6, 1e6 + 1e-3, 1e-9), *rows)
    assert "m0" not in clearest(immaterial)
    assert clearest(many[:5]) == ["m0", "m1", "m1.mean", "m2", "m2.mean"]
    assert "Shown: 12 of 21 measures" in differences(many).get_supxlabel().replace("\n", " ")


def test_the_figure_shows_the_title_of_a_scenario_below_its_name():
    figure = differences(table(("spread", "b2", 1.0, 2.0, 0.5)), titles={"b2": "A crisis", "town": "A town"})
    assert [one.get_text() for one in figure.axes[0].get_yticklabels()] == ["b2\nA crisis"]
    assert any("“town” (A town)" in one.get_text().replace("\n", " ") for one in figure.texts)

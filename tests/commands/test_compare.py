"""What the command prints of a comparison can be read by whoever did not make it."""

import pandas as pd
import pytest

from ecosim.commands.compare import TABLE, _print, _save, polarisation


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

"""Comparisons: the same luck in every arm, intervals that hold what they promise, and refusals before any run."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import ecosim
from ecosim.commands.compare import Order, carry_out
from ecosim.errors import InputError
from ecosim.experiments.compare import compare, differences, plan_of_arms
from ecosim.experiments.effects import half_width
from ecosim.experiments.until import FEWEST, looks

SMALL = ("ecosystem.organisations=20", "ticks=10", "measures=[dispersion,spread]")
NARROW = ["opinions", "dynamics.stance.tolerance=0.2"]


def runs(first, second, statuses=()):
    """Return the runs of two arms with one measure; all went well in the first."""
    count = len(first)
    return pd.DataFrame(
        {
            "run_id": [str(k) for k in range(2 * count)],
            "status": ["ok"] * count + (list(statuses) or ["ok"] * count),
            "scenario": ["a"] * count + ["b"] * count,
            "replicate": [*range(count)] * 2,
            "value": [*first, *second],
        }
    )


def test_a_scenario_does_not_differ_from_itself():
    table = compare({"one": "opinions", "other": "opinions"}, *SMALL, replicates=3, workers=0).differences
    assert (table["difference"] == 0).all()
    assert (table["runs"] == 3).all()


def test_arms_share_their_luck():
    """Founding is the same in all arms, so the series begin alike, run by run."""
    found = compare({"wide": "opinions", "narrow": NARROW}, *SMALL, "ticks=0", replicates=4, workers=0).runs
    wide, narrow = (found[found["scenario"] == arm]["dispersion"].to_numpy() for arm in ("wide", "narrow"))
    assert (wide == narrow).all()
    assert np.unique(wide).size == 4


def test_differences_are_those_of_a_paired_t_test():
    draw = np.random.default_rng(3)
    x = draw.normal(size=12)
    y = x + draw.normal(0.5, 0.3, size=12)
    row = differences(runs(x, y)).iloc[0]
    theirs = stats.ttest_rel(y, x).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((theirs.low, theirs.high))
    assert row["difference"] == pytest.approx((y - x).mean())
    assert row["variance_gain"] == pytest.approx((x.var(ddof=1) + y.var(ddof=1)) / (y - x).var(ddof=1))


def test_replicates_are_added_until_differences_are_known_so_well_and_no_longer():
    """The first arm takes as many as the one that takes the most; an arm that is the first under another name, the least."""
    arms = {"wide": "opinions", "narrow": NARROW, "same": "opinions"}
    found = compare(arms, *SMALL, until="dispersion ± 0.005", replicates=200, workers=0)
    counts = found.runs.groupby("scenario").size()
    assert counts["same"] == FEWEST
    assert FEWEST < counts["narrow"] < 200
    assert counts["wide"] == counts["narrow"]
    assert (found.until.fewest, found.until.most, found.until.short) == (FEWEST, counts["narrow"], {})
    rows = found.runs.pivot(index="replicate", columns="scenario", values="dispersion")
    apart = (rows["narrow"] - rows["wide"]).to_numpy()
    widths = {n: half_width(apart[:n].std(ddof=1), n) for n in looks(200) if n <= apart.size}
    assert [n for n, width in widths.items() if width <= 0.005] == [apart.size]
    row = found.differences.set_index(["measure", "scenario"]).loc[("dispersion", "narrow")]
    assert row["runs"] == apart.size
    assert (row["high"] - row["low"]) / 2 == pytest.approx(widths[apart.size])


def test_what_differences_cannot_be_known_so_well_is_told_of_the_scenarios_but_the_first(tmp_path, capsys):
    (tmp_path / "narrow.yaml").write_text("base: opinions\ndynamics: {stance: {tolerance: 0.2}}\n")
    order = Order(
        words=("opinions", str(tmp_path / "narrow.yaml"), *SMALL),
        until=("dispersion ± 1e-9",),
        replicates=12,
        workers=0,
    )
    assert carry_out(order) == 0
    told = capsys.readouterr().err
    assert "2 points × 8 to 12 replicates" in told
    assert "until dispersion ± 1e-09 in the difference from the first" in told
    assert "Each scenario took 12 replicates." in told
    assert told.count("Not narrow enough") == 1
    assert "at scenario='narrow'" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"until": "dispersoin ± 0.1"}, "did you mean 'dispersion'"),
        ({"until": "dispersion ± 0.1", "arm": "granovetter_1978"}, "'dispersion' is not measured in 'narrow'"),
        ({"until": "dispersion"}, "a measure and a width above 0"),
        ({"until": "dispersion ± 0.1", "replicates": 5}, "at least 8"),
    ],
)
def test_widths_that_cannot_be_asked_for_are_refused_before_any_run(words, message, tmp_path):
    arms = {"wide": "opinions", "narrow": words.get("arm", NARROW)}
    asked = {name: value for name, value in words.items() if name != "arm"}
    with pytest.raises(InputError, match=message):
        compare(arms, *SMALL[:2], **asked, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_failed_runs_are_left_out_with_those_of_the_same_luck():
    row = differences(runs([1.0, 2.0, 3.0], [2.0, 9.0, 5.0], statuses=["ok", "error", "ok"])).iloc[0]
    assert row["runs"] == 2
    assert row["difference"] == pytest.approx(1.5)


def test_a_measure_without_values_has_no_difference():
    row = differences(runs([np.nan] * 3, [1.0, 2.0, 3.0])).iloc[0]
    assert row["runs"] == 0
    assert np.isnan(row["difference"])


def test_the_interval_holds_the_true_difference_as_often_as_it_says():
    """1,000 measures of 8 pairs: 95 % ± 3.5 points; false alarm 1e-6."""
    draw = np.random.default_rng(11)
    table = runs(range(8), range(8)).drop(columns="value")
    x = draw.normal(size=(8, 1_000))
    values = np.concatenate((x, x + draw.normal(0.3, 1.0, size=x.shape)))
    found = differences(pd.concat((table, pd.DataFrame(values).add_prefix("m")), axis=1))
    hits = ((found["low"] <= 0.3) & (found["high"] >= 0.3)).sum()
    low, high = stats.binom.ppf([5e-7, 1 - 5e-7], 1_000, 0.95)
    assert low <= hits <= high


@pytest.mark.parametrize(
    ("arms", "words", "message"),
    [
        (["opinions"], {}, "at least two"),
        (["opinions", "opinions"], {}, "given twice"),
        (["opinions", "opinoins"], {}, "opinions"),
        (["opinions", "town"], {"replicates": 1}, "at least 2"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_any_run(arms, words, message):
    with pytest.raises(InputError, match=message):
        plan_of_arms(arms, **words)


@pytest.mark.parametrize("arm", [5, None, {}, []])
def test_what_is_no_scenario_is_refused_by_its_label(arm):
    with pytest.raises(InputError, match=r"b: .*; allowed: a scenario's name"):
        ecosim.compare({"a": "opinions", "b": arm})


def test_an_unknown_measure_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="dispersion"):
        compare(["opinions", "town"], "ticks=0", replicates=2, workers=0, measures=["dispersoin"])


def test_faults_of_all_arms_are_told_at_once():
    with pytest.raises(InputError) as refused:
        ecosim.compare({"a": ["opinions", "dynamics.stance.tolerance=7"], "b": ["opinions", "tocks=3"]}, workers=0)
    assert len(refused.value.faults) == 2


def test_what_the_same_luck_saves_has_an_interval():
    draw = np.random.default_rng(8)
    x = draw.normal(size=30)
    row = differences(runs(x, x + 0.3 * draw.normal(size=30))).iloc[0]
    assert 5 < row["gain_low"] < row["variance_gain"] < row["gain_high"]


def test_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path):
    """As many folders as it takes, and none where the names differ; the same file is the same, however it is spelled."""
    told = {"x/one/town": 0.2, "y/one/town": 0.4, "y/two/town": 0.6, "y/two/village": 0.8}
    files = [tmp_path / f"{name}.yaml" for name in told]
    for file, tolerance in zip(files, told.values(), strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"base: opinions\ndynamics:\n  stance: {{tolerance: {tolerance}}}\n", encoding="utf-8")
    assert plan_of_arms(files[::3]).design.axes[0].values == ("town", "village")
    plan = plan_of_arms(["opinions", *files])
    names = ("opinions", "x/one/town", "y/one/town", "two/town", "village")
    assert plan.design.axes[0].values == names
    assert [plan.settings(k).dynamics["stance"].tolerance for k in range(1, 5)] == list(told.values())
    with pytest.raises(InputError, match="town: given twice"):
        plan_of_arms([files[0], f"{tmp_path}/x/./one/town.yaml"])


def test_a_comparison_drawn_from_python_shows_the_titles_of_its_scenarios():
    arms = {"wide": "opinions", "narrow": ["opinions", "dynamics.stance.tolerance=0.1", "title=Closed ears"]}
    found = compare(arms, "ecosystem.organisations=20", "ticks=3", "measures=[spread]", replicates=3, workers=0)
    assert found.titles["narrow"] == "Closed ears"
    assert compare({**arms, "narrow": NARROW}, *SMALL, replicates=2, workers=0).titles == {}, "both have the same"
    assert [one.get_text() for one in found.plot(measure="spread").get_yticklabels()] == ["narrow\nClosed ears"]


def test_a_comparison_can_be_drawn_a_measure_at_a_time():
    found = compare({"wide": "opinions", "narrow": NARROW}, *SMALL, replicates=3, workers=0)
    assert "dispersion" in found.plot(measure="dispersion").get_title(loc="left")
    assert found.plot().get_yticklabels()[0].get_text() == "narrow"
    with pytest.raises(InputError, match="dispersion"):
        found.plot(measure="dispersoin")

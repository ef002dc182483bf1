"""Effects, noise and curves: intervals are those of the textbook, and shared luck narrows them by as much as it should."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ecosim.experiments import choice, curves
from ecosim.experiments.effects import Layout, effects, mean_of_rows
from ecosim.experiments.noise import convergence, needed, noise_of, table_of_noise


def runs_of(values, **columns):
    """Return a table of runs: values (points, replicates), and a column a key (points,)."""
    points, replicates = np.shape(values)
    at = np.repeat(np.arange(points), replicates)
    told = {
        key: np.array(column, object if isinstance(column[0], str) else None)[at] for key, column in columns.items()
    }
    frame = {"status": "ok", "point": at, "replicate": np.tile(np.arange(replicates), points), **told}
    return pd.DataFrame({**frame, "value": np.ravel(values)})


def one(table, factor, value):
    """Return the row of a value of a factor."""
    return table[(table["factor"] == factor) & (table["value"] == value)].iloc[0]


def test_effects_under_common_luck_are_those_of_a_paired_t_test():
    draw = np.random.default_rng(1)
    luck = draw.normal(0, 1, 10)
    values = np.array([luck, luck + 0.3 + draw.normal(0, 0.1, 10)])
    row = one(effects(runs_of(values, a=[0, 1]), ["a"], ["value"], common=True), "a", 1)
    theirs = stats.ttest_rel(values[1], values[0]).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((theirs.low, theirs.high))


def test_effects_of_independent_runs_are_those_of_welch():
    draw = np.random.default_rng(2)
    values = np.array([draw.normal(0, 1, 8), draw.normal(1, 3, 8)])
    row = one(effects(runs_of(values, a=[0, 1]), ["a"], ["value"], common=False), "a", 1)
    theirs = stats.ttest_ind(values[1], values[0], equal_var=False).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((theirs.low, theirs.high))


def test_other_factors_are_averaged_within_a_replicate_first():
    """Luck that both values of b share makes them no two independent observations: n is that of replicates."""
    draw = np.random.default_rng(3)
    apart = draw.normal(0.5, 0.2, 6)
    values = np.array([np.zeros(6), np.zeros(6), apart, apart + 1.0])
    row = one(effects(runs_of(values, a=[0, 0, 1, 1], b=[0, 1, 0, 1]), ["a", "b"], ["value"], common=True), "a", 1)
    half = stats.t.ppf(0.975, 5) * apart.std(ddof=1) / math.sqrt(6)
    assert row["difference"] == pytest.approx(apart.mean() + 0.5)
    assert row["high"] - row["low"] == pytest.approx(2 * half)
    assert row["replicates"] == 6


def test_a_failed_run_takes_its_partner_along():
    runs = runs_of([[1.0, 2.0, 3.0], [2.0, 9.0, 5.0]], a=[0, 1])
    runs.loc[4, "status"] = "error"
    row = one(effects(runs, ["a"], ["value"], common=True), "a", 1)
    assert (row["runs"], row["difference"]) == (2, pytest.approx(1.5))


def test_one_replicate_gives_a_difference_and_no_interval():
    row = one(effects(runs_of([[1.0], [3.0]], a=[0, 1]), ["a"], ["value"], common=True), "a", 1)
    assert row["difference"] == 2
    assert math.isnan(row["low"])


def test_keys_that_change_together_are_told_as_points():
    table = effects(runs_of([[1.0, 1.1], [3.0, 3.2]], a=[0, 1], b=["x", "y"]), ["a", "b"], ["value"], common=True)
    assert list(table["factor"]) == ["point"]
    assert table["value"].iloc[0] == "a=1, b=y"
    assert table["against"].iloc[0] == "a=0, b=x"


def test_numbers_come_in_order_and_words_as_they_were_given():
    layout = Layout(runs_of(np.zeros((3, 1)), a=[3, 1, 2], b=["z", "m", "a"]), ["a", "b"])
    assert layout.levels("a") == [1, 2, 3]
    assert layout.levels("b") == ["z", "m", "a"]


def test_intervals_hold_what_they_promise():
    """Of 400 true differences at 95 %, between 352 and 400 lie inside: beyond that once in more than 10⁶ times."""
    draw = np.random.default_rng(4)
    inside = 0
    for _ in range(400):
        luck = draw.normal(0, 1, 5)
        values = np.array([luck, luck + 0.7 + draw.normal(0, 0.5, 5)])
        row = effects(runs_of(values, a=[0, 1]), ["a"], ["value"], common=True).iloc[0]
        inside += bool(row["low"] < 0.7 < row["high"])
    assert 352 <= inside <= 400
    assert stats.binom.cdf(351, 400, 0.95) < 1e-6


def test_shared_luck_is_told_from_luck_that_differs_from_point_to_point():
    """y = point + luck of the replicate (s.d. 2) + rest (s.d. .5)."""
    draw = np.random.default_rng(5)
    values = np.arange(40.0)[:, None] + draw.normal(0, 2, 50) + draw.normal(0, 0.5, (40, 50))
    found = noise_of(values, common=True)
    assert found.apart == pytest.approx(0.5, rel=0.05)
    assert found.within == pytest.approx(math.hypot(2, 0.5), rel=0.25)
    assert found.luck == pytest.approx(0.25 / 50 / found.between**2, rel=0.1)


def test_points_that_differ_by_luck_alone_are_all_luck():
    values = np.random.default_rng(6).normal(size=(60, 20))
    found = noise_of(values, common=False)
    assert found.luck > 0.7
    assert found.signal < 0.02


def test_how_many_replicates_are_needed_is_the_fewest_that_do():
    for spread, width in ((1.0, 0.5), (1.0, 0.1), (3.0, 2.9)):
        n = needed(spread, width)
        assert stats.t.ppf(0.975, n - 1) * spread / math.sqrt(n) <= width
        assert n == 2 or stats.t.ppf(0.975, n - 2) * spread / math.sqrt(n - 1) > width
    assert needed(0.0, 0.1) == 2
    assert needed(1.0, 1e-9) == math.inf
    assert math.isnan(needed(1.0, 0.0))


def test_intervals_narrow_as_theory_expects():
    values = np.random.default_rng(7).normal(size=(200, 30))
    frame = convergence(values)
    assert frame["replicates"].iloc[-1] == 30
    assert frame["half_width"].to_numpy() == pytest.approx(frame["expected"].to_numpy(), rel=0.12)


def test_bands_of_a_curve_leave_out_what_all_points_share():
    """Two points, luck in common: each band is as wide as that of half their difference, up to the factor √2."""
    draw = np.random.default_rng(8)
    luck = draw.normal(0, 5, 9)
    values = np.array([luck, luck + draw.normal(0, 0.3, 9)])
    runs = runs_of(values, a=[0, 1])
    frame = curves.curve(Layout(runs, ["a"]), "value", "a", common=True)
    paired = effects(runs, ["a"], ["value"], common=True).iloc[0]
    width = (frame["high"] - frame["low"]).to_numpy()
    assert width == pytest.approx((paired["high"] - paired["low"]) / math.sqrt(2))
    assert frame["mean"].to_numpy() == pytest.approx(values.mean(axis=1))


def test_bins_of_whole_numbers_are_the_numbers():
    x = np.tile(np.arange(5.0), 20)
    _, bins = curves.scatter(Layout(runs_of(x[:, None], a=x), ["a"]), "value", "a")
    assert list(bins["x"]) == [0, 1, 2, 3, 4]
    assert list(bins["mean"]) == [0, 1, 2, 3, 4]


def test_the_stage_over_two_factors_is_the_most_frequent():
    values = np.array([[0, 0, 1], [1, 1, 1], [2, 2, 3], [3, 3, 3]], float)
    cells = curves.stages(
        Layout(runs_of(values, a=[0, 0, 1, 1], b=[0, 1, 0, 1]), ["a", "b"]), "value", "a", "b", is_sampled=False
    )
    assert list(cells["mean"]) == [0, 1, 2, 3]
    assert list(cells["share"]) == pytest.approx([2 / 3, 1, 2 / 3, 1])


def test_the_factor_that_moves_a_measure_is_the_stronger():
    draw = np.random.default_rng(9)
    a, b = draw.random(300), draw.random(300)
    layout = Layout(runs_of((3 * a + 0.1 * b)[:, None], a=a, b=b), ["a", "b"])
    assert curves.strength(layout, "a", {"value": 1.0}) > 0.9
    assert curves.strength(layout, "b", {"value": 1.0}) < 0.1


def test_the_usual_measures_are_chosen_and_then_what_varies_most():
    draw = np.random.default_rng(10)
    a = np.repeat([0.0, 1.0], 2)
    runs = runs_of(np.zeros((4, 6)), a=a, b=[0, 1, 0, 1])
    loud = np.repeat(a, 6)
    noise = draw.normal(size=(8, 24))
    runs = runs.assign(
        **{
            "success_x": noise[0],
            "success_x.mean": noise[1],
            "dispersion.mean": noise[2],
            "win_win_share.mean": noise[3],
        },
        **{
            "quiet.mean": noise[4],
            "loud.mean": loud + 0.1 * noise[5],
            "echo.mean": 2 * loud + 0.2 * noise[5],
            "flat": 1.0,
        },
    )
    layout = Layout(runs, ["a", "b"])
    names = [name for name in runs.columns if name not in ("status", "point", "replicate", "a", "b", "value")]
    chosen = choice.choose(names, table_of_noise(layout, names, common=True), layout, most=4)
    assert chosen[:3] == ["success_x.mean", "win_win_share.mean", "dispersion.mean"]
    assert chosen[3] in ("loud.mean", "echo.mean")
    assert len(choice.choose(names, table_of_noise(layout, names, common=True), layout, most=9)) == 5


def uneven(counts, effect, luck=1.0, rest=0.3, seed=11):
    """Return runs at a = 0, 1 and each b, with as many replicates as told for each b, and the effect of a told for it."""
    draw = np.random.default_rng(seed)
    most, shared = max(counts), draw.normal(0, luck, max(counts))
    values = np.array(
        [[shared + a * effect[b] + draw.normal(0, rest, most) for a in (0, 1)] for b in range(len(counts))]
    )
    for b, count in enumerate(counts):
        values[b, :, count:] = np.nan
    flat = values.reshape(-1, most)
    runs = runs_of(flat, a=[0, 1] * len(counts), b=np.repeat(np.arange(len(counts)), 2))
    return runs[runs["value"].notna()].reset_index(drop=True)


def test_each_pair_of_points_counts_alike_however_many_replicates_it_has():
    """a does 10 at b = 0, told by 100 replicates, and nothing at b = 1, told by 8: over both it does 5."""
    runs = uneven((100, 8), (10.0, 0.0))
    for common in (True, False):
        row = one(effects(runs, ["a", "b"], ["value"], common=common), "a", 1)
        assert row["difference"] == pytest.approx(5.0, abs=1.5)
        assert row["low"] < 5.0 < row["high"]
        assert row["mean"] - row["mean_against"] == pytest.approx(row["difference"])
        assert (row["runs"], row["replicates"]) == (108, 8)


def test_the_interval_over_uneven_pairs_that_are_independent_is_that_of_welch():
    """No replicate is shared, so that the difference of two means is the mean of one and of the other turned round."""
    draw = np.random.default_rng(12)
    first, second = draw.normal(0, 1, 34), draw.normal(3, 2, 6)
    values = np.full((2, 40), np.nan)
    values[0, :34], values[1, 34:] = first, -second
    mean, low, high, fewest = mean_of_rows(values)
    theirs = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert (2 * low, 2 * high) == pytest.approx((theirs.low, theirs.high))
    assert (mean, fewest) == (pytest.approx((first.mean() - second.mean()) / 2), 6)


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_intervals_over_uneven_pairs_hold_what_they_promise(correlation):
    """Of 1000 true means at 95 % at least 912 lie inside: fewer once in more than 10⁶ times."""
    draw = np.random.default_rng(13)
    inside = 0
    for _ in range(1000):
        shared, own = draw.normal(size=30), draw.normal(size=(3, 30))
        values = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own + np.array([[1.0], [2.0], [6.0]])
        values[1, 12:] = values[2, 8:] = np.nan
        _, low, high, _ = mean_of_rows(values)
        inside += bool(low < 3.0 < high)
    assert inside >= 912
    assert stats.binom.cdf(911, 1000, 0.95) < 1e-6


def test_a_curve_is_as_high_where_replicates_are_uneven_as_where_they_are_not():
    """The point with many replicates does not pull the mean of its value, and luck that others lack does not move it."""
    runs = uneven((60, 8), (10.0, 0.0), luck=5.0)
    frame = curves.curve(Layout(runs, ["a", "b"]), "value", "a", common=True)
    low, high = frame["mean"]
    assert high - low == pytest.approx(5.0, abs=0.8)
    assert (frame["high"] - frame["low"]).max() < 1.5
    assert list(frame["replicates"]) == [8, 8]
    plain = curves.curve(Layout(runs, ["a", "b"]), "value", "a", common=False)
    told = runs.groupby(["a", "b"])["value"].mean().groupby("a").mean()
    assert list(plain["mean"]) == pytest.approx(list(told))


def test_scattered_gaps_leave_the_bands_of_a_curve_as_they_were():
    draw = np.random.default_rng(14)
    values = draw.normal(0, 5, 40) + draw.normal(0, 0.3, (30, 40)) + np.arange(30.0)[:, None]
    whole = curves.without_shared_luck(values).std(axis=1, ddof=1)
    values[draw.random(values.shape) < 0.1] = np.nan
    freed = curves.without_shared_luck(values)
    assert (np.isnan(freed) == np.isnan(values)).all()
    assert np.nanstd(freed, axis=1, ddof=1) == pytest.approx(whole, rel=0.25)


def test_how_intervals_narrow_is_told_of_points_that_have_the_replicates():
    """One point with 90 replicates and ten times the spread of those with 9, as a width that is asked for leaves them."""
    draw = np.random.default_rng(15)
    values = np.full((20, 90), np.nan)
    values[:, :9] = draw.normal(size=(20, 9))
    values[0] = draw.normal(0, 10, 90)
    frame = convergence(values).set_index("replicates")
    assert frame.index[-1] == 90
    last = stats.t.ppf(0.975, 89) * values[0].std(ddof=1) / math.sqrt(90)
    assert frame.loc[90].to_list() == pytest.approx([last, last])
    gaps = values.copy()
    gaps[5, 0] = np.nan
    assert convergence(gaps)["half_width"].notna().all()


def test_cells_over_two_factors_hold_the_mean_of_their_points_and_empty_ones_nothing():
    draw = np.random.default_rng(17)
    a, b, values = draw.integers(0, 4, 60) / 2, draw.integers(0, 3, 60), draw.normal(size=(60, 1))
    keep = ~((a == 1) & (b == 2))
    a, b, values = a[keep], b[keep], values[keep]
    cells = curves.map_of(Layout(runs_of(values, a=a, b=b), ["a", "b"]), "value", "a", "b", is_sampled=False)
    assert len(cells) == 12
    for _, cell in cells.iterrows():
        here = values[(a == cell["across"]) & (b == cell["up"]), 0]
        assert cell["points"] == here.size
        assert cell["mean"] == pytest.approx(here.mean()) if here.size else math.isnan(cell["mean"])
